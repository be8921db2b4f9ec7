"""What is kept about callers: the purge, subject access, and the checks after a restore."""
