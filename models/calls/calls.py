"""Calls: one row per call, and one step row for each thing that happened in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, Word, new_id, to_hold
from models.core.database import vault_of
from models.core.pseudonyms import drawn_pseudonym
from models.keys.root_keys import Locked, VaultError
from routing.needs import RANKED

log = logging.getLogger("hotline.calls")

_AT_ONCE = 500
RESCUER = "rescue"
"""The `answered_by` of a call that the line could not connect itself; nobody on the roster."""
ARRIVED = "called"
"""The step of a call that comes in: what its number looks like, and who vouches for it."""
UNKNOWN_LINE = "unknown line"
"""Step: the call came to a number or account that is not ours."""
FROM_FACILITY = "called from a facility"
"""Step: the call came from the phone of a place of detention."""
REACHED_BY_CALLBACK = "answered by callback"
"""Step: the caller was reached on another line; `person` is the responder who did."""
CHOSE_LANGUAGE = "chose a language"
"""Step: the caller chose a language in the menu; `language` is its code."""
SEARCHING = "searching"
"""Step: a search for a person began."""
LOOKED_FOR_OFFICE = "looked for an office"
"""Step: the caller keyed in a ZIP code. Only the borough is stored."""
LANGUAGE_SET = "language set"
"""Step: somebody noted which `language` the caller speaks; `person` or `user` is who."""


class CallState(StrEnum):
    """The state of a call. It only moves forward, and ENDED is final."""

    TALKING = "talking"
    """The caller is in the call tree."""
    WAITING = "waiting"
    """The caller waits while we search for a responder."""
    CONNECTED = "connected"
    """The caller talks with a responder."""
    ENDED = "ended"


class Limited(StrEnum):
    """Why a call is offered the message box first."""

    FLOOD = "flood"
    BLOCKED = "blocked"
    """A responder or coordinator blocked the number."""
    BLOCKED_AGAIN = "again"


BLOCKS = (Limited.BLOCKED, Limited.BLOCKED_AGAIN)


class Call(Base):
    """One caller on the line, from the first ring until the line is closed."""

    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    sid: Mapped[str] = mapped_column(sa.String(64), unique=True)
    number_sealed: Mapped[bytes | None]
    number_mark: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    exchange_mark: Mapped[str | None] = mapped_column(sa.String(40))
    """The same mark for all ten thousand numbers of an exchange.

    None if the number is hidden or shared by many people.
    """
    pseudonym: Mapped[str] = mapped_column(sa.String(60))
    visible: Mapped[bool]
    """The number is shown and the hotline may call it back."""
    responder: Mapped[str | None] = mapped_column(sa.String(32))
    """The person whose registered phone this call came from, once their PIN has proved it."""
    language: Mapped[str] = mapped_column(sa.String(8))
    """The language in which the caller hears us."""
    spoken_language: Mapped[str | None] = mapped_column(sa.String(8))
    """What they really speak: a code of ISO 639, or "other" until a person has found out; None
    if it is the language that they hear."""
    second_language: Mapped[str | None] = mapped_column(sa.String(8))
    """A second language that they manage in, as a person noted."""
    need: Mapped[str | None] = mapped_column(sa.String(20))
    place: Mapped[str] = mapped_column(sa.String(40))
    turns: Mapped[int] = mapped_column(default=0)
    state: Mapped[CallState] = mapped_column(Word(CallState, 12), default=CallState.TALKING)
    outcome: Mapped[str | None] = mapped_column(sa.String(12))
    answered_by: Mapped[str | None] = mapped_column(sa.String(32))
    started_at: Mapped[datetime] = mapped_column(index=True)
    heard_at: Mapped[datetime]
    """The last news of this call. The sweeper asks the carrier if it is too long ago."""
    ended_at: Mapped[datetime | None]
    searches: Mapped[int] = mapped_column(default=0)
    search_since: Mapped[datetime | None]
    search_over: Mapped[bool] = mapped_column(default=False)
    """The search found nobody; at its next webhook the caller is offered a choice."""
    round: Mapped[int] = mapped_column(default=0)
    round_until: Mapped[datetime | None]
    nobody_speaks: Mapped[bool] = mapped_column(default=False)
    choice: Mapped[str | None] = mapped_column(sa.String(40))
    keyed_number_sealed: Mapped[bytes | None]
    offices_sealed: Mapped[bytes | None]
    """The ids of the offices that the caller heard; they tell about where the caller is."""
    number_confirmed: Mapped[bool | None]
    may_leave_message: Mapped[bool | None]
    asked_for_callback: Mapped[bool] = mapped_column(default=False)
    promised: Mapped[bool] = mapped_column(default=False)
    """A callback is owed to this caller, newly promised or already open."""
    pressed: Mapped[bool] = mapped_column(default=False)
    """The caller has pressed a key. A caller who never does may be unable to speak or move."""
    said_nothing: Mapped[bool] = mapped_column(default=False)
    informed: Mapped[bool] = mapped_column(default=False)
    ring_one: Mapped[str | None] = mapped_column(sa.String(32))
    """The id of the ring that is placed from the caller's own leg."""
    queue_sid: Mapped[str | None] = mapped_column(sa.String(64))
    """The carrier's id of the queue in which this caller waits."""
    calls_back: Mapped[str | None] = mapped_column(sa.String(32))
    """The call that this one answers, if the hotline dialled it for a callback; it is no call of
    its own in any list or count."""
    drill: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """A call from the hotline to itself. It rings only the drill phone and is never counted."""
    facility: Mapped[str | None] = mapped_column(sa.String(32))
    """The place of detention whose phone this call came from.

    Its number is not stored with the call: it is no caller's own, and nobody can be called there.
    """
    case_of: Mapped[str | None] = mapped_column(sa.String(32))
    """The call from detention whose case code this caller entered."""
    code_tries: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    """How many wrong case codes were entered in this call."""
    fate: Mapped[str | None] = mapped_column(sa.String(12))
    """How the totals of its day last counted it: a `routing.reporting.service.Fate`.

    None if they do not count it yet, or if the caller never asked for a person.
    """
    limited: Mapped[Limited | None] = mapped_column(Word(Limited, 10))
    """FLOOD offers a callback or a message first; BLOCKED and BLOCKED_AGAIN only a message."""

    __table_args__ = (
        sa.Index("ix_calls_open", "heard_at", sqlite_where=sa.text("ended_at IS NULL"),
                 postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_calls_waiting", "state", "search_since",
                 sqlite_where=sa.text("state = 'waiting'"),
                 postgresql_where=sa.text("state = 'waiting'")),
        # Callers' own calls are nearly all: an index of them leads a search through every call.
        sa.Index("ix_calls_called_back", "calls_back",
                 sqlite_where=sa.text("calls_back IS NOT NULL"),
                 postgresql_where=sa.text("calls_back IS NOT NULL")),
        sa.Index("ix_calls_exchange_started", "exchange_mark", "started_at",
                 sqlite_where=sa.text("exchange_mark IS NOT NULL"),
                 postgresql_where=sa.text("exchange_mark IS NOT NULL")),
    )  # fmt: skip

    @property
    def spoken(self) -> str:
        """The language of the people to look for, as far as it is known."""
        return self.spoken_language or self.language

    @property
    def second(self) -> str | None:
        """A language in which a person who does not speak theirs gets on best."""
        return self.second_language or (self.language if self.spoken_language else None)

    @property
    def case_id(self) -> str:
        """The call that asked for this callback; else the call itself."""
        return self.calls_back or self.id

    @property
    def could_choose_language(self) -> bool:
        """False for a call from a facility, which passes no language menu, until a key is pressed.

        Many phones of facilities send no keys, so their silence says nothing about the caller.
        """
        return self.facility is None or self.pressed

    @property
    def is_silent(self) -> bool:
        """Whether the caller pressed no key where one was asked for; they may be unable to."""
        return not self.pressed and self.facility is None

    @property
    def is_unanswered(self) -> bool:
        """Whether the hotline dialled it, and nobody has pressed the key that joins a responder."""
        return self.calls_back is not None and self.answered_by is None and self.searches == 0

    @property
    def is_counted(self) -> bool:
        """Whether it is a call of its own: no drill, and not dialled for a callback."""
        return not self.drill and self.calls_back is None


