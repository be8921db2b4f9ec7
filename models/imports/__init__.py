"""Imports of roster files and shift files into the database."""
