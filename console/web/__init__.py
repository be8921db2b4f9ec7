"""What several wings use: rendering, the board's shared state, the two-person rule, words."""
