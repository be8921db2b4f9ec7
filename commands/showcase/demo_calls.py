"""Sample calls of earlier days, so that the call log of the demo is not empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.places import Menu
from models.calls import calls, rings
from models.calls.calls import Call, CallState
from models.calls.rings import Purpose, Ring, RingState
from models.core.database import Database, Session
from models.people import people
from prompts import Prompts
from prompts.language import Language
from routing import needs

_NUMBER = "+1917555{:04}"
_FIRST_NUMBER = 100
_WAITED, _TURN = 14, 6
"""In seconds: from the first ring to acceptance, and for hearing one menu."""


@dataclass(frozen=True)
class Past:
    """One sample call."""

    hours_ago: float
    language: str
    need: str | None
    talked_minutes: int
    declined_by: str | None = None
    answered_by: str | None = None
    """None without a need: they heard their rights. None with a need: they hung up."""


PAST = (
    Past(1.4, "es", "detained_today", 11, "Rosa Medina", "Luis Ortega"),
    Past(2.2, "en", None, 0),
    Past(3.1, "zh", "letter", 7, None, "Mei Lin"),
    Past(4.7, "ht", "emergency", 0, "Jean-Marc Pierre"),
    Past(6.3, "es", "family", 18, None, "Ana Torres"),
    Past(9.0, "bn", "detained_longer", 9, None, "Farhana Akter"),
    Past(13.5, "en", "deadline", 4, "Grace Bennett", "Elena Vargas"),
    Past(20.2, "ru", "fear", 12, None, "Irina Volkova"),
    Past(26.8, "es", "emergency", 6, None, "Ana Torres"),
    Past(29.3, "ko", None, 0),
    Past(31.0, "es", "detained", 0, "Luis Ortega"),
    Past(44.6, "ar", "court_soon", 15, None, "Samira Haddad"),
)


def remember(database: Database, prompts: Prompts, now: datetime) -> None:
    """Store the sample calls as the hotline would have stored them."""
    with database.transaction() as session:
        for number, past in enumerate(PAST):
            _call(session, prompts, past, number, now - timedelta(hours=past.hours_ago))


def _call(session: Session, prompts: Prompts, past: Past, number: int, began: datetime) -> None:
    shown = _NUMBER.format(_FIRST_NUMBER + number)
    call = calls.begin(
        session, f"CAdemo{number:026}", shown, start="language_menu", language="en", now=began
    )
    call.language, call.need, call.pressed = past.language, past.need, True
    story = _Story(session, call, began)
    for step in through_menus(prompts.languages[past.language], past.need):
        story.tell(step.seconds_later, step.what, **step.detail)
    if past.need is None:
        story.tell(_TURN, "heard", place="main_menu", key="4")
        story.tell(0, "at", place="rights")
        call.informed = True
    else:
        _look_for_somebody(story, past, past.need)
    story.end(_outcome(past), 40)


@dataclass(frozen=True)
class _Heard:
    """One step of a caller through the menus."""

    seconds_later: int
    what: str
    detail: dict[str, object]


def through_menus(language: Language, need: str | None) -> Iterator[_Heard]:
    """How a caller came to their language, and to their need if they said one."""
    yield _Heard(0, "called", {"hidden": False, "shown": "number", "attested": "A"})
    yield _Heard(0, "at", {"place": "language_menu"})
    where = "language_menu"
    if language.page > 1:
        yield _Heard(_TURN, "heard", {"place": where, "key": "9"})
        where = "more_languages"
        yield _Heard(0, "at", {"place": where})
    yield _Heard(_TURN, "heard", {"place": where, "key": language.key})
    yield _Heard(0, "at", {"place": "main_menu"})
    if need in (None, needs.UNKNOWN):  # they pressed no further key
        return
    first = needs.first_level(need)
    yield _Heard(_TURN, "heard", {"place": "main_menu", "key": _key_for(first, "main_menu")})
    if asked := HOTLINE.place(f"{first}_detail"):
        key = _key_for(need, asked.name) if need != first else ""
        yield _Heard(_TURN, "heard", {"place": asked.name, "key": key})


def _look_for_somebody(story: _Story, past: Past, need: str) -> None:
    story.tell(0, "searching", search=1, need=need)
    story.tell(0, "at", place=needs.first_level(need))
    began = story.at
    if past.declined_by:
        story.rings(past.declined_by, RingState.DECLINED, began, began + timedelta(seconds=9))
    if past.answered_by:
        taken = began + timedelta(seconds=_WAITED)
        over = taken + timedelta(minutes=past.talked_minutes)
        who = story.rings(past.answered_by, RingState.FINISHED, began, over, connected_at=taken)
        story.tell(_WAITED, "accepted", person=who, waited=_WAITED)
        story.tell(past.talked_minutes * 60, "talk over", person=who)
        story.call.answered_by = who


def _key_for(need: str, menu: str) -> str:
    """The key of a menu for a need."""
    place = HOTLINE.place(menu)
    assert isinstance(place, Menu)  # noqa: S101 - the tree is checked at start
    return next(option.key for option in place.options if option.need == need)


def _outcome(past: Past) -> str:
    if past.answered_by:
        return "person"
    return "left" if past.need else "informed"


@dataclass
class _Story:
    session: Session
    call: Call
    at: datetime

    def tell(self, seconds_later: int, what: str, **detail: object) -> None:
        self.at += timedelta(seconds=seconds_later)
        calls.note(self.session, self.call.id, self.at, what, **detail)

    def rings(
        self, name: str, state: str, began: datetime, over: datetime,
        connected_at: datetime | None = None,
    ) -> str:  # fmt: skip
        """Add a finished ring and return the id of its person."""
        person = people.with_name(self.session, name)
        if person is None:
            raise LookupError(name)
        ring = Ring(
            token=rings.new_token(), purpose=Purpose.CALLER, call_id=self.call.id,
            person_id=person.id, search=1, round=1, step="same language", interpreter=False,
            state=state, seconds=20, due_at=began, since=over, created_at=began,
            connected_at=connected_at, ended_at=over, reached=connected_at is not None,
        )  # fmt: skip
        self.session.add(ring)
        return person.id

    def end(self, outcome: str, seconds_later: int) -> None:
        self.tell(seconds_later, "ended", outcome=outcome, place="goodbye")
        self.call.outcome, self.call.state = outcome, CallState.ENDED
        self.call.ended_at = self.call.heard_at = self.at
