"""Sessions as the console uses them: who is this, end one, end all, leave a notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from models.staff import audit, staff_sessions, users
from models.staff.audit import Deed
from models.staff.staff_sessions import StaffSession, Stage
from models.staff.users import Role


@dataclass(frozen=True)
class Elsewhere:
    """One of the places where somebody is signed in."""

    id: str
    browser: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def visitor(app: AppContext, token: str, *, keeps_alive: bool = True) -> Visitor | None:
    """The visitor behind a token; role and rights are those of this moment."""
    now = app.clock()
    with app.database.reading() as session:
        row = staff_sessions.with_token(session, token, now)
        user = users.with_id(session, row.user_id) if row else None
        if row is None or user is None or user.disabled:
            return None
        found = _as_visitor(row, user.id, users.name_of(session, user), user)
    if keeps_alive and staff_sessions.is_due_to_be_seen(row, now):
        with app.database.transaction() as session:
            staff_sessions.see(session, row.id, now)
    return found


def _as_visitor(row: StaffSession, user_id: str, name: str, user: users.User) -> Visitor:
    return Visitor(
        user_id=user_id,
        name=name,
        role=Role(user.role),
        person_id=user.person_id,
        language=user.language,
        session_id=row.id,
        stage=Stage(row.stage),
        confirmed_at=row.confirmed_at,
        notices=tuple(row.notices),
    )


def leave_notice(app: AppContext, visitor: Visitor, notice: str) -> None:
    """Leave a sentence, marked with `words.later`, for the next page they see."""
    with app.database.transaction() as session:
        row = staff_sessions.held(session, visitor.session_id)
        row.notices = [*row.notices, notice]


def take_notices(app: AppContext, visitor: Visitor) -> tuple[str, ...]:
    """What was left for them to read, once."""
    if not visitor.notices:
        return ()
    with app.database.transaction() as session:
        row = staff_sessions.held(session, visitor.session_id)
        taken, row.notices = tuple(row.notices), []
    return taken


def of(app: AppContext, visitor: Visitor) -> list[Elsewhere]:
    """Everywhere they are signed in."""
    with app.database.reading() as session:
        return [
            Elsewhere(row.id, row.browser, row.began_at, row.seen_at, row.id == visitor.session_id)
            for row in staff_sessions.of_user(session, visitor.user_id, app.clock())
        ]


def end(app: AppContext, visitor: Visitor, session_id: str | None = None) -> None:
    """End one session of theirs, or every one; they count no more from the next request on."""
    now = app.clock()
    with app.database.transaction() as session:
        ended = staff_sessions.end(session, visitor.user_id, now, only=session_id)
        entry = Deed("sessions ended", f"user {visitor.user_id}", after={"ended": ended})
        audit.write(session, visitor.user_id, entry, now)
