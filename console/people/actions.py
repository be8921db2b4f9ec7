"""What staff do about people of the roster: add, change, pause, retire, verify a number."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from console.base.current_user import Visitor
from console.people.forms import PersonFacts
from ivr.core.context import AppContext, UnitOfWork
from ivr.responders import number_verification, pins
from ivr.responders.number_verification import Trouble, Verdict, VerificationRequest
from models.calls import offboarding, verifications
from models.core.base import new_id
from models.core.database import Session
from models.people import people
from models.people.people import FROM_CONSOLE, Person
from models.staff import audit
from models.staff.audit import Deed

_PIN_DIGITS = 6
PAUSED, RESUMED = "person paused", "person resumed"


class NameTaken(Exception):
    """Somebody else has this name."""


class CannotProve(Exception):
    """No code is sent to this number."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


def objections(
    app: AppContext, name: str, verification: VerificationRequest
) -> tuple[bool, Trouble | None]:
    """What speaks against adding somebody: a name that is taken, and why no code can be sent.

    The form shows both at once; `add` looks again.
    """
    with app.reading() as unit:
        is_taken = people.with_name(unit.session, name) is not None
        return is_taken, number_verification.trouble_with(unit, None, verification)


def add(
    app: AppContext, visitor: Visitor, facts: PersonFacts, verification: VerificationRequest
) -> str:
    """Somebody new, who is rung for nobody until their number is proven; gives back their id."""
    now = app.clock()
    with app.database.transaction() as session:
        _must_be_free(session, facts.name, None)
        person = Person(id=new_id(), active=False, source=FROM_CONSOLE)
        people.leave_without_phone(session, person)
        _write(session, person, facts)
        session.add(person)
        session.flush()
        _ask(session, app, person, verification, now)
        _log(session, visitor, "person added", person, now, after=asdict(facts))
        return person.id


