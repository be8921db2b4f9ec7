"""Commands for the host: serve, worker, setup, check, backup, drill."""
