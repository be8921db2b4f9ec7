"""Calls: how they are set up, what each TwiML verb does, and the account that owns them."""
