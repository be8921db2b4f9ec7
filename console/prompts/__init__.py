"""What callers hear: prompts, recordings and announcements."""
