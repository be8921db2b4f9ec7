"""The conversation, pure: the tree, where an answer leads, what is said, start-up checks."""
