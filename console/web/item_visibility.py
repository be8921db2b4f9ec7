"""The open items that a visitor may know of, and what they may know of each.

Coordinators see and do everything. A responder sees what nobody has taken, by language, need and
time only, and everything about their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from console.base.permissions import Power, Right
from ivr.core.context import AppContext
from ivr.search import pursued_items
from models.calls import calls, open_items
from models.calls.open_items import OpenItem
from models.core.database import Session
from models.people import people
from models.staff import users
from routing.person import INTERPRETER_ROLE


@dataclass(frozen=True)
class Listed:
    """One open item, the names around it, and whose it is."""

    row: OpenItem
    pseudonym: str | None
    """None for a visitor who may not know the caller yet."""
    owner: str | None
    handed_to: str | None
    is_late: bool
    is_mine: bool
    rings_nobody: bool
    """Whether people must find it in the list, because the caller was blocked."""
    may_take: bool
    may_act: bool
    """Whether the visitor may close it, hand it over and write a note."""


def listed(app: AppContext, visitor: Visitor) -> list[Listed]:
    """The open items that this visitor may know of, the most urgent first."""
    with app.database.reading() as session:
        found = pursued_items.by_urgency(open_items.still_open(session))
        known = calls.pseudonyms(session, [item.call_id for item in found])
        silent = pursued_items.ring_nobody(session, found)
        seen = (_seen(session, visitor, item, known, silent, app.clock()) for item in found)
        return [each for each in seen if each is not None]


def one(app: AppContext, visitor: Visitor, item_id: str) -> Listed:
    """One open item; raises NotTheirs if it is closed or the visitor may not know of it."""
    with app.database.reading() as session:
        item = open_items.look(session, item_id)
        if item is None or item.closed_at is not None:
            raise NotTheirs
        known = calls.pseudonyms(session, [item.call_id])
        silent = pursued_items.ring_nobody(session, [item])
        seen = _seen(session, visitor, item, known, silent, app.clock())
        if seen is None:
            raise NotTheirs
        return seen


def sees_all(visitor: Visitor) -> bool:
    """Whether every open item is theirs to see and to work on."""
    return visitor.right_to(Power.MESSAGES) is Right.YES


def is_owner(visitor: Visitor, item: OpenItem) -> bool:
    """Whether they took it, by phone or in the console."""
    by_phone = visitor.person_id is not None and item.owner_person == visitor.person_id
    return by_phone or item.owner_user == visitor.user_id


def may_know(session: Session, visitor: Visitor, item: OpenItem) -> bool:
    """Whether a responder may see it: their own, what is free, and what they are asked to take."""
    if is_owner(visitor, item):
        return True
    person = people.with_id(session, visitor.person_id) if visitor.person_id else None
    if person is None or not person.active or person.role == INTERPRETER_ROLE:
        return False
    return not item.is_owned or item.handed_to == person.id


def _seen(
    session: Session,
    visitor: Visitor,
    item: OpenItem,
    known: dict[str, str],
    silent: set[str],
    now: datetime,
) -> Listed | None:
    everything = sees_all(visitor)
    if not (everything or may_know(session, visitor, item)):
        return None
    is_mine = is_owner(visitor, item)
    is_handed = item.handed_to is not None and item.handed_to == visitor.person_id
    return Listed(
        item,
        pseudonym=known.get(item.call_id, "") if everything or is_mine else None,
        owner=_owner(session, item),
        handed_to=_name(session, item.handed_to),
        is_late=item.is_late(now),
        is_mine=is_mine,
        rings_nobody=item.id in silent,
        may_take=is_handed or not item.is_owned,
        may_act=everything or is_mine,
    )


def _owner(session: Session, item: OpenItem) -> str | None:
    """By their name on the roster, if they stand there: a person has one name and one colour."""
    user = users.with_id(session, item.owner_user) if item.owner_user else None
    if user is None:
        return _name(session, item.owner_person)
    return _name(session, user.person_id) or users.name_of(session, user)


def _name(session: Session, person_id: str | None) -> str | None:
    person = people.with_id(session, person_id) if person_id else None
    return people.name_of(session, person) if person else None
