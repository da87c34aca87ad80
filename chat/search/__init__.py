"""Finding what was said. docs/search.md says what a search understands."""
