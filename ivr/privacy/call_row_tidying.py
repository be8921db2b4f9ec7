"""Part of the purge: deletes rows around calls, and around staff, after their retention period."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from ivr.privacy import staff_row_tidying
from ivr.privacy.retention_periods import (
    BEAT_KEPT,
    CALL_KEPT,
    CARRIER_TASK_KEPT,
    DAY_TOTALS_KEPT,
    DRAFT_KEPT,
    HOURS_OF_LANGUAGES_KEPT,
    TEST_KEPT,
    TOMBSTONE_KEPT,
)
from models.calls import notes, rings, surges, tombstones
from models.core.database import Database, Session
from models.operations import day_totals, drill_runs, retention, worker_state
from routing.reporting.tally import Cut


def forget(session: Session, now: datetime) -> None:
    """Delete what is past its retention period."""
    retention.forget_carrier_tasks(session, now - CARRIER_TASK_KEPT)
    retention.forget_texts(session, now - CALL_KEPT)
    notes.forget_drafts(session, now - DRAFT_KEPT)
    tombstones.forget(session, now - TOMBSTONE_KEPT)
    surges.forget_ended(session, now)
    worker_state.forget_beats(session, now - BEAT_KEPT, now)
    drill_runs.forget(session, now - CALL_KEPT)
    rings.forget_tests(session, now - TEST_KEPT)
    for cuts, kept in (
        ((Cut.LANGUAGE_HOUR,), HOURS_OF_LANGUAGES_KEPT),
        (tuple(Cut), DAY_TOTALS_KEPT),
    ):
        day_totals.forget(session, cuts, (now - kept).date())
    staff_row_tidying.forget(session, now)


def remove_deeds(
    database: Database, forgetting: Callable[[], AbstractContextManager[Session]], now: datetime
) -> None:
    """Remove the oldest entries of the audit log, if it holds; reading it keeps no writer waiting.

    `forgetting` begins a transaction of the purge.
    """
    with database.reading() as session:
        if not staff_row_tidying.may_remove_deeds(session, now):
            return
    with forgetting() as session:
        staff_row_tidying.remove_deeds(session, now)
