"""Calendar feeds: made, renewed, revoked, and read by anybody who knows the secret address."""

from __future__ import annotations

from console.auth import rate_limits
from console.base import permissions
from console.base.current_user import Visitor
from console.base.permissions import Power, Right
from console.shifts import ical
from console.shifts.ical import Entry
from console.shifts.queries import Rota
from ivr.core.context import AppContext
from models.core.database import Session
from models.people import people
from models.schedule import calendar_feeds
from models.schedule.calendar_feeds import CalendarFeed, Whose
from models.staff import audit, users
from models.staff.audit import Deed
from models.staff.users import Role

_MOST_KEPT = 200


def make(app: AppContext, visitor: Visitor, whose: Whose) -> str:
    """A new secret for a feed; the address before it is void from now on."""
    now = app.clock()
    with app.database.transaction() as session:
        secret = calendar_feeds.make(session, visitor.user_id, whose, now)
        entry = Deed("calendar made", f"user {visitor.user_id}", after={"whose": whose})
        audit.write(session, visitor.user_id, entry, now)
    return secret


def revoke(app: AppContext, visitor: Visitor, whose: Whose) -> None:
    """The address leads nowhere from now on."""
    now = app.clock()
    with app.database.transaction() as session:
        if calendar_feeds.revoke(session, visitor.user_id, whose):
            entry = Deed("calendar revoked", f"user {visitor.user_id}", before={"whose": whose})
            audit.write(session, visitor.user_id, entry, now)


def is_theirs(visitor: Visitor, whose: Whose) -> bool:
    """Whether somebody may have such a feed at all."""
    return _may_have(visitor.role, visitor.person_id, whose)


def read(app: AppContext, rota: Rota, secret: str, network: str) -> bytes | None:
    """The calendar at an address; None for one that never was as for one that was revoked.

    Raises `rate_limits.TooMany`.
    """
    now = app.clock()
    with app.database.reading() as session:
        mark = rate_limits.may_show(session, "calendar", network, now)
        feed = calendar_feeds.with_secret(session, secret)
        found = _drawn(session, app, rota, feed) if feed else None
    if found is None:
        with app.database.transaction() as session:
            rate_limits.opened_nothing(session, mark, now)
    return found


def _drawn(session: Session, app: AppContext, rota: Rota, feed: CalendarFeed) -> bytes | None:
    """What its owner may see at this moment: a role that was taken away takes the feed with it.

    Drawn once a minute at most, however often an app asks.
    """
    owner, whose = users.with_id(session, feed.user_id), Whose(feed.whose)
    if owner is None or owner.disabled:
        return None
    if not _may_have(Role(owner.role), owner.person_id, whose):
        return None
    person = people.with_id(session, owner.person_id) if owner.person_id else None
    if whose is Whose.OWN and not (person and person.active):
        return None
    version = (rota.duty(session), owner.language, app.clock().replace(second=0, microsecond=0))
    kept = session.info["kept"].setdefault("calendars", {})
    if feed.id not in kept or kept[feed.id][0] != version:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        entries = _entries(session, rota, whose, owner.person_id)
        language = owner.language or "en"
        drawn = ical.drawn(app, entries, language, whose, version[-1])
        kept[feed.id] = (version, drawn)
    found: bytes = kept[feed.id][1]
    return found


def _entries(session: Session, rota: Rota, whose: Whose, mine: str | None) -> list[Entry]:
    known = {person.id: person for person in people.active(session)}
    return [
        Entry(
            shift,
            people.name_of(session, known[shift.person]) if whose is Whose.LINE else None,
            tuple(known[shift.person].languages),
        )
        for shift in rota.shifts(session, rota.app.clock())
        if shift.person in known and (whose is Whose.LINE or shift.person == mine)
    ]


def _may_have(role: Role, person_id: str | None, whose: Whose) -> bool:
    right = permissions.right_to(role, Power.SCHEDULE)
    if whose is Whose.LINE:
        return right is Right.YES
    return right is not None and person_id is not None
