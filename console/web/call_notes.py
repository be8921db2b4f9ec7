"""Notes about a call, as pages of several wings show them and take them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.permissions import Power
from models.calls import notes
from models.core.database import Session
from models.staff import users

LONGEST = 4000
"""The longest note, in characters."""
TOO_LONG = later("This is too long: %(most)s characters at most.")


@dataclass(frozen=True)
class Written:
    """A note as its readers see it; words that are not theirs to read are left out."""

    who: str
    at: datetime
    privileged: bool
    words: str | None


def may_be_privileged(visitor: Visitor) -> bool:
    """Whether a note of theirs can be one between attorney and client."""
    return visitor.right_to(Power.PRIVILEGED_NOTES) is not None


def read(session: Session, call_id: str, visitor: Visitor, *, owns: bool) -> list[Written]:
    """The notes of a call; `owns` says whether the call is the visitor's."""
    names, deep = users.names(session), may_be_privileged(visitor)
    return [
        Written(
            who=names.get(note.user_id, ""),
            at=note.at,
            privileged=note.privileged,
            words=notes.words_of(session, note)
            if note.user_id == visitor.user_id or (owns and (deep or not note.privileged))
            else None,
        )
        for note in notes.of_calls(session, [call_id])
        if owns or note.user_id == visitor.user_id
    ]


def too_long(words: str, most: int = LONGEST) -> str | None:
    """What is wrong with a text that has too many characters; None if it has not."""
    return say(TOO_LONG, most=most) if len(words) > most else None
