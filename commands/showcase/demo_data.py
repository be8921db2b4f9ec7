"""What a demo begins with: shifts, calls of days gone by, thirteen weeks of totals, prompts."""

from __future__ import annotations

from datetime import UTC, datetime

import prompts
import wiring
from commands.showcase import demo_calls, demo_history, demo_prompts, demo_shifts
from models.core.database import Database


def fill(database: Database, roster_timezone: str, timezone: str) -> None:
    """Write it into a database that holds the sample roster and nothing else."""
    demo_shifts.fill(database, roster_timezone, datetime.now(UTC))
    demo_calls.remember(database, prompts.load(), wiring.now())
    with database.transaction() as session:
        demo_history.write(session, wiring.now(), timezone)
    demo_prompts.fill(database, roster_timezone)
