"""Client programs: a phone in the terminal, and a scenario told line by line."""
