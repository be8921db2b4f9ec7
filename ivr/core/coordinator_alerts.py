"""Telling the coordinators: one text to each, once for each thing."""

from __future__ import annotations

from datetime import datetime

from models.calls import outbox, surges
from models.core.database import Session
from models.people import people
from routing import needs

_QUARTER_SECONDS = 15 * 60


def tell_coordinators(
    session: Session, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """One text to each coordinator who can be texted; asking again sends nothing."""
    for person in people.coordinators(session):
        if person.takes_texts:
            outbox.text(session, person.id, about, words, values, now)


def tell_of_one(
    session: Session, kind: str, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """Tell the coordinators of one of perhaps many, such as a callback that is due.

    In a surge of one of a kind each quarter of an hour, unless its need is an emergency: thousands
    of texts would say no more than the pages do, and each takes a turn at the carrier and in the
    database from a caller.
    """
    if not needs.of(values["need"]).is_emergency and surges.surge(session, now) is not None:
        about = f"{kind}:{int(now.timestamp()) // _QUARTER_SECONDS}"
    tell_coordinators(session, about, words, values, now)
