"""Operation of the hotline: purges, backups, drills, totals and workers."""
