"""What the team has texted, and which of it somebody has finished with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from ivr.core.context import AppContext
from models.casework import incoming_texts
from models.casework.incoming_texts import IncomingText
from models.core.database import Session
from models.people import people
from models.staff import audit, users
from models.staff.audit import Deed

_MOST_FINISHED = 30


@dataclass(frozen=True)
class Shown:
    """One text: who sent it, when, what it says, and who finished with it."""

    id: str
    at: datetime
    name: str
    words: str
    done_by: str | None


def waiting(app: AppContext) -> list[Shown]:
    """The texts that nobody has finished with, the oldest first."""
    with app.database.reading() as session:
        return _shown(session, incoming_texts.waiting(session))


def finished(app: AppContext) -> list[Shown]:
    """The latest texts that somebody finished with."""
    with app.database.reading() as session:
        return _shown(session, incoming_texts.finished(session, _MOST_FINISHED))


def finish(app: AppContext, visitor: Visitor, sid: str) -> None:
    """Put a text away; raises NotTheirs if there is no such text. Who was first stays."""
    with app.transaction() as unit:
        text = incoming_texts.held(unit.session, sid)
        if text is None:
            raise NotTheirs
        if text.done_at is None:
            text.done_at, text.done_by = unit.now, visitor.user_id
            deed = Deed("text from the team finished", f"text {sid}")
            audit.write(unit.session, visitor.user_id, deed, unit.now)


def _shown(session: Session, texts: list[IncomingText]) -> list[Shown]:
    names = users.names(session)
    return [
        Shown(
            id=text.sid,
            at=text.at,
            name=_sender(session, text),
            words=incoming_texts.words_of(session, text),
            done_by=names.get(text.done_by) if text.done_by else None,
        )
        for text in texts
    ]


def _sender(session: Session, text: IncomingText) -> str:
    person = people.with_id(session, text.person_id) if text.person_id else None
    return people.name_of(session, person) if person else ""
