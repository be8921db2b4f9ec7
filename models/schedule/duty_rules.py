"""The rules of duty as rows: who is on duty when, and which rules have ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, When
from models.people import people
from routing.duty.duty import Duty, Rotation, Rule, Weekly, on_duty, rule_as_data, rule_from

Rows = sa.Select[*tuple[Any, ...]]

AROUND = timedelta(days=1)
SPANS = tuple(2**power for power in range(14))
"""Hours; the longest is most of a year."""


class DutyRule(Base):
    """One rule of duty, with people by id; its body never changes."""

    __tablename__ = "duty_rules"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    body: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(sa.String(12))
    """The origin: "roster", "phone", "console", "import csv" or "import ical"."""
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a rule made by phone ends for good."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    counts_from: Mapped[datetime | None]
    counts_until: Mapped[datetime | None]
    """`since` and `until` of a regular rule; start and end of another, as in its body.

    Those of a regular rule are not in the body: older code cannot read a body with them and would
    stop ringing anyone.
    """
    span: Mapped[int] = mapped_column(default=0, server_default="0")
    """The least of `SPANS` that this rule is not longer than, in hours; 0 for one that is longer,
    or that has no start or no end."""
    place: Mapped[int | None]
    """The position among rules of the same source; None means by id."""
    ended_by: Mapped[int | None]
    """The schedule change that ended this rule; kept for undo."""

    __table_args__ = (sa.Index("ix_duty_rules_reach", "ended_by", "span", "counts_from"),)


class ScheduleChange(Base):
    """One schedule change in the console: the request and the resulting rules."""

    __tablename__ = "schedule_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counted without gaps, so the database accepts only one of two concurrent changes."""
    at: Mapped[datetime]
    user_id: Mapped[str] = mapped_column(sa.String(32))
    wish: Mapped[dict[str, Any]]
    begins_at: Mapped[datetime]
    rules: Mapped[dict[str, Any]]
    """Ids of the rules that it "ended", "added" and "restored"."""
    undoes: Mapped[int | None]
    undone_by: Mapped[int | None]


def duty(session: Session, default_timezone: str) -> Duty:
    """The rules of duty in order, with people by id; cached until they change."""
    version = _version(session, default_timezone)
    return _kept(session, _ALL, version, _IN_FORCE, {})


