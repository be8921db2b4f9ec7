"""TAKE 7 and DONE 7: a registered phone takes or closes an open item, by text or on the duty line.

A text that arrives twice gets the same reply and changes nothing.
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import CloseItem
from ivr.responders import staff_wording
from ivr.search import pursued_items, pursuing
from models.calls import open_items
from models.calls.open_items import CloseReason, OpenItem
from models.casework.incoming_texts import Reply
from models.people.people import Person


def take(unit: UnitOfWork, person: Person, number: int) -> Reply:
    """TAKE 7: become the owner of an open item."""
    item = _held(unit, number)
    if item is None:
        return _reply(unit, person, "texts.item_unknown", item=str(number))
    if item.closed_at is not None:
        return _reply(unit, person, "texts.item_closed", item=str(number))
    if not pursued_items.take_or_accept(unit.session, item, unit.now, person.id):
        return _reply(unit, person, "texts.item_is_taken", item=str(number))
    pursuing.ring_nobody_else(unit, item)
    about = {"item": str(number), "language": item.language, "need": item.need}
    address = unit.app.site.page_of_call(item.call_id)
    return _reply(unit, person, pursuing.OWNER_TEXT, **about, address=address)


def close(unit: UnitOfWork, person: Person, number: int) -> Reply:
    """DONE 7: close an item of one's own; a coordinator closes any."""
    item = _held(unit, number)
    if item is None:
        return _reply(unit, person, "texts.item_unknown", item=str(number))
    if item.closed_at is None:
        if not pursued_items.may_close(unit.session, item, person.id):
            return _reply(unit, person, "texts.item_not_yours", item=str(number))
        pursued_items.close_by(unit.session, item, CloseReason.DONE, unit.now, person.id)
    return _reply(unit, person, "texts.item_closed", item=str(number))


def take_by_phone(unit: UnitOfWork, person_id: str, number: int) -> None:
    """A responder on the duty line takes this item, unless somebody else was faster."""
    item = _held(unit, number)
    if item is None or item.closed_at is not None:
        return
    if pursued_items.take_or_accept(unit.session, item, unit.now, person_id):
        pursuing.ring_nobody_else(unit, item)
        pursuing.tell_owner(unit, item, person_id)


def close_by_phone(unit: UnitOfWork, person_id: str, close: CloseItem) -> None:
    """A responder on the duty line closes their own item; a coordinator closes any."""
    item = _held(unit, close.number)
    if item is None or item.closed_at is not None:
        return
    if pursued_items.may_close(unit.session, item, person_id):
        reason = CloseReason(close.reason)
        pursued_items.close_by(unit.session, item, reason, unit.now, person_id)


def _held(unit: UnitOfWork, number: int) -> OpenItem | None:
    known = open_items.with_number(unit.session, number)
    return pursued_items.held(unit.session, known.id) if known else None


def _reply(unit: UnitOfWork, person: Person, words: str, **values: str) -> Reply:
    return staff_wording.reply(unit, person, words, **values)
