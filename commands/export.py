"""`hotline export`: calls, messages, callbacks and duty as JSON or CSV, without numbers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import click

from commands import hotline
from commands.common import database, instant, iso, plainly, say
from models import callbacks, calls, messages, people, rings
from models.database import Session
from routing.duty import shifts
from settings import Settings
from wiring import now

Rows = list[dict[str, Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


@hotline.command(with_appcontext=False)
@click.argument("what", type=click.Choice(["calls", "messages", "callbacks", "duty"]))
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="json")
@click.option("--since", help="An ISO time.")
@click.option("--until", help="An ISO time.")
def export(what: str, form: str, since: str | None, until: str | None) -> None:
    """Print what the hotline remembers; callers appear by their pseudonyms."""
    zone = Settings().hotline_timezone
    start = instant(since, zone) if since else None
    end = instant(until, zone) if until else None
    with plainly(), database() as opened, opened.reading() as session:
        rows = _EXPORTS[what](session, start, end)
    say(json.dumps(rows, ensure_ascii=False, indent=1) if form == "json" else as_csv(rows))


def as_csv(rows: Rows) -> str:
    """Rows as CSV whose cells no spreadsheet takes for a formula."""
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue().rstrip("\n")


def _cell(value: object) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _calls(session: Session, since: datetime | None, until: datetime | None) -> Rows:
    found = calls.between(session, since, until)
    ids = [call.id for call in found]
    steps, counted = calls.steps_of(session, ids), rings.counts(session, ids)
    names = _names(session)
    return [
        {
            "id": call.id,
            "pseudonym": call.pseudonym,
            "language": call.language,
            "need": call.need,
            "started_at": iso(call.started_at),
            "ended_at": iso(call.ended_at),
            "outcome": call.outcome,
            "answered_by": names.get(call.answered_by or ""),
            "rings": counted.get(call.id, 0),
            "steps": [
                {"at": iso(step.at), "what": step.what, **step.detail} for step in steps[call.id]
            ],
        }
        for call in found
    ]


def _messages(session: Session, since: datetime | None, until: datetime | None) -> Rows:
    return [
        {
            "id": message.id,
            "call": message.call_id,
            "language": message.language,
            "need": message.need,
            "seconds": message.seconds,
            "state": message.state,
        }
        for message in messages.between(session, since, until)
    ]


def _callbacks(session: Session, since: datetime | None, until: datetime | None) -> Rows:
    return [
        {
            "id": owed.id,
            "call": owed.call_id,
            "language": owed.language,
            "need": owed.need,
            "state": owed.state,
            "due_at": iso(owed.due_at),
            "attempts": owed.attempts,
        }
        for owed in callbacks.between(session, since, until)
    ]


def _duty(session: Session, since: datetime | None, until: datetime | None) -> Rows:
    start = since or now()
    names = _names(session)
    rules = people.duty(session, Settings().hotline_timezone)
    return [
        {
            "person": names.get(shift.person, shift.person),
            "start": iso(shift.start),
            "end": iso(shift.end),
        }
        for shift in shifts(rules, start, until or start + timedelta(days=14))
    ]


def _names(session: Session) -> dict[str, str]:
    return {person.id: people.name_of(session, person) for person in people.active(session)}


_EXPORTS: dict[str, Callable[[Session, datetime | None, datetime | None], Rows]] = {
    "calls": _calls,
    "messages": _messages,
    "callbacks": _callbacks,
    "duty": _duty,
}
