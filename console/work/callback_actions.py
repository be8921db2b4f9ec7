"""What staff do with a callback: claim it, call now, put it off, give it up, look at the number.

Each deed is one transaction that holds the callback first, as the worker does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from console.base import outcomes
from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs, Refused
from console.base.permissions import Power
from console.web.phone_obstacles import WHY_NOT
from console.work import callback_queries, message_actions, visibility
from console.work.callback_queries import Promise
from console.work.visibility import Reach
from ivr.callers import callback_promises, manual_callbacks, search
from ivr.callers.manual_callbacks import Answer
from ivr.core.context import AppContext, UnitOfWork
from models.calls import callbacks, calls, rings, voicemails
from models.calls.callbacks import Callback, CallbackState
from models.core.database import Session
from models.staff import audit
from models.staff.audit import Deed

_RINGS = later("Your phone rings. Press 1 when you hear the offer, then we call them.")
_PRESSED_BEFORE = later("This button was pressed before. Nothing was dialled again.")


@dataclass(frozen=True)
class Held:
    """One callback, held until the transaction ends, and whose it is."""

    row: Callback
    promise: Promise
    reach: Reach

    def must_be_mine(self) -> None:
        """Refuse if somebody else has it, or if it is over."""
        if self.row.claimed_by not in (None, self.reach.user):
            raise outcomes.taken(self.promise.claimer or "")
        if self.promise.is_over:
            raise Refused(say(WHY_NOT[Answer.OVER]))

    def must_rest(self) -> None:
        """Refuse while the caller's phone rings or they talk."""
        if self.promise.is_calling:
            raise Refused(say(WHY_NOT[Answer.BEING_CALLED]))


def claim(app: AppContext, visitor: Visitor, callback_id: str) -> None:
    """Take care of it; the worker rings nobody else for a while."""
    with _held(app, visitor, callback_id) as (session, held, now):
        held.must_be_mine()
        if held.row.claimed_by is None:
            _claim(held.row, visitor, now)
            _write(session, visitor, held.row, "callback claimed", now)


def release(app: AppContext, visitor: Visitor, callback_id: str) -> None:
    """Give it back; a coordinator can do so for somebody who went home."""
    with _held(app, visitor, callback_id) as (session, held, now):
        if held.row.claimed_by is None:
            return
        if not held.reach.owns(held.promise):
            raise outcomes.taken(held.promise.claimer or "")
        before = {"claimed by": held.row.claimed_by}
        held.row.claimed_by = held.row.claimed_at = None
        _write(session, visitor, held.row, "callback released", now, before=before)


def call_now(app: AppContext, visitor: Visitor, callback_id: str, press: str) -> str:
    """Ring this visitor's own phone, and theirs when they press 1: once a press. Says what is."""
    with _held(app, visitor, callback_id) as (session, held, now):
        if rings.with_id(session, press):
            return _PRESSED_BEFORE
        held.must_be_mine()
        _start(session, app, visitor, held.row, press, now)
        return _RINGS


def call_back_caller(
    app: AppContext, visitor: Visitor, message_id: str, press: str
) -> tuple[str, str]:
    """From a message: the open callback to its caller, or a new one, begun at once.

    Its id, and what to say.
    """
    now = app.clock()
    with app.database.transaction() as session:
        voicemails.with_id(session, message_id)
        known = message_actions.must_know(session, app, visitor, message_id)
        if not known.reach.owns(known.left):
            raise Refused(say(message_actions.NOT_CLAIMED))
        made = rings.with_id(session, press)
        if made and made.callback_id:
            return made.callback_id, _PRESSED_BEFORE
        _must_have_phone(session, app, visitor, now)
        owed = callback_promises.owe(session, calls.with_id(session, known.left.call), now)
        if owed is None:
            raise Refused(say(WHY_NOT[Answer.NO_NUMBER]))
        Held(owed, callback_queries.promise(session, owed, now), known.reach).must_be_mine()
        _start(session, app, visitor, owed, press, now)
        return owed.id, _RINGS