class Step(Base):
    """One thing that happened in a call, and why; contains no personal data."""

    __tablename__ = "steps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(sa.String(40))
    detail: Mapped[dict[str, Any]]


class Answer(Base):
    """The answer to one turn of a call: a repeated webhook gets the same answer."""

    __tablename__ = "answers"

    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_sealed: Mapped[bytes]


def begin(
    session: Session,
    sid: str,
    number: str | None,
    *,
    dialled: bool = True,
    start: str,
    language: str,
    now: datetime,
) -> Call:
    """Store a new call.

    A shown number is sealed. The caller keeps their pseudonym while a number of theirs is stored.
    `dialled` says whether the hotline itself may call the number.
    """
    marks = vault_of(session).fingerprints(number, "number") if number else []
    call = Call(
        id=new_id(),
        sid=sid,
        number_mark=marks[0] if marks else None,
        pseudonym=_known_as(marks),
        visible=number is not None and dialled,
        language=language,
        place=start,
        started_at=now,
        heard_at=now,
    )
    sealed_columns.write(session, call, "number_sealed", number)
    try:
        with session.begin_nested():
            session.add(call)
    except sa.exc.IntegrityError:  # another host stored the same webhook first
        known = with_sid(session, sid)
        if known is None:
            raise
        return known
    return call


