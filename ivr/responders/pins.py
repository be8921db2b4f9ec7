"""Responders' PINs: a registered number alone proves nothing, because numbers can be forged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ivr.core.context import AppContext
from ivr.dialogue.facts import Pin
from models.calls import calls
from models.core import slow_hash
from models.core.database import Database
from models.imports import roster_import
from models.people import people
from models.people.roster import Roster

_PATIENT_SECONDS = 10.0
"""Staff who give somebody a PIN or import a roster with many may wait for their turn."""


def hash_of(pin: str) -> str:
    """The stored form of a PIN; raises `slow_hash.Busy`."""
    return slow_hash.hash_of(pin, _PATIENT_SECONDS)


def hash_to_look_at(_pin: str) -> str:
    """A stand-in for a hash in previews of a change, because a real hash is slow."""
    return "not hashed"


def hashes_of(
    database: Database, roster: Roster, make: Callable[[str], str] = hash_of
) -> dict[str, str]:
    """The hash of each PIN in a roster, by name; computed outside any writing transaction.

    An unchanged PIN keeps its stored hash, because a new hash would look like a change.
    """
    with database.reading() as session:
        held = roster_import.pins_held(session, roster)
    pins = {person.name: person.pin for person in roster.people if person.pin}
    return {
        name: hash_held
        if (hash_held := held.get(name)) and slow_hash.matches(hash_held, pin, _PATIENT_SECONDS)
        else make(pin)
        for name, pin in pins.items()
    }


def tried(app: AppContext, sid: str, keys: str, now: datetime) -> Pin:
    """Whether these keys are the PIN of this call's responder; wrong PINs lock it for a while.

    Calls whose number the carrier vouches for have a limit of their own: whoever shows the number
    of a responder, which is easy to forge, locks out nobody who has the phone.
    The slow hash is compared outside any writing transaction. When too many are compared at once,
    nothing is, and the PIN is asked for again.
    """
    with app.database.reading() as session:
        call = calls.with_sid(session, sid)
        person = people.with_id(session, call.responder) if call and call.responder else None
        if call is None or person is None:
            return "wrong"
        proven = calls.is_vouched_for(session, call.id)
        if person.pin_rests(now, proven=proven):
            return "locked"
        person_id, stored = person.id, people.pin_of(session, person) or ""
    try:
        right = bool(keys) and slow_hash.matches(stored, keys)
    except slow_hash.Busy:
        return "busy"
    with app.database.transaction() as session:
        found = people.with_id(session, person_id)
        if found is None:
            return "wrong"
        if keys:
            found.pin_was(right=right, now=now, proven=proven)
        if found.pin_rests(now, proven=proven):
            return "locked"
    return "holds" if right else "wrong"