def change(app: AppContext, visitor: Visitor, person_id: str, facts: PersonFacts) -> None:
    """Write down what the form says; a call that goes on is not disturbed."""

    def act(session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        _must_be_free(session, facts.name, person.id)
        before = asdict(PersonFacts.of(session, person))
        _write(session, person, facts)
        return before, asdict(facts)

    _do(app, visitor, person_id, "person changed", act)


def _must_be_free(session: Session, name: str, person_id: str | None) -> None:
    known = people.with_name(session, name)
    if known and known.id != person_id:
        raise NameTaken


def _write(session: Session, person: Person, facts: PersonFacts) -> None:
    people.seal_name(session, person, facts.name)
    person.role, person.tier = facts.role, facts.tier
    before = person.languages or []  # the first of them is the one they like best
    kept = [code for code in before if code in facts.languages]
    person.languages = [*kept, *(code for code in facts.languages if code not in kept)]
    person.language_levels = dict(facts.levels) or None
    person.needs = list(facts.needs)
    person.partner_id = facts.partner
    person.pursued = facts.pursued


def pause(app: AppContext, visitor: Visitor, person_id: str, until: datetime | None) -> None:
    """Their phone rings for nobody, until then or until somebody ends the pause."""

    def act(session: Session, person: Person, now: datetime) -> tuple[Any, Any]:
        person.paused_at, person.paused_until = now, until
        offboarding.stop_ringing(session, person.id, now)
        return None, {"until": until.isoformat() if until else "resumed"}

    _do(app, visitor, person_id, PAUSED, act)


def resume(app: AppContext, visitor: Visitor, person_id: str) -> None:
    """Be rung again whenever on duty."""

    def act(_session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        person.resume()
        return None, None

    _do(app, visitor, person_id, RESUMED, act)


def retire(app: AppContext, visitor: Visitor, person_id: str) -> None:
    """Out at once; only a conversation is let go on."""

    def act(session: Session, person: Person, now: datetime) -> tuple[Any, Any]:
        offboarding.retire(session, person, now)
        verifications.withdraw(session, person.id)
        return {"active": True}, {"active": False}

    _do(app, visitor, person_id, "person retired", act)


def bring_back(app: AppContext, visitor: Visitor, person_id: str) -> None:
    """Rung again whenever on duty, if they still have a number of their own."""

    def act(_session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        person.active = person.has_phone
        return {"active": False}, {"active": person.active}

    _do(app, visitor, person_id, "person brought back", act)


def number_checked(app: AppContext, visitor: Visitor, person_id: str) -> None:
    """Somebody has made sure that the number is right: it is rung again like any other."""

    def act(_session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        before = {"failed rings": person.failed_rings, "missed tests": person.missed_tests}
        person.clear_number()
        return before, dict.fromkeys(before, 0)

    _do(app, visitor, person_id, "number checked", act)


def try_texts_again(app: AppContext, visitor: Visitor, person_id: str) -> None:
    """Text this phone again; if texts still fail, the carrier's code marks it anew."""

    def act(_session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        before = {"texts fail": person.text_code or person.cannot_text}
        person.texts_arrive()
        return before, {"texts fail": False}

    _do(app, visitor, person_id, "texts tried again", act)


def test_weekly(app: AppContext, visitor: Visitor, person_id: str, *, on: bool) -> None:
    """Whether their phone is rung once a week to see that it is still theirs."""

    def act(_session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        before, person.no_tests = person.no_tests, not on
        return {"tested": not before}, {"tested": on}

    _do(app, visitor, person_id, "weekly tests on" if on else "weekly tests off", act)


def new_pin(app: AppContext, visitor: Visitor, person_id: str) -> str:
    """A PIN to be told once; it is kept as a slow hash alone."""
    pin = f"{secrets.randbelow(10**_PIN_DIGITS):0{_PIN_DIGITS}}"
    stored = pins.hash_of(pin)

    def act(session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        had = person.has_pin
        people.set_pin(session, person, stored)
        person.forget_wrong_pins()
        return {"has PIN": had}, {"has PIN": True}

    _do(app, visitor, person_id, "PIN set", act)
    return pin


def ask_for_proof(
    app: AppContext, visitor: Visitor, person_id: str, verification: VerificationRequest
) -> None:
    """Send a code to a number; raises CannotProve. The number before goes on being rung."""

    def act(session: Session, person: Person, now: datetime) -> tuple[Any, Any]:
        _ask(session, app, person, verification, now)
        return None, {"sent by": verification.sent_by}

    _do(app, visitor, person_id, "number entered", act)


def _ask(
    session: Session,
    app: AppContext,
    person: Person,
    verification: VerificationRequest,
    now: datetime,
) -> None:
    asked = number_verification.ask(UnitOfWork(session, app, now), person, verification)
    if isinstance(asked, Trouble):
        raise CannotProve(asked)


def try_code(app: AppContext, visitor: Visitor, person_id: str, typed: str) -> Verdict:
    """What comes of a code that was typed in."""
    now = app.clock()
    with app.database.transaction() as session:
        person = _held(session, person_id)
        verdict = number_verification.try_code(session, person, typed, now)
        if verdict is Verdict.PROVEN:
            _log(session, visitor, "number proven", person, now)
        elif verdict is Verdict.OVER:
            _log(session, visitor, "code void", person, now)
        return verdict


def withdraw_number(app: AppContext, visitor: Visitor, person_id: str) -> None:
    """Let go of a number that was not proven."""

    def act(session: Session, person: Person, _now: datetime) -> tuple[Any, Any]:
        verifications.withdraw(session, person.id)
        return None, None

    _do(app, visitor, person_id, "number withdrawn", act)


def reveal_number(app: AppContext, visitor: Visitor, person_id: str, why: str) -> str:
    """Their number, for the reason that stands in the audit log from now on."""
    now = app.clock()
    with app.database.transaction() as session:
        person = _held(session, person_id)
        _log(session, visitor, "number revealed", person, now, after={"why": why})
        return people.phone_of(session, person)


_Action = Callable[[Session, Person, datetime], tuple[Any, Any]]


def _do(app: AppContext, visitor: Visitor, person_id: str, name: str, action: _Action) -> None:
    """An action and its audit entry in one transaction; the action returns before and after."""
    now = app.clock()
    with app.database.transaction() as session:
        person = _held(session, person_id)
        before, after = action(session, person, now)
        _log(session, visitor, name, person, now, before=before, after=after)


def _held(session: Session, person_id: str) -> Person:
    person = people.held(session, person_id)
    if person is None:
        raise LookupError(person_id)
    return person


def _log(
    session: Session, visitor: Visitor, action: str, person: Person, now: datetime,
    before: Any = None, after: Any = None,
) -> None:  # fmt: skip
    entry = Deed(action, f"person {person.id}", before=before, after=after)
    audit.write(session, visitor.user_id, entry, now)
