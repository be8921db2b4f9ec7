"""Signing in and a user's own account."""
