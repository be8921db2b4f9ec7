"""Partners and people, with what routing needs to know about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, column_property, mapped_column

from models.core import sealed_columns
from models.core.base import Base, Word, new_id, to_hold
from models.core.database import vault_of
from routing.dispatch.office_hours import Visits
from routing.person import (
    COORDINATOR,
    SISTER_LINE_ROLE,
    Pursued,
    Responder,
    some_languages,
    usually_pursued,
)
from routing.readers import written_names

MAX_WRONG_PINS = 5
PIN_LOCK = timedelta(minutes=15)
COORDINATOR_TIER = COORDINATOR
DEAD_AFTER = 2
"""A number is dead after this many rings in a row that the carrier could not place, or this
many weekly tests in a row without a pressed key.
"""
FROM_ROSTER, FROM_CONSOLE = "roster", "console"
"""Where a person was added; an import retires only people from a roster."""
DRILL_ROLE = "drill"
"""The role of the drill phone, which is not a real person."""
VENDOR_ROLE = "vendor"
"""The role of a line of the interpreter vendor, which is not a real person."""
CALLED_ROLE = "called back"
"""The role of a caller's phone while a callback rings it, which is nobody on the roster."""
NOT_PEOPLE = (DRILL_ROLE, SISTER_LINE_ROLE, VENDOR_ROLE, CALLED_ROLE)
"""The roles of phones that are rung although they are on no roster."""
_SISTER_LINE = "the sister line"
_NO_PHONE, _GIVEN_AWAY, _LEFT = "new:", "gone:", "left:"
_FORMER = "Former volunteer"


