"""Who is on duty at an instant, and the effects of a change of the rules."""
