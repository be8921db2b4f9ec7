"""Partners and people, as routing needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, new_id, to_hold
from models.core.database import vault_of
from models.core.personal_data import purpose_of
from routing.person import Responder

MAX_WRONG_PINS = 5
PIN_LOCK = timedelta(minutes=15)
COORDINATOR_TIER = 3
DEAD_AFTER = 2
"""So many rings in a row that the carrier could not place make a number a dead one, and so many
weekly tests in a row to which nobody pressed the key."""
FROM_ROSTER, FROM_CONSOLE = "roster", "console"
"""Where somebody was first written down; an import retires only those whom a roster once named."""
DRILL_ROLE = "drill"
"""The role of the drill phone, which is nobody."""
_NAME, _PHONE = purpose_of("people", "name_sealed"), purpose_of("people", "phone_sealed")
_NO_PHONE, _GIVEN_AWAY = "new:", "gone:"


class Partner(Base):
    """An organisation of the coalition, and what it tells callers about itself."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    address: Mapped[str | None] = mapped_column(sa.String(200))
    url: Mapped[str | None] = mapped_column(sa.String(200))
    zips: Mapped[list[str]]
    services: Mapped[list[str]]
    languages: Mapped[list[str]]
    source: Mapped[str] = mapped_column(
        sa.String(8), default=FROM_ROSTER, server_default=FROM_ROSTER
    )
    retired: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Callers hear of it no more; it can be taken back."""


class Person(Base):
    """Someone who takes calls on their own phone, or coordinates those who do."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    name_sealed: Mapped[bytes]
    name_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)
    phone_sealed: Mapped[bytes]
    phone_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)
    partner_id: Mapped[str | None] = mapped_column(sa.ForeignKey("partners.id"))
    role: Mapped[str] = mapped_column(sa.String(20))
    languages: Mapped[list[str]]
    needs: Mapped[list[str]]
    tier: Mapped[int]
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))
    active: Mapped[bool] = mapped_column(default=True)
    wrong_pins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_rung_at: Mapped[datetime | None]
    resting_until: Mapped[datetime | None]
    no_texts: Mapped[bool] = mapped_column(default=False)
    """They replied STOP: the carrier refuses our texts."""
    cannot_text: Mapped[bool] = mapped_column(default=False)
    """Texts do not arrive at this phone: a landline, or out of reach again and again."""
    failed_rings: Mapped[int] = mapped_column(default=0)
    """How often in a row the carrier could not even ring this phone."""
    heard_at: Mapped[datetime | None]
    """When a key was last pressed on this phone in answer to a ring: it is theirs, and works."""
    test_due_at: Mapped[datetime | None]
    """When it is tested next, if no key is pressed on it before; None until that is reckoned."""
    missed_tests: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    """How many weekly tests in a row rang and were not answered by a key."""
    no_tests: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """They want no weekly test."""
    source: Mapped[str] = mapped_column(
        sa.String(8), default=FROM_ROSTER, server_default=FROM_ROSTER
    )
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    """None while paused: until somebody ends the pause."""

    def is_paused(self, now: datetime) -> bool:
        """Whether this phone is not rung for the time being, whatever the schedule says."""
        return self.paused_at is not None and (self.paused_until is None or now < self.paused_until)

    def resume(self) -> None:
        """Be rung again."""
        self.paused_at = self.paused_until = None

    @property
    def has_phone(self) -> bool:
        """Whether a number was proven or imported, and is still theirs."""
        return not self.phone_mark.startswith((_NO_PHONE, _GIVEN_AWAY))

    @property
    def is_dead_number(self) -> bool:
        """Whether the phone looks dead or changed: it is rung only when nobody else is left."""
        return max(self.failed_rings, self.missed_tests) >= DEAD_AFTER

    def press_a_key(self, now: datetime) -> None:
        """A key was pressed on this phone in answer to a ring of ours."""
        self.heard_at = now
        self.clear_number()

    def clear_number(self) -> None:
        """Nothing speaks against this number any more."""
        self.failed_rings = self.missed_tests = 0

    @property
    def takes_texts(self) -> bool:
        """Whether a text to this phone is worth sending."""
        return not (self.no_texts or self.cannot_text)


