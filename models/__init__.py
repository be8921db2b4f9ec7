"""What is remembered: tables, queries by name, and the transaction around them."""
