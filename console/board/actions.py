"""The surge switch as coordinators press it: on for some hours, longer, shorter, off."""

from __future__ import annotations

from datetime import timedelta

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from ivr.search import call_limits
from models.calls import surges
from models.staff import audit
from models.staff.audit import Deed

SHORTEST_HOURS, LONGEST_HOURS = 1, 12


def switch_on(app: AppContext, visitor: Visitor, hours: int) -> None:
    """From now on, for so many hours; one that is on ends then instead."""
    now = app.clock()
    ends_at = now + timedelta(hours=hours)
    with app.database.transaction() as session:
        held = surges.surge(session, now)
        before = {"until": held.ends_at.isoformat(timespec="minutes")} if held else None
        call_limits.begin_surge(session, now, ends_at)
        action = "surge prolonged or shortened" if held else "surge switched on"
        after = {"until": ends_at.isoformat(timespec="minutes")}
        audit.write(session, visitor.user_id, Deed(action, "line", before, after), now)


def switch_off(app: AppContext, visitor: Visitor) -> None:
    """Before its time."""
    now = app.clock()
    with app.database.transaction() as session:
        held = surges.surge(session, now)
        if held is None:
            return
        before = {"until": held.ends_at.isoformat(timespec="minutes")}
        surges.end_surge(session, now)
        audit.write(session, visitor.user_id, Deed("surge ended early", "line", before), now)
