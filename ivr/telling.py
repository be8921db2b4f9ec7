"""Telling the coordinators: one text to each, once for each thing."""

from __future__ import annotations

from datetime import datetime

from models import outbox, people
from models.database import Session


def tell_coordinators(
    session: Session, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """One text to each coordinator who can be texted; asking again sends nothing."""
    for person in people.coordinators(session):
        if person.takes_texts:
            outbox.text(session, person.id, about, words, values, now)
