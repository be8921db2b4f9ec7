"""The `hotline` command line: one module per subject of a coordinator or host."""
