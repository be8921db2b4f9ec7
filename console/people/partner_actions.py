"""What staff do about the partners: add, change, retire, bring back."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from console.base.current_user import Visitor
from console.people.actions import NameTaken
from console.people.forms import PartnerFacts
from ivr.core.context import AppContext
from models.core.base import new_id
from models.core.database import Session
from models.people import people
from models.people.people import FROM_CONSOLE, FROM_ROSTER, Partner
from models.staff import audit
from models.staff.audit import Deed
from routing.readers import written_names


def known(app: AppContext, partner_id: str) -> Partner | None:
    """A partner, if there is one of this id."""
    with app.database.reading() as session:
        return people.partner_with_id(session, partner_id)


def save(app: AppContext, visitor: Visitor, partner_id: str | None, facts: PartnerFacts) -> None:
    """A new partner, or a change of one; raises NameTaken. The roster file's names stay."""
    now = app.clock()
    with app.database.transaction() as session:
        old = people.partner_with_id(session, partner_id) if partner_id else None
        if old and old.source == FROM_ROSTER:
            facts = replace(facts, name=old.name)
        if _is_taken(session, facts.name, old):
            raise NameTaken
        before = _told(PartnerFacts.of(old)) if old else None
        partner = old or _new(session)
        for field, value in asdict(facts).items():
            setattr(partner, field, list(value) if isinstance(value, tuple) else value)
        session.add(partner)
        session.flush()
        action = "partner changed" if old else "partner added"
        entry = Deed(action, f"partner {partner.id}", before, _told(facts))
        audit.write(session, visitor.user_id, entry, now)


def retire(app: AppContext, visitor: Visitor, partner_id: str) -> None:
    """Callers no longer hear of it."""
    _turn(app, visitor, partner_id, "partner retired", retired=True)


def bring_back(app: AppContext, visitor: Visitor, partner_id: str) -> None:
    """Callers hear of it again."""
    _turn(app, visitor, partner_id, "partner brought back", retired=False)


def is_taken(app: AppContext, name: str, old: Partner | None) -> bool:
    """Whether another partner has this name."""
    with app.database.reading() as session:
        return _is_taken(session, name, old)


def _told(facts: PartnerFacts) -> dict[str, Any]:
    """The facts as the audit log keeps them, which has no dates of its own."""
    days = {name: day.isoformat() for name, day in asdict(facts).items() if isinstance(day, date)}
    return asdict(facts) | days


def _turn(
    app: AppContext, visitor: Visitor, partner_id: str, action: str, *, retired: bool
) -> None:
    with app.database.transaction() as session:
        partner = people.partner_with_id(session, partner_id)
        if partner is None:
            raise LookupError(partner_id)
        before, partner.retired = partner.retired, retired
        entry = Deed(action, f"partner {partner.id}", {"retired": before}, {"retired": retired})
        audit.write(session, visitor.user_id, entry, app.clock())


def _new(session: Session) -> Partner:
    last = max((partner.position for partner in people.every_partner(session)), default=0)
    return Partner(id=new_id(), source=FROM_CONSOLE, retired=False, position=last + 1)


def _is_taken(session: Session, name: str, old: Partner | None) -> bool:
    plain = written_names.plain(name)
    return any(
        written_names.plain(partner.name) == plain and (old is None or partner.id != old.id)
        for partner in people.every_partner(session)
    )
