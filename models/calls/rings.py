"""Rings: attempts to reach one responder, for a waiting call or a callback.

A ring is an attempt as in docs/decisions/0002-dial-exactly-once.md: it is stored with a random
token before anything is dialled, and every later change names that token.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls import callbacks, calls
from models.calls.callbacks import Callback
from models.calls.calls import Call, CallState
from models.calls.room_requests import RoomRequest
from models.core.base import Base, Instant, When, Word, new_id, to_hold
from routing.dispatch.call_prices import DEAREST_TRY


class RingState(StrEnum):
    """The state of an attempt to reach one phone; it only moves forward."""

    PENDING = "pending"
    DIALLING = "dialling"
    """The request to the carrier may be in progress."""
    DIALLED = "dialled"
    ANSWERED = "answered"
    CONNECTED = "connected"
    FINISHED = "finished"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    NO_KEY = "no_key"
    """The phone was answered and nobody pressed a key."""
    TAKEN = "taken"
    """Somebody else accepted first."""
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """What a phone is rung for."""

    CALLER = "caller"
    CALLBACK = "callback"
    PROOF = "proof"
    """Speaks a verification code to a number that is not rung for callers yet."""
    DICTATION = "dictation"
    """Lets a user read a prompt aloud."""
    TEST = "test"
    """The weekly test: asks whether the phone still belongs to the responder."""
    PURSUIT = "pursuit"
    """Asks a person to take an open item that has no owner."""
    CALLED = "called"
    """Calls a caller back: a responder waits for them in the room of the ring's call."""
    GUEST = "guest"
    """Asks a person to join a talk as interpreter, attorney or coordinator."""
    ALERT = "alert"
    """Speaks alerts to a coordinator whose phone takes no texts."""


class Via(StrEnum):
    """How a phone is rung."""

    REST = "rest"
    """A request to the carrier's REST API."""
    DIAL = "dial"
    """A <Dial> verb in the caller's own call."""


OPEN = (
    RingState.PENDING,
    RingState.DIALLING,
    RingState.DIALLED,
    RingState.ANSWERED,
    RingState.CONNECTED,
)
_RANK = {state: rank for rank, state in enumerate(OPEN)}
FOR_CALLERS = (Purpose.CALLER, Purpose.CALLBACK)
TALKS = (*FOR_CALLERS, Purpose.GUEST)
"""Whoever takes one of these talks with a caller, and rests afterwards."""
FOR_NOBODY_ELSE = (Purpose.PROOF, Purpose.DICTATION, Purpose.CALLED)
"""The person who is rung asked for it, so it says nothing about how they take callers."""

BY_HAND = "by hand"
"""The step of rings that the person asked for with a button: no policy chose them."""

_IS_OPEN = sa.text("state IN ('pending','dialling','dialled','answered','connected')")
_IS_CONNECTED = sa.text("state = 'connected' AND call_id IS NOT NULL")
_IS_FOR_REQUEST = sa.text("request_id IS NOT NULL")
_IS_FOR_CALLBACK = sa.text("purpose = 'callback'")


