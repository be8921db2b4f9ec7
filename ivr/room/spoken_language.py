"""Which language a caller speaks: a responder who wants an interpreter chooses it by key.

They are asked if nobody knows it, or if they speak the language that it is taken for and the roster
has languages that the menu lacks.
"""

from __future__ import annotations

from itertools import chain

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import OutOfRoom, Words
from ivr.responders import staff_wording
from models.calls import calls, rings
from models.calls.calls import Call
from models.calls.rings import Ring
from models.calls.rooms import Room, Seat
from models.operations import interpreting
from models.people import people
from prompts.language import MENU_KEYS
from prompts.language_codes import OTHER


def is_asked(unit: UnitOfWork, room: Room, seat: Seat) -> bool:
    """Whether the responder must say whose interpreter they want."""
    call, ring = _call(unit, room), _ring(unit, seat)
    if call is None or ring is None:
        return False
    if call.spoken == OTHER:
        return bool(_choices(unit, call, ring))
    person = people.with_id(unit.session, ring.person_id)
    speaks_it = person is not None and call.spoken in person.languages
    return speaks_it and any(code != call.spoken for code in _rare(unit))


def ask(unit: UnitOfWork, room: Room, seat: Seat) -> OutOfRoom:
    """The languages of the roster, the rare ones first, each with its key."""
    call, ring = _call(unit, room), _ring(unit, seat)
    says: tuple[Words, ...] = ()
    if call is not None and ring is not None:
        named = zip(MENU_KEYS, _choices(unit, call, ring), strict=False)
        says = tuple(
            staff_wording.word(unit, ring, "room.language", language=code, key=key)
            for key, code in named
        )
    return OutOfRoom(says, seat.token, seat.visit, "language")


def choose(unit: UnitOfWork, room: Room, seat: Seat, key: str) -> None:
    """Note the language of this key; any other key and silence change nothing."""
    call, ring = _call(unit, room), _ring(unit, seat)
    if call is None or ring is None:
        return
    chosen = dict(zip(MENU_KEYS, _choices(unit, call, ring), strict=False)).get(key)
    if chosen is not None and chosen != call.spoken:
        _note(unit, call, chosen, ring.person_id)


def _note(unit: UnitOfWork, call: Call, language: str, person: str) -> None:
    interpreting.set_language(unit.session, call, language)
    calls.note(
        unit.session, call.id, unit.now, calls.LANGUAGE_SET, language=language, person=person
    )


def _choices(unit: UnitOfWork, call: Call, ring: Ring) -> list[str]:
    """What an interpreter could be wanted for: rare languages, then those of the menu.

    The responder's own languages are left out, but the one that the call is taken for stays.
    """
    person = people.with_id(unit.session, ring.person_id)
    own = set(person.languages if person else ()) - {call.spoken}
    offered = unit.app.shipped_prompts.languages
    known = people.languages_spoken(unit.session)
    common = (code for code in offered if code in known)
    found = chain(_rare(unit), [call.spoken] if call.spoken != OTHER else [], common)
    return list(dict.fromkeys(code for code in found if code not in own))


def _rare(unit: UnitOfWork) -> list[str]:
    """Languages of the roster that the menu lacks."""
    offered = unit.app.shipped_prompts.languages
    return sorted(code for code in people.languages_spoken(unit.session) if code not in offered)


def _call(unit: UnitOfWork, room: Room) -> Call | None:
    return calls.held(unit.session, room.call_id)


def _ring(unit: UnitOfWork, seat: Seat) -> Ring | None:
    return rings.look(unit.session, seat.ring_id or "")
