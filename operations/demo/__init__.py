"""A demo workspace: a lively team with six weeks behind it. Pure data, no database."""
