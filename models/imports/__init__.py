"""Roster and shift files on their way into the tables."""
