"""Texts to responders: no names, no numbers, nothing that a lock screen should not show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ivr.core.carrier import Refused
from ivr.core.context import Line
from ivr.core.erasure_ledger import Entry
from ivr.dialogue import phone_numbers
from ivr.responders import number_verification, shift_confirmations, sms_opt_out
from ivr.responders.shift_confirmations import Expected
from models.calls import outbox
from models.calls.outbox import Text
from models.core.database import Session
from models.people import people
from models.people.people import Person
from prompts import Prompts

MOST_DELIVERIES = 2
"""A text that could not be delivered is tried once more, and never again."""
DELIVER_AGAIN_AFTER = timedelta(minutes=5)
_OPTED_OUT = "21610"


def body_of(session: Session, hotline: Line, prompts: Prompts, text: Text) -> tuple[str, str]:
    """The number a text goes to and what it says, in the responder's language."""
    person = people.with_id(session, text.person_id)
    if person is None:
        raise LookupError(text.person_id)
    language = hotline.staff_language(person.languages)
    if text.words == number_verification.TEXT:
        number, values = number_verification.text_for(session, text)
    else:
        number = people.phone_of(session, person)
        values = {name: str(value) for name, value in text.values.items()}
    return number, prompts.sentence(language, text.words, values)


@dataclass(frozen=True)
class OptedOut:
    """The one confirmation of an opt-out that we owe, in the language it was written in."""

    language: str


def hear(hotline: Line, given: str, body: str, opt_out_type: str) -> OptedOut | Expected | bool:
    """A text came in: STOP, START and yes are obeyed; True when it deserves the usual answer.

    After STOP this phone gets no more texts from us; calls still reach it.
    """
    number = phone_numbers.callable_number(given) or ""
    expected = shift_confirmations.by_text(hotline, number, body)
    if expected:
        return _answered_yes(hotline, number, body, expected)
    wish = sms_opt_out.wish_in(body)
    if opt_out_type == "STOP":
        wish = sms_opt_out.Wish("stop", "en", carrier_answers=True)
    if wish is None:
        return not _has_opted_out(hotline, number)
    if wish.what == "start":
        _opt_in(hotline, number)
        return False
    now = hotline.clock()
    with hotline.database.transaction() as session:
        person = people.with_phone(session, number)
        is_new = _opt_out(session, hotline, person, number, now)
    return OptedOut(wish.language) if is_new and not wish.carrier_answers else False


def _answered_yes(
    hotline: Line, number: str, body: str, expected: Expected
) -> Expected | Literal[False]:
    """YES is also how the carrier lets a phone opt in again; one that did not gets no thanks."""
    wish = sms_opt_out.wish_in(body)
    if wish and wish.what == "start":
        _opt_in(hotline, number)
    return False if _has_opted_out(hotline, number) else expected


def _opt_in(hotline: Line, number: str) -> None:
    now = hotline.clock()
    with hotline.database.transaction() as session:
        mark = people.opt_in(session, number)
        if mark:
            hotline.ledger.remember([Entry("start", mark, now.isoformat())])
        person = people.with_phone(session, number)
        if person:
            person.no_texts = person.cannot_text = False


def _has_opted_out(hotline: Line, number: str) -> bool:
    with hotline.database.reading() as session:
        return people.has_opted_out(session, number)


def refused(
    session: Session,
    hotline: Line,
    person_id: str,
    number: str,
    refusal: Refused,
    now: datetime,
) -> None:
    """The carrier will not text this phone: because its owner said so, or because it cannot."""
    person = people.with_id(session, person_id)
    if person and not people.is_phone_of(session, person, number):
        person = None  # a number that was not proven tells nothing of the one that is rung
    if refusal.opted_out:
        _opt_out(session, hotline, person, number, now)
    elif refusal.bad_number and person:
        person.cannot_text = True


def hear_delivery(hotline: Line, token: str, sid: str, status: str, error: str) -> None:
    """What became of a text that the carrier took on; old or doubled news changes nothing.

    Any news of it under its token proves that it was taken on, whatever was answered when it was
    sent.
    """
    now = hotline.clock()
    with hotline.database.transaction() as session:
        text = outbox.text_with_token(session, token)
        if text is None or text.state not in (outbox.SENDING, outbox.SENT):
            return
        if text.state == outbox.SENDING and sid:
            text.state, text.sid = outbox.SENT, sid
        person = people.with_id(session, text.person_id)
        if text.words == number_verification.TEXT:
            if status in ("undelivered", "failed"):
                text.state, text.reason = outbox.FAILED, error[:60]
        elif status == "delivered" and person:
            person.cannot_text = False
        elif status in ("undelivered", "failed") and person:
            _not_delivered(session, hotline, text, person, error, now)


def _not_delivered(
    session: Session, hotline: Line, text: Text, person: Person, error: str, now: datetime
) -> None:
    text.undelivered += 1
    text.reason = error[:60]
    if error == _OPTED_OUT:
        text.state = outbox.FAILED
        _opt_out(session, hotline, person, people.phone_of(session, person), now)
    elif text.undelivered < MOST_DELIVERIES:
        text.state, text.due_at = outbox.PENDING, now + DELIVER_AGAIN_AFTER
    else:
        text.state = outbox.FAILED
        person.cannot_text = True


def _opt_out(
    session: Session, hotline: Line, person: Person | None, number: str, now: datetime
) -> bool:
    if person:
        person.no_texts = True
    mark = people.opt_out(session, number, now)
    if mark is None:
        return False
    hotline.ledger.remember([Entry("stop", mark, now.isoformat())])
    return True
