"""The web edge: what the carrier asks, health probes, and the answer when everything fails."""