def _known_as(marks: list[str]) -> Any:
    """The pseudonym under which a phone is known, else a new one at random.

    Only rows that still have its mark lead to it. It is asked in the INSERT itself.
    """
    new = drawn_pseudonym()
    if not marks:
        return new
    block = sa.table("blocks", sa.column("pseudonym"), sa.column("number_mark"))
    blocked = sa.select(block.c.pseudonym).where(block.c.number_mark.in_(marks)).limit(1)
    called = sa.select(Call.pseudonym).where(Call.number_mark.in_(marks))
    latest = called.order_by(Call.started_at.desc()).limit(1)
    return sa.func.coalesce(blocked.scalar_subquery(), latest.scalar_subquery(), new)


_WITH_SID = to_hold(sa.select(Call).where(Call.sid == sa.bindparam("sid")), key_share=True)


def with_sid(session: Session, sid: str) -> Call | None:
    """The call with this SID of the carrier, held until the transaction ends."""
    return session.scalar(_WITH_SID, {"sid": sid})


def is_known(session: Session, sid: str) -> bool:
    """Whether a call with this SID of the carrier is stored; locks nothing."""
    return session.scalar(sa.select(Call.id).where(Call.sid == sid)) is not None


_WITH_ID = to_hold(sa.select(Call).where(Call.id == sa.bindparam("id")), key_share=True)


def with_id(session: Session, call_id: str) -> Call:
    """The call with this id, held until the transaction ends."""
    return session.execute(_WITH_ID, {"id": call_id}).scalar_one()


def held(session: Session, call_id: str) -> Call | None:
    """The call with this id, held; None if it has been purged."""
    return session.scalar(_WITH_ID, {"id": call_id})


def look(session: Session, call_id: str) -> Call | None:
    """The call with this id, read without a lock."""
    return session.get(Call, call_id)


def exchange_of(session: Session, call_id: str) -> str | None:
    """The exchange mark of a call, read without a lock."""
    return session.scalar(sa.select(Call.exchange_mark).where(Call.id == call_id))


def ended_at(session: Session, call_id: str) -> datetime | None:
    """When a call ended, read without a lock."""
    return session.scalar(sa.select(Call.ended_at).where(Call.id == call_id))


def number_of(session: Session, call: Call) -> str | None:
    """The number the caller rang from, to dial if it is visible, or to show to a person.

    None also if its key is lost: such a caller is pursued like one who hid their number.
    """
    return _opened(session, call, "number_sealed")


def _opened(session: Session, call: Call, column: str) -> str | None:
    try:
        return sealed_columns.read(session, call, column)
    except Locked:
        raise
    except VaultError:
        log.error("a caller's number cannot be opened", extra={"call": call.id})
        return None


def number_to_text(session: Session, call: Call) -> str | None:
    """The number that texts to this caller go to: the one shown, else the one keyed in."""
    return number_of(session, call) or keyed_number(session, call)


def remember_keyed_number(session: Session, call: Call, number: str) -> None:
    """Seal and store the number the caller keyed in.

    Resets what we know about that phone.
    """
    sealed_columns.write(session, call, "keyed_number_sealed", number)
    call.number_confirmed = call.may_leave_message = None


def forget_keyed_number(call: Call) -> None:
    """Clear the keyed number: the caller wants to be called on the phone they call from."""
    call.keyed_number_sealed = call.number_confirmed = call.may_leave_message = None


def keyed_number(session: Session, call: Call) -> str | None:
    """The number the caller keyed in, to read back or dial."""
    return _opened(session, call, "keyed_number_sealed")


