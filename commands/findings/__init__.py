"""What `hotline check` looks for: each function yields what is wrong or worth knowing."""
