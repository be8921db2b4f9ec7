"""Values and services without calls: the clock, what is due, the journal, numbers, JSON answers."""
