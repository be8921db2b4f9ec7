"""Coordinator alerts: one text or call to each coordinator, once per subject."""

from __future__ import annotations

from datetime import datetime

from models.calls import outbox, surges
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.staff import notices
from routing import needs

_QUARTER_SECONDS = 15 * 60


def tell_coordinators(
    session: Session, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """Text each coordinator, or ring those who get no texts. A repeated subject tells nothing.

    The second way, e-mail and ALERT_URLS, is told beside it and carries no values.
    """
    for person in people.coordinators(session):
        _alert(session, person, about, words, values, now)
    notices.tell_team(session, about, code_of(words), now)


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
            _alert(session, person, about, "texts.coordinator_muted", {}, now)


def code_of(words: str) -> str:
    """The code by which a notice names the text that it stands beside."""
    return words.removeprefix("texts.")


def _alert(
    session: Session, person: Person, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    outbox.alert(session, person, about, words, values, now)
    if person.alert_mail_sealed:
        notices.tell(session, person.id, about, code_of(words), now)


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
