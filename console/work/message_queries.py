"""Messages as staff see them: what one caller left, in how many parts, and who takes care of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from models.calls import calls, voicemails
from models.calls.voicemails import Message, MessageState
from models.core.database import Session
from models.people import people
from models.staff import users
from routing.dispatch import attention

UNHEARD, HEARD, DONE = "unheard", "heard", "done"
UNREADABLE, LAPSED = "unreadable", "lapsed"
MOST_FINISHED = 200
"""So many of those that are over are listed, the latest; all of them stay for 30 days at most."""
_ALL = 10_000
_FINISHED = (MessageState.DONE, MessageState.LAPSED)


@dataclass(frozen=True)
class DoneBy:
    """Who did something, and when."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Left:
    """All that one caller left in one call: one piece of work, however many parts it has."""

    call: str
    pseudonym: str
    parts: tuple[Message, ...]
    overdue_at: datetime
    """When it should have been heard."""
    is_overdue: bool
    claim: DoneBy | None
    heard: DoneBy | None
    done: DoneBy | None

    @property
    def id(self) -> str:
        """The first part's, by which the whole is found."""
        return self.parts[0].id

    @property
    def language(self) -> str:
        """The caller's language."""
        return self.parts[0].language

    @property
    def need(self) -> str:
        """What the caller wants."""
        return self.parts[0].need

    @property
    def left_at(self) -> datetime:
        """When the caller began to speak."""
        return self.parts[0].expected_at

    @property
    def seconds(self) -> int:
        """How long all of it is."""
        return sum(part.seconds or 0 for part in self.parts)

    @property
    def claimed_by(self) -> str | None:
        """The user who has it."""
        return next((part.claimed_by for part in self.parts if part.claimed_by), None)

    @property
    def was_passed_on(self) -> bool:
        """Somebody asked for a person who speaks this language."""
        return self.parts[0].passed_on_at is not None

    @property
    def is_over(self) -> bool:
        """Nothing is left to do."""
        return self.state in (DONE, LAPSED)

    @property
    def state(self) -> str:
        """The state of the part that has come least far."""
        found = {part.state for part in self.parts}
        if found & {MessageState.ARRIVING, MessageState.STORED}:
            return UNHEARD
        if MessageState.HEARD in found:
            return HEARD
        if MessageState.QUARANTINED in found:
            return UNREADABLE
        return DONE if MessageState.DONE in found else LAPSED


def unfinished(session: Session, within: timedelta, now: datetime) -> list[Left]:
    """Everything that is still somebody's work: overdue first, then the longest wait."""
    found = voicemails.in_states(session, voicemails.UNFINISHED, _ALL)
    left = _as_left(session, found, within, now)
    return sorted(left, key=lambda one: (one.state != UNHEARD, one.overdue_at, one.id))


def finished(session: Session, within: timedelta, now: datetime) -> list[Left]:
    """What is over, the latest first."""
    found = voicemails.in_states(session, _FINISHED, MOST_FINISHED)
    left = _as_left(session, found, within, now)
    over = (one for one in left if one.is_over)
    return sorted(over, key=lambda one: (one.left_at, one.id), reverse=True)


def with_id(session: Session, message_id: str, within: timedelta, now: datetime) -> Left | None:
    """What was left in the call of this message; None when there is no such message."""
    message = voicemails.look(session, message_id)
    if message is None:
        return None
    return next(iter(_as_left(session, [message], within, now)), None)


def _as_left(
    session: Session, found: Iterable[Message], within: timedelta, now: datetime
) -> list[Left]:
    ids = sorted({message.call_id for message in found})
    pseudonyms, names = calls.pseudonyms(session, ids), _Names(session)
    parts = voicemails.of_calls(session, ids)
    return [
        _left(call_id, pseudonyms[call_id], tuple(some), names, within, now)
        for call_id, some in groupby(parts, key=lambda part: part.call_id)
    ]


def _left(
    call_id: str,
    pseudonym: str,
    parts: Sequence[Message],
    names: _Names,
    within: timedelta,
    now: datetime,
) -> Left:
    unheard = [part for part in parts if part.state in (MessageState.ARRIVING, MessageState.STORED)]
    since = min(part.waits_since for part in unheard or parts)
    overdue_at = since + attention.heard_within(parts[0].need, within)
    return Left(
        call=call_id,
        pseudonym=pseudonym,
        parts=tuple(parts),
        overdue_at=overdue_at,
        is_overdue=bool(unheard) and overdue_at <= now,
        claim=_by(names, [(part.claimed_by, part.claimed_at) for part in parts]),
        heard=_by(names, [(part.heard_by, part.heard_at) for part in parts]),
        done=_by(names, [(part.done_by, part.done_at) for part in parts]),
    )


def _by(names: _Names, done: Iterable[tuple[str | None, datetime | None]]) -> DoneBy | None:
    for who, at in done:
        if at is not None:
            return DoneBy(names.of(who), at)
    return None


class _Names:
    """Names of users, and of people who heard a message by phone, each opened once."""

    def __init__(self, session: Session) -> None:
        self._session, self._known = session, users.names(session)

    def of(self, who: str | None) -> str:
        """A user's or a person's name; nothing when they are known no more."""
        if who and who not in self._known:
            person = people.with_id(self._session, who)
            self._known[who] = people.name_of(self._session, person) if person else ""
        return self._known.get(who or "", "")
