"""The caller's leg: a turn of the call, the wait, the message, and the end."""
