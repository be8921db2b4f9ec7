"""The conversation, pure: the call tree, where an answer leads, what is said, and tree checks."""
