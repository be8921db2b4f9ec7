"""The outbox: texts, sent exactly once, and carrier tasks, which are safe to repeat."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.calls import Call
from models.calls.rings import new_token
from models.core import upserts
from models.core.base import Base, When, Word, new_id, to_hold
from models.people.people import Person


class TextState(StrEnum):
    """The state of a text."""

    PENDING = "pending"
    SENDING = "sending"
    """The request to the carrier may be in progress."""
    ALOUD = "aloud"
    """It cannot be texted, so it is spoken in a call to its person."""
    SENT = "sent"
    FAILED = "failed"


class TaskState(StrEnum):
    """The state of a carrier task."""

    OPEN = "open"
    DONE = "done"
    GIVEN_UP = "given_up"


class TaskKind(StrEnum):
    """The kind of a carrier task; each is safe to repeat."""

    HANG_UP = "hang_up"
    ASK_AGAIN = "ask_again"
    ANNOUNCE = "announce"
    """Speak one sentence to people in a talk, unless it has become too old."""
    FETCH = "fetch_recording"
    DELETE = "delete_recording"
    LOOK = "look_for_recording"
    FORGET = "forget_call"
    FORGET_TEXT = "forget_text"
    FETCH_DICTATED = "fetch_dictated"
    """As FETCH, for a prompt that was read aloud."""
    LOOK_DICTATED = "look_for_dictated"
    """As LOOK, for a prompt that was read aloud."""
    FETCH_NAME = "fetch_name"
    """As FETCH, for the name of a language in the caller's voice."""
    DEQUEUE = "dequeue_caller"
    """Take a waiting caller out of the queue at once, because a responder is in the room."""
    END_SITTING = "end_sitting"
    """End the carrier's conference, so that its legs ask us what comes next."""


class Text(Base):
    """An SMS to a person of the roster or to a caller; nobody gets two with the same `about`."""

    __tablename__ = "texts"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(sa.String(43), unique=True)
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"))
    call_id: Mapped[str | None] = mapped_column(sa.ForeignKey("calls.id"))
    """The call of the caller who gets it; the number is that of the call."""
    about: Mapped[str] = mapped_column(sa.String(80))
    words: Mapped[str] = mapped_column(sa.String(60))
    values: Mapped[dict[str, Any]]
    state: Mapped[TextState] = mapped_column(Word(TextState, 10), default=TextState.PENDING)
    due_at: Mapped[datetime]
    since: Mapped[datetime]
    sid: Mapped[str | None] = mapped_column(sa.String(64))
    tries: Mapped[int] = mapped_column(default=0)
    undelivered: Mapped[int] = mapped_column(default=0)
    """How often the carrier accepted it and could not deliver it."""
    reason: Mapped[str | None] = mapped_column(sa.String(60))
    is_alert: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Told to every coordinator: if it cannot be texted, it is spoken in a call."""

    __table_args__ = (
        sa.UniqueConstraint("person_id", "about"),
        sa.UniqueConstraint("call_id", "about"),
        sa.Index("ix_texts_state_due", "state", "due_at"),
    )


class CarrierTask(Base):
    """A request to the carrier that is safe to repeat."""

    __tablename__ = "errands"  # the first release named it, and running code reads it

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    kind: Mapped[TaskKind] = mapped_column(Word(TaskKind, 20))
    subject: Mapped[str] = mapped_column(sa.String(64))
    """The SID of a call or recording, or the id of the row that the task is about."""
    state: Mapped[TaskState] = mapped_column(Word(TaskState, 10), default=TaskState.OPEN)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(sa.String(60))

    __table_args__ = (
        sa.UniqueConstraint("kind", "subject"),
        sa.Index("ix_errands_state_due", "state", "due_at"),
    )


def text(
    session: Session, person_id: str, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """Queue one text to a person about a subject; repeating it has no effect."""
    known = sa.select(Text.id).where(Text.person_id == person_id, Text.about == about)
    if session.scalar(known):
        return
    owed = Text(
        person_id=person_id,
        about=about,
        words=words,
        values=dict(values),
        token=new_token(),
        due_at=now,
        since=now,
    )
    _add_unless_owed(session, owed)


def alert(
    session: Session, person: Person, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """Queue one alert to a person, to be spoken if their phone takes no texts."""
    if owed(session, [(person.id, about)]):
        return
    state = TextState.PENDING if person.takes_texts else TextState.ALOUD
    told = Text(person_id=person.id, about=about, words=words, values=dict(values), state=state,
                is_alert=True, token=new_token(), due_at=now, since=now)  # fmt: skip
    _add_unless_owed(session, told)


def text_to_caller(
    session: Session, call_id: str, words: str, values: Mapping[str, str], now: datetime
) -> None:
    """Queue a text to the caller of a call; the same words and values are sent once a call."""
    about = ":".join((words, *values.values()))
    known = sa.select(Text.id).where(Text.call_id == call_id, Text.about == about)
    if not session.scalar(known):
        owed = Text(call_id=call_id, about=about, words=words, values=dict(values),
                    token=new_token(), due_at=now, since=now)  # fmt: skip
        _add_unless_owed(session, owed)


def has_failed_for_caller(session: Session, number_mark: str | None) -> bool:
    """Whether an earlier text to a caller with this number failed, as at a landline."""
    failed = (
        sa.select(Text.id)
        .join(Call, Text.call_id == Call.id)
        .where(Call.number_mark == number_mark, Text.state == TextState.FAILED)
    )
    return session.scalar(failed.limit(1)) is not None


def owed(session: Session, wanted: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs (person id, about) for which a text was ever queued."""
    if not wanted:
        return set()
    known = sa.select(Text.person_id, Text.about).where(
        Text.person_id.in_({person_id for person_id, _ in wanted}),
        Text.about.in_({about for _, about in wanted}),
    )
    return {(person_id, about) for person_id, about in session.execute(known) if person_id}