def remember_offices(session: Session, call: Call, offices: tuple[str, ...]) -> None:
    """Seal and store the ids of the offices that the caller hears."""
    sealed_columns.write(session, call, "offices_sealed", " ".join(offices))


def offices_of(session: Session, call: Call) -> list[str]:
    """The ids of the offices that the caller heard, in order."""
    return (sealed_columns.read(session, call, "offices_sealed") or "").split()


def note(session: Session, call_id: str, now: datetime, what: str, **detail: object) -> None:
    """Add a step: ids and codes only, never numbers, names or spoken words."""
    session.add(Step(call_id=call_id, at=now, what=what, detail=dict(detail)))


def has_step(session: Session, call_id: str, what: str) -> bool:
    """Whether a call has this step."""
    found = sa.select(Step.id).where(Step.call_id == call_id, Step.what == what)
    return session.scalar(found.limit(1)) is not None


def is_vouched_for(session: Session, call_id: str) -> bool:
    """Whether the carrier proved that the call comes from the number it shows (attestation A)."""
    query = sa.select(Step).where(Step.call_id == call_id, Step.what == ARRIVED)
    step = session.scalar(query.limit(1))
    return step is not None and step.detail.get("attested") == "A"


def reached_by_callback(session: Session, call_id: str) -> str | None:
    """The person who reached this caller on another line while they waited here, or None."""
    query = sa.select(Step).where(Step.call_id == call_id, Step.what == REACHED_BY_CALLBACK)
    step = session.scalar(query.order_by(Step.id.desc()).limit(1))
    person = step.detail.get("person") if step else None
    return str(person) if person else None


def steps_of(session: Session, call_ids: list[str]) -> dict[str, list[Step]]:
    """The steps of these calls, in order."""
    found: dict[str, list[Step]] = {call_id: [] for call_id in call_ids}
    for step in session.scalars(
        sa.select(Step).where(Step.call_id.in_(call_ids)).order_by(Step.id)
    ):
        found[step.call_id].append(step)
    return found


_ANSWER_AT = sa.select(Answer.document_sealed).where(
    Answer.call_id == sa.bindparam("call_id"), Answer.turn == sa.bindparam("turn")
)


def answer_at(session: Session, call: Call, turn: int) -> str | None:
    """The stored answer to this turn, or None."""
    with session.no_autoflush:  # pending rows contain no answers, so a flush is not needed
        sealed = session.scalar(_ANSWER_AT, {"call_id": call.id, "turn": turn})
    row = sealed_columns.row_key(call.id, turn)
    document = sealed_columns.opened(session, Answer, "document_sealed", row, sealed)
    return None if document is None else document.decode()


def keep_answer(session: Session, call: Call, turn: int, document: str) -> None:
    """Seal and store the first answer to this turn; it may contain a number."""
    answer = Answer(call_id=call.id, turn=turn)
    sealed_columns.write(session, answer, "document_sealed", document)
    session.add(answer)


_CHOSEN_ON = (
    sa.select(Step)
    .join(Call, Call.id == Step.call_id)
    .where(Call.number_mark == sa.bindparam("mark"), Step.what == CHOSE_LANGUAGE)
    .order_by(Step.id.desc())
    .limit(1)
)


def language_chosen_on(session: Session, number_mark: str) -> str | None:
    """The language that was last chosen on this phone, as long as its number is kept."""
    step = session.scalar(_CHOSEN_ON, {"mark": number_mark})
    return str(step.detail["language"]) if step else None


def latest(session: Session) -> datetime | None:
    """When the carrier last brought a call to us, drills included; None if it never did."""
    query = sa.select(sa.func.max(Call.started_at)).where(Call.calls_back.is_(None))
    return session.scalar(query)


def open_from(session: Session, number_mark: str, *, skip_locked: bool = False) -> list[Call]:
    """The open calls from this phone, oldest first, held until the transaction ends."""
    open_now = sa.select(Call).where(Call.number_mark == number_mark, Call.ended_at.is_(None))
    held = to_hold(open_now.order_by(Call.started_at), skip_locked=skip_locked)
    return list(session.scalars(held))


def is_counted() -> sa.ColumnElement[bool]:
    """SQL condition: a call of its own, as `Call.is_counted`."""
    return sa.and_(~Call.drill, Call.calls_back.is_(None))


