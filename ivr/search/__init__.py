"""The search for a person: rounds of rings, call limits, and callbacks that are owed."""
