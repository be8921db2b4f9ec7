"""The calls on the line, as the board shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.calls import call_log, calls
from models.calls.calls import Call, CallState
from models.calls.rings import Ring, RingState
from models.core.database import Session
from models.people import people
from prompts.language_codes import OTHER


@dataclass(frozen=True)
class CallNow:
    """A call on the line, and how far it is."""

    id: str
    pseudonym: str
    language: str
    need: str | None
    state: str
    since: datetime
    with_whom: str | None
    people: frozenset[str]
    """Ids of those it rings or talks with, whose own call it is."""
    ringing: tuple[str, ...]
    """Names of the people whose phones ring for it."""
    has_name: bool = False
    """Whether the viewer may hear the name of the language in the caller's voice."""

    @property
    def is_waiting(self) -> bool:
        """Whether the caller waits for a person."""
        return self.state == CallState.WAITING and self.with_whom is None


def look(session: Session, air: Iterable[Ring]) -> tuple[CallNow, ...]:
    """Every call on the line; `air` are the rings that are open."""
    of_call: dict[str, list[Ring]] = {}
    for ring in air:
        of_call.setdefault(ring.call_id or "", []).append(ring)
    open_calls = [call for call in calls.in_progress(session) if call.responder is None]
    others = [call.id for call in open_calls if call.spoken == OTHER]
    named = call_log.with_spoken_name(session, others)
    return tuple(
        _call(session, call, of_call.get(call.id, []), has_name=call.id in named)
        for call in open_calls
    )


def _call(session: Session, call: Call, air: Iterable[Ring], *, has_name: bool) -> CallNow:
    talk = next((ring for ring in air if ring.state == RingState.CONNECTED), None)
    person = people.with_id(session, talk.person_id) if talk else None
    since = call.search_since if call.state == CallState.WAITING else None
    return CallNow(
        id=call.id,
        pseudonym=call.pseudonym,
        language=call.spoken,
        need=call.need,
        state=call.state,
        since=(talk.connected_at if talk else since) or call.started_at,
        with_whom=people.name_of(session, person) if person else None,
        people=frozenset(ring.person_id for ring in air),
        ringing=_names(session, air) if talk is None else (),
        has_name=has_name,
    )


def _names(session: Session, air: Iterable[Ring]) -> tuple[str, ...]:
    rung = [people.with_id(session, ring.person_id) for ring in air]
    return tuple(people.name_of(session, person) for person in rung if person)
