"""Taking a caller who waits: the hotline rings the visitor's own phone for them."""

from __future__ import annotations

from console.base.current_user import Visitor
from console.base.i18n import later
from console.base.outcomes import NotTheirs
from console.base.permissions import Power, Right
from console.web.phone_obstacles import WHY_NOT
from ivr.core.context import AppContext, UnitOfWork
from ivr.search import taken_callers
from ivr.search.manual_callbacks import Answer
from models.staff import audit
from models.staff.audit import Deed

_RINGS = later("Your phone rings. Press 1 when you hear the offer, then you talk with the caller.")


def take(app: AppContext, visitor: Visitor, call_id: str, press: str) -> str:
    """Ring this visitor's phone for this caller, once a press.

    Returns a sentence: that it rings, or why it does not. Raises NotTheirs for those who do not see
    all who wait: they are rung when it is their turn.
    """
    if visitor.right_to(Power.BOARD) is not Right.YES:
        raise NotTheirs
    now = app.clock()
    with app.database.transaction() as session:
        unit = UnitOfWork(session, app, now)
        answer = taken_callers.start(unit, call_id, visitor.person_id, press)
        if answer is not Answer.RINGS:
            return WHY_NOT[answer]
        entry = Deed("waiting caller taken by hand", f"call {call_id}")
        audit.write(session, visitor.user_id, entry, now)
    return _RINGS
