"""`export`: what happened, for reports and other tools; no phone number is ever in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import click

import wiring
from commands import hotline, instants, plan, storage
from console import spreadsheets
from models import callbacks as callback_rows
from models import calls as call_rows
from models import messages as message_rows
from models import people, retention, rings
from models.calls import Call, Step
from models.database import Session
from routing.duty import shifts
from routing.suppression import FEWEST
from settings import Settings

Record = dict[str, Any]

_DUTY_AHEAD = timedelta(days=14)
_CALLS_AT_ONCE = 500


@dataclass(frozen=True)
class Window:
    """The half-open time that is asked for; None is open."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Kind:
    """One thing to export: its columns, and how its records are read."""

    columns: tuple[str, ...]
    records: Callable[[Session, Window, str], Iterator[Record]]


@hotline.command("export", with_appcontext=False)
@click.argument("what", type=click.Choice(("calls", "messages", "callbacks", "duty", "totals")))
@click.option("--format", "form", type=click.Choice(("csv", "json")), default="json")
@click.option("--since", help="An ISO time; without an offset, on the hotline's clock.")
@click.option("--until", help="An ISO time, not included.")
def export(what: str, form: str, since: str | None, until: str | None) -> None:
    """Print calls, messages, callbacks, duty, or the totals of calls that are forgotten."""
    settings, kind = Settings(), KINDS[what]
    with storage.ready(settings) as database, database.reading() as session:
        timezone = people.setting(session, "timezone") or settings.hotline_timezone
        window = Window(
            instants.instant(since, timezone) if since else None,
            instants.instant(until, timezone) if until else None,
        )
        records = list(kind.records(session, window, timezone))
    click.echo(as_json(records) if form == "json" else as_csv(kind.columns, records), nl=False)


def as_json(records: list[Record]) -> str:
    """A list of objects."""
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def as_csv(columns: tuple[str, ...], records: list[Record]) -> str:
    """One row a record, safe to open in a spreadsheet."""
    return spreadsheets.as_csv(columns, ([record[name] for name in columns] for record in records))


def _calls(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    names = _Names(session)
    found = call_rows.between(session, window.since, window.until)
    for start in range(0, len(found), _CALLS_AT_ONCE):
        some = found[start : start + _CALLS_AT_ONCE]
        ids = [call.id for call in some]
        rung, steps = rings.counts(session, ids), call_rows.steps_of(session, ids)
        for call in some:
            yield _call(call, names, rung.get(call.id, 0), steps[call.id])


def _call(call: Call, names: _Names, rung: int, steps: list[Step]) -> Record:
    return {
        "id": call.id,
        "pseudonym": call.pseudonym,
        "language": call.language,
        "need": call.need,
        "started_at": instants.written(call.started_at),
        "ended_at": instants.written(call.ended_at) if call.ended_at else None,
        "outcome": call.outcome,
        "answered_by": names.of(call.answered_by),
        "rings": rung,
        "steps": [
            {"at": instants.written(step.at), "what": step.what}
            | {name: value for name, value in step.detail.items() if name not in ("at", "what")}
            for step in steps
        ],
    }


class _Names:
    """Names of responders by id, each opened once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str | None] = {}

    def of(self, person_id: str | None) -> str | None:
        if person_id is None:
            return None
        if person_id not in self._known:
            person = people.with_id(self._session, person_id)
            self._known[person_id] = people.name_of(self._session, person) if person else None
        return self._known[person_id]


def _messages(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    for message in message_rows.between(session, window.since, window.until):
        yield {
            "id": message.id,
            "call": message.call_id,
            "language": message.language,
            "need": message.need,
            "seconds": message.seconds,
            "state": message.state,
        }


def _callbacks(session: Session, window: Window, _timezone: str) -> Iterator[Record]:
    for callback in callback_rows.between(session, window.since, window.until):
        yield {
            "id": callback.id,
            "call": callback.call_id,
            "language": callback.language,
            "need": callback.need,
            "state": callback.state,
            "due_at": instants.written(callback.due_at),
            "attempts": callback.attempts,
        }


def _duty(session: Session, window: Window, timezone: str) -> Iterator[Record]:
    """From now two weeks on, unless other times are asked for."""
    plan_now = plan.of_database(session, timezone)
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
    """Counts too small to hide anybody are withheld."""
    for total in retention.totals(session):
        yield {
            "month": total.month,
            "language": total.language,
            "need": total.need or None,
            "outcome": total.outcome,
            "calls": total.calls if total.calls >= FEWEST else None,
        }


KINDS = {
    "calls": Kind(
        (
            *("id", "pseudonym", "language", "need", "started_at", "ended_at", "outcome"),
            *("answered_by", "rings", "steps"),
        ),
        _calls,
    ),
    "messages": Kind(("id", "call", "language", "need", "seconds", "state"), _messages),
    "callbacks": Kind(
        ("id", "call", "language", "need", "state", "due_at", "attempts"), _callbacks
    ),
    "duty": Kind(("person", "start", "end"), _duty),
    "totals": Kind(("month", "language", "need", "outcome", "calls"), _totals),
}
