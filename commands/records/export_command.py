"""`export`: records for reports and other tools; never contains a phone number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import click

import wiring
from commands.base import command_database, duty_plan, instants
from commands.base.command_group import command
from models.calls import callbacks, calls, voicemails
from models.core.database import Session
from models.operations import exports, retention
from models.operations.exports import Record
from models.people import people
from routing.duty.duty import shifts
from routing.reporting.suppression import FEWEST
from settings import Settings

_DUTY_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Window:
    """The requested half-open interval; None means no limit."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Kind:
    """One kind of export: its columns, and how to read its records."""

    columns: tuple[str, ...]
    records: Callable[[Session, Window, str], Iterator[Record]]


@command("export")
@click.argument(
    "what",
    type=click.Choice(("calls", "results", "messages", "callbacks", "items", "duty", "totals")),
)
@click.option("--format", "form", type=click.Choice(("csv", "json")), default="json")
@click.option("--since", help="An ISO time; without an offset, on the hotline's clock.")
@click.option("--until", help="An ISO time, not included.")
def export(what: str, form: str, since: str | None, until: str | None) -> None:
    """Print calls, their results, messages, callbacks, open items, duty, or totals."""
    settings, kind = Settings(), KINDS[what]
    with command_database.ready(settings) as database, database.reading() as session:
        timezone = people.setting(session, "timezone") or settings.hotline_timezone
        window = Window(
            instants.instant(since, timezone) if since else None,
            instants.instant(until, timezone) if until else None,
        )
        records = kind.records(session, window, timezone)
        is_json = form == "json"
        for piece in exports.as_json(records) if is_json else exports.as_csv(kind.columns, records):
            click.echo(piece, nl=False)


def _calls(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    found = calls.between(session, window.since, window.until)
    return exports.call_records(session, found)


def _results(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    return exports.result_records(session, calls.between(session, window.since, window.until))


def _messages(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    for message in voicemails.between(session, window.since, window.until):
        yield {
            "id": message.id,
            "call": message.call_id,
            "language": message.language,
            **exports.needs_told(message.need),
            "seconds": message.seconds,
            "state": message.state,
        }


def _items(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    return exports.item_records(session, window.since, window.until, wiring.now())


def _callbacks(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    for callback in callbacks.between(session, window.since, window.until):
        yield {
            "id": callback.id,
            "call": callback.call_id,
            "language": callback.language,
            **exports.needs_told(callback.need),
            "state": callback.state,
            "due_at": instants.written(callback.due_at),
            "attempts": callback.attempts,
        }


def _duty(session: Session, window: Window, timezone: str) -> Iterator[Record]:
    """The duty of the next two weeks, unless other times are given."""
    plan_now = duty_plan.of_database(session, timezone)
    since = window.since or wiring.now()
    known = plan_now.names
    found = [
        replace(shift, person=known[shift.person])
        for shift in shifts(plan_now.duty, since, window.until or since + _DUTY_AHEAD)
        if shift.person in known
    ]
    for shift in sorted(found, key=lambda each: (each.start, each.person)):
        yield {
            "person": shift.person,
            "start": instants.written(shift.start),
            "end": instants.written(shift.end),
        }


def _totals(session: Session, _window: Window, _timezone: str) -> Iterator[Record]:
    """Monthly totals, without counts so small that they could identify a caller."""
    for total in retention.totals(session):
        yield {
            "month": total.month,
            "language": total.language,
            "need": total.need or None,
            "outcome": total.outcome,
            "calls": total.calls if total.calls >= FEWEST else None,
        }


KINDS = {
    "calls": Kind(exports.CALL_COLUMNS, _calls),
    "results": Kind(exports.RESULT_COLUMNS, _results),
    "messages": Kind(
        ("id", "call", "language", "need", "seconds", "state", "need_detail"), _messages
    ),
    "callbacks": Kind(
        ("id", "call", "language", "need", "state", "due_at", "attempts", "need_detail"), _callbacks
    ),
    "items": Kind(exports.ITEM_COLUMNS, _items),
    "duty": Kind(("person", "start", "end"), _duty),
    "totals": Kind(("month", "language", "need", "outcome", "calls"), _totals),
}
