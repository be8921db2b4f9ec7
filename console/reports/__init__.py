"""Reports, charts and the staffing plan."""
