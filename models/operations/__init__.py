"""What the hotline knows about its own running: purges, backups, drills, totals, workers."""
