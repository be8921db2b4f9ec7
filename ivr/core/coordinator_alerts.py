"""Coordinator alerts: one text or call to each coordinator, once per subject."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models.calls import outbox, surges
from models.core.database import Session
from models.people import people, push_subscriptions
from models.people.people import Person
from models.staff import notices
from routing import needs

_QUARTER_SECONDS = 15 * 60


def tell_coordinators(
    session: Session, about: str, words: str, values: dict[str, str], now: datetime
) -> None:
    """Text each coordinator, or ring those who get no texts. A repeated subject tells nothing.

    The second way, e-mail, browsers and ALERT_URLS, is told beside it and carries no values.
    """
    _alert(session, people.coordinators(session), about, words, values, now)
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
    others = [each for each in people.coordinators(session) if each.id != muted.id]
    _alert(session, others, about, "texts.coordinator_muted", {}, now)


def code_of(words: str) -> str:
    """The code by which a notice names the text that it stands beside."""
    return words.removeprefix("texts.")


def ways_to(session: Session, persons: Collection[Person]) -> dict[str, list[str]]:
    """The recipients of notices to each person: their browsers, and the person for an e-mail."""
    found = push_subscriptions.recipients(session, {person.id for person in persons})
    for person in persons:
        if person.alert_mail_sealed and person.id not in found[person.id]:
            found[person.id].append(person.id)
    return found


def _alert(
    session: Session, persons: list[Person], about: str, words: str, values: dict[str, str],
    now: datetime,
) -> None:  # fmt: skip
    ways = ways_to(session, persons)
    for person in persons:
        outbox.alert(session, person, about, words, values, now)
        for recipient in ways[person.id]:
            notices.tell(session, recipient, about, code_of(words), now)


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
