"""Shared parts of the commands: groups, errors, instants, the database."""
