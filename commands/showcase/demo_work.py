"""Open work for a newcomer to the demo: callbacks, messages, a dead number, a request to agree to.

Every item has an owner who keeps it for the day, so no phone of the demo rings about it while
somebody looks around. Scenarios begin without this work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import prompts
from console.web import two_person_rule
from ivr.callers import voicemail
from ivr.search import callback_promises, pursued_items
from models.calls import calls, notes, open_items, voicemails
from models.calls.call_log import Sought
from models.calls.calls import SEARCHING, Call, CallState
from models.calls.notes import Typed
from models.calls.voicemails import Message, MessageState
from models.core.database import Database, Session
from models.people import people
from models.staff import approvals, audit, users
from models.staff.audit import Deed
from models.staff.users import User

_NUMBER = "+1646555{:04}"
_FIRST_NUMBER = 120
_KEPT = timedelta(days=1)
"""How long the owner of an item is left alone with it."""
_SOUNDS = Path(prompts.__file__).parent / "recordings"
DEAD = "Grace Bennett"
"""Calls to her phone failed."""


@dataclass(frozen=True)
class Owed:
    """A caller who was promised a callback."""

    minutes_ago: int
    language: str
    need: str
    note: str = ""
    owner: str = "cora"


@dataclass(frozen=True)
class Left:
    """A caller who left a message; a recording of their language stands for their voice."""

    minutes_ago: int
    language: str
    need: str
    sound: str
    owner: str = "cora"


OWED = (
    Owed(4, "es", "detained_today", "His sister is at home after six. Ask for Marta."),
    Owed(70, "en", "deadline", owner="ana"),
)
LEFT = (
    Left(160, "ht", "court_soon", "ht/another_language.leave_message.wav"),
    Left(25, "ur", "letter", "ur/another_language.leave_message.wav"),
    Left(9, "ne", "family", "ne/another_language.leave_message.wav"),
)


def fill(database: Database, now: datetime) -> None:
    """Store the work, as the line would have left it."""
    with database.transaction() as session:
        cora = _user(session, "cora")
        numbers = iter(range(_FIRST_NUMBER, _FIRST_NUMBER + len(OWED) + len(LEFT)))
        for owed in OWED:
            owner = _user(session, owed.owner)
            _callback(session, owed, _NUMBER.format(next(numbers)), owner, now)
        for left in LEFT:
            owner = _user(session, left.owner)
            _message(session, left, _NUMBER.format(next(numbers)), owner, now)
        _dead_number(session, cora, now)
        _request(session, cora, now)


def _user(session: Session, name: str) -> User:
    user = users.named(session, name)
    if user is None:
        raise LookupError(name)
    return user


def _callback(session: Session, owed: Owed, number: str, owner: User, now: datetime) -> None:
    at = now - timedelta(minutes=owed.minutes_ago)
    call = _call(session, owed, number, at, "callback")
    promise = callback_promises.promise(session, call, at, confirmed=True)
    if promise:
        promise.next_try_at, promise.may_leave_message = now + _KEPT, True
    if owed.note:
        notes.write(session, call.id, owner.id, Typed(owed.note), at)
    _take(session, call, owner, now)


def _message(session: Session, left: Left, number: str, owner: User, now: datetime) -> None:
    at = now - timedelta(minutes=left.minutes_ago)
    call = _call(session, left, number, at, "message")
    sound = voicemail.listen((_SOUNDS / left.sound).read_bytes(), 0)
    message = Message(
        call_id=call.id, language=left.language, need=left.need, state=MessageState.STORED,
        seconds=sound.seconds, expected_at=at, arrived_at=at, digest=sound.digest,
        deleted_at_carrier=at, tell_at=now + _KEPT,
    )  # fmt: skip
    session.add(message)
    session.flush()
    voicemails.store_sound(session, message, sound.audio, sound.peaks)
    pursued_items.message_left(session, call, at)
    _take(session, call, owner, now)


def _call(session: Session, caller: Owed | Left, number: str, at: datetime, outcome: str) -> Call:
    """A call that found nobody and ended with `outcome`."""
    began = at - timedelta(minutes=3)
    call = calls.begin(
        session, f"CAwork{number[1:]:0>28}", number, start="language_menu",
        language=caller.language, now=began,
    )  # fmt: skip
    call.need, call.pressed, call.searches = caller.need, True, 1
    calls.note(session, call.id, began, "called", hidden=False, shown="number", attested="A")
    asked = began + timedelta(seconds=30)
    calls.note(session, call.id, asked, SEARCHING, search=1, need=caller.need)
    calls.note(session, call.id, at, "ended", outcome=outcome, place="goodbye")
    call.state, call.outcome = CallState.ENDED, outcome
    call.ended_at = call.heard_at = at
    session.flush()
    return call


def _take(session: Session, call: Call, owner: User, now: datetime) -> None:
    item = open_items.of_call(session, call.id)
    if item is not None:
        pursued_items.take(session, item, now, user=owner.id)
        session.flush()
        item.next_step_at = now + _KEPT


def _dead_number(session: Session, cora: User, now: datetime) -> None:
    """A phone that the carrier could not ring lately, and a coordinator who took it off duty."""
    person = people.with_name(session, DEAD)
    if person is not None:
        person.failed_rings = people.DEAD_AFTER
        person.paused_at, person.paused_until = now, now + _KEPT
        told = {"paused until": (now + _KEPT).isoformat()}
        audit.write(session, cora.id, Deed("person paused", f"person {person.id}", after=told), now)


def _request(session: Session, cora: User, now: datetime) -> None:
    """An export of the call log, for which somebody else must agree."""
    sought = Sought(language="ht").as_facts()
    facts = {"sought": sought, "why": "For the report to the funder of the Haitian clinic"}
    asked = approvals.ask(session, two_person_rule.CALLS_EXPORT, facts, cora.id, now)
    told = {"kind": two_person_rule.CALLS_EXPORT, **facts}
    audit.write(session, cora.id, Deed("approval asked", f"approval {asked.id}", after=told), now)
