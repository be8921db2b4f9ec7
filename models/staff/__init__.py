"""Console users, their sessions, approvals and the audit log."""
