"""Shared by every room of ivr: the context, the carrier's interface, host-local files, alerts."""
