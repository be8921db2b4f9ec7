"""What coordinators changed of the shipped prompts."""
