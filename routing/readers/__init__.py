"""Readers of what people write: one each for days, times, dates, zones, names and phones."""
