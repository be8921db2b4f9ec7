"""Texts that come in: commands of the team, stop and start, and what people should read."""
