"""What staff see. Whatever is changed here goes through the services, so open browsers see it."""

from chat.admin import access, files, people, places, tokens

__all__ = ["access", "files", "people", "places", "tokens"]
