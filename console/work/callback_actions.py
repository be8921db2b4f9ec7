"""What staff do with a callback: claim it, release it, put it off, give it up.

Each action is one transaction that holds the callback first, as the worker does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from console.base import outcomes
from console.base.current_user import Visitor
from console.base.i18n import say
from console.base.outcomes import NotTheirs, Refused
from console.base.permissions import Power
from console.web.phone_obstacles import WHY_NOT
from console.work import callback_queries, visibility
from console.work.callback_queries import Promise
from console.work.visibility import Reach
from ivr.core.context import AppContext
from ivr.search import manual_callbacks, pursued_items
from ivr.search.manual_callbacks import Answer
from models.calls import callbacks, calls
from models.calls.callbacks import Callback, CallbackState
from models.core.database import Session
from models.staff import audit
from models.staff.audit import Deed


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
    with holding(app, visitor, callback_id) as (session, held, now):
        held.must_be_mine()
        if held.row.claimed_by is None:
            claim_for(held.row, visitor, now)
            pursued_items.take_up(
                session, held.row.call_id, now, person=visitor.person_id, user=visitor.user_id
            )
            write(session, visitor, held.row, "callback claimed", now)


def release(app: AppContext, visitor: Visitor, callback_id: str) -> None:
    """Give it back; a coordinator can do so for somebody who went home."""
    with holding(app, visitor, callback_id) as (session, held, now):
        if held.row.claimed_by is None:
            return
        if not held.reach.owns(held.promise):
            raise outcomes.taken(held.promise.claimer or "")
        before = {"claimed by": held.row.claimed_by}
        held.row.claimed_by = held.row.claimed_at = None
        write(session, visitor, held.row, "callback released", now, before=before)


def put_off(app: AppContext, visitor: Visitor, callback_id: str, due_at: datetime) -> None:
    """Promise it for another time; the worker tries again then, and coordinators are told again."""
    with holding(app, visitor, callback_id) as (session, held, now):
        held.must_be_mine()
        held.must_rest()
        row = held.row
        if row.state == CallbackState.UNREACHED and not callbacks.reopen(session, row):
            raise Refused(say(WHY_NOT[Answer.OWED_ANEW]))
        before, after = {"due": row.due_at.isoformat()}, {"due": due_at.isoformat()}
        manual_callbacks.stop_ringing(session, row, now)
        row.due_at = row.next_try_at = due_at
        row.escalated_at = None
        entry = Deed("callback put off", f"callback {row.id}", before=before, after=after)
        audit.write(session, visitor.user_id, entry, now)


def give_up(app: AppContext, visitor: Visitor, callback_id: str, reason: str) -> None:
    """End the promise without having kept it; only a coordinator may, and says why."""
    with holding(app, visitor, callback_id) as (session, held, now):
        if not held.reach.everything:
            raise NotTheirs
        held.must_be_mine()
        held.must_rest()
        before = {"state": held.row.state}
        manual_callbacks.stop_ringing(session, held.row, now)
        callbacks.give_up(session, held.row, visitor.user_id, reason, now)
        pursued_items.given_up(session, held.row, now)
        calls.note(session, held.row.call_id, now, "callback given up", callback=held.row.id)
        entry = Deed(
            "callback given up", f"callback {held.row.id}", before=before, after={"reason": reason}
        )
        audit.write(session, visitor.user_id, entry, now)


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
def holding(
    app: AppContext, visitor: Visitor, callback_id: str
) -> Iterator[tuple[Session, Held, datetime]]:
    """A transaction that holds the callback, as far as it is theirs; raises NotTheirs."""
    with app.database.transaction() as session:
        callbacks.with_id(session, callback_id)
        yield session, must_know(session, app, visitor, callback_id), app.clock()


def claim_for(row: Callback, visitor: Visitor, now: datetime) -> None:
    """It is this visitor's, unless somebody has it; the worker rings nobody else for a while."""
    if row.claimed_by is None:
        row.claimed_by, row.claimed_at = visitor.user_id, now
        manual_callbacks.keep_for(row, now)


def write(
    session: Session, visitor: Visitor, row: Callback, action: str, now: datetime,
    before: Mapping[str, str | None] | None = None,
) -> None:  # fmt: skip
    """An entry in the audit log about this callback."""
    audit.write(session, visitor.user_id, Deed(action, f"callback {row.id}", before=before), now)
