"""Calls, rings, callbacks, messages, and the outbox of carrier tasks."""
