"""Texts to responders: no names, no numbers, nothing unfit for a lock screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ivr.core.carrier import Refused
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.erasure_ledger import Entry
from ivr.dialogue import phone_numbers
from ivr.responders import number_verification, shift_confirmations, sms_opt_out
from ivr.responders.shift_confirmations import Expected
from models.calls import outbox
from models.calls.outbox import Text, TextState
from models.people import people
from models.people.people import Person

MOST_DELIVERIES = 2
"""A text that could not be delivered is sent once more, and never a third time."""
DELIVER_AGAIN_AFTER = timedelta(minutes=5)
_OPTED_OUT = "21610"


def body_of(unit: UnitOfWork, text: Text) -> tuple[str, str]:
    """The number of a text and its words in the responder's language."""
    person = people.with_id(unit.session, text.person_id)
    if person is None:
        raise LookupError(text.person_id)
    language = unit.app.staff_language(person.languages)
    if text.words == number_verification.TEXT:
        number, values = number_verification.text_for(unit.session, text)
    else:
        number = people.phone_of(unit.session, person)
        values = {name: str(value) for name, value in text.values.items()}
    return number, unit.app.shipped_prompts.sentence(language, text.words, values)


@dataclass(frozen=True)
class OptedOut:
    """The one confirmation of an opt-out that we must send, in the language of the opt-out."""

    language: str


def hear(app: AppContext, given: str, body: str, opt_out_type: str) -> OptedOut | Expected | bool:
    """Take in a text: STOP, START or yes. True if it gets the standard reply.

    After STOP we send no texts to this phone; calls still reach it.
    """
    number = phone_numbers.shown_number(given) or ""
    expected = shift_confirmations.by_text(app, number, body)
    if expected:
        return _answered_yes(app, number, body, expected)
    request = sms_opt_out.request_in(body, app.shipped_prompts.languages.values())
    if opt_out_type == "STOP":
        request = sms_opt_out.OptOutRequest("stop", "en", carrier_answers=True)
    if request is None:
        return not _has_opted_out(app, number)
    if request.what == "start":
        _opt_in(app, number)
        return False
    now = app.clock()
    with app.transaction(now) as unit:
        person = people.with_phone(unit.session, number)
        is_new = _opt_out(unit, person, number)
    return OptedOut(request.language) if is_new and not request.carrier_answers else False


def _answered_yes(
    app: AppContext, number: str, body: str, expected: Expected
) -> Expected | Literal[False]:
    """The reply to a yes: thanks, or nothing for a phone that is still opted out.

    YES is also the carrier's word for opting in again.
    """
    request = sms_opt_out.request_in(body, app.shipped_prompts.languages.values())
    if request and request.what == "start":
        _opt_in(app, number)
    return False if _has_opted_out(app, number) else expected


def _opt_in(app: AppContext, number: str) -> None:
    now = app.clock()
    with app.database.transaction() as session:
        mark = people.opt_in(session, number)
        if mark:
            app.ledger.remember([Entry("start", mark, now.isoformat())])
        person = people.with_phone(session, number)
        if person:
            person.no_texts = person.cannot_text = False


def _has_opted_out(app: AppContext, number: str) -> bool:
    with app.database.reading() as session:
        return people.has_opted_out(session, number)


def refused(unit: UnitOfWork, person_id: str, number: str, refusal: Refused) -> None:
    """The carrier will not text this phone: its owner opted out, or it cannot get texts."""
    person = people.with_id(unit.session, person_id)
    if person and not people.is_phone_of(unit.session, person, number):
        person = None  # an unverified number says nothing about the number we ring
    if refusal.opted_out:
        _opt_out(unit, person, number)
    elif refusal.bad_number and person:
        person.cannot_text = True


def hear_delivery(app: AppContext, token: str, sid: str, status: str, error: str) -> None:
    """Take in the delivery status of a text; old or repeated news changes nothing.

    News with the token proves that the carrier accepted the text, even if the POST failed.
    """
    now = app.clock()
    with app.transaction(now) as unit:
        text = outbox.text_with_token(unit.session, token)
        if text is None or text.state not in (TextState.SENDING, TextState.SENT):
            return
        if text.state == TextState.SENDING and sid:
            text.state, text.sid = TextState.SENT, sid
        person = people.with_id(unit.session, text.person_id)
        if text.words == number_verification.TEXT:
            if status in ("undelivered", "failed"):
                text.state, text.reason = TextState.FAILED, error[:60]
        elif status == "delivered" and person:
            person.cannot_text = False
        elif status in ("undelivered", "failed") and person:
            _not_delivered(unit, text, person, error)


def _not_delivered(unit: UnitOfWork, text: Text, person: Person, error: str) -> None:
    text.undelivered += 1
    text.reason = error[:60]
    if error == _OPTED_OUT:
        text.state = TextState.FAILED
        _opt_out(unit, person, people.phone_of(unit.session, person))
    elif text.undelivered < MOST_DELIVERIES:
        text.state, text.due_at = TextState.PENDING, unit.now + DELIVER_AGAIN_AFTER
    else:
        text.state = TextState.FAILED
        person.cannot_text = True


def _opt_out(unit: UnitOfWork, person: Person | None, number: str) -> bool:
    if person:
        person.no_texts = True
    mark = people.opt_out(unit.session, number, unit.now)
    if mark is None:
        return False
    unit.app.ledger.remember([Entry("stop", mark, unit.now.isoformat())])
    return True
