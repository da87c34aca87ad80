"""What staff see. Whatever is changed here goes through the services, so open browsers see it."""

from chat.admin import people, places

__all__ = ["people", "places"]
