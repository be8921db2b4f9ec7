"""The board, the surge switch, and the style page."""
