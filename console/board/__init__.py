"""The board and the surge switch."""
