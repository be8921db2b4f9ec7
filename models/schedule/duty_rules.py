"""The rules of duty as rows: who is on duty when, and which rules have ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base
from models.people import people
from routing.duty.duty import Duty, Rotation, Rule, Weekly, on_duty, rule_as_data, rule_from


class DutyRule(Base):
    """One rule of duty, with people by id; its body never changes."""

    __tablename__ = "duty_rules"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    body: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(sa.String(12))
    """The origin: "roster", "phone", "console", "import csv" or "import ical"."""
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a rule made by phone ends for good."""
    created_at: Mapped[datetime]
    counts_from: Mapped[datetime | None]
    counts_until: Mapped[datetime | None]
    """`since` and `until` of a regular rule.

    Not in the body: older code cannot read a body with them and would stop ringing anyone.
    """
    place: Mapped[int | None]
    """The position among rules of the same source; None means by id."""
    ended_by: Mapped[int | None]
    """The schedule change that ended this rule; kept for undo."""


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
    written_timezone, *rest = session.execute(_VERSION).one()
    timezone = written_timezone or default_timezone
    version = (timezone, *rest)
    kept = session.info["kept"]
    if kept.get("duty", (None,))[0] != version:
        rules = tuple(rule_of(row) for row in in_force(session))
        kept["duty"] = version, Duty(timezone, rules)
    found: Duty = kept["duty"][1]
    return found


def on_duty_at(session: Session, default_timezone: str, now: datetime) -> frozenset[str]:
    """Who is on duty, computed once a second: a busy line asks for it at every ring."""
    rules = duty(session, default_timezone)
    second = now.replace(microsecond=0)
    kept = session.info["kept"]
    held = kept.get("on duty")
    if held is None or held[0] is not rules or held[1] != second:
        held = kept["on duty"] = (rules, second, on_duty(rules, now))
    found: frozenset[str] = held[2]
    return found


_VERSION = sa.select(
    people.setting_as_column("timezone"),
    sa.func.count(),
    sa.func.max(DutyRule.id),
    sa.func.max(DutyRule.created_at),
    sa.select(sa.func.max(ScheduleChange.id)).scalar_subquery(),
)
"""The time zone, and values that differ after any rule is added, deleted or ended."""


def in_force(session: Session) -> list[DutyRule]:
    """The rules in force, in order: the roster first, then later decisions."""
    is_exception = sa.case((DutyRule.source == people.FROM_ROSTER, 0), else_=1)
    place = sa.func.coalesce(DutyRule.place, DutyRule.id)
    query = sa.select(DutyRule).where(DutyRule.ended_by.is_(None))
    return list(session.scalars(query.order_by(is_exception, place, DutyRule.id)))


def add(
    session: Session, rule: Rule, source: str, now: datetime, *,
    ends_at: datetime | None = None, place: int | None = None,
) -> DutyRule:  # fmt: skip
    """Append a rule or insert it at a place; the latest override wins."""
    since, until = _life(rule)
    row = DutyRule(
        body=rule_as_data(_always(rule)), source=source, created_at=now, ends_at=ends_at,
        place=place, counts_from=since, counts_until=until,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def rule_of(row: DutyRule) -> Rule:
    """The rule of a row, with people by id."""
    rule = rule_from(row.body)
    if isinstance(rule, Weekly | Rotation):
        return replace(rule, since=row.counts_from, until=row.counts_until)
    return rule


def _life(rule: Rule) -> tuple[datetime | None, datetime | None]:
    return (rule.since, rule.until) if isinstance(rule, Weekly | Rotation) else (None, None)


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
