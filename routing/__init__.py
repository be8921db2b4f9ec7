"""Who is on duty at an instant and who rings next: pure functions, standard library only."""
