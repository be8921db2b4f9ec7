"""The worker process: plans, dials, texts, fetches, sweeps and looks after the line."""
