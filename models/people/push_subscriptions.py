"""Push subscriptions: the browsers in which a person also gets alerts and reminders."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns, upserts
from models.core.base import Base
from models.core.listeners import listeners_of, push_recipient

MOST = 5
"""The most browsers of one person; a further one replaces the oldest."""
_COLUMN = "subscription_sealed"


@dataclass(frozen=True)
class Subscription:
    """What a browser gave us: where its notices go, and the keys that encrypt them."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    """Its public key, in URL-safe base64, as `auth`."""
    auth: str = field(repr=False)

    @property
    def id(self) -> str:
        """The key of its row; the address is random, so its hash tells nothing."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()[:32]


class PushSubscription(Base):
    """A browser in which a person wants alerts and reminders."""

    __tablename__ = "push_subscriptions"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    subscription_sealed: Mapped[bytes]
    since: Mapped[datetime]


def add(session: Session, person_id: str, given: Subscription, now: datetime) -> None:
    """Remember a browser for this person; before, it may have been somebody else's."""
    remove(session, given.id)
    for spare in of(session, person_id)[: 1 - MOST]:
        remove(session, spare.id)
    row = PushSubscription(id=given.id, person_id=person_id, since=now)
    sealed_columns.write(session, row, _COLUMN, json.dumps(asdict(given)))
    upserts.add_unless_known(
        session, PushSubscription, id=row.id, person_id=person_id,
        subscription_sealed=row.subscription_sealed, since=now,
    )  # fmt: skip


def of(session: Session, person_id: str) -> list[PushSubscription]:
    """The browsers of a person, oldest first."""
    query = sa.select(PushSubscription).where(PushSubscription.person_id == person_id)
    return list(session.scalars(query.order_by(PushSubscription.since, PushSubscription.id)))


def recipients(session: Session, person_ids: Collection[str]) -> dict[str, list[str]]:
    """The recipients of notices that are browsers of these people, by person."""
    found: dict[str, list[str]] = {each: [] for each in person_ids}
    if not found or not listeners_of(session).vapid_key:
        return found
    query = sa.select(PushSubscription.person_id, PushSubscription.id)
    for person_id, key in session.execute(query.where(PushSubscription.person_id.in_(found))):
        found[person_id].append(push_recipient(key))
    return found


def owners(session: Session) -> dict[str, str]:
    """Whose browser each recipient of notices is, by recipient."""
    rows = session.execute(sa.select(PushSubscription.id, PushSubscription.person_id))
    return {push_recipient(key): person_id for key, person_id in rows}


def look(session: Session, key: str) -> tuple[str, Subscription] | None:
    """Whose browser this is and what it gave; None if it was removed."""
    row = session.get(PushSubscription, key)
    if row is None:
        return None
    return row.person_id, Subscription(**json.loads(sealed_columns.text(session, row, _COLUMN)))


def remove(session: Session, key: str) -> None:
    """Send this browser nothing more."""
    session.execute(sa.delete(PushSubscription).where(PushSubscription.id == key))


def remove_of(session: Session, person_id: str, key: str | None = None) -> bool:
    """Send one browser of a person, or all of them, nothing more. Returns whether there was one."""
    theirs = sa.select(PushSubscription.id).where(PushSubscription.person_id == person_id)
    found = session.scalars(theirs if key is None else theirs.where(PushSubscription.id == key))
    removed = list(found)
    for each in removed:
        remove(session, each)
    return bool(removed)
