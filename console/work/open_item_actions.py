"""Open items as coordinators see them, and what they do with one: take it, or close it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs, Refused
from ivr.core.context import AppContext
from ivr.search import pursued_items
from models.calls import calls, open_items
from models.calls.open_items import CloseReason, OpenItem
from models.core.database import Session
from models.people import people
from models.staff import audit, users
from models.staff.audit import Deed

CLOSED_BY_HAND = (CloseReason.DONE, CloseReason.REACHED_BY_TALK, CloseReason.GAVE_UP)
"""The reasons that a person can give; the others follow from what happens."""
_OWNED = later("Somebody else has taken it. Nothing was changed.")


@dataclass(frozen=True)
class Listed:
    """One open item and the names around it."""

    row: OpenItem
    pseudonym: str
    owner: str | None
    is_mine: bool
    """The visitor owns it, so they may see the caller's number."""


def listed(app: AppContext, visitor: Visitor) -> list[Listed]:
    """Every open item, oldest first."""
    with app.database.reading() as session:
        found = open_items.still_open(session)
        known = calls.pseudonyms(session, [item.call_id for item in found])
        return [
            Listed(
                item,
                known.get(item.call_id, ""),
                _owner(session, item),
                item.owner_user == visitor.user_id,
            )
            for item in found
        ]


def caller_of_mine(app: AppContext, visitor: Visitor, item_id: str) -> str | None:
    """The pseudonym of the caller of an item that this visitor owns."""
    with app.database.reading() as session:
        item = open_items.look(session, item_id)
        if item is None or item.owner_user != visitor.user_id:
            return None
        return calls.pseudonyms(session, [item.call_id]).get(item.call_id)


def take(app: AppContext, visitor: Visitor, item_id: str) -> None:
    """Become the owner: nobody is rung for it any more."""
    with _holding(app, item_id) as (session, item, now):
        if not pursued_items.take(session, item, now, user=visitor.user_id):
            raise Refused(say(_OWNED))
        audit.write(session, visitor.user_id, Deed("item taken", f"item {item.id}"), now)


def close(app: AppContext, visitor: Visitor, item_id: str, reason: CloseReason) -> None:
    """Close it for good, with a reason."""
    with _holding(app, item_id) as (session, item, now):
        pursued_items.close(session, item, reason, now)
        entry = Deed("item closed", f"item {item.id}", after={"reason": reason})
        audit.write(session, visitor.user_id, entry, now)


@contextmanager
def _holding(app: AppContext, item_id: str) -> Iterator[tuple[Session, OpenItem, datetime]]:
    """A transaction that holds the item after its call, as the worker does."""
    with app.database.transaction() as session:
        item = pursued_items.held(session, item_id)
        if item is None or item.closed_at is not None:
            raise NotTheirs
        yield session, item, app.clock()


def _owner(session: Session, item: OpenItem) -> str | None:
    if item.owner_user:
        return users.name_by_id(session, item.owner_user)
    person = people.with_id(session, item.owner_person) if item.owner_person else None
    return people.name_of(session, person) if person else None
