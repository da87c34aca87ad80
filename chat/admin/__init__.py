"""What staff see. Whatever is changed here goes through the services, so open browsers see it."""

from chat.admin import people, places, tokens

__all__ = ["people", "places", "tokens"]
