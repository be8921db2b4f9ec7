"""What staff hear on their own phones, in a language of theirs."""

from __future__ import annotations

from ivr.line import Line
from ivr.turn import Words
from models import people
from models.database import Session
from models.rings import Ring


def word(session: Session, hotline: Line, ring: Ring, name: str, **values: str) -> Words:
    """These words, for whoever is rung."""
    person = people.with_id(session, ring.person_id)
    language = hotline.staff_language(person.languages if person else [])
    return Words(language, name, tuple(values.items()))
