"""Partners, people, and the roster file."""
