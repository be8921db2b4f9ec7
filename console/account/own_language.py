"""The language in which a responder hears offers and the duty line, and reads texts."""

from __future__ import annotations

from dataclasses import dataclass

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from models.people import people
from models.staff import audit
from models.staff.audit import Deed


@dataclass(frozen=True)
class Choice:
    """What somebody has chosen, empty for none, and the language that this means."""

    chosen: str
    heard: str
    offered: tuple[str, ...]
    without_texts: tuple[str, ...]
    """Languages that can be chosen, in which the hotline has no words for staff yet."""


def of(app: AppContext, visitor: Visitor) -> Choice | None:
    """The choice of this visitor; None for a user who is nobody of the roster."""
    if visitor.person_id is None:
        return None
    with app.database.reading() as session:
        person = people.known(session, visitor.person_id)
        if person is None:
            return None
        offered = tuple(app.shipped_prompts.languages)
        return Choice(
            chosen=person.hotline_language or "",
            heard=app.staff_language(person.languages, person.hotline_language),
            offered=offered,
            without_texts=tuple(code for code in offered if code not in app.voiced),
        )


def choose(app: AppContext, visitor: Visitor, code: str) -> bool:
    """Store the choice; empty means that it follows from the languages they speak.

    False if there is no such language, or the visitor is nobody of the roster.
    """
    if visitor.person_id is None or (code and code not in app.shipped_prompts.languages):
        return False
    with app.transaction() as unit:
        person = people.held(unit.session, visitor.person_id)
        if person is None:
            return False
        before, person.hotline_language = person.hotline_language, code or None
        deed = Deed("own language chosen", f"person {person.id}", before, code or None)
        audit.write(unit.session, visitor.user_id, deed, unit.now)
    return True
