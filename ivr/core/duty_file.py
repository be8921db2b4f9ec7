"""Who is on duty, in a sealed file that the worker writes ahead for database outages.

It holds the shifts of the next day and no caller data. Every host that answers webhooks needs its
own file, so each runs a worker.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ivr.core.atomic_files import age_of, put
from models.core.database import Session
from models.core.vault import Vault, VaultError
from models.people import people
from models.people.people import COORDINATOR_TIER, Person
from models.schedule import duty_rules
from routing.duty.duty import shifts
from routing.person import takes_callers

AHEAD = timedelta(hours=24)
_FILE = "duty.sealed"
_PURPOSE = "standby.duty"


@dataclass(frozen=True)
class Standby:
    """One person's uninterrupted time on duty, and how to reach them."""

    start: datetime
    end: datetime
    number: str = field(repr=False)
    languages: tuple[str, ...]
    tier: int


def plan(session: Session, timezone: str, now: datetime) -> list[Standby]:
    """The time on duty of everyone who takes callers, from now until a day ahead."""
    known = {
        person.id: person
        for person in people.rung(session, now)
        if takes_callers(person.role, person.tier)
    }
    duty = duty_rules.duty(session, timezone)
    return [
        _of(session, known[shift.person], shift.start, shift.end)
        for shift in shifts(duty, now, now + AHEAD)
        if shift.person in known
    ]


def _of(session: Session, person: Person, start: datetime, end: datetime) -> Standby:
    return Standby(
        start, end, people.phone_of(session, person), tuple(person.languages), person.tier
    )


def keep(folder: Path, vault: Vault, planned: Iterable[Standby]) -> None:
    """Write the whole file or nothing."""
    written = [
        {
            "start": each.start.isoformat(),
            "end": each.end.isoformat(),
            "number": each.number,
            "languages": each.languages,
            "tier": each.tier,
        }
        for each in planned
    ]
    put(folder / _FILE, vault.seal(json.dumps(written), _PURPOSE))


def kept(folder: Path, vault: Vault) -> list[Standby]:
    """The last file's content; empty when there is no file or it cannot be opened."""
    try:
        held = json.loads(vault.open((folder / _FILE).read_bytes(), _PURPOSE))
    except (OSError, VaultError, ValueError):
        return []
    return [
        Standby(
            datetime.fromisoformat(each["start"]),
            datetime.fromisoformat(each["end"]),
            each["number"],
            tuple(each["languages"]),
            each["tier"],
        )
        for each in held
    ]


def age(folder: Path) -> float | None:
    """Seconds since this host's worker wrote the file; None without one."""
    return age_of(folder / _FILE)


def to_ring(planned: Sequence[Standby], language: str, now: datetime) -> list[Standby]:
    """People on duty; speakers of the language and the first line come first."""
    on = [each for each in planned if each.start <= now < each.end]
    return sorted(on, key=lambda each: (language not in each.languages, each.tier))


def coordinators(planned: Iterable[Standby]) -> list[str]:
    """The phones of the coordinators on duty at any time of the day."""
    return sorted({each.number for each in planned if each.tier == COORDINATOR_TIER})
