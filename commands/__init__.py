"""The `hotline` command line: one module for each kind of thing a coordinator or host does."""
