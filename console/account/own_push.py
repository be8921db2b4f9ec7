"""The browsers in which somebody also gets alerts and reminders, by Web Push."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from ivr.notices import notice_words, web_push
from models.core.database import Session
from models.core.listeners import push_recipient
from models.people import people, push_subscriptions
from models.people.push_subscriptions import Subscription
from models.staff import audit
from models.staff.audit import Deed


@dataclass(frozen=True)
class Browser:
    """A browser that is on."""

    id: str
    since: datetime


@dataclass(frozen=True)
class Chosen:
    """The browsers that are on, and the key for another; empty if the hotline has none."""

    browsers: tuple[Browser, ...]
    public_key: str


def of(app: AppContext, visitor: Visitor) -> Chosen | None:
    """The choice of this visitor; None for a user who is nobody of the roster."""
    if visitor.person_id is None:
        return None
    with app.database.reading() as session:
        rows = push_subscriptions.of(session, visitor.person_id)
        browsers = tuple(Browser(each.id, each.since) for each in rows)
    key = app.database.listeners.vapid_key
    return Chosen(browsers, web_push.public_key(key) if key else "")


def turn_on(app: AppContext, visitor: Visitor, typed: Mapping[str, str]) -> bool:
    """Remember the visitor's browser and send a first notice to it.

    False if it gave no usable address, or the visitor is nobody of the roster.
    """
    given = Subscription(*(typed.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    told = app.database.listeners
    if visitor.person_id is None or not told.vapid_key:
        return False
    if web_push.problem(given, here=told.pushes_here):
        return False
    with app.transaction() as unit:
        person = people.held(unit.session, visitor.person_id)
        if person is None or not person.active:
            return False
        push_subscriptions.add(unit.session, person.id, given, unit.now)
        notice_words.try_way(unit.session, push_recipient(given.id), unit.now)
        _enter(unit.session, visitor, "own browser turned on", unit.now)
    return True


def turn_off(app: AppContext, visitor: Visitor, key: str) -> None:
    """Send one of the visitor's browsers nothing more."""
    if visitor.person_id is None:
        return
    with app.transaction() as unit:
        if push_subscriptions.remove_of(unit.session, visitor.person_id, key):
            _enter(unit.session, visitor, "own browser turned off", unit.now)


def _enter(session: Session, visitor: Visitor, action: str, now: datetime) -> None:
    audit.write(session, visitor.user_id, Deed(action, f"person {visitor.person_id}"), now)
