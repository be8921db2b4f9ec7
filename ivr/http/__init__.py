"""The web edge: the carrier's webhooks, health probes, and the answer when everything fails."""
