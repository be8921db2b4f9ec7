"""The worker process: plans, dials, texts, fetches, sweeps and maintains the line."""
