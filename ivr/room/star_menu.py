"""The star menu: what a responder can do during a talk, outside the caller's hearing.

A wrong key and silence lead back to the caller, so a star pressed by accident costs seconds.
"""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import OutOfRoom, Said, Words
from ivr.responders import staff_wording
from ivr.room import call_again_hour, requests, rights_text, spoken_language
from models.calls import rings
from models.calls.rooms import Room, Seat
from routing.dispatch.third_voices import RequestKind

INTERPRETER_KEY = "1"
ATTORNEY_KEY = "2"
TEXT_KEY = "3"
COORDINATOR_KEY = "9"
BACK_KEY = "*"
STARS_ON_PURPOSE = 3
ACCIDENTS_WITHIN = timedelta(minutes=1)
YES_KEY = "1"
NO_KEY = "2"
_TEXT = ("room.text", TEXT_KEY)
_CALL_AGAIN = ("room.call_again", call_again_hour.KEY)
_LINES = (
    ("room.interpreter", INTERPRETER_KEY),
    ("room.attorney", ATTORNEY_KEY),
    _TEXT,
    _CALL_AGAIN,
    ("room.coordinator", COORDINATOR_KEY),
    ("room.back", BACK_KEY),
)


def menu(unit: UnitOfWork, room: Room, seat: Seat) -> OutOfRoom:
    """The keys of the menu: who is held gets a time to call again, everybody else a text."""
    left_out = _TEXT if call_again_hour.is_offered(unit, room) else _CALL_AGAIN
    lines = [line for line in _LINES if line != left_out]
    says = tuple(words(unit, seat, name, key=key) for name, key in lines)
    return OutOfRoom(says, seat.token, seat.visit, "menu")


def count(unit: UnitOfWork, seat: Seat) -> None:
    """Count the stars of the last minute."""
    is_recent = seat.starred_at is not None and unit.now - seat.starred_at < ACCIDENTS_WITHIN
    seat.stars = seat.stars + 1 if is_recent else 1
    seat.starred_at = seat.starred_at if is_recent else unit.now


def is_pressed_by_accident(seat: Seat) -> bool:
    """Whether a cheek or a pocket presses the star: the menu is not spoken, its keys still work."""
    return seat.stars > STARS_ON_PURPOSE


def asks_about_text(unit: UnitOfWork, room: Room, key: str) -> bool:
    """Whether this key leads to the question whether the caller agreed to a text."""
    return key == TEXT_KEY and rights_text.can_be_sent(unit, room)


def ask_about_text(unit: UnitOfWork, seat: Seat) -> OutOfRoom:
    """Whether the caller agreed to a text: the responder has asked them in the talk."""
    says = (
        words(unit, seat, "guest.ask_text", key=YES_KEY),
        words(unit, seat, "guest.no_consent", key=NO_KEY),
    )
    return OutOfRoom(says, seat.token, seat.visit, "text")


def chosen(unit: UnitOfWork, room: Room, seat: Seat, key: str) -> tuple[Said, ...]:
    """Do what a key of the menu asks for. Returns what the responder hears on the way back."""
    match key:
        case "1":
            return (requests.ask(unit, room, seat, RequestKind.INTERPRETER),)
        case "2":
            return (requests.ask(unit, room, seat, RequestKind.ATTORNEY),)
        case "3":
            return (words(unit, seat, "guest.cannot_text"),)
        case "9":
            return (requests.ask(unit, room, seat, RequestKind.COORDINATOR),)
        case _:
            return ()


def text_answered(unit: UnitOfWork, room: Room, seat: Seat, key: str) -> tuple[Said, ...]:
    """Only a yes sends the text."""
    if key == YES_KEY:
        return (rights_text.send(unit, room, seat),)
    return (words(unit, seat, "guest.text_not_sent"),)


def asks_about_hour(unit: UnitOfWork, room: Room, key: str) -> bool:
    """Whether this key leads to the question when a caller who is held calls again."""
    return key == call_again_hour.KEY and call_again_hour.is_offered(unit, room)


def ask_about_hour(unit: UnitOfWork, seat: Seat) -> OutOfRoom:
    """When the caller calls again: an hour in two digits."""
    return call_again_hour.ask(unit, seat)


def hour_answered(unit: UnitOfWork, room: Room, seat: Seat, digits: str) -> OutOfRoom | None:
    """Book that hour and say what to tell the caller; None after silence."""
    return call_again_hour.answer(unit, room, seat, digits)


def asks_about_language(unit: UnitOfWork, room: Room, seat: Seat, key: str) -> bool:
    """Whether this key leads to the question whose interpreter is wanted."""
    return key == INTERPRETER_KEY and spoken_language.is_asked(unit, room, seat)


def ask_about_language(unit: UnitOfWork, room: Room, seat: Seat) -> OutOfRoom:
    """Which language the caller speaks: a key for each of the roster's."""
    return spoken_language.ask(unit, room, seat)


def language_answered(unit: UnitOfWork, room: Room, seat: Seat, key: str) -> tuple[Said, ...]:
    """Note the language of this key, if it has one, and call an interpreter."""
    spoken_language.choose(unit, room, seat, key)
    return chosen(unit, room, seat, INTERPRETER_KEY)


def words(unit: UnitOfWork, seat: Seat, name: str, **values: str) -> Words:
    """Words in the language of the person who sits here."""
    ring = rings.look(unit.session, seat.ring_id or "")
    return staff_wording.word(unit, ring, name, **values) if ring else Words("en", name)
