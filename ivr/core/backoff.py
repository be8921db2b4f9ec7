"""How long to wait before asking the carrier again. Pure."""

from __future__ import annotations

from datetime import timedelta

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 15.0


def full_jitter(tries: int, chance: float) -> timedelta:
    """A random wait below a limit that doubles with each try, so that hosts do not ask at once.

    `tries` counts from 1; `chance` lies in [0, 1).
    """
    most = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(tries, 10))
    return timedelta(seconds=chance * most)