class Partner(Base):
    """An organisation of the coalition, and what callers hear about it."""

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
    needs: Mapped[list[str]] = mapped_column(default=list, server_default=sa.text("'[]'"))
    """What its people take who have no needs of their own; empty: every need."""
    hours: Mapped[str | None] = mapped_column(sa.String(200))
    """Opening hours as written, which `routing.dispatch.office_hours` reads."""
    visits: Mapped[Visits | None] = mapped_column(Word(Visits, 12))
    closed_until: Mapped[date | None] = mapped_column(sa.Date())
    """It takes no new cases before this day."""
    checked_on: Mapped[date | None] = mapped_column(sa.Date())
    """The day on which somebody last compared all of this with the office."""
    source: Mapped[str] = mapped_column(
        sa.String(8), default=FROM_ROSTER, server_default=FROM_ROSTER
    )
    retired: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Callers no longer hear about it; this can be undone."""


class Person(Base):
    """A person who takes calls on their own phone, or coordinates those who do."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    name_sealed: Mapped[bytes]
    name_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)
    phone_sealed: Mapped[bytes]
    phone_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)
    partner_id: Mapped[str | None] = mapped_column(sa.ForeignKey("partners.id"))
    role: Mapped[str] = mapped_column(sa.String(20))
    languages: Mapped[list[str]]
    """Codes of the languages in which they take calls, the one they like best first."""
    language_levels: Mapped[dict[str, Any] | None]
    """The levels that were given, by code; languages of level "some" stand here only."""
    needs: Mapped[list[str]]
    """Their own; if there are none, those of their partner count."""
    partner_needs: Mapped[list[str] | None] = column_property(
        sa.select(Partner.needs).where(Partner.id == partner_id).scalar_subquery()
    )
    """Read with the person, so that routing asks nothing more; None without a partner."""
    tier: Mapped[int]
    pursued: Mapped[Pursued | None] = mapped_column(Word(Pursued, 12))
    """For which open items they are rung off duty; None: what is usual for their tier."""
    hotline_language: Mapped[str | None] = mapped_column(sa.String(8))
    """In which they hear and read the hotline; None: it follows from the languages they speak."""
    alert_mail_sealed: Mapped[bytes | None]
    """Where they also get alerts and reminders by e-mail; None: by text and call only."""
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))
    """The PIN of a line whose days have no keys yet; `pin_of` reads whichever there is."""
    pin_sealed: Mapped[bytes | None]
    active: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[datetime | None]
    """When they left, or a purge first saw that they had; None once name and phone are gone."""
    wrong_pins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_rung_at: Mapped[datetime | None]
    resting_until: Mapped[datetime | None]
    no_texts: Mapped[bool] = mapped_column(default=False)
    """They replied STOP, so the carrier refuses our texts."""
    cannot_text: Mapped[bool] = mapped_column(default=False)
    """Texts do not arrive: the phone is a landline, does not exist, or is blocked."""
    text_code: Mapped[str | None] = mapped_column(sa.String(10))
    """The carrier's error code that marked the phone; None while texts arrive."""
    texts_again_at: Mapped[datetime | None]
    """When the mark wears off; None: a delivery, a START or a person must take it away."""
    failed_rings: Mapped[int] = mapped_column(default=0)
    """How many times in a row the carrier could not ring this phone."""
    heard_at: Mapped[datetime | None]
    """When a key was last pressed in a ring to this phone: it works and is theirs."""
    test_due_at: Mapped[datetime | None]
    """The next weekly test, unless a key is pressed earlier; None until it is computed."""
    missed_tests: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    """How many weekly tests in a row rang without a pressed key."""
    no_tests: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """They have opted out of weekly tests."""
    source: Mapped[str] = mapped_column(
        sa.String(8), default=FROM_ROSTER, server_default=FROM_ROSTER
    )
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    """None while paused: the pause lasts until a person ends it."""

    def is_paused(self, now: datetime) -> bool:
        """Whether this phone is not rung now, whatever the schedule says."""
        return self.paused_at is not None and (self.paused_until is None or now < self.paused_until)

    def resume(self) -> None:
        """End the pause."""
        self.paused_at = self.paused_until = None

    @property
    def has_phone(self) -> bool:
        """Whether a number was verified or imported and still belongs to them."""
        return not self.phone_mark.startswith((_NO_PHONE, _GIVEN_AWAY, _LEFT))

    @property
    def has_pin(self) -> bool:
        """Whether they have a PIN for the duty line."""
        return self.pin_sealed is not None or self.pin_hash is not None

    @property
    def is_dead_number(self) -> bool:
        """Whether the phone looks dead or changed; it is rung only if nobody else is left."""
        return max(self.failed_rings, self.missed_tests) >= DEAD_AFTER

    def press_a_key(self, now: datetime) -> None:
        """Record a pressed key on this phone."""
        self.heard_at = now
        self.clear_number()

    def clear_number(self) -> None:
        """Reset the counters that mark a number as dead."""
        self.failed_rings = self.missed_tests = 0

    def texts_do_not_arrive(self, code: str, again_at: datetime | None) -> None:
        """Mark this phone: texts fail with this code, until `again_at` or until it is proven."""
        self.cannot_text, self.text_code, self.texts_again_at = True, code[:10], again_at

    def texts_arrive(self) -> None:
        """Take the mark away: a delivery, an opt-in, a new number or a person proved it wrong."""
        self.cannot_text, self.text_code, self.texts_again_at = False, None, None

    @property
    def takes_texts(self) -> bool:
        """Whether texts to this phone can arrive."""
        return not (self.no_texts or self.cannot_text)


class OptOut(Base):
    """A phone that opted out of texts, independent of its owner."""

    __tablename__ = "opt_outs"

    number_mark: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    at: Mapped[datetime]


class Setting(Base):
    """A setting that comes with the roster, such as the time zone."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(200))


def seal_person(session: Session, person: Person, *, name: str, phone: str) -> None:
    """Seal a person's name and phone number, and store their hashes."""
    seal_name(session, person, name)
    seal_phone(session, person, phone)


def seal_name(session: Session, person: Person, name: str) -> None:
    """Seal a person's name and store its hash."""
    person.id = person.id or new_id()
    sealed_columns.write(session, person, "name_sealed", name)
    person.name_mark = vault_of(session).fingerprint(written_names.plain(name), "name")


