"""Coordinator alerts: one text to each coordinator, once per subject."""

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
    """Text each coordinator who takes texts. A repeated subject sends nothing."""
    for person in people.coordinators(session):
        if person.takes_texts:
            outbox.text(session, person.id, about, words, values, now)


def tell_of_one(
    session: Session, kind: str, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """Tell the coordinators about one of many similar items, such as a due callback.

    In a surge they get one text of a kind each quarter of an hour, unless the need is an emergency.
    The pages show the rest, and each text takes carrier and database time from a caller.
    """
    if not needs.of(values["need"]).is_emergency and surges.surge(session, now) is not None:
        about = f"{kind}:{int(now.timestamp()) // _QUARTER_SECONDS}"
    tell_coordinators(session, about, words, values, now)
