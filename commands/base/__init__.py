"""What the commands share: groups, errors, instants, the database of a command."""