def seal_phone(session: Session, person: Person, phone: str) -> None:
    """Seal the number to ring from now on and store its hash."""
    vault = vault_of(session)
    person.id = person.id or new_id()
    if person.phone_mark not in vault.standing_marks(phone, "number"):
        person.clear_number()  # failures of the old phone do not count for a new one
        person.texts_arrive()
        person.heard_at = person.test_due_at = None
    sealed_columns.write(session, person, "phone_sealed", phone)
    person.phone_mark = vault.standing_mark(phone, "number")


def pin_of(session: Session, person: Person) -> str | None:
    """The slow hash of a person's PIN; None if they have none."""
    return sealed_columns.read(session, person, "pin_sealed") or person.pin_hash


def set_pin(session: Session, person: Person, pin_hash: str | None) -> None:
    """Store the slow hash of a PIN, sealed: six digits are soon found from a hash alone."""
    person.id = person.id or new_id()
    is_sealed = pin_hash is not None and vault_of(session).ring.is_on
    sealed_columns.write(session, person, "pin_sealed", pin_hash if is_sealed else None)
    person.pin_hash = None if is_sealed else pin_hash


def leave_without_phone(session: Session, person: Person) -> None:
    """Store that there is no number yet; `person` must have an id."""
    sealed_columns.write(session, person, "phone_sealed", "")
    person.phone_mark = f"{_NO_PHONE}{person.id}"


def forget_who_left(session: Session, now: datetime, kept: timedelta) -> int:
    """Erase name, phone and PIN of those who left so long ago; returns of how many.

    What they did stays, under a name that says nothing.
    """
    gone = sa.select(Person).where(Person.active.is_(False), Person.role.not_in(NOT_PEOPLE))
    named = gone.where(Person.phone_mark != sa.literal(_LEFT).concat(Person.id))
    erased = 0
    for person in session.scalars(named):
        person.left_at = person.left_at or now
        if person.left_at + kept <= now:
            seal_name(session, person, f"{_FORMER} {person.id[:8]}")
            leave_without_phone(session, person)
            person.phone_mark = f"{_LEFT}{person.id}"
            set_pin(session, person, None)
            person.alert_mail_sealed, person.left_at = None, None
            erased += 1
    return erased


def let_go_of_phone(session: Session, number: str, but: str | None) -> None:
    """Take this number away from everyone except `but` (an id)."""
    marks = vault_of(session).standing_marks(number, "number")
    for holder in session.scalars(sa.select(Person).where(Person.phone_mark.in_(marks))):
        if holder.id != but:
            holder.phone_mark = f"{_GIVEN_AWAY}{holder.id}"
    session.flush()


def is_phone_of(session: Session, person: Person, number: str) -> bool:
    """Whether this is the number that is rung for this person."""
    return person.phone_mark in vault_of(session).standing_marks(number, "number")


def names(session: Session) -> dict[str, str]:
    """The name of everybody, by id."""
    return {person.id: name_of(session, person) for person in everybody(session)}


def name_of(session: Session, person: Person) -> str:
    """The person's name. Show it only to coordinators."""
    return sealed_columns.text(session, person, "name_sealed")


def phone_of(session: Session, person: Person) -> str:
    """The person's phone number. Use it only for dialling or texting."""
    return sealed_columns.text(session, person, "phone_sealed")


def with_id(session: Session, person_id: str) -> Person | None:
    """The person with this id."""
    return session.get(Person, person_id)


_WITH_PHONE = sa.select(Person).where(
    Person.phone_mark.in_(sa.bindparam("marks", expanding=True)), Person.active
)


def with_phone(session: Session, number: str) -> Person | None:
    """The active person with this registered phone, or None."""
    marks = vault_of(session).standing_marks(number, "number")
    return session.scalar(_WITH_PHONE, {"marks": marks})


def opt_out(session: Session, number: str, now: datetime) -> str | None:
    """Opt this phone out of texts; its mark, or None if it was already out."""
    if has_opted_out(session, number):
        return None
    mark = vault_of(session).standing_mark(number, "number")
    session.add(OptOut(number_mark=mark, at=now))
    session.flush()
    return mark


