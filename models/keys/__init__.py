"""Keys: root keys, keys of days, and the folder that they are in."""
