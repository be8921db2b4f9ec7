"""The API for other programs: tokens, what each may ask for, and the routes below /api/v1."""
