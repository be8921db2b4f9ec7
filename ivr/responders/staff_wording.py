"""What staff hear on their own phones, in one of their languages."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import Words
from models.calls.rings import Ring
from models.people import people


def word(unit: UnitOfWork, ring: Ring, name: str, **values: str) -> Words:
    """These words in the language of the person who is rung."""
    person = people.with_id(unit.session, ring.person_id)
    language = unit.app.staff_language(person.languages if person else [])
    return Words(language, name, tuple(values.items()))
