"""The people of the roster as pages show them, and what a form about one starts with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.people.forms import PURSUED, PersonFacts
from ivr.core.context import AppContext
from ivr.responders import number_verification
from models.calls import verifications
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.staff import users
from routing.person import some_languages, usually_pursued

_PROGRESS = {
    number_verification.Progress.ON_ITS_WAY: later("The code is on its way."),
    number_verification.Progress.SENT: later("The code was sent."),
    number_verification.Progress.UNANSWERED: later("The call with the code was not answered."),
    number_verification.Progress.FAILED: later(
        "The code could not be delivered: is the number right?"
    ),
}


@dataclass(frozen=True)
class Row:
    """A person as the list and their page show them; no number is part of it."""

    id: str
    name: str
    role: str
    languages: tuple[str, ...]
    some: tuple[str, ...]
    """Languages of which they speak some."""
    needs: tuple[str, ...]
    """Their own, or those of their partner."""
    by_partner: bool
    """Whether the needs are those of their partner."""
    tier: int
    pursued: str
    """For which open items they are rung off duty, in words."""
    partner: str | None
    active: bool
    has_phone: bool
    is_waiting: bool
    """A number of theirs is being proven."""
    is_paused: bool
    paused_until: datetime | None
    is_dead: bool
    missed_tests: int
    """Weekly tests in a row that nobody answered by the key."""
    heard_at: datetime | None
    test_due_at: datetime | None
    """None when this phone is not tested."""
    no_tests: bool
    no_texts: bool
    cannot_text: bool
    text_code: str | None
    texts_again_at: datetime | None
    """When the mark wears off; None: a delivery, a START or a person must take it away."""
    is_rung_instead: bool
    """A coordinator hears by call what cannot be texted."""
    has_pin: bool
    is_of_roster: bool


@dataclass(frozen=True)
class Waiting:
    """A number that is being proven."""

    words: str
    counts: bool
    until: datetime
    tries_left: int


def everybody(app: AppContext, who: str = "", language: str = "") -> list[Row]:
    """All of them by name, or those whose name has these letters and who speak this language."""
    now = app.clock()
    with app.database.reading() as session:
        partners, proven = _partner_names(session), verifications.being_proven(session)
        known = [each for each in people.everybody(session) if not each.is_forgotten]
        rows = [_row(session, each, partners, proven, now) for each in known]
    wanted = who.strip().casefold()
    found = (
        row
        for row in rows
        if wanted in row.name.casefold()
        and (not language or language in (*row.languages, *row.some))
    )
    return sorted(found, key=lambda row: row.name.casefold())


def exists(app: AppContext, person_id: str) -> bool:
    """Whether there is a person of this id, who was not erased."""
    with app.database.reading() as session:
        return people.known(session, person_id) is not None


def one(app: AppContext, visitor: Visitor, person_id: str) -> dict[str, object] | None:
    """What the page of one person shows; their number only to themselves."""
    now = app.clock()
    with app.database.reading() as session:
        person = people.known(session, person_id)
        if person is None:
            return None
        proven = verifications.being_proven(session)
        row = _row(session, person, _partner_names(session), proven, now)
        user = users.of_person(session, person.id)
        is_own = visitor.person_id == person.id
        return {
            "row": row,
            "tests_are_on": app.limits.weekly_tests,
            "waiting": _waiting(session, person, now),
            "user": (user.id, users.name_of(session, user)) if user else None,
            "own_number": people.phone_of(session, person) if is_own and row.has_phone else None,
        }


def name_with_phone(app: AppContext, person_id: str) -> str | None:
    """The name of somebody who has a number; None for everybody else."""
    with app.database.reading() as session:
        person = people.known(session, person_id)
        if person is None or not person.has_phone:
            return None
        return people.name_of(session, person)


def facts(app: AppContext, person_id: str) -> PersonFacts:
    """What is known of somebody who exists."""
    with app.database.reading() as session:
        person = people.with_id(session, person_id)
        if person is None:
            raise LookupError(person_id)
        return PersonFacts.of(session, person)


def frame(app: AppContext, person_id: str | None) -> tuple[list[tuple[str, str]], str | None]:
    """Partners to choose from, and the name that the roster file fixes, if it does."""
    with app.database.reading() as session:
        partners = [(partner.id, partner.name) for partner in people.every_partner(session)]
        known = people.with_id(session, person_id) if person_id else None
        is_of_roster = known is not None and known.source == people.FROM_ROSTER
        return partners, people.name_of(session, known) if known and is_of_roster else None


def _partner_names(session: Session) -> dict[str, str]:
    return {partner.id: partner.name for partner in people.every_partner(session)}


def _row(
    session: Session, person: Person, partners: dict[str, str], proven: set[str], now: datetime
) -> Row:
    return Row(
        id=person.id,
        name=people.name_of(session, person),
        role=person.role,
        languages=tuple(person.languages),
        some=some_languages(person.language_levels),
        needs=tuple(person.needs or person.partner_needs or ()),
        by_partner=not person.needs and bool(person.partner_needs),
        tier=person.tier,
        pursued=say(PURSUED[person.pursued or usually_pursued(person.tier)]),
        partner=partners.get(person.partner_id or ""),
        active=person.active,
        has_phone=person.has_phone,
        is_waiting=person.id in proven,
        is_paused=person.is_paused(now),
        paused_until=person.paused_until,
        is_dead=person.is_dead_number,
        missed_tests=person.missed_tests,
        heard_at=person.heard_at,
        test_due_at=person.test_due_at,
        no_tests=person.no_tests,
        no_texts=person.no_texts,
        cannot_text=person.cannot_text,
        text_code=person.text_code,
        texts_again_at=person.texts_again_at,
        is_rung_instead=person.tier == people.COORDINATOR_TIER,
        has_pin=person.has_pin,
        is_of_roster=person.source == people.FROM_ROSTER,
    )


def _waiting(session: Session, person: Person, now: datetime) -> Waiting | None:
    proof = verifications.open_of(session, person.id)
    if proof is None:
        return None
    return Waiting(
        words=say(_PROGRESS[number_verification.progress(session, proof)]),
        counts=proof.counts(now),
        until=proof.created_at + verifications.LIFE,
        tries_left=verifications.MOST_TRIES - proof.wrong_tries,
    )
