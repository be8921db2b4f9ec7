"""What the worker does for the audit log: checkpoints, and telling of changes of who is rung."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.privacy import checkpoint_file
from models.core.database import Session
from models.core.listeners import AUDITOR
from models.operations import maintenance_state
from models.operations.maintenance_state import Upkeep
from models.staff import audit, audit_checkpoints, notices
from models.staff.audit import LINE, AuditEntry, Deed

log = logging.getLogger("hotline.audit")

TOLD_EVERY = timedelta(minutes=20)
"""Changes that come meanwhile are told together."""
SETTINGS_NOTED_AGAIN = timedelta(days=20)
"""Before the purge takes the payload of the last entry about them (`CHANGE_KEPT`)."""
CHECKPOINT = "audit_checkpoint"
"""The code of a notice that carries a checkpoint."""
SETTINGS_CHANGED = "settings changed"
_SETTINGS_NOTED, _ABOUT_SETTINGS = "settings noted", "settings"
ROUTING = frozenset(
    {
        "schedule changed", "schedule change undone", "file imported", "shift assigned",
        "person added", "person changed", "person paused", "person resumed", "person retired",
        "person brought back", "number proven", "facility added", "facility changed",
        "facility removed", "surge switched on", "surge prolonged or shortened",
        "numbers pointed here", SETTINGS_CHANGED,
    }
)  # fmt: skip
"""The audit entries after which other phones ring than before."""


def checkpoint(app: AppContext, now: datetime) -> None:
    """Write down outside the database how far the log has come, and tell AUDIT_URLS."""
    with app.database.reading() as session:
        line = audit_checkpoints.take(session, now)
    if line is None:
        return
    try:
        checkpoint_file.add(app.folder, line)
    except OSError:
        log.exception("the checkpoint of the audit log cannot be written")
    if app.database.listeners.audit_urls:
        with app.database.transaction() as session:
            about = f"{CHECKPOINT}:{now:%Y-%m-%dT%H}"
            notices.tell(session, AUDITOR, about, CHECKPOINT, now, {"line": line})


def tell_of_changes(app: AppContext, now: datetime) -> None:
    """Tell every coordinator that the phones that ring were changed, at most every 20 minutes."""
    with app.database.reading() as session:
        if not _is_to_be_told(session, maintenance_state.look(session), now):
            return
    with app.database.transaction() as session:
        row = maintenance_state.hold(session)
        untold = _untold(session, row)
        if row.routing_told_seq is None:
            row.routing_told_seq = audit.length(session)
        elif untold and _is_to_be_told(session, row, now):
            row.routing_told_seq, row.routing_told_at = untold[-1].seq, now
            about = f"routing:{untold[-1].seq}"
            tell_coordinators(session, about, "texts.routing_changed", {}, now)


def _is_to_be_told(session: Session, row: Upkeep, now: datetime) -> bool:
    """What was changed before the first look is no news."""
    if row.routing_told_seq is None:
        return True
    told_at = row.routing_told_at
    rests = told_at is not None and now - told_at < TOLD_EVERY
    return not rests and bool(_untold(session, row))


def _untold(session: Session, row: Upkeep) -> list[AuditEntry]:
    return audit.done_since(session, ROUTING, row.routing_told_seq or 0)


def note_settings(app: AppContext, now: datetime) -> None:
    """An entry when the settings that decide who is rung are others than a worker had before.

    And again before the payload of the last one is purged.
    """
    present = _settings_of(app)
    with app.database.transaction() as session:
        last = audit.last_about(session, _ABOUT_SETTINGS)
        before = (audit.payload_of(session, last) or {}).get("after") if last else None
        is_old = last is not None and last.at < now - SETTINGS_NOTED_AGAIN
        if before != present or is_old:
            action = SETTINGS_CHANGED if before not in (None, present) else _SETTINGS_NOTED
            audit.write(session, LINE, Deed(action, _ABOUT_SETTINGS, before, present), now)


def _settings_of(app: AppContext) -> dict[str, Any]:
    """As the audit log keeps them, sealed."""
    numbers, limits = app.numbers, app.limits
    return {
        "PUBLIC_BASE_URL": app.site.base_url,
        "TWILIO_PHONE_NUMBER": numbers.hotline,
        "RESCUE_NUMBER": numbers.sister_line,
        "INTERPRETER_NUMBER": numbers.interpreter,
        "SHARED_NUMBERS": sorted(numbers.shared),
        "HOTLINE_TIMEZONE": app.timezone,
        "REST_MINUTES": limits.rest.total_seconds() / 60,
        "REST_AFTER_EMERGENCY_MINUTES": limits.rest_after_emergency.total_seconds() / 60,
    }
