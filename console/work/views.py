"""Pages of the work that is open: items, messages, callbacks, and their callers' numbers."""

from console.work import callback_views, message_views, number_views, open_item_views

__all__ = ["callback_views", "message_views", "number_views", "open_item_views"]
