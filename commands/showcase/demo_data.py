"""The data of a new demo: shifts, thirteen weeks of calls, prompts."""

from __future__ import annotations

from datetime import UTC, datetime

import prompts
import wiring
from commands.showcase import demo_calls, demo_history, demo_prompts, demo_shifts
from models.core.database import Database


def fill(database: Database, roster_timezone: str, timezone: str) -> None:
    """Write the data into a database that holds only the sample roster."""
    demo_shifts.fill(database, roster_timezone, datetime.now(UTC))
    history(database, timezone, wiring.now())
    demo_prompts.fill(database, roster_timezone)


def history(database: Database, timezone: str, now: datetime) -> None:
    """Write the calls of the last 30 days, and what is left of earlier ones."""
    words = prompts.load()
    demo_calls.remember(database, words, now)
    with database.transaction() as session:
        demo_history.write(session, now, timezone, words)
