"""Incoming calls: what the carrier says about a call, and the call's first row."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.core.context import UnitOfWork
from ivr.dialogue import phone_numbers
from ivr.dialogue.call_tree import CallTree
from ivr.responders import drills
from ivr.search import call_limits
from models.calls import calls, tombstones
from models.calls.calls import Call, CallState
from models.core.database import Session
from models.people import facilities


class CallIsOver(Exception):
    """A caller is heard on a call that we closed; a closed call never changes."""


@dataclass(frozen=True)
class Arrival:
    """What the carrier says about a call; `number` is the caller's number as given."""

    sid: str
    number: str = field(repr=False)
    shown_as: str = "number"
    """"number", "nothing", "sip" or "our own number"."""
    attested: str = "no"
    """How far the carrier vouches for the number: A, B, C or no."""
    known_line: bool = True
    """Whether the call came to our number of our account."""


def begin(unit: UnitOfWork, arrival: Arrival, language: str | None = None) -> Call:
    """Write a new call; a hidden number is left out.

    A number that we do not call is kept for people: they may call it.
    """
    number = phone_numbers.shown_number(arrival.number)
    if number == unit.app.numbers.hotline:
        number = None  # a callback to it would call ourselves, without end
    facility = facilities.with_number(unit.session, number) if number else None
    if facility is not None:
        number = None  # everybody who is held there has this number, and nobody answers it
    tree = unit.app.script.tree
    call = calls.begin(
        unit.session,
        arrival.sid,
        number,
        dialled=_is_dialled(unit, number),
        start=tree.start,
        language=language or tree.default_language,
        now=unit.now,
    )
    call.facility = facility.id if facility else None
    drills.recognise(unit, call, number or "")
    if language is None and not call.drill:
        _greet_in_known_language(unit, call)
    if not call.drill:
        call.limited = call_limits.limit_of(unit, call, number)
        call_limits.note_exchange(unit, call, number)
    shown = {
        "hidden": number is None and facility is None,
        "dialled": call.visible,
        "shown": arrival.shown_as,
        "attested": arrival.attested,
    }
    calls.note(unit.session, call.id, unit.now, calls.ARRIVED, **shown)
    if facility:
        calls.note(unit.session, call.id, unit.now, calls.FROM_FACILITY)
    if not arrival.known_line and not call.drill:
        calls.note(unit.session, call.id, unit.now, calls.UNKNOWN_LINE)
    return call


def _greet_in_known_language(unit: UnitOfWork, call: Call) -> None:
    """A caller who chose a language before hears it, while the number of that call is kept.

    A shared number belongs to many people, who speak many languages. A language that is not offered
    any more leads to the language menu.
    """
    if call.number_mark is None or call.number_mark in unit.app.shared_marks:
        return
    chosen = calls.language_chosen_on(unit.session, call.number_mark)
    unit.app.live_prompts.keep_up(unit.session, unit.now)
    script = unit.app.script
    if chosen is not None and chosen in script.languages:
        call.language, call.place = chosen, script.tree.returning


def first_place(tree: CallTree, call: Call) -> str:
    """Where a call starts."""
    if call.facility:
        return tree.facility
    return tree.returning if call.place == tree.returning else tree.start


def _is_dialled(unit: UnitOfWork, number: str | None) -> bool:
    if number is None or number in unit.app.numbers.ours:
        return False
    return phone_numbers.callable_number(number) is not None


def recovered(unit: UnitOfWork, arrival: Arrival, language: str | None = None) -> Call:
    """Write a call whose start we missed."""
    call = begin(unit, arrival, language)
    calls.note(unit.session, call.id, unit.now, "recovered")
    return call


def is_forgotten(session: Session, call: Call | None, arrival: Arrival) -> bool:
    """Whether this is late news about a purged call, which must not create rows again."""
    over = call is None or call.state == CallState.ENDED
    return over and tombstones.covers(session, arrival.sid)