def around(session: Session, default_timezone: str, now: datetime) -> Duty:
    """The rules that count from a day before this instant until a day after it, or a little more.

    However many were stored for other times, this reads the others only.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    version = *_version(session, default_timezone), hour
    return _kept(session, _AROUND, version, _REACHING, reach(hour - AROUND, hour + 2 * AROUND))


def look_again(session: Session) -> None:
    """Keep nothing of what was read: it may be of a preview that is rolled back."""
    for name in _KEPT:
        session.info["kept"].pop(name, None)


def reach(since: datetime, until: datetime) -> dict[str, datetime]:
    """The parameters of a statement about the rules that count within a period."""
    began = {f"after_{span}": since - timedelta(hours=span) for span in SPANS}
    return {"since": since, "until": until, **began}


def on_duty_at(session: Session, default_timezone: str, now: datetime) -> frozenset[str]:
    """Who is on duty, computed once a second: a busy line asks for it at every ring."""
    rules = around(session, default_timezone, now)
    second = now.replace(microsecond=0)
    kept = session.info["kept"]
    held = kept.get("on duty")
    if held is None or held[0] is not rules or held[1] != second:
        held = kept["on duty"] = (rules, second, on_duty(rules, now))
    found: frozenset[str] = held[2]
    return found


_KEPT = _ALL, _AROUND = "duty", "duty around"
_REMOVED = "duty rules removed"
_VERSION = sa.select(
    people.setting_as_column("timezone"),
    people.setting_as_column(_REMOVED),
    sa.select(sa.func.max(DutyRule.id)).scalar_subquery(),
    sa.select(sa.func.max(DutyRule.created_at)).scalar_subquery(),
    sa.select(sa.func.max(ScheduleChange.id)).scalar_subquery(),
)
"""The time zone, and values that differ after any rule is added, removed or ended; each is the end
of an index."""


def _version(session: Session, default_timezone: str) -> tuple[Any, ...]:
    written_timezone, *rest = session.execute(_VERSION).one()
    return (written_timezone or default_timezone, *rest)


def _kept(
    session: Session,
    name: str,
    version: tuple[Any, ...],
    rows: Rows,
    given: dict[str, datetime],
) -> Duty:
    """What was read for this version; after a change only the bodies that are new are read."""
    kept = session.info["kept"]
    held_version, known, duty = kept.get(name, (None, {}, None))
    if held_version != version:
        listed = [(row.id, row.created_at) for row in session.execute(rows, given)]
        new = [number for number, made in listed if (number, made) not in known]
        read = {**known, **_rules(session, new)}
        ordered = {row: read[row] for row in listed if row in read}
        duty = Duty(version[0], tuple(ordered.values()))
        kept[name] = version, ordered, duty
    found: Duty = duty
    return found


def _rules(session: Session, numbers: list[int]) -> dict[tuple[int, datetime], Rule]:
    """The rules with these numbers, by number and creation: SQLite gives a number again."""
    found = {}
    for at in range(0, len(numbers), _AT_ONCE):
        some = {"numbers": numbers[at : at + _AT_ONCE]}
        for row in session.execute(_BODIES, some):
            found[row.id, row.created_at] = _read(row.body, row.counts_from, row.counts_until)
    return found


_BODIES = sa.select(
    DutyRule.id, DutyRule.created_at, DutyRule.body, DutyRule.counts_from, DutyRule.counts_until
).where(DutyRule.id.in_(sa.bindparam("numbers", expanding=True)))
_AT_ONCE = 500


def _in_order(rows: Rows) -> Rows:
    """The roster first, then later decisions."""
    is_exception = sa.case((DutyRule.source == people.FROM_ROSTER, 0), else_=1)
    place = sa.func.coalesce(DutyRule.place, DutyRule.id)
    return rows.order_by(is_exception, place, DutyRule.id)


def _reaches(span: int) -> sa.ColumnElement[bool]:
    """Whether a rule of this span counts within a period: one range of the index each.

    A rule that is not longer than its span and counts in the period began at most that long before.
    """
    since: When = sa.bindparam("since")
    until: When = sa.bindparam("until")
    begins = DutyRule.counts_from < until
    ends = DutyRule.counts_until > since
    if span:
        begins = sa.and_(begins, DutyRule.counts_from > sa.bindparam(f"after_{span}"))
    else:
        begins = sa.or_(DutyRule.counts_from.is_(None), begins)
        ends = sa.or_(DutyRule.counts_until.is_(None), ends)
    return sa.and_(DutyRule.ended_by.is_(None), DutyRule.span == span, begins, ends)


_LISTED = sa.select(DutyRule.id, DutyRule.created_at)
_IN_FORCE = _in_order(_LISTED.where(DutyRule.ended_by.is_(None)))
_REACHING = _in_order(_LISTED.where(sa.or_(*(_reaches(span) for span in (0, *SPANS)))))


def in_force(session: Session) -> list[DutyRule]:
    """The rules in force, in order: the roster first, then later decisions."""
    return list(session.scalars(_in_order(sa.select(DutyRule).where(DutyRule.ended_by.is_(None)))))


def add(
    session: Session, rule: Rule, source: str, now: datetime, *,
    ends_at: datetime | None = None, place: int | None = None,
) -> DutyRule:  # fmt: skip
    """Append a rule or insert it at a place; the latest override wins."""
    since, until = _reach_of(rule)
    row = DutyRule(
        body=rule_as_data(_always(rule)), source=source, created_at=now, ends_at=ends_at,
        place=place, counts_from=since, counts_until=until, span=_span(since, until),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def remove(session: Session, rows: Iterable[DutyRule]) -> None:
    """Delete rules, and let every process know that they are gone."""
    for row in rows:
        session.delete(row)
    session.flush()
    times = int(people.setting(session, _REMOVED) or 0)
    people.remember_setting(session, _REMOVED, str(times + 1))


def rule_of(row: DutyRule) -> Rule:
    """The rule of a row, with people by id."""
    return _read(row.body, row.counts_from, row.counts_until)


def _read(body: dict[str, Any], since: datetime | None, until: datetime | None) -> Rule:
    rule = rule_from(body)
    if isinstance(rule, Weekly | Rotation):
        return replace(rule, since=since, until=until)
    return rule


def _reach_of(rule: Rule) -> tuple[datetime | None, datetime | None]:
    if isinstance(rule, Weekly | Rotation):
        return rule.since, rule.until
    return rule.start, rule.end


def _span(since: datetime | None, until: datetime | None) -> int:
    if since is None or until is None:
        return 0
    return next((span for span in SPANS if until - since <= timedelta(hours=span)), 0)


def _always(rule: Rule) -> Rule:
    return replace(rule, since=None, until=None) if isinstance(rule, Weekly | Rotation) else rule


def from_source(session: Session, source: str) -> list[DutyRule]:
    """The rules of one source in order, including ended ones."""
    query = sa.select(DutyRule).where(DutyRule.source == source)
    place = sa.func.coalesce(DutyRule.place, DutyRule.id)
    return list(session.scalars(query.order_by(place, DutyRule.id)))


def forget_past(session: Session, now: datetime) -> None:
    """Delete rules made by phone that ended more than a day ago."""
    over = DutyRule.ends_at < now - timedelta(days=1)
    session.execute(sa.delete(DutyRule).where(DutyRule.source == "phone", over))