class OptOut(Base):
    """A phone that told us to send it no texts, whoever it belongs to."""

    __tablename__ = "opt_outs"

    number_mark: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    at: Mapped[datetime]


class Setting(Base):
    """A fact about the hotline that comes with its roster, such as its time zone."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(200))


def seal_person(session: Session, person: Person, *, name: str, phone: str) -> None:
    """Write a person's name and phone number, sealed and findable."""
    seal_name(session, person, name)
    seal_phone(session, person, phone)


def seal_name(session: Session, person: Person, name: str) -> None:
    """Write a person's name, sealed and findable."""
    vault = vault_of(session)
    person.name_sealed = vault.seal(name, _NAME)
    person.name_mark = vault.fingerprint(name, "name")


def seal_phone(session: Session, person: Person, phone: str) -> None:
    """Write the number that is rung from now on."""
    vault = vault_of(session)
    if person.phone_mark not in vault.fingerprints(phone, "number"):
        person.clear_number()  # another phone, another chance
        person.cannot_text, person.heard_at, person.test_due_at = False, None, None
    person.phone_sealed = vault.seal(phone, _PHONE)
    person.phone_mark = vault.fingerprint(phone, "number")


def leave_without_phone(session: Session, person: Person) -> None:
    """There is no number to ring yet; `person` has an id."""
    person.phone_sealed = vault_of(session).seal("", _PHONE)
    person.phone_mark = f"{_NO_PHONE}{person.id}"


def let_go_of_phone(session: Session, number: str, but: str | None) -> None:
    """Nobody else may hold this number: whoever did and is not `but` (an id) has none now."""
    marks = vault_of(session).fingerprints(number, "number")
    for holder in session.scalars(sa.select(Person).where(Person.phone_mark.in_(marks))):
        if holder.id != but:
            holder.phone_mark = f"{_GIVEN_AWAY}{holder.id}"
    session.flush()


def is_phone_of(session: Session, person: Person, number: str) -> bool:
    """Whether this is the number that is rung for this person."""
    return person.phone_mark in vault_of(session).fingerprints(number, "number")


def name_of(session: Session, person: Person) -> str:
    """The person's name, for coordinators."""
    return vault_of(session).open(person.name_sealed, _NAME)


def phone_of(session: Session, person: Person) -> str:
    """The person's phone number; only for dialling or texting it."""
    return vault_of(session).open(person.phone_sealed, _PHONE)


def with_id(session: Session, person_id: str) -> Person | None:
    """The person with this id."""
    return session.get(Person, person_id)


_WITH_PHONE = sa.select(Person).where(
    Person.phone_mark.in_(sa.bindparam("marks", expanding=True)), Person.active
)


def with_phone(session: Session, number: str) -> Person | None:
    """The active person whose registered phone this is."""
    marks = vault_of(session).fingerprints(number, "number")
    return session.scalar(_WITH_PHONE, {"marks": marks})


def opt_out(session: Session, number: str, now: datetime) -> str | None:
    """Send no more texts to this phone; its mark, or None when it had said so before."""
    if has_opted_out(session, number):
        return None
    mark = vault_of(session).fingerprint(number, "number")
    session.add(OptOut(number_mark=mark, at=now))
    session.flush()
    return mark


def opt_in(session: Session, number: str) -> str | None:
    """Texts to this phone are welcome again; its mark, or None when they always were."""
    was_out = has_opted_out(session, number)
    marks = vault_of(session).fingerprints(number, "number")
    session.execute(sa.delete(OptOut).where(OptOut.number_mark.in_(marks)))
    return marks[0] if was_out else None


def opt_out_again(session: Session, mark: str, at: datetime) -> bool:
    """Send no texts to the phone with this mark, which said so at that time; False if known."""
    known = session.get(OptOut, mark) is not None
    session.merge(OptOut(number_mark=mark, at=at))
    return not known


def opt_in_again(session: Session, mark: str) -> bool:
    """Texts to the phone with this mark are welcome; False if they were."""
    held = session.get(OptOut, mark)
    if held:
        session.delete(held)
    return held is not None


