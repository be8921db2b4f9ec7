"""Who is on duty at an instant, and what a change of the rules changes."""
