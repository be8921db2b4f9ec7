"""Taking a waiting caller by hand: a user has their own phone rung for a caller of their choice.

The ring joins those that the search makes. The first to press the key has the caller, and the
search goes on as if this ring were not there (docs/decisions/0083-a-waiting-caller-is-taken.md).
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.search import duplicate_caller, manual_callbacks, rounds
from ivr.search.manual_callbacks import Answer
from models.calls import calls, rings
from models.calls.calls import Call
from models.calls.rings import Purpose
from models.people import people

_NOT_THE_BEST = 1
"""Its place in the round: place 0 is the best match, on which an early interpreter depends."""


def start(unit: UnitOfWork, call_id: str, person_id: str | None, press: str) -> Answer:
    """Ring this person's phone for this caller, once a press.

    The call and the person are held, so a second press finds the ring of the first. RINGS says that
    a ring was written down.
    """
    obstacle = manual_callbacks.phone_obstacle(unit, person_id)
    if obstacle or person_id is None:
        return obstacle or Answer.NO_PHONE
    call = calls.held(unit.session, call_id)
    if rings.look(unit.session, press):
        return Answer.RINGS_ALREADY
    if call is None or not duplicate_caller.can_be_joined(call):
        return Answer.NOT_WAITING
    people.held(unit.session, person_id)
    obstacle = _in_the_way(unit, call, person_id)
    if obstacle:
        return obstacle
    _ring(unit, call, person_id, press)
    return Answer.RINGS


def _in_the_way(unit: UnitOfWork, call: Call, person_id: str) -> Answer | None:
    if any(ring.call_id == call.id for ring in rings.open_of_person(unit.session, person_id)):
        return Answer.RINGS_ALREADY
    if rounds.is_on_the_phone(unit, person_id):
        return Answer.ENGAGED
    if duplicate_caller.is_called_back(unit, call):
        return Answer.BEING_CALLED
    return Answer.ONE_BY_ONE if call.ring_one else None


def _ring(unit: UnitOfWork, call: Call, person_id: str, press: str) -> None:
    invitation = manual_callbacks.invited_by_hand(unit.session, person_id, call.spoken)
    ring = rounds.invite(unit.session, Purpose.CALLER, invitation, unit.now)
    ring.id, ring.call_id, ring.search = press, call.id, call.searches
    ring.round, ring.place = call.round, _NOT_THE_BEST
    calls.note(unit.session, call.id, unit.now, "taken by hand", person=person_id)
    unit.session.flush()
