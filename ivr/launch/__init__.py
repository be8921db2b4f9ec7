"""What a hotline needs before callers can rely on it."""