def last_text(session: Session, person_id: str, words: Collection[str]) -> Text | None:
    """The latest text to a person with any of these words; ties go to the first `about`."""
    query = sa.select(Text).where(Text.person_id == person_id, Text.words.in_(words))
    return session.scalar(query.order_by(Text.since.desc(), Text.about).limit(1))


def texts_with(session: Session, person_id: str, words: str, most: int) -> list[Text]:
    """The latest texts to a person with these words, the latest first."""
    query = sa.select(Text).where(Text.person_id == person_id, Text.words == words)
    return list(session.scalars(query.order_by(Text.since.desc(), Text.about).limit(most)))


def count_about(session: Session, about: str) -> int:
    """How many people have a text about this subject."""
    query = sa.select(sa.func.count()).select_from(Text).where(Text.about == about)
    return session.scalar(query) or 0


def text_about(session: Session, person_id: str, about: str) -> Text | None:
    """The text about this subject that was queued for or sent to a person, or None."""
    query = sa.select(Text).where(Text.person_id == person_id, Text.about == about)
    return session.scalar(query)


def carrier_task(session: Session, kind: TaskKind, subject: str, now: datetime) -> None:
    """Queue a carrier task for `now` or later; repeating it has no effect."""
    upserts.add_unless_known(
        session, CarrierTask, kind=kind, subject=subject, due_at=now, created_at=now
    )


def carrier_task_again(session: Session, kind: TaskKind, subject: str, due_at: datetime) -> None:
    """Queue a carrier task for that time, also if it was queued or done before."""
    carrier_task(session, kind, subject, due_at)
    known = sa.update(CarrierTask).where(CarrierTask.kind == kind, CarrierTask.subject == subject)
    fresh = {"state": TaskState.OPEN, "due_at": due_at, "created_at": due_at, "tries": 0}
    session.execute(known.values(**fresh))


def _add_unless_owed(session: Session, owed: Text) -> None:
    """Add the row unless another host added the same one first."""
    with suppress(sa.exc.IntegrityError), session.begin_nested():
        session.add(owed)


