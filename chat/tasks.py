"""Has the worker know what recurs in chat."""

from chat.services import strays, sweeping, thumbnails

__all__ = ["strays", "sweeping", "thumbnails"]
