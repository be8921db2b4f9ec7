"""Shifts that change hands, and calendar feeds."""