def has_opted_out(session: Session, number: str) -> bool:
    """Whether this phone told us to send it no texts."""
    marks = vault_of(session).fingerprints(number, "number")
    said = sa.select(OptOut.number_mark).where(OptOut.number_mark.in_(marks))
    return session.scalar(said) is not None


def with_name(session: Session, name: str) -> Person | None:
    """The person with this name, active or not."""
    marks = vault_of(session).fingerprints(name, "name")
    return session.scalar(sa.select(Person).where(Person.name_mark.in_(marks)))


_ACTIVE = sa.select(Person).where(Person.active).order_by(Person.id)


def active(session: Session) -> list[Person]:
    """Everybody who may be rung at all."""
    return list(session.scalars(_ACTIVE))


def due_for_test(session: Session, now: datetime, limit: int) -> list[Person]:
    """Whose phone is to be tested by now, or was never reckoned with; the longest due first."""
    is_due = sa.or_(Person.test_due_at.is_(None), Person.test_due_at <= now)
    query = sa.select(Person).where(Person.active, Person.role != DRILL_ROLE, is_due)
    order = (Person.test_due_at.is_not(None), Person.test_due_at, Person.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def rung(session: Session, now: datetime) -> list[Person]:
    """Everybody who may be rung at this instant, if the schedule has them on duty."""
    return [person for person in active(session) if not person.is_paused(now)]


def everybody(session: Session) -> list[Person]:
    """Everybody who is or was on the roster, or waits for their number to be proven."""
    known = sa.select(Person).where(Person.role != DRILL_ROLE)
    return list(session.scalars(known.order_by(Person.id)))


def known(session: Session, person_id: str) -> Person | None:
    """The person with this id; the drill phone is nobody."""
    found = with_id(session, person_id)
    return found if found and found.role != DRILL_ROLE else None


def held(session: Session, person_id: str) -> Person | None:
    """The person with this id, held until the transaction ends; the drill phone is nobody."""
    query = sa.select(Person).where(Person.id == person_id, Person.role != DRILL_ROLE)
    return session.scalar(to_hold(query, key_share=True))


_UNHELD = to_hold(
    sa.select(Person.id)
    .where(Person.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(Person.id),
    key_share=True,
    skip_locked=True,
)


def hold_unheld(session: Session, ids: Collection[str]) -> set[str]:
    """Hold these people until the transaction ends; without those whom another one holds now."""
    return set(session.scalars(_UNHELD, {"ids": list(ids)}))


def as_responders(people: Iterable[Person]) -> list[Responder]:
    """The same people as routing sees them."""
    return [
        Responder(
            id=person.id,
            languages=tuple(person.languages),
            needs=frozenset(person.needs),
            tier=person.tier,
            last_rung_at=person.last_rung_at,
        )
        for person in people
    ]


def coordinators(session: Session) -> list[Person]:
    """Those who are told when something needs a person's decision."""
    query = sa.select(Person).where(Person.active, Person.tier == COORDINATOR_TIER)
    return list(session.scalars(query.order_by(Person.id)))


def zone(session: Session, default_timezone: str) -> ZoneInfo:
    """The clock of the hotline."""
    return ZoneInfo(setting(session, "timezone") or default_timezone)


def partners(session: Session) -> list[Partner]:
    """The partners that callers hear of, in the order of the roster."""
    return [partner for partner in every_partner(session) if not partner.retired]


def every_partner(session: Session) -> list[Partner]:
    """The partners in the order of the roster, with those that are retired."""
    return list(session.scalars(sa.select(Partner).order_by(Partner.position, Partner.name)))


def partner_with_id(session: Session, partner_id: str) -> Partner | None:
    """The partner with this id, held until the transaction ends."""
    return session.scalar(to_hold(sa.select(Partner).where(Partner.id == partner_id)))


_SETTING = sa.select(Setting.value).where(Setting.name == sa.bindparam("name"))


def setting(session: Session, name: str) -> str | None:
    """A fact that came with the roster."""
    return session.scalar(_SETTING, {"name": name})


def remember_setting(session: Session, name: str, value: str) -> None:
    """Write or replace a fact that comes with the roster."""
    session.merge(Setting(name=name, value=value))
