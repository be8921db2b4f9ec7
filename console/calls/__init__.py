"""The call log, one call as a story, and its export."""
