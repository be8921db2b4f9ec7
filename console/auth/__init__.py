"""Sessions, passwords, second factors, rate limits, and the guard before every page."""
