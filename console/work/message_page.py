"""What the pages of messages show: those that a filter asks for, and one message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from console.base.current_user import Visitor
from console.base.i18n import later
from console.base.permissions import Power
from console.web import call_notes
from console.work import message_actions, message_queries, visibility
from console.work.message_queries import MOST_FINISHED, Left
from ivr.callers import voicemail
from ivr.core import wav
from ivr.core.context import AppContext
from models.calls import notes, open_items, voicemails
from models.calls.notes import Typed
from models.calls.voicemails import Message, MessageState
from models.core.database import Session
from routing import needs

__all__ = ["MOST_FINISHED", "SHOWN", "Filter", "OneMessage", "Shown", "found", "of"]


class Shown(StrEnum):
    """Which messages the list shows."""

    OPEN = "open"
    UNHEARD = "unheard"
    MINE = "mine"
    DONE = "done"


SHOWN = {
    Shown.OPEN: later("still to do"),
    Shown.UNHEARD: later("unheard"),
    Shown.MINE: later("claimed by me"),
    Shown.DONE: later("done"),
}


@dataclass(frozen=True)
class Filter:
    """What of the messages is asked for; nothing chosen is everything."""

    shown: Shown
    language: str
    need: str

    def lets_through(self, left: Left, user: str) -> bool:
        """Whether this one is among what is asked for."""
        if self.language and left.language != self.language:
            return False
        if self.need and left.need not in needs.covered_by(self.need):
            return False
        match self.shown:
            case Shown.UNHEARD:
                return left.state == message_queries.UNHEARD
            case Shown.MINE:
                return left.claimed_by == user
            case Shown.OPEN | Shown.DONE:
                return True
            case _:
                assert_never(self.shown)


@dataclass(frozen=True)
class OneMessage:
    """A message, what its page shows of it, and the note that the visitor has not yet saved."""

    left: Left
    facts: dict[str, object]
    draft: tuple[Typed, datetime] | None


def found(app: AppContext, visitor: Visitor, asked: Filter) -> list[Left]:
    """The messages that are asked for, as far as they are the visitor's."""
    now, within = app.clock(), app.limits.heard_within
    with app.database.reading() as session:
        mine = visibility.of(session, visitor, Power.MESSAGES)
        every = (
            message_queries.finished if asked.shown is Shown.DONE else message_queries.unfinished
        )
        left = every(session, within, now)
    return [one for one in left if mine.covers(one) and asked.lets_through(one, visitor.user_id)]


def of(app: AppContext, visitor: Visitor, message_id: str) -> OneMessage:
    """One message; raises NotTheirs."""
    with app.database.reading() as session:
        held = message_actions.must_know(session, app, visitor, message_id)
        left, owns = held.left, held.reach.owns(held.left)
        draft = notes.draft(session, left.call, visitor.user_id)
        facts: dict[str, object] = {
            "left": left,
            "owns": owns,
            "could_take": held.reach.could_take(left),
            "mine": left.claimed_by == visitor.user_id,
            "everything": held.reach.everything,
            "may_be_privileged": call_notes.may_be_privileged(visitor),
            "peaks": {part.id: _peaks(session, part) for part in left.parts} if owns else {},
            "item_id": _item_of(session, left) if owns and not left.is_over else None,
            "notes": call_notes.read(session, left.call, visitor, owns=owns),
        }
    return OneMessage(left, facts, draft)


def _item_of(session: Session, left: Left) -> str | None:
    item = open_items.look_of_call(session, left.call)
    return item.id if item else None


def _peaks(session: Session, part: Message) -> bytes | None:
    """As they were reckoned when the recording came; of older ones, now."""
    if part.state not in (MessageState.STORED, MessageState.HEARD, MessageState.DONE):
        return None
    drawn = voicemails.peaks_of(session, part.id)
    audio = None if drawn else voicemails.sound_of(session, part.id)
    return drawn or (wav.decode(audio).peaks(voicemail.PEAKS) if audio else None)
