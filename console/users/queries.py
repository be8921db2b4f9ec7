"""What the pages of users show: the list, one user, and the audit log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.base.current_user import Visitor
from console.users import actions
from console.web import two_person_rule
from ivr.core.context import AppContext
from ivr.privacy import checkpoint_file
from models.core.database import Session
from models.people import people
from models.staff import audit, staff_sessions, users
from models.staff.audit import AuditEntry
from models.staff.users import Role, User

_AUDIT_SHOWN = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """A user as the list shows them."""

    id: str
    name: str
    role: Role
    person: str | None
    state: str
    """in, invited, locked or resting."""
    signed_in: int
    """In how many browsers."""
    since: datetime
    is_oneself: bool


def known(app: AppContext, user_id: str) -> User | None:
    """A user, if there is one of this id."""
    with app.database.reading() as session:
        return users.with_id(session, user_id)


def everybody(app: AppContext, visitor: Visitor) -> dict[str, object]:
    """What the list shows."""
    now = app.clock()
    with app.database.reading() as session:
        known = [user for user in users.all_of_them(session) if not user.is_forgotten]
        return {
            "rows": _rows(session, known, visitor, now),
            "free": _by_name(session, actions.unlinked(session)),
            "can_agree": two_person_rule.may_agree(session, two_person_rule.ROLE, visitor),
            "waiting": len(two_person_rule.standing(session, visitor, now)),
        }


def one(app: AppContext, visitor: Visitor, user_id: str) -> dict[str, object] | None:
    """What the page of one user shows."""
    now = app.clock()
    with app.database.reading() as session:
        user = users.with_id(session, user_id)
        if user is None:
            return None
        free = actions.unlinked(session)
        own = people.with_id(session, user.person_id) if user.person_id else None
        return {
            "row": _rows(session, [user], visitor, now)[0],
            "person_id": user.person_id,
            "choices": _by_name(session, [*free, own] if own else free),
            "can_agree": two_person_rule.may_agree(session, two_person_rule.ROLE, visitor),
            "can_reset": two_person_rule.may_agree(
                session, two_person_rule.RESET, visitor, but_not=user.id
            ),
            "elsewhere": staff_sessions.of_user(session, user.id, now),
        }


@dataclass(frozen=True)
class Line:
    """One entry of the audit log, as an auditor reads it."""

    seq: int
    at: datetime
    who: str
    action: str
    about: str
    before: str
    after: str


def audit_log(app: AppContext) -> tuple[list[Line], audit.Verdict]:
    """The entries of the last 30 days, and whether the whole chain is unbroken."""
    with app.database.reading() as session:
        verdict = checkpoint_file.verdict(session, app.folder)
        entries = audit.between(session, app.clock() - _AUDIT_SHOWN, None)
        names = {user.id: users.name_of(session, user) for user in users.all_of_them(session)}
        return [_line(session, entry, names) for entry in entries], verdict


def _line(session: Session, entry: AuditEntry, names: dict[str, str]) -> Line:
    payload = audit.payload_of(session, entry) or {}
    return Line(
        seq=entry.seq,
        at=entry.at,
        who=names.get(entry.actor, entry.actor),
        action=entry.action,
        about=entry.object,
        before=_told(payload.get("before")),
        after=_told(payload.get("after")),
    )


def _told(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _rows(session: Session, some: list[User], visitor: Visitor, now: datetime) -> list[Row]:
    signed_in, names = staff_sessions.counts(session, now), people.names(session)
    return [
        Row(
            id=user.id,
            name=users.name_of(session, user),
            role=Role(user.role),
            person=names.get(user.person_id or ""),
            state="locked" if user.disabled else "invited" if user.invited else "in",
            signed_in=signed_in[user.id],
            since=user.created_at,
            is_oneself=user.id == visitor.user_id,
        )
        for user in some
    ]


def _by_name(session: Session, some: list[people.Person]) -> list[tuple[str, str]]:
    named = [(person.id, people.name_of(session, person)) for person in some]
    return sorted(named, key=lambda pair: pair[1].casefold())