def opt_in(session: Session, number: str) -> str | None:
    """Opt this phone in again; its mark, or None if it was not out."""
    was_out = has_opted_out(session, number)
    marks = vault_of(session).standing_marks(number, "number")
    session.execute(sa.delete(OptOut).where(OptOut.number_mark.in_(marks)))
    return marks[0] if was_out else None


def opt_out_again(session: Session, mark: str, at: datetime) -> bool:
    """Restore an opt-out by mark and time; False if it was already stored."""
    known = session.get(OptOut, mark) is not None
    session.merge(OptOut(number_mark=mark, at=at))
    return not known


def opt_in_again(session: Session, mark: str) -> bool:
    """Restore an opt-in by mark; False if the phone was not out."""
    held = session.get(OptOut, mark)
    if held:
        session.delete(held)
    return held is not None


def has_opted_out(session: Session, number: str) -> bool:
    """Whether this phone has opted out of texts."""
    marks = vault_of(session).standing_marks(number, "number")
    said = sa.select(OptOut.number_mark).where(OptOut.number_mark.in_(marks))
    return session.scalar(said) is not None


_WITH_NAME = sa.select(Person).where(Person.name_mark.in_(sa.bindparam("marks", expanding=True)))


def with_name(session: Session, name: str) -> Person | None:
    """The person with this name, active or not; names that look the same are the same."""
    plain = written_names.plain(name)
    marks = vault_of(session).fingerprints(plain, "name")
    found = session.scalar(_WITH_NAME, {"marks": marks})
    return found or by_name(session).get(plain)  # older rows are marked by the name as it was typed


def by_name(session: Session) -> dict[str, Person]:
    """Everybody by the plain form of their name; who is active before who has left."""
    left_first = sorted(everybody(session), key=lambda person: person.active)
    return {written_names.plain(name_of(session, person)): person for person in left_first}


def drill_phone(session: Session) -> Person | None:
    """The drill phone as a person who can be rung."""
    return session.scalar(sa.select(Person).where(Person.role == DRILL_ROLE).limit(1))


_ACTIVE = sa.select(Person).where(Person.active).order_by(Person.id)


def active(session: Session) -> list[Person]:
    """Everyone who may be rung at all."""
    return list(session.scalars(_ACTIVE))


