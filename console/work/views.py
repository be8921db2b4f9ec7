"""Pages of the work that is open: the messages and the callbacks."""

from console.work import callback_views, message_views

__all__ = ["callback_views", "message_views"]