def put_off(app: AppContext, visitor: Visitor, callback_id: str, due_at: datetime) -> None:
    """Promise it for another time; the worker tries again then, and coordinators are told again."""
    with _held(app, visitor, callback_id) as (session, held, now):
        held.must_be_mine()
        held.must_rest()
        row = held.row
        if row.state == CallbackState.UNREACHED and not callbacks.reopen(session, row):
            raise Refused(say(WHY_NOT[Answer.OWED_ANEW]))
        before, after = {"due": row.due_at.isoformat()}, {"due": due_at.isoformat()}
        search.cancel(session, rings.of_callback(session, row.id), now)
        row.due_at = row.next_try_at = due_at
        row.escalated_at = None
        deed = Deed("callback put off", f"callback {row.id}", before=before, after=after)
        audit.write(session, visitor.user_id, deed, now)


def give_up(app: AppContext, visitor: Visitor, callback_id: str, reason: str) -> None:
    """End the promise without having kept it; only a coordinator may, and says why."""
    with _held(app, visitor, callback_id) as (session, held, now):
        if not held.reach.everything:
            raise NotTheirs
        held.must_be_mine()
        held.must_rest()
        before = {"state": held.row.state}
        search.cancel(session, rings.of_callback(session, held.row.id), now)
        callbacks.give_up(session, held.row, visitor.user_id, reason, now)
        calls.note(session, held.row.call_id, now, "callback given up", callback=held.row.id)
        deed = Deed(
            "callback given up", f"callback {held.row.id}", before=before, after={"reason": reason}
        )
        audit.write(session, visitor.user_id, deed, now)


def must_know(session: Session, app: AppContext, visitor: Visitor, callback_id: str) -> Held:
    """What they may know of this callback; raises NotTheirs."""
    row = callbacks.look(session, callback_id)
    if row is None:
        raise NotTheirs
    mine = visibility.of(session, visitor, Power.CALLERS_NUMBER)
    promise = callback_queries.promise(session, row, app.clock())
    if not mine.covers(promise):
        raise NotTheirs
    return Held(row, promise, mine)


@contextmanager
def _held(
    app: AppContext, visitor: Visitor, callback_id: str
) -> Iterator[tuple[Session, Held, datetime]]:
    with app.database.transaction() as session:
        callbacks.with_id(session, callback_id)
        yield session, must_know(session, app, visitor, callback_id), app.clock()


def _must_have_phone(session: Session, app: AppContext, visitor: Visitor, now: datetime) -> None:
    obstacle = manual_callbacks.can_be_rung(UnitOfWork(session, app, now), visitor.person_id)
    if obstacle:
        raise Refused(say(WHY_NOT[obstacle]))


def _start(
    session: Session, app: AppContext, visitor: Visitor, row: Callback, press: str, now: datetime
) -> None:
    _must_have_phone(session, app, visitor, now)
    person_id = visitor.person_id or ""
    before = row.state
    answer = manual_callbacks.start(UnitOfWork(session, app, now), row, person_id, press)
    if answer in WHY_NOT:
        raise Refused(say(WHY_NOT[answer]))
    if answer is Answer.RINGS and rings.with_id(session, press):
        _claim(row, visitor, now)
        _write(session, visitor, row, "called back by hand", now, before={"state": before})


def _claim(row: Callback, visitor: Visitor, now: datetime) -> None:
    if row.claimed_by is None:
        row.claimed_by, row.claimed_at = visitor.user_id, now
        manual_callbacks.keep_for(row, now)


def _write(
    session: Session, visitor: Visitor, row: Callback, action: str, now: datetime,
    before: Mapping[str, str | None] | None = None,
) -> None:  # fmt: skip
    audit.write(session, visitor.user_id, Deed(action, f"callback {row.id}", before=before), now)
