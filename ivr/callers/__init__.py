"""The leg of a caller: a turn of the call, the wait, the message, and the end."""
