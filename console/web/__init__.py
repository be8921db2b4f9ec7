"""Rendering, the board's shared state, and the two-person rule."""
