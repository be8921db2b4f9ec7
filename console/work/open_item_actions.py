"""What staff do with an open item: take, close, hand over, note."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs, Refused
from console.web import item_visibility
from ivr.core.context import AppContext, UnitOfWork
from ivr.search import pursued_items, pursuing
from models.calls import calls, notes, open_items
from models.calls.notes import Typed
from models.calls.open_items import CloseReason, OpenItem
from models.people import people
from models.staff import audit
from models.staff.audit import Deed
from routing.person import INTERPRETER_ROLE

CLOSED_BY_HAND = (CloseReason.DONE, CloseReason.REACHED_BY_TALK, CloseReason.GAVE_UP)
"""The reasons that a person can give; the others follow from what happens."""
_OWNED = later("Somebody else has taken it. Nothing was changed.")
_NOT_YOURS = later("It is not yours. Take it first.")
_NOBODY = later("Choose a person of the roster.")


def takers(app: AppContext, visitor: Visitor) -> list[tuple[str, str]]:
    """The people to whom an item can be handed over, by id and name."""
    with app.database.reading() as session:
        found = [
            (person.id, people.name_of(session, person))
            for person in people.active(session)
            if person.role != INTERPRETER_ROLE and person.id != visitor.person_id
        ]
    return sorted(found, key=lambda each: each[1].casefold())


def caller_of_mine(app: AppContext, visitor: Visitor, item_id: str) -> str | None:
    """The pseudonym of the caller of an item that this visitor owns."""
    with app.database.reading() as session:
        item = open_items.look(session, item_id)
        if item is None or item.owner_user != visitor.user_id:
            return None
        return calls.pseudonyms(session, [item.call_id]).get(item.call_id)


def take(app: AppContext, visitor: Visitor, item_id: str) -> None:
    """Become the owner: nobody is rung for it any more."""
    with _holding(app, visitor, item_id) as (unit, item):
        _take(unit, visitor, item)


def _take(unit: UnitOfWork, visitor: Visitor, item: OpenItem) -> None:
    person = visitor.person_id
    if person is not None and item.handed_to == person:
        taken = pursued_items.take_or_accept(unit.session, item, unit.now, person)
    else:
        taken = pursued_items.take(
            unit.session, item, unit.now, person=person, user=visitor.user_id
        )
    if not taken:
        raise Refused(say(_OWNED))
    pursuing.ring_nobody_else(unit, item)
    entry = Deed("item taken", f"item {item.id}")
    audit.write(unit.session, visitor.user_id, entry, unit.now)


def close(app: AppContext, visitor: Visitor, item_id: str, reason: CloseReason) -> None:
    """Close it for good, with a reason."""
    with _holding_own(app, visitor, item_id) as (unit, item):
        pursued_items.close(unit.session, item, reason, unit.now)
        entry = Deed("item closed", f"item {item.id}", after={"reason": reason})
        audit.write(unit.session, visitor.user_id, entry, unit.now)


def hand_over(app: AppContext, visitor: Visitor, item_id: str, person_id: str) -> None:
    """Ask a person to take it; they accept by key, text or click, and until then it stays."""
    with _holding_own(app, visitor, item_id) as (unit, item):
        person = people.known(unit.session, person_id)
        if person is None or not person.active or person.role == INTERPRETER_ROLE:
            raise Refused(say(_NOBODY))
        if not item.is_owned:
            _take(unit, visitor, item)
        pursuing.hand_over(unit, item, person)
        entry = Deed("item handed over", f"item {item.id}", after={"person": person.id})
        audit.write(unit.session, visitor.user_id, entry, unit.now)


def note_down(app: AppContext, visitor: Visitor, item_id: str, words: str) -> None:
    """Keep a note about the caller; it counts as something done about the item."""
    with _holding_own(app, visitor, item_id) as (unit, item):
        notes.write(unit.session, item.call_id, visitor.user_id, Typed(words), unit.now)
        if item.is_owned:
            pursued_items.act(item, unit.now)
        entry = Deed("note written", f"item {item.id}", after={"privileged": False})
        audit.write(unit.session, visitor.user_id, entry, unit.now)


@contextmanager
def _holding_own(
    app: AppContext, visitor: Visitor, item_id: str
) -> Iterator[tuple[UnitOfWork, OpenItem]]:
    """As `_holding`, for what only the owner or a coordinator may do."""
    with _holding(app, visitor, item_id) as (unit, item):
        if not (item_visibility.sees_all(visitor) or item_visibility.is_owner(visitor, item)):
            raise Refused(say(_NOT_YOURS))
        yield unit, item


@contextmanager
def _holding(
    app: AppContext, visitor: Visitor, item_id: str
) -> Iterator[tuple[UnitOfWork, OpenItem]]:
    """A transaction that holds the item after its call, as the worker does."""
    with app.transaction() as unit:
        item = pursued_items.held(unit.session, item_id)
        if item is None or item.closed_at is not None:
            raise NotTheirs
        if not (
            item_visibility.sees_all(visitor)
            or item_visibility.may_know(unit.session, visitor, item)
        ):
            raise NotTheirs
        yield unit, item
