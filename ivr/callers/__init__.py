"""The caller's leg: a turn of a call, the wait, the search, the offers, callbacks, messages."""
