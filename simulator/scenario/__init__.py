"""Scenarios: the stories people play on the carrier, the stage they play on, and the report."""