def is_on_the_line() -> sa.ColumnElement[bool]:
    """SQL condition: the caller is on the line; a phone that we dial may not have answered yet."""
    has_answered = sa.or_(
        Call.calls_back.is_(None), Call.answered_by.is_not(None), Call.searches > 0
    )
    return sa.and_(Call.ended_at.is_(None), has_answered)


def is_waiting() -> sa.ColumnElement[bool]:
    """SQL condition: the caller asked for a person and has none, or none any more."""
    has_nobody = sa.or_(Call.answered_by.is_(None), Call.state == CallState.WAITING)
    return sa.and_(Call.ended_at.is_(None), Call.search_since.is_not(None), has_nobody)


ASKED_AT = (
    sa.select(sa.func.min(Step.at))
    .where(Step.call_id == Call.id, Step.what == SEARCHING)
    .correlate(Call)
    .scalar_subquery()
)
"""SQL: when the caller first asked for a person in this call; the waiting line goes by it."""
RANK = sa.case(
    *((Call.need.in_(codes), rank) for rank, codes in RANKED.items() if rank > 0), else_=0
)
"""SQL: the rank of the call's need in the waiting line."""


def is_searched_for() -> sa.ColumnElement[bool]:
    """SQL condition: the caller waits in the queue while we search.

    Somebody may come free for them at any time.
    """
    return sa.and_(Call.state == CallState.WAITING, Call.search_over.is_(False))


_SEARCHED_FOR = sa.select(Call, ASKED_AT).where(is_searched_for(), ~Call.drill).order_by(Call.id)


def searched_for(session: Session) -> list[tuple[Call, datetime]]:
    """The calls that wait while we search, with the time of the first search; read, not held."""
    rows = session.execute(_SEARCHED_FOR)
    return [(call, asked_at or call.started_at) for call, asked_at in rows]


_COUNT_WAITING = sa.select(sa.func.count()).where(is_waiting())


def count_waiting(session: Session) -> int:
    """The number of waiting callers."""
    return session.scalar(_COUNT_WAITING) or 0


def waiting_without_news_since(session: Session, since: datetime) -> list[Call]:
    """Calls in state WAITING without news since then, longest silence first."""
    query = sa.select(Call).where(Call.ended_at.is_(None), Call.state == CallState.WAITING)
    return list(session.scalars(query.where(Call.heard_at < since).order_by(Call.heard_at)))


_WITHOUT_NEWS = (
    sa.select(Call)
    .where(is_on_the_line(), Call.heard_at < sa.bindparam("since"))
    .order_by(Call.heard_at)
    .limit(20)
)


def without_news_since(session: Session, since: datetime) -> list[Call]:
    """Up to twenty open calls without news since then, longest silence first.

    The ring of a phone that we dial for a callback is looked after like every ring.
    """
    return list(session.scalars(_WITHOUT_NEWS, {"since": since}))


def count_on_unknown_lines(session: Session, since: datetime) -> int:
    """How many calls since then came to a number or account that is not ours."""
    astray = (
        sa.select(sa.func.count())
        .select_from(Step)
        .join(Call, Call.id == Step.call_id)
        .where(Call.started_at >= since, Step.what == UNKNOWN_LINE)
    )
    return session.scalar(astray) or 0


def between(session: Session, since: datetime | None, until: datetime | None) -> Iterator[Call]:
    """Calls of callers that began in this half-open interval, oldest first.

    Only a few are in memory at once.
    """
    query = sa.select(Call).where(is_counted()).order_by(Call.started_at, Call.id)
    if since:
        query = query.where(Call.started_at >= since)
    if until:
        query = query.where(Call.started_at < until)
    yield from session.scalars(query.execution_options(yield_per=_AT_ONCE))


def in_progress(session: Session) -> list[Call]:
    """Calls that are open now, oldest first, without drills."""
    open_calls = sa.select(Call).where(is_on_the_line(), ~Call.drill)
    return list(session.scalars(open_calls.order_by(Call.started_at, Call.id)))


def sids(session: Session, call_ids: list[str]) -> dict[str, str]:
    """The SID of each of these calls, by call id."""
    rows = session.execute(sa.select(Call.id, Call.sid).where(Call.id.in_(call_ids)))
    return {row.id: row.sid for row in rows}


def pseudonyms(session: Session, call_ids: list[str]) -> dict[str, str]:
    """The pseudonym of the caller of each of these calls, by call id."""
    rows = session.execute(sa.select(Call.id, Call.pseudonym).where(Call.id.in_(call_ids)))
    return {row.id: row.pseudonym for row in rows}
