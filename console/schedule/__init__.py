"""The duty schedule and its changes."""
