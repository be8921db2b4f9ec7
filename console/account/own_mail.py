"""The address at which somebody also gets alerts and reminders, beside texts and calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from ivr.notices import notice_words, second_way
from models.core import sealed_columns
from models.people import people
from models.staff import audit
from models.staff.audit import Deed

_COLUMN = "alert_mail_sealed"
_ADDRESS = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,186}\.[A-Za-z]{2,63}")


@dataclass(frozen=True)
class Chosen:
    """The address, empty for none, and whether the hotline can send mail at all."""

    address: str
    can_send: bool


def of(app: AppContext, visitor: Visitor) -> Chosen | None:
    """The choice of this visitor; None for a user who is nobody of the roster."""
    if visitor.person_id is None:
        return None
    with app.database.reading() as session:
        person = people.known(session, visitor.person_id)
        if person is None:
            return None
        address = sealed_columns.read(session, person, _COLUMN)
    return Chosen(address or "", second_way.can_mail(app.database.listeners.alert_urls))


def choose(app: AppContext, visitor: Visitor, typed: str) -> bool:
    """Store the address and send a notice to it; empty ends the mails.

    False if it is no address, or the visitor is nobody of the roster.
    """
    address = typed.strip()
    if visitor.person_id is None or (address and not _ADDRESS.fullmatch(address)):
        return False
    with app.transaction() as unit:
        person = people.held(unit.session, visitor.person_id)
        if person is None:
            return False
        sealed_columns.write(unit.session, person, _COLUMN, address or None)
        if address:
            notice_words.try_way(unit.session, person.id, unit.now)
        action = "own e-mail chosen" if address else "own e-mail removed"
        audit.write(unit.session, visitor.user_id, Deed(action, f"person {person.id}"), unit.now)
    return True
