"""Texts to responders: no names, no numbers, nothing that a lock screen should not show."""

from __future__ import annotations

import logging
from typing import Literal

from ivr import retention
from ivr.ledger import Entry
from ivr.line import Line
from models import people
from models.database import Session
from models.outbox import Text
from prompts import Prompts

log = logging.getLogger("hotline.texts")


def body_of(session: Session, hotline: Line, prompts: Prompts, text: Text) -> tuple[str, str]:
    """The number a text goes to and what it says, in the responder's language."""
    person = people.with_id(session, text.person_id)
    if person is None:
        raise LookupError(text.person_id)
    language = hotline.staff_language(person.languages)
    values = {name: str(value) for name, value in text.values.items()}
    return people.phone_of(session, person), prompts.sentence(language, text.words, values)


def hear_opt_out(hotline: Line, number: str) -> None:
    """STOP: the carrier will refuse our texts to this phone from now on; calls still reach it."""
    _set_texts(hotline, number, "stop")


def hear_opt_in(hotline: Line, number: str) -> None:
    """START: this phone takes texts again."""
    _set_texts(hotline, number, "start")


def _set_texts(hotline: Line, number: str, what: Literal["stop", "start"]) -> None:
    now = hotline.clock()
    with hotline.database.transaction() as session:
        person = people.with_phone(session, number)
        if person is None:
            return
        person.no_texts = what == "stop"
        mark = retention.mark(session, number)
        try:
            hotline.ledger.write([Entry(what, mark, now.isoformat())])
        except OSError:  # what they asked for holds all the same; only a restore could lose it
            log.exception("the ledger cannot be written")
