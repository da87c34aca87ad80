"""The REST API of what programs post with."""
