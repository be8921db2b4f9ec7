"""Duty rules, schedule changes, shift offers and calendar feeds."""
