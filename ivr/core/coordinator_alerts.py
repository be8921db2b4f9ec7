"""Coordinator alerts: one text or call to each coordinator, once per subject."""

from __future__ import annotations

from datetime import datetime

from models.calls import outbox, surges
from models.core.database import Session
from models.people import people
from models.people.people import Person
from routing import needs

_QUARTER_SECONDS = 15 * 60


def tell_coordinators(
    session: Session, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """Text each coordinator, or ring those who get no texts. A repeated subject tells nothing."""
    for person in people.coordinators(session):
        outbox.alert(session, person, about, words, values, now)


def tell_of_account(session: Session, code: str, now: datetime) -> None:
    """Tell the coordinators, once a day for each code, that the carrier refuses the account."""
    about = f"account:{code}:{now:%Y-%m-%d}"
    tell_coordinators(session, about, "texts.account_trouble", {"number": code}, now)


def tell_of_muted(session: Session, muted: Person, now: datetime) -> None:
    """Tell the other coordinators, once a day, that one of them stopped the texts."""
    if muted.tier != people.COORDINATOR_TIER or not muted.active:
        return
    about = f"muted:{muted.id}:{now:%Y-%m-%d}"
    for person in people.coordinators(session):
        if person.id != muted.id:
            outbox.alert(session, person, about, "texts.coordinator_muted", {}, now)


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