class Ring(Base):
    """One attempt to reach one responder."""

    __tablename__ = "rings"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(sa.String(43), unique=True)
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose, 10))
    call_id: Mapped[str | None] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    callback_id: Mapped[str | None] = mapped_column(sa.ForeignKey("callbacks.id"), index=True)
    request_id: Mapped[str | None] = mapped_column(sa.String(32))
    """The request for a third voice; `call_id` is None for such a ring."""
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    search: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=0)
    place: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    """The order within the round: the best match is 0 and is dialled first."""
    step: Mapped[str] = mapped_column(sa.String(60))
    """The row of the routing policy that chose this person."""
    interpreter: Mapped[bool]
    via: Mapped[Via] = mapped_column(Word(Via, 4), default=Via.REST)
    state: Mapped[RingState] = mapped_column(Word(RingState, 10), default=RingState.PENDING)
    seconds: Mapped[int]
    """How long the phone rings."""
    due_at: Mapped[datetime]
    """When it is to be dialled; once it was, when that began."""
    since: Mapped[datetime]
    """When the current state began."""
    created_at: Mapped[datetime]
    sid: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reached: Mapped[bool] = mapped_column(default=False)
    """The caller was joined; in a callback, after they pressed the key."""
    gate_sid: Mapped[str | None] = mapped_column(sa.String(64))
    """In a callback, the leg on which somebody picked up the caller's phone."""
    leg_over_at: Mapped[datetime | None]
    """When the carrier told us that the leg ended; a leg may outlive its talk."""

    __table_args__ = (
        sa.Index("uq_rings_person_open", "person_id", unique=True,
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("uq_rings_call_connected", "call_id", unique=True,
                 sqlite_where=_IS_CONNECTED, postgresql_where=_IS_CONNECTED),
        sa.Index("ix_rings_request_id", "request_id",
                 sqlite_where=_IS_FOR_REQUEST, postgresql_where=_IS_FOR_REQUEST),
        sa.Index("ix_rings_state_due", "state", "due_at"),
        sa.Index("ix_rings_person_created", "person_id", "created_at"),
        sa.Index("ix_rings_callback_created", "created_at",
                 sqlite_where=_IS_FOR_CALLBACK, postgresql_where=_IS_FOR_CALLBACK),
    )  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether the ring can still lead to a conversation or is one."""
        return self.state in OPEN

    @property
    def is_by_hand(self) -> bool:
        """Whether the person asked for this ring with a button."""
        return self.step == BY_HAND

    @property
    def is_a_talk(self) -> bool:
        """Whether the responder talks or has talked with the caller."""
        if self.purpose == Purpose.CALLBACK:
            return self.reached
        return self.purpose in TALKS and self.connected_at is not None

    def know_leg(self, sid: str, now: datetime) -> None:
        """News with the ring's token proves that the call was made, even if the POST failed."""
        if self.sid is None and sid:
            self.sid = sid
        if self.state in (RingState.PENDING, RingState.DIALLING):
            self.move(RingState.DIALLED, now)

    def move(self, state: RingState, now: datetime) -> bool:
        """Move forward to a state; False, without any change, if that would move back."""
        if not self.is_open or (state in _RANK and _RANK[state] <= _RANK[self.state]):
            return False
        self.state, self.since = state, now
        if state == RingState.CONNECTED:
            self.connected_at = now
        if state not in _RANK:
            self.ended_at = now
        return True


def new_token() -> str:
    """A random token for one attempt, used in the URLs that the carrier calls back."""
    return secrets.token_urlsafe(24)


def write_down(
    session: Session, purpose: Purpose, person_id: str, step: str, seconds: int, now: datetime,
    *, interpreter: bool = False, due_at: datetime | None = None,
) -> Ring:  # fmt: skip
    """Store a ring to be dialled at `due_at`, or now; the phone rings for `seconds`.

    Its id is set when the session is flushed.
    """
    ring = Ring(
        token=new_token(),
        purpose=purpose,
        person_id=person_id,
        step=step,
        interpreter=interpreter,
        seconds=seconds,
        due_at=due_at or now,
        since=now,
        created_at=now,
        state=RingState.PENDING,
    )
    session.add(ring)
    return ring


def with_token(session: Session, token: str) -> Ring | None:
    """The ring that was dialled under this token, held until the transaction ends."""
    return _held(session, _BY_TOKEN, token)


def with_id(session: Session, ring_id: str) -> Ring | None:
    """The ring with this id, held until the transaction ends."""
    return _held(session, _BY_ID, ring_id)


def look(session: Session, ring_id: str) -> Ring | None:
    """The ring with this id, read without a lock."""
    return session.get(Ring, ring_id)


class _One:
    """The two statements that find and lock one ring, built once."""

    def __init__(self, is_it: sa.ColumnElement[bool]) -> None:
        about = sa.func.coalesce(Ring.call_id, RoomRequest.call_id)
        both = sa.select(about, Ring.callback_id).outerjoin(
            RoomRequest, Ring.request_id == RoomRequest.id
        )
        self.known = both.where(is_it)
        self.held = to_hold(sa.select(Ring).where(is_it), key_share=True)


_BY_TOKEN = _One(Ring.token == sa.bindparam("value"))
_BY_ID = _One(Ring.id == sa.bindparam("value"))


def _held(session: Session, which: _One, value: str) -> Ring | None:
    """Lock the call or callback of a ring before the ring itself, as everywhere.

    The call of a request for a third voice is the call of its rings too. Otherwise two responders
    who press a key at the same time could deadlock.
    """
    for call_id, callback_id in session.execute(which.known, {"value": value}):
        if call_id:
            calls.held(session, call_id)
        if callback_id:
            callbacks.with_id(session, callback_id)
    return session.scalar(which.held, {"value": value})


def call_of(session: Session, ring: Ring) -> Call | None:
    """The call of a held ring; it was locked before the ring."""
    return session.get(Call, ring.call_id) if ring.call_id else None


def call_id_of(session: Session, ring: Ring) -> str | None:
    """The id of the call that a ring is about: its own, its request's or its callback's."""
    if ring.call_id:
        return ring.call_id
    request = session.get(RoomRequest, ring.request_id) if ring.request_id else None
    owed = session.get(Callback, ring.callback_id) if ring.callback_id else None
    return request.call_id if request else owed.call_id if owed else None


_OF_CALL = (
    sa.select(Ring)
    .where(Ring.call_id == sa.bindparam("call_id"))
    .order_by(Ring.created_at, Ring.id)
)


def of_call(session: Session, call_id: str) -> list[Ring]:
    """Every ring of a call, oldest first."""
    return list(session.scalars(_OF_CALL, {"call_id": call_id}))


def is_about(call_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """SQL condition: the ring is for one of these calls, its callbacks or its third voices."""
    owed = sa.select(Callback.id).where(Callback.call_id.in_(call_ids))
    asked = sa.select(RoomRequest.id).where(RoomRequest.call_id.in_(call_ids))
    return sa.or_(
        Ring.call_id.in_(call_ids), Ring.callback_id.in_(owed), Ring.request_id.in_(asked)
    )


def all_about(session: Session, call_id: str) -> list[Ring]:
    """Every ring for a call, its callbacks and its third voices, oldest first."""
    query = sa.select(Ring).where(is_about([call_id]))
    return list(session.scalars(query.order_by(Ring.created_at, Ring.id)))


_OF_CALLS = (
    sa.select(Ring)
    .where(Ring.call_id.in_(sa.bindparam("call_ids", expanding=True)))
    .order_by(Ring.created_at, Ring.id)
)


def of_calls(session: Session, call_ids: list[str]) -> dict[str, list[Ring]]:
    """Every ring of these calls by call, oldest first."""
    found: dict[str, list[Ring]] = {call_id: [] for call_id in call_ids}
    for ring in session.scalars(_OF_CALLS, {"call_ids": call_ids}) if call_ids else ():
        found[ring.call_id or ""].append(ring)
    return found


def of_person_since(session: Session, person_id: str, since: datetime) -> list[Ring]:
    """A person's rings for callers that began since then, latest first."""
    query = sa.select(Ring).where(
        Ring.person_id == person_id, Ring.created_at >= since, Ring.purpose.in_(FOR_CALLERS)
    )
    return list(session.scalars(query.order_by(Ring.created_at.desc(), Ring.id)))


_OPEN_OF_PERSON = to_hold(
    sa.select(Ring).where(Ring.person_id == sa.bindparam("person_id"), Ring.state.in_(OPEN))
)


def open_of_person(session: Session, person_id: str) -> list[Ring]:
    """The open rings of a person; the database allows one at a time."""
    return list(session.scalars(_OPEN_OF_PERSON, {"person_id": person_id}))


_CALLBACK_STARTS = sa.select(sa.func.count()).where(
    Ring.purpose == Purpose.CALLBACK, Ring.created_at >= sa.bindparam("since"), Ring.tries > 0
)


_CALLBACK_CENTS = (
    sa.select(sa.func.sum(sa.func.coalesce(Callback.cents_a_try, DEAREST_TRY)))
    .join(Ring, Ring.callback_id == Callback.id)
    .where(
        Ring.purpose == Purpose.CALLBACK,
        Ring.created_at >= sa.bindparam("since"),
        sa.or_(Ring.gate_sid.is_not(None), Ring.connected_at.is_not(None)),
    )
)
"""Only what somebody picked up costs anything."""


def callback_cents_since(session: Session, since: datetime) -> int:
    """What the callbacks that were dialled since then may cost, in cents."""
    return int(session.scalar(_CALLBACK_CENTS, {"since": since}) or 0)


def callback_starts_since(session: Session, since: datetime) -> int:
    """How many calls to responders were requested for callbacks since then."""
    return session.scalar(_CALLBACK_STARTS, {"since": since}) or 0


def to_caller(session: Session, call_id: str) -> Ring | None:
    """The ring that dials the caller of this call, which we make for a callback."""
    query = sa.select(Ring).where(Ring.call_id == call_id, Ring.purpose == Purpose.CALLED)
    return session.scalar(query.limit(1))


def of_responder_who_calls_back(session: Session, call_id: str) -> Ring | None:
    """The ring of the responder for whom this call was dialled."""
    query = sa.select(Ring).where(Ring.call_id == call_id, Ring.purpose == Purpose.CALLBACK)
    return session.scalar(query.limit(1))


def counts(session: Session, call_ids: list[str]) -> dict[str, int]:
    """How many rings each of these calls had."""
    rows = session.execute(
        sa.select(Ring.call_id, sa.func.count())
        .where(Ring.call_id.in_(call_ids))
        .group_by(Ring.call_id)
    )
    return {call_id: count for call_id, count in rows if call_id is not None}


_OFFERED = sa.select(
    sa.exists().where(Ring.call_id == sa.bindparam("call_id"), Ring.state == RingState.ANSWERED)
)


def is_offered(session: Session, call_id: str) -> bool:
    """Whether somebody hears the offer of this call now and may accept at any moment."""
    return bool(session.scalar(_OFFERED, {"call_id": call_id}))


def of_request(session: Session, request_id: str) -> list[Ring]:
    """Every ring made for a third voice, oldest first."""
    query = sa.select(Ring).where(Ring.request_id == request_id)
    return list(session.scalars(query.order_by(Ring.created_at, Ring.id)))


def of_callback(session: Session, callback_id: str) -> list[Ring]:
    """Every ring made to find a responder for a callback, oldest first."""
    query = sa.select(Ring).where(Ring.callback_id == callback_id)
    return list(session.scalars(query.order_by(Ring.created_at, Ring.id)))


def of_callbacks(session: Session, callback_ids: Sequence[str]) -> dict[str, list[Ring]]:
    """The same for each of these callbacks."""
    found: dict[str, list[Ring]] = {each: [] for each in callback_ids}
    query = sa.select(Ring).where(Ring.callback_id.in_(callback_ids))
    for ring in session.scalars(query.order_by(Ring.created_at, Ring.id)):
        found[ring.callback_id or ""].append(ring)
    return found


_CALLING_BACK = (
    sa.select(Ring, Callback)
    .join(Callback, Ring.callback_id == Callback.id)
    .where(Ring.state == RingState.CONNECTED, Callback.number_mark == sa.bindparam("number_mark"))
    .limit(1)
)


def calling_back(session: Session, number_mark: str) -> tuple[Ring, Callback] | None:
    """The ring and callback in which this number is being called back now, or None.

    It also counts if another person answered that phone.
    """
    found = session.execute(_CALLING_BACK, {"number_mark": number_mark}).first()
    return (found[0], found[1]) if found else None


_MARKS_CALLED_BACK = (
    sa.select(Callback.number_mark)
    .join(Ring, Ring.callback_id == Callback.id)
    .where(Ring.state == RingState.CONNECTED)
)


def numbers_called_back(session: Session) -> set[str]:
    """The marks of all numbers that are being called back now."""
    return set(session.scalars(_MARKS_CALLED_BACK))


_ENGAGED = sa.select(Ring.person_id).where(Ring.state.in_(OPEN), Ring.purpose != Purpose.TEST)
_ENGAGED_AMONG = _ENGAGED.where(Ring.person_id.in_(sa.bindparam("among", expanding=True)))
_GIVES_WAY = sa.and_(
    Ring.purpose.in_((Purpose.PURSUIT, Purpose.ALERT)),
    Ring.state.in_((RingState.PENDING, RingState.DIALLING, RingState.DIALLED)),
)
"""SQL condition: the phone rings for an open item or an alert, and nobody has answered it."""
_BUSY_FOR_CALLER = _ENGAGED.where(~_GIVES_WAY)
_BUSY_FOR_CALLER_AMONG = _ENGAGED_AMONG.where(~_GIVES_WAY)


def engaged(
    session: Session, among: Collection[str] | None = None, *, for_caller: bool = False
) -> set[str]:
    """The people who are being rung or talk now, limited to `among` if given.

    A weekly test does not count, because it gives way to other rings. An unanswered ring for an
    open item or an alert gives way to a caller who waits.
    """
    if among is None:
        return set(session.scalars(_BUSY_FOR_CALLER if for_caller else _ENGAGED))
    if not among:
        return set()
    query = _BUSY_FOR_CALLER_AMONG if for_caller else _ENGAGED_AMONG
    return set(session.scalars(query, {"among": list(among)}))


_LINGERING = sa.select(Ring.person_id).where(
    Ring.person_id.in_(sa.bindparam("among", expanding=True)),
    Ring.created_at > sa.bindparam("made_after"),
    Ring.ended_at > sa.bindparam("since"),
    Ring.sid.is_not(None),
    Ring.leg_over_at.is_(None),
)
_LONGEST_TALK = timedelta(hours=4)


def lingering(session: Session, among: Collection[str], since: datetime) -> set[str]:
    """Those of these people whose ring ended after then, and whose leg may not be over yet.

    Their phone would be busy.
    """
    if not among:
        return set()
    values = {"among": list(among), "since": since, "made_after": since - _LONGEST_TALK}
    return set(session.scalars(_LINGERING, values))


def is_testing(session: Session) -> bool:
    """Whether a phone is being tested."""
    tested = sa.select(Ring.id).where(Ring.state.in_(OPEN), Ring.purpose == Purpose.TEST)
    return session.scalar(tested.limit(1)) is not None


def last_of(session: Session, person_id: str, purpose: Purpose) -> datetime | None:
    """When a person was last rung for this purpose."""
    theirs = sa.select(Ring.created_at).where(Ring.person_id == person_id, Ring.purpose == purpose)
    return session.scalar(theirs.order_by(Ring.created_at.desc()).limit(1))


def is_anybody_on_the_line(session: Session) -> bool:
    """Whether a caller is on the line, or a phone may ring for one."""
    return bool(calls.in_progress(session) or in_the_air(session))


def in_the_air(session: Session) -> list[Ring]:
    """Every open ring, oldest first."""
    query = sa.select(Ring).where(Ring.state.in_(OPEN))
    return list(session.scalars(query.order_by(Ring.created_at, Ring.id)))


_LAST = 9
"""In the dial queue, behind the rank of every need."""


_AT_NOW = sa.bindparam("now", type_=Instant())


def is_due(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: the ring waits to be dialled."""
    return sa.and_(Ring.state == RingState.PENDING, Ring.due_at <= now, Ring.via == Via.REST)


def next_due(session: Session, now: datetime) -> Ring | None:
    """The next ring to dial.

    Waiting callers in the order of their line, and third voices for talks and the callers of
    callbacks in the same order; then rings for callbacks and open items; then prompts and tests.
    """
    return session.scalar(_next_due(), {"now": now})


@cache
def _next_due() -> sa.Select[Ring]:
    due = sa.select(Ring).where(is_due(_AT_NOW))
    rank = sa.case(
        (Ring.purpose.in_((Purpose.CALLER, Purpose.GUEST, Purpose.CALLED)), calls.RANK),
        (Ring.purpose.in_((Purpose.DICTATION, Purpose.TEST)), _LAST),
        else_=_LAST - 1,
    )
    joins_later = Ring.purpose == Purpose.GUEST
    order = (rank, calls.ASKED_AT, Ring.due_at, joins_later, Ring.place, Ring.id)
    asked_for = due.outerjoin(RoomRequest, Ring.request_id == RoomRequest.id)
    their_call = sa.func.coalesce(Ring.call_id, RoomRequest.call_id)
    first = asked_for.outerjoin(Call, Call.id == their_call).order_by(*order)
    return to_hold(first.limit(1), key_share=True, skip_locked=True, of=Ring)


def search_is_due(now: When, held_up_since: When) -> sa.ColumnElement[bool]:
    """SQL condition: the call waits, and its round is over or its rings are not dialled in time."""
    held_up = sa.exists().where(
        Ring.call_id == Call.id,
        Ring.state.in_((RingState.PENDING, RingState.DIALLING)),
        Ring.created_at <= held_up_since,
    )
    moves_on = sa.or_(Call.round_until.is_(None), Call.round_until <= now, held_up)
    return sa.and_(Call.state == CallState.WAITING, Call.search_over.is_(False), moves_on)


_HELD_UP_SINCE = sa.bindparam("held_up_since", type_=Instant())
_SEARCHES_DUE = (
    sa.select(Call.sid)
    .where(search_is_due(_AT_NOW, _HELD_UP_SINCE))
    .order_by(calls.RANK, calls.ASKED_AT, Call.id)
)


def searches_due(session: Session, now: datetime, held_up_since: datetime) -> list[str]:
    """SIDs of the calls whose search is due, in the order of the waiting line.

    News of a ring, people who come free, and the hold loop advance all other searches.
    """
    limits = {"now": now, "held_up_since": held_up_since}
    return list(session.scalars(_SEARCHES_DUE, limits))


def is_unclear(before: When) -> sa.ColumnElement[bool]:
    """SQL condition: dialling began before then and was never confirmed."""
    return sa.and_(Ring.state == RingState.DIALLING, Ring.since < before)


_UNRESOLVED = (
    sa.select(Ring).where(is_unclear(sa.bindparam("before", type_=Instant()))).order_by(Ring.since)
)


def unresolved(session: Session, before: datetime) -> list[Ring]:
    """Rings whose dialling began before then and was never confirmed, oldest first."""
    return list(session.scalars(_UNRESOLVED, {"before": before}))


_STALE = (
    sa.select(Ring)
    .where(
        sa.or_(
            sa.and_(
                Ring.state.in_((RingState.DIALLED, RingState.ANSWERED)),
                Ring.since < sa.bindparam("ringing_since"),
            ),
            sa.and_(Ring.state == RingState.CONNECTED, Ring.since < sa.bindparam("talking_since")),
            sa.and_(
                Ring.state == RingState.PENDING,
                Ring.purpose == Purpose.CALLED,
                Ring.created_at < sa.bindparam("ringing_since"),
            ),
        )
    )
    .order_by(Ring.since)
)


def stale(session: Session, now: datetime, ringing: timedelta, talking: timedelta) -> list[Ring]:
    """Dialled rings and conversations without news for these periods.

    A responder does not wait longer than that for a caller's phone that cannot be dialled.
    """
    limits = {"ringing_since": now - ringing, "talking_since": now - talking}
    return list(session.scalars(_STALE, limits))


def open_since_before(session: Session, before: datetime) -> list[Ring]:
    """Open rings, except conversations, whose current state began before then."""
    ringing = Ring.state.in_(
        (RingState.PENDING, RingState.DIALLING, RingState.DIALLED, RingState.ANSWERED)
    )
    return list(session.scalars(sa.select(Ring).where(ringing, Ring.since < before)))


def forget_tests(session: Session, before: datetime) -> None:
    """Delete tests that ended before then; their result is stored with the person."""
    session.execute(sa.delete(Ring).where(Ring.purpose == Purpose.TEST, Ring.ended_at < before))


_LEG = sa.select(Ring.id).where(
    Ring.token == sa.bindparam("token"),
    Ring.sid == sa.bindparam("sid"),
    Ring.state.in_((RingState.DIALLED, RingState.ANSWERED, RingState.CONNECTED)),
)


def is_leg(session: Session, token: str, sid: str) -> bool:
    """Whether this SID is the leg of a ring that was dialled and is not over."""
    return session.scalar(_LEG, {"token": token, "sid": sid}) is not None


def knows(session: Session, sid: str) -> bool:
    """Whether a ring has this SID."""
    return session.scalar(sa.select(Ring.id).where(Ring.sid == sid)) is not None


def adopt(session: Session, ring_id: str, token: str, sid: str, now: datetime) -> bool:
    """Record that the carrier made this call; False if the attempt has another token by now."""
    return _settle(session, ring_id, token, {"state": RingState.DIALLED, "sid": sid, "since": now})


def put_back(session: Session, ring_id: str, token: str, due_at: datetime, now: datetime) -> bool:
    """Record that the carrier made no call: dial again later under a new token."""
    again = {"state": RingState.PENDING, "token": new_token(), "due_at": due_at, "since": now}
    return _settle(session, ring_id, token, again)


def _settle(session: Session, ring_id: str, token: str, values: dict[str, object]) -> bool:
    """Change a ring only if the attempt with this token is still the current one."""
    result = session.execute(
        sa.update(Ring)
        .where(Ring.id == ring_id, Ring.state == RingState.DIALLING, Ring.token == token)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
