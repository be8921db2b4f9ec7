"""Who is rung next for a call, and which office a caller hears first."""
