"""Messages and callbacks as work: who owns one, and what was done."""
