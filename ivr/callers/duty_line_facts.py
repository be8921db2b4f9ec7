"""Facts for a responder who calls the duty line: what is waiting, and who else is on duty."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.facts import Caller, WaitingItem
from ivr.dialogue.places import AskForPin, DutyMenu, OpenItems, Place, Waiting
from ivr.responders import staff_wording
from ivr.search import pursued_items
from models.calls import open_items, voicemails
from models.calls.calls import Call
from models.calls.open_items import OpenItem
from models.calls.voicemails import Message, MessageState
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules

CLOSED_WITHIN = timedelta(hours=1)
"""How long an item stays in the list that a duty call goes through after it is closed."""


def know(unit: UnitOfWork, call: Call, place: Place | None, caller: Caller) -> Caller:
    """The same caller with the facts that only a responder hears.

    Before the PIN the words are in the same two languages for everybody.
    """
    if call.responder is None:
        return _before_the_pin(unit, caller) if isinstance(place, AskForPin) else caller
    person = people.with_id(unit.session, call.responder)
    if person is None or not person.active:
        return replace(caller, is_responder=False)  # taken off the roster during the call
    here = unit.app.script.tree.place(call.place)
    at_duty_line = isinstance(here, AskForPin | DutyMenu | OpenItems | Waiting)
    on_duty = duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now)
    caller = replace(
        caller,
        language=staff_wording.language_of(unit, person) if at_duty_line else caller.language,
        nobody_else_on_duty=not on_duty - {person.id},
    )
    match place:
        case OpenItems():
            return replace(caller, waiting_items=_waiting_items(unit, person))
        case Waiting():
            return replace(caller, next_message=_next_message(unit))
        case _:
            return caller


def _before_the_pin(unit: UnitOfWork, caller: Caller) -> Caller:
    tree = unit.app.script.tree
    return replace(caller, language=tree.default_language, also_hears=(tree.second_language,))


def _waiting_items(unit: UnitOfWork, person: Person) -> tuple[WaitingItem, ...]:
    listed = open_items.open_or_closed_since(unit.session, unit.now - CLOSED_WITHIN)
    unheard = {message.call_id: message for message in reversed(voicemails.unheard(unit.session))}
    numbered = [item for item in pursued_items.by_urgency(listed) if item.number is not None]
    return tuple(_waiting(unit, person, item, unheard.get(item.call_id)) for item in numbered)


def _waiting(
    unit: UnitOfWork, person: Person, item: OpenItem, message: Message | None
) -> WaitingItem:
    is_mine = item.owner_person == person.id
    is_mine_to_take = not item.is_owned or item.handed_to == person.id
    return WaitingItem(
        number=item.number or 0,
        language=item.language,
        need=item.need,
        minutes=max(0, int((unit.now - item.opened_at).total_seconds() // 60)),
        owner="caller" if is_mine else "other" if item.is_owned else "nobody",
        may_be_taken=is_mine_to_take and not is_mine,
        may_be_closed=pursued_items.may_close(unit.session, item, person.id),
        is_closed=item.closed_at is not None,
        message=message.id if message else None,
        is_stored=message is not None and message.state == MessageState.STORED,
    )


def _next_message(unit: UnitOfWork) -> tuple[str, str, str, bool] | None:
    """The oldest unheard message that belongs to no open item."""
    with_item = {item.call_id for item in open_items.still_open(unit.session)}
    unheard = voicemails.unheard(unit.session)
    found = next((each for each in unheard if each.call_id not in with_item), None)
    if found is None:
        return None
    return found.id, found.language, found.need, found.state == MessageState.STORED
