"""What staff do with a message: claim it, hear it, pass it on, note something, finish it.

Each action is one transaction that holds the caller's call first: of two people who press at the
same instant, one finds what the other has done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.base import outcomes
from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs, Refused
from console.base.permissions import Power
from console.web import call_notes
from console.work import message_queries, visibility
from console.work.message_queries import Left
from console.work.visibility import Reach
from ivr.core.context import AppContext
from ivr.search import pursued_items
from models.calls import notes, voicemails
from models.calls.notes import Typed
from models.calls.voicemails import Message, MessageState
from models.core.database import Session
from models.staff import audit
from models.staff.audit import Deed

PLAYED_AGAIN = timedelta(hours=1)
"""One entry in the audit log for each sitting, however often a player asks for a part of it."""
_OVER = later("This message is already done. Nothing was changed.")
NOT_CLAIMED = later("Claim the message first, so that nobody else works on it.")
_ARRIVING = later("The recording has not arrived yet. Try again in a minute.")


@dataclass(frozen=True)
class Held:
    """What one caller left, held until the transaction ends, and whose it is."""

    left: Left
    reach: Reach

    def must_be_mine(self) -> None:
        """Refuse unless this visitor has it, or is a coordinator and nobody else has."""
        claim = self.left.claim
        if claim and self.left.claimed_by != self.reach.user:
            raise outcomes.taken(claim.name)
        if self.left.is_over:
            raise Refused(say(_OVER))
        if not self.reach.owns(self.left):
            raise Refused(say(NOT_CLAIMED))

    def unfinished(self) -> list[Message]:
        """The parts that are still to be dealt with."""
        return [part for part in self.left.parts if part.state in voicemails.UNFINISHED]


def claim(app: AppContext, visitor: Visitor, message_id: str) -> None:
    """Take care of it; the second person to claim it learns who was first."""
    with _held(app, visitor, message_id) as (session, held, now):
        if held.left.claimed_by == visitor.user_id:
            return
        if held.left.claim:
            raise outcomes.taken(held.left.claim.name)
        if held.left.is_over:
            raise Refused(say(_OVER))
        for part in held.unfinished():
            if not voicemails.claim(session, part.id, visitor.user_id, now):
                raise Refused(say(_OVER))
        _take_up(session, visitor, held.left, now)
        _write(session, visitor, held.left, "message claimed", now)


def _take_up(session: Session, visitor: Visitor, left: Left, now: datetime) -> None:
    person, user = visitor.person_id, visitor.user_id
    pursued_items.take_up(session, left.call, now, person=person, user=user)


def release(app: AppContext, visitor: Visitor, message_id: str) -> None:
    """Give it back; a coordinator can do so for somebody who went home."""
    with _held(app, visitor, message_id) as (session, held, now):
        if not held.left.claim:
            return
        if not held.reach.owns(held.left):
            raise outcomes.taken(held.left.claim.name)
        before = {"claimed by": held.left.claimed_by}
        for part in held.left.parts:
            part.claimed_by = part.claimed_at = None
        _write(session, visitor, held.left, "message released", now, before=before)


def hear(app: AppContext, visitor: Visitor, message_id: str) -> None:
    """Somebody has listened to all of it: coordinators are told no more that it waits."""
    with _held(app, visitor, message_id) as (session, held, now):
        held.must_be_mine()
        if any(part.state == MessageState.ARRIVING for part in held.left.parts):
            raise Refused(say(_ARRIVING))
        before = {"state": held.left.state}
        for part in held.unfinished():
            _heard(part, visitor, now)
        _take_up(session, visitor, held.left, now)
        _write(session, visitor, held.left, "message heard", now, before=before)


def finish(app: AppContext, visitor: Visitor, message_id: str) -> None:
    """What it asked for is done; its sound is forgotten a day later."""
    with _held(app, visitor, message_id) as (session, held, now):
        held.must_be_mine()
        if any(part.state == MessageState.ARRIVING for part in held.left.parts):
            raise Refused(say(_ARRIVING))
        before = {"state": held.left.state}
        for part in held.unfinished():
            _heard(part, visitor, now)
            part.state, part.done_at, part.done_by = MessageState.DONE, now, visitor.user_id
            voicemails.let_go_at_carrier(session, part, now)
        pursued_items.message_done(session, held.left.call, now)
        _write(session, visitor, held.left, "message done", now, before=before)


def pass_on(app: AppContext, visitor: Visitor, message_id: str, language: str) -> None:
    """It needs another language: back to the queue, for those who speak that one."""
    with _held(app, visitor, message_id) as (session, held, now):
        held.must_be_mine()
        before, after = {"language": held.left.language}, {"language": language}
        for part in held.unfinished():
            voicemails.pass_on(part, language, now)
        entry = Deed("message passed on", f"message {held.left.id}", before=before, after=after)
        audit.write(session, visitor.user_id, entry, now)


def note_down(app: AppContext, visitor: Visitor, message_id: str, typed: Typed) -> None:
    """Keep a note about the caller; the audit log says that there is one, not what it says."""
    with _held(app, visitor, message_id) as (session, held, now):
        if not held.reach.owns(held.left):
            raise Refused(say(NOT_CLAIMED))
        privileged = typed.privileged and call_notes.may_be_privileged(visitor)
        notes.write(session, held.left.call, visitor.user_id, Typed(typed.words, privileged), now)
        entry = Deed("note written", f"message {held.left.id}", after={"privileged": privileged})
        audit.write(session, visitor.user_id, entry, now)


def sound(app: AppContext, visitor: Visitor, message_id: str) -> bytes:
    """The audio of one part, for users who may hear it; the audit log records that they did."""
    now = app.clock()
    played = Deed("message played", f"message {message_id}")
    with app.database.reading() as session:
        left = message_queries.with_id(session, message_id, app.limits.heard_within, now)
        mine = left is not None and visibility.of(session, visitor, Power.MESSAGES).owns(left)
        audio = (
            voicemails.sound_of(session, message_id) if mine and _plays(left, message_id) else None
        )
        is_known = audit.was_done(session, visitor.user_id, played, now - PLAYED_AGAIN)
    if not mine:
        refused = Deed("message refused", f"message {message_id if left else 'unknown'}")
        _write_down(app, visitor, refused, now)
    if audio is None:
        raise NotTheirs
    if not is_known:
        _write_down(app, visitor, played, now)
    return audio


def _plays(left: Left | None, message_id: str) -> bool:
    """What was set aside as no sound we know is never given to a browser."""
    states = (MessageState.STORED, MessageState.HEARD, MessageState.DONE)
    return left is not None and any(
        part.id == message_id and part.state in states for part in left.parts
    )


def _write_down(app: AppContext, visitor: Visitor, entry: Deed, now: datetime) -> None:
    with app.database.transaction() as session:
        audit.write(session, visitor.user_id, entry, now)


def must_know(session: Session, app: AppContext, visitor: Visitor, message_id: str) -> Held:
    """What they may know of this message; raises NotTheirs."""
    left = message_queries.with_id(session, message_id, app.limits.heard_within, app.clock())
    mine = visibility.of(session, visitor, Power.MESSAGES)
    if left is None or not mine.covers(left):
        raise NotTheirs
    return Held(left, mine)


@contextmanager
def _held(
    app: AppContext, visitor: Visitor, message_id: str
) -> Iterator[tuple[Session, Held, datetime]]:
    with app.database.transaction() as session:
        voicemails.with_id(session, message_id)
        yield session, must_know(session, app, visitor, message_id), app.clock()


def _heard(part: Message, visitor: Visitor, now: datetime) -> None:
    if part.state == MessageState.STORED:
        part.state = MessageState.HEARD
    if part.heard_at is None:
        part.heard_at, part.heard_by = now, visitor.user_id


def _write(
    session: Session, visitor: Visitor, left: Left, action: str, now: datetime,
    before: Mapping[str, str | None] | None = None,
) -> None:  # fmt: skip
    audit.write(session, visitor.user_id, Deed(action, f"message {left.id}", before=before), now)
