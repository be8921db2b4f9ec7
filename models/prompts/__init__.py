"""Changes that coordinators made to the shipped prompts."""
