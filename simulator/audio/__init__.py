"""Sound: what a phone sends and hears, and the synthesiser that speaks <Say>."""
