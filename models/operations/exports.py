"""Exports of calls as JSON and CSV, shared by the command line and the console.

They never contain a phone number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from models.calls import calls, open_items, rings
from models.calls.calls import Call, Step
from models.casework import referrals, wrap_ups
from models.core import csv_safety
from models.core.database import Session
from models.people import people
from routing import needs
from routing.duty.wall_clock import written

Record = dict[str, Any]

CALL_COLUMNS = (
    *("id", "pseudonym", "language", "need", "started_at", "ended_at", "outcome"),
    *("answered_by", "rings", "steps", "need_detail"),
)
RESULT_COLUMNS = ("call", "result", "referrals", "follow_up_on")
ITEM_COLUMNS = (
    *("id", "number", "call", "kind", "language", "need", "opened_at", "due_at"),
    *("owned_at", "kept_at", "closed_at", "reason", "late", "need_detail"),
)
_CALLS_AT_ONCE = 500


def as_json(records: Iterable[Record]) -> Iterator[str]:
    """The records as a JSON array, piece by piece."""
    begun = False
    for record in records:
        yield ",\n  " if begun else "[\n  "
        yield json.dumps(record, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        begun = True
    yield "\n]\n" if begun else "[]\n"


def as_csv(columns: tuple[str, ...], records: Iterable[Record]) -> Iterator[str]:
    """One row per record, safe to open in a spreadsheet, line by line."""
    yield csv_safety.as_csv(columns, ())
    for record in records:
        yield csv_safety.as_csv_line([record[name] for name in columns])


def call_records(session: Session, found: Iterable[Call]) -> Iterator[Record]:
    """One record per call, with the number of rings and the steps in order."""
    names, rest = _Names(session), iter(found)
    while some := list(islice(rest, _CALLS_AT_ONCE)):
        ids = [call.id for call in some]
        rung, steps = rings.counts(session, ids), calls.steps_of(session, ids)
        for call in some:
            yield _call(call, names, rung.get(call.id, 0), steps[call.id])


def result_records(session: Session, found: Iterable[Call]) -> Iterator[Record]:
    """One record per call of which somebody said what came of it."""
    partners = {partner.id: partner.name for partner in people.every_partner(session)}
    rest = iter(found)
    while ids := [call.id for call in islice(rest, _CALLS_AT_ONCE)]:
        referred = referrals.partners_of(session, ids)
        for call_id, noted in wrap_ups.of_calls(session, ids).items():
            day = noted.follow_up_on
            yield {
                "call": call_id,
                "result": noted.result,
                "referrals": [partners.get(each, each) for each in referred[call_id]],
                "follow_up_on": day.isoformat() if day else None,
            }


def item_records(
    session: Session, since: datetime | None, until: datetime | None, now: datetime
) -> Iterator[Record]:
    """One record per open item that was opened in this half-open interval."""
    for item in open_items.between(session, since, until):
        instants = {
            "opened_at": item.opened_at,
            "due_at": item.due_at,
            "owned_at": item.first_owned_at,
            "kept_at": item.kept_at,
            "closed_at": item.closed_at,
        }
        yield {
            "id": item.id,
            "number": item.number,
            "call": item.call_id,
            "kind": item.kind,
            "language": item.language,
            **needs_told(item.need),
            **{name: written(at) if at else None for name, at in instants.items()},
            "reason": item.closed_reason,
            "late": item.is_late(now),
        }


def _call(call: Call, names: _Names, rung: int, steps: list[Step]) -> Record:
    return {
        "id": call.id,
        "pseudonym": call.pseudonym,
        "language": call.spoken,
        **needs_told(call.need),
        "started_at": written(call.started_at),
        "ended_at": written(call.ended_at) if call.ended_at else None,
        "outcome": call.outcome,
        "answered_by": names.of(call.answered_by),
        "rings": rung,
        "steps": [
            {"at": written(step.at), "what": step.what}
            | {name: value for name, value in step.detail.items() if name not in ("at", "what")}
            for step in steps
        ],
    }


def needs_told(code: str | None) -> Record:
    """The first-level need, and the second-level one if the caller told it."""
    return {"need": needs.first_level(code) if code else None, "need_detail": needs.detail(code)}


class _Names:
    """Caches the names of responders by id, so each is opened once."""

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