def due_for_test(session: Session, now: datetime, limit: int) -> list[Person]:
    """People whose test is due or not yet scheduled; unscheduled first, then longest due."""
    is_due = sa.or_(Person.test_due_at.is_(None), Person.test_due_at <= now)
    query = sa.select(Person).where(Person.active, Person.role.not_in(NOT_PEOPLE), is_due)
    order = (Person.test_due_at.is_not(None), Person.test_due_at, Person.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def rung(session: Session, now: datetime) -> list[Person]:
    """Everyone who may be rung now if they are on duty, which excludes paused people."""
    return [person for person in active(session) if not person.is_paused(now)]


def everybody(session: Session) -> list[Person]:
    """Everyone who is or was on the roster or waits for verification."""
    known = sa.select(Person).where(Person.role.not_in(NOT_PEOPLE))
    return list(session.scalars(known.order_by(Person.id)))


def known(session: Session, person_id: str) -> Person | None:
    """The person with this id; None for phones of nobody on the roster."""
    found = with_id(session, person_id)
    return found if found and found.role not in NOT_PEOPLE else None


def held(session: Session, person_id: str) -> Person | None:
    """The person with this id, held until the transaction ends; None for other phones."""
    query = sa.select(Person).where(Person.id == person_id, Person.role.not_in(NOT_PEOPLE))
    return session.scalar(to_hold(query, key_share=True))


_UNHELD = to_hold(
    sa.select(Person.id)
    .where(Person.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(Person.id),
    key_share=True,
    skip_locked=True,
)


def hold_unheld(session: Session, ids: Collection[str]) -> set[str]:
    """Lock those of these people that no other transaction holds, and return their ids."""
    return set(session.scalars(_UNHELD, {"ids": list(ids)})) if ids else set()


def as_responders(people: Iterable[Person]) -> list[Responder]:
    """These people in the form that routing uses."""
    return [
        Responder(
            id=person.id,
            languages=tuple(person.languages),
            some=some_languages(person.language_levels),
            needs=frozenset(person.needs or person.partner_needs or ()),
            by_partner=not person.needs and bool(person.partner_needs),
            tier=person.tier,
            last_rung_at=person.last_rung_at,
            role=person.role,
            pursued=person.pursued or usually_pursued(person.tier),
        )
        for person in people
    ]


def languages_spoken(session: Session) -> Counter[str]:
    """How many active people of the roster take calls in, or interpret, each language."""
    known = sa.select(Person.languages).where(Person.active, Person.role.not_in(NOT_PEOPLE))
    return Counter(code for spoken in session.scalars(known) for code in spoken)


def with_role(session: Session, role: str) -> set[str]:
    """The ids of everybody, or of every other phone, with this role."""
    return set(session.scalars(sa.select(Person.id).where(Person.role == role)))


def sister_line(session: Session, number: str) -> Person | None:
    """The line at RESCUE_NUMBER as a phone that can be rung; None without a number.

    It is stored as a person who is on no roster, so that its rings are attempts like any other.
    """
    if not number:
        return None
    line = with_name(session, _SISTER_LINE)
    if line is not None and is_phone_of(session, line, number):
        return line
    if with_phone(session, number) is not None:
        return None  # a person of the roster has this number, and is rung as that person
    if line is None:
        line = Person(
            id=new_id(), role=SISTER_LINE_ROLE, languages=["en"], needs=[], tier=COORDINATOR,
            active=False, no_texts=True, no_tests=True,
        )  # fmt: skip
    let_go_of_phone(session, number, but=line.id)
    seal_person(session, line, name=_SISTER_LINE, phone=number)
    try:
        with session.begin_nested():
            session.add(line)
    except sa.exc.IntegrityError:  # another worker stored it first
        return with_name(session, _SISTER_LINE)
    return line


def marks_worn_off(session: Session, now: datetime) -> list[Person]:
    """The people whose phones may be texted again, because their mark has worn off."""
    return list(session.scalars(sa.select(Person).where(Person.texts_again_at <= now)))


def coordinators(session: Session) -> list[Person]:
    """The active coordinators, who are notified when a person must decide."""
    query = sa.select(Person).where(Person.active, Person.tier == COORDINATOR_TIER)
    return list(session.scalars(query.order_by(Person.id)))


def zone(session: Session, default_timezone: str) -> ZoneInfo:
    """The time zone of the hotline."""
    return ZoneInfo(setting(session, "timezone") or default_timezone)


def partners(session: Session) -> list[Partner]:
    """The partners that callers hear about, in roster order."""
    return [partner for partner in every_partner(session) if not partner.retired]


def every_partner(session: Session) -> list[Partner]:
    """All partners in roster order, including retired ones."""
    return list(session.scalars(sa.select(Partner).order_by(Partner.position, Partner.name)))


def partner_with_id(session: Session, partner_id: str) -> Partner | None:
    """The partner with this id, held until the transaction ends."""
    return session.scalar(to_hold(sa.select(Partner).where(Partner.id == partner_id)))


_SETTING = sa.select(Setting.value).where(Setting.name == sa.bindparam("name"))


def setting(session: Session, name: str) -> str | None:
    """A setting from the roster, or None."""
    return session.scalar(_SETTING, {"name": name})


def setting_as_column(name: str) -> sa.ScalarSelect[str]:
    """SQL: the value of a setting from the roster, as a column of another statement."""
    return sa.select(Setting.value).where(Setting.name == name).scalar_subquery()


def remember_setting(session: Session, name: str, value: str) -> None:
    """Store or replace a setting from the roster."""
    session.merge(Setting(name=name, value=value))
