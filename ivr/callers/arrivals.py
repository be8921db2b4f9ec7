"""Calls that come in: what the carrier says of one, and its first row."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.core.context import UnitOfWork
from ivr.dialogue import phone_numbers
from ivr.responders import drills
from ivr.search import call_limits
from models.calls import calls, tombstones
from models.calls.calls import Call, CallState
from models.core.database import Session
from models.people import people


class CallIsOver(Exception):
    """A caller was heard on a line that we closed; nothing of that call changes any more."""


@dataclass(frozen=True)
class Arrival:
    """What the carrier says of a call: its SID, and the number it came from as given."""

    sid: str
    number: str = field(repr=False)
    shown_as: str = "number"
    """number, nothing, sip or our own number."""
    attested: str = "no"
    """How far the carrier vouches for the number: A, B, C or no."""
    known_line: bool = True
    """It came to our number of our account."""


def begin(unit: UnitOfWork, arrival: Arrival, language: str | None = None) -> Call:
    """Write down a call that nobody knows yet; a hidden or unusable number is left out."""
    number = phone_numbers.callable_number(arrival.number)
    if number == unit.app.numbers.hotline:
        number = None  # calling it back would call ourselves, without end
    tree = unit.app.script.tree
    call = calls.begin(
        unit.session,
        arrival.sid,
        number,
        start=tree.start,
        language=language or tree.default_language,
        now=unit.now,
    )
    person = people.with_phone(unit.session, number) if number else None
    if person and person.pin_hash:
        call.responder = person.id
    drills.recognise(unit, call, number or "")
    if not call.drill:
        call.limited = call_limits.limit_of(unit, call, number)
        call_limits.note_exchange(unit, call, number)
    shown = {"hidden": number is None, "shown": arrival.shown_as, "attested": arrival.attested}
    calls.note(unit.session, call.id, unit.now, "called", **shown)
    if not arrival.known_line and not call.drill:
        calls.note(unit.session, call.id, unit.now, calls.UNKNOWN_LINE)
    return call


def recovered(unit: UnitOfWork, arrival: Arrival, language: str | None = None) -> Call:
    """Write down a call whose beginning we missed."""
    call = begin(unit, arrival, language)
    calls.note(unit.session, call.id, unit.now, "recovered")
    return call


def is_forgotten(session: Session, call: Call | None, arrival: Arrival) -> bool:
    """Whether this is late news of a call that was purged: nothing of it may come back."""
    over = call is None or call.state == CallState.ENDED
    return over and tombstones.covers(session, arrival.sid)
