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
    demo_calls.remember(database, prompts.load(), wiring.now())
    with database.transaction() as session:
        demo_history.write(session, wiring.now(), timezone)
    demo_prompts.fill(database, roster_timezone)
