"""`hotline who` and `hotline gaps`: who would be rung, and when nobody could be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from commands import hotline
from commands.common import database, instant, iso, plainly, roster_in, say
from models import people
from prompts import load
from routing.coverage import Gap, gaps
from routing.duty import Duty, on_duty
from routing.people import Responder, reachable
from routing.policies import Caller, in_order
from settings import Settings
from wiring import now


@dataclass(frozen=True)
class Known:
    """Rules and people, from the database or from a file, and what people are called."""

    duty: Duty
    people: list[Responder]
    names: dict[str, str]


@contextmanager
def _known(file: Path | None) -> Iterator[Known]:
    if file is not None:
        roster = roster_in(file, forgiving=True)
        found = [
            Responder(p.name, tuple(p.languages), frozenset(p.needs), p.tier)
            for p in roster.people
        ]  # fmt: skip
        yield Known(roster.duty, found, {person.id: person.id for person in found})
        return
    with database() as opened, opened.reading() as session:
        active = people.active(session)
        yield Known(
            people.duty(session, Settings().hotline_timezone),
            people.as_responders(active),
            {person.id: people.name_of(session, person) for person in active},
        )


@hotline.command(with_appcontext=False)
@click.option("--at", help="An ISO time; now if left out.")
@click.option("--language", default="en", show_default=True)
@click.option("--need", default="question", show_default=True)
@click.option("--roster", type=click.Path(path_type=Path), help="A roster file, no database.")
@click.option("--json", "as_json", is_flag=True)
def who(at: str | None, language: str, need: str, roster: Path | None, as_json: bool) -> None:
    """Say who is on duty at a time, and who would be rung, in order."""
    with plainly(), _known(roster) as known:
        when = instant(at, known.duty.timezone) if at else now()
        on = on_duty(known.duty, when)
        free = reachable(known.people, on_duty=on, engaged=(), resting=(), tried=())
        order = in_order(Caller(language, need), free)
        names = sorted(known.names[person] for person in on if person in known.names)
        would = [known.names[invitation.person] for invitation in order]
    if as_json:
        say(json.dumps({"at": iso(when), "on_duty": names, "would_ring": would}))
        return
    say(f"On duty: {', '.join(names) or 'nobody'}")
    say(f"Would be rung, in order: {', '.join(would) or 'nobody'}")


@hotline.command("gaps", with_appcontext=False)
@click.option("--days", default=14, show_default=True)
@click.option("--roster", type=click.Path(path_type=Path), help="A roster file, no database.")
@click.option("--json", "as_json", is_flag=True)
def show_gaps(days: int, roster: Path | None, as_json: bool) -> None:
    """Say when nobody is on duty, or nobody who speaks a language."""
    with plainly(), _known(roster) as known:
        found = gaps_ahead(known, now(), timedelta(days=days))
        zone = ZoneInfo(known.duty.timezone)
    if as_json:
        say(json.dumps([_gap_as_data(gap) for gap in found]))
        return
    prompts = load()
    for gap in found:
        missing = (
            f"nobody speaks {prompts.text('en', f'languages.{gap.language}')}"
            if gap.language
            else "nobody is on duty"
        )
        say(f"{_stretch(gap, zone)}: {missing}")
    if not found:
        say(f"No gaps in the next {days} days.")


def gaps_ahead(known: Known, since: datetime, ahead: timedelta) -> list[Gap]:
    """The holes in the time ahead, for every language that callers can choose."""
    return gaps(
        known.duty,
        known.people,
        since=since,
        until=since + ahead,
        languages=list(load().languages),
    )


def _gap_as_data(gap: Gap) -> dict[str, str | None]:
    return {"start": iso(gap.start), "end": iso(gap.end), "language": gap.language}


def _stretch(gap: Gap, zone: ZoneInfo) -> str:
    start, end = gap.start.astimezone(zone), gap.end.astimezone(zone)
    same_day = start.date() == end.date()
    return f"{start:%a %d %b %H:%M} to {end:{'%H:%M' if same_day else '%a %d %b %H:%M'}} {end:%Z}"
