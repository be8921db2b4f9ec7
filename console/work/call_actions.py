"""Calling back by hand: the hotline rings the visitor's own phone, then the caller's."""

from __future__ import annotations

from datetime import datetime

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import Refused
from console.web.phone_obstacles import WHY_NOT
from console.work import callback_actions, callback_queries, message_actions
from console.work.callback_actions import Held
from ivr.core.context import AppContext, UnitOfWork
from ivr.search import callback_promises, manual_callbacks
from ivr.search.manual_callbacks import Answer
from models.calls import calls, rings, voicemails
from models.calls.callbacks import Callback
from models.core.database import Session

_RINGS = later("Your phone rings. Press 1 when you hear the offer, then we call them.")
_PRESSED_BEFORE = later("This button was already pressed. Nothing was dialled again.")


def call_now(app: AppContext, visitor: Visitor, callback_id: str, press: str) -> str:
    """Ring this visitor's own phone, and theirs when they press 1: once a press. Says what is."""
    with callback_actions.holding(app, visitor, callback_id) as (session, held, now):
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
        call = calls.with_id(session, known.left.call)
        owed = callback_promises.owe(session, call, now)
        if owed is None:
            why = Answer.NOT_DIALLED if call.number_sealed else Answer.NO_NUMBER
            raise Refused(say(WHY_NOT[why]))
        Held(owed, callback_queries.promise(session, owed, now), known.reach).must_be_mine()
        _start(session, app, visitor, owed, press, now)
        return owed.id, _RINGS


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
        callback_actions.claim_for(row, visitor, now)
        callback_actions.write(
            session, visitor, row, "called back by hand", now, before={"state": before}
        )
