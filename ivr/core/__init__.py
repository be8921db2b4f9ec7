"""What every room of ivr shares: the context, the carrier's interface, host-local files, alerts."""
