"""TAKE 7 and DONE 7: a registered phone takes or closes an open item by text.

A text that arrives twice gets the same reply and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue import phone_numbers
from ivr.dialogue.effects import CloseItem
from ivr.search import pursued_items, pursuing
from models.calls import open_items
from models.calls.open_items import CloseReason, OpenItem
from models.people import people
from models.people.people import Person
from prompts import Language
from prompts.keywords import plain_words


class Act(StrEnum):
    """What a text asks for."""

    TAKE = "take"
    DONE = "done"


@dataclass(frozen=True)
class Command:
    """What a text asks for, and the number of the item."""

    act: Act
    number: int


@dataclass(frozen=True)
class ItemReply:
    """The reply to a command: a text by name, in the language of the phone's owner."""

    language: str
    words: str
    values: tuple[tuple[str, str], ...]


def command_in(body: str, languages: Iterable[Language]) -> Command | None:
    """The command of a text: one keyword and one number, in any of our languages."""
    words = plain_words(body)
    if len(words) != 2 or not words[1].isdecimal() or len(words[1]) > 5:
        return None
    for language in languages:
        if words[0] in language.take:
            return Command(Act.TAKE, int(words[1]))
        if words[0] in language.done:
            return Command(Act.DONE, int(words[1]))
    return None


def hear(app: AppContext, given: str, body: str) -> ItemReply | None:
    """Do what the text asks. None if it is no command, or not from a registered phone."""
    command = command_in(body, app.shipped_prompts.languages.values())
    number = phone_numbers.callable_number(given)
    if command is None or number is None:
        return None
    with app.transaction() as unit:
        person = people.with_phone(unit.session, number)
        if person is None or people.has_opted_out(unit.session, number):
            return None
        return _do(unit, person, command)


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


def _do(unit: UnitOfWork, person: Person, command: Command) -> ItemReply:
    item = _held(unit, command.number)
    if item is None:
        return _reply(unit, person, "texts.item_unknown", item=str(command.number))
    match command.act:
        case Act.TAKE:
            return _take(unit, person, item)
        case Act.DONE:
            return _close(unit, person, item)
        case _:
            assert_never(command.act)


def _take(unit: UnitOfWork, person: Person, item: OpenItem) -> ItemReply:
    number = str(item.number)
    if item.closed_at is not None:
        return _reply(unit, person, "texts.item_closed", item=number)
    if not pursued_items.take_or_accept(unit.session, item, unit.now, person.id):
        return _reply(unit, person, "texts.item_is_taken", item=number)
    pursuing.ring_nobody_else(unit, item)
    about = {"item": number, "language": item.language, "need": item.need}
    address = unit.app.site.page_of_call(item.call_id)
    return _reply(unit, person, pursuing.OWNER_TEXT, **about, address=address)


def _close(unit: UnitOfWork, person: Person, item: OpenItem) -> ItemReply:
    number = str(item.number)
    if item.closed_at is None:
        if not pursued_items.may_close(unit.session, item, person.id):
            return _reply(unit, person, "texts.item_not_yours", item=number)
        pursued_items.close_by(unit.session, item, CloseReason.DONE, unit.now, person.id)
    return _reply(unit, person, "texts.item_closed", item=number)


def _reply(unit: UnitOfWork, person: Person, words: str, **values: str) -> ItemReply:
    language = unit.app.staff_language(person.languages)
    return ItemReply(language, words, tuple(values.items()))
