"""Counts, reports and the staffing formula."""
