"""Phones, the legs of calls, text messages, and the exchange that connects them."""
