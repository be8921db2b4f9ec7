"""What a prompt file must be before anybody hears it."""
