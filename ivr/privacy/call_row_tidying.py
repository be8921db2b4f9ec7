"""Part of the purge: deletes rows around calls, and around staff, after their retention period."""

from __future__ import annotations

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
from models.core.database import Session
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
