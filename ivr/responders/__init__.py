"""The people who take calls: availability, texts, shifts, verification, PINs and test calls."""
