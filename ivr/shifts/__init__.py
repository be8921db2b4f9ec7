"""Shifts that change hands: offered, asked for by text, and taken."""
