"""Twilio's REST API: the routes below an account and the JSON of each resource."""