def text_is_due(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: the text waits to be sent, or to be spoken in a call."""
    return sa.and_(Text.state.in_((TextState.PENDING, TextState.ALOUD)), Text.due_at <= now)


def text_is_unclear(before: When) -> sa.ColumnElement[bool]:
    """SQL condition: sending began before then and was never confirmed."""
    return sa.and_(Text.state == TextState.SENDING, Text.since < before)


def task_is_due(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: the task waits to be run."""
    return sa.and_(CarrierTask.state == TaskState.OPEN, CarrierTask.due_at <= now)


def next_text(
    session: Session, now: datetime, written_since: datetime | None = None
) -> Text | None:
    """The next text to send; `written_since` leaves out older ones."""
    due = sa.select(Text).where(Text.state == TextState.PENDING, Text.due_at <= now)
    if written_since:
        due = due.where(Text.since >= written_since)
    return session.scalar(
        to_hold(due.order_by(Text.due_at).limit(1), key_share=True, skip_locked=True)
    )


def speak(text: Text, now: datetime) -> None:
    """Have an alert spoken in a call, because it could not be texted; its tries begin again."""
    text.state, text.due_at, text.tries = TextState.ALOUD, now, 0


def to_be_rung(session: Session, now: datetime, written_since: datetime | None = None) -> list[str]:
    """The ids of the people to whom an alert is due to be spoken; older ones are left out."""
    due = sa.select(Text.person_id).where(Text.state == TextState.ALOUD, Text.due_at <= now)
    if written_since:
        due = due.where(Text.since >= written_since)
    return [each for each in session.scalars(due.distinct().order_by(Text.person_id)) if each]


def aloud(session: Session, person_id: str, written_since: datetime | None = None) -> list[Text]:
    """The alerts that wait to be spoken to a person, oldest first; older ones are left out."""
    theirs = sa.select(Text).where(Text.person_id == person_id, Text.state == TextState.ALOUD)
    if written_since:
        theirs = theirs.where(Text.since >= written_since)
    return list(session.scalars(theirs.order_by(Text.since, Text.id)))


def text_with_token(session: Session, token: str) -> Text | None:
    """The text that was sent under this token, held until the transaction ends."""
    return session.scalar(to_hold(sa.select(Text).where(Text.token == token)))


def unresolved_texts(session: Session, before: datetime) -> list[Text]:
    """Texts whose sending began before then and was never confirmed."""
    return list(session.scalars(sa.select(Text).where(text_is_unclear(before))))


def failures_since(session: Session, since: datetime) -> list[str]:
    """The carrier's error code of each text that failed since then, without repetition."""
    failed = sa.select(Text.reason).where(Text.state == TextState.FAILED, Text.since >= since)
    return sorted({reason for reason in session.scalars(failed.distinct()) if reason})


def knows_text(session: Session, sid: str) -> bool:
    """Whether one of our texts has this SID."""
    return session.scalar(sa.select(Text.id).where(Text.sid == sid)) is not None


def settle_text(session: Session, text_id: str, token: str, **values: object) -> bool:
    """Change a text only if the attempt with this token is still the current one."""
    result = session.execute(
        sa.update(Text)
        .where(Text.id == text_id, Text.state == TextState.SENDING, Text.token == token)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def take_task(
    session: Session, now: datetime, lease: timedelta, but: tuple[str, ...] = ()
) -> CarrierTask | None:
    """Take the next task, leaving out the kinds in `but`.

    It becomes due again after `lease` unless it is finished.
    """
    due = sa.select(CarrierTask).where(task_is_due(now), CarrierTask.kind.not_in(but))
    found = session.scalar(
        to_hold(due.order_by(CarrierTask.due_at).limit(1), key_share=True, skip_locked=True)
    )
    if found:
        found.tries += 1
        found.due_at = now + lease
    return found


def finish_task(
    session: Session, task_id: str, state: TaskState, reason: str | None = None
) -> None:
    """Close a task as done or given up."""
    session.execute(
        sa.update(CarrierTask).where(CarrierTask.id == task_id).values(state=state, reason=reason)
    )


def postpone_task(session: Session, task_id: str, due_at: datetime, reason: str) -> None:
    """Try a task again at `due_at`."""
    session.execute(
        sa.update(CarrierTask)
        .where(CarrierTask.id == task_id, CarrierTask.state == TaskState.OPEN)
        .values(due_at=due_at, reason=reason)
    )
