"""Console users, approvals by a second person, and the audit log."""
