"""Who is on duty at an instant, and who rings next: pure decisions, standard library only."""
