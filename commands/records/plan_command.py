"""`plan`: how many people each language needs in the coming week, and who is on duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

import click

import prompts
import wiring
from commands.base import command_database
from commands.base.command_group import command
from console.reports import staffing_page
from console.reports.staffing_page import LanguagePlan, Line, Plan
from prompts import language_codes
from routing.readers.weekdays import WEEKDAYS
from routing.reporting import ring_times
from routing.reporting.staffing import Goal
from settings import Settings


@command("plan")
@click.option("--share", type=click.IntRange(50, 99), default=90, show_default=True,
              help="Percent of callers.")  # fmt: skip
@click.option("--within", type=click.IntRange(5, 600), default=30, show_default=True,
              help="Seconds until they have a person.")  # fmt: skip
def plan(share: int, within: int) -> None:
    """How many people each language needs, by hour of the week."""
    settings, goal, spoken = Settings(), Goal(share / 100, within), prompts.read()
    rest, starts = timedelta(minutes=settings.rest_minutes), settings.calls_per_second
    line = Line(settings.hotline_timezone, tuple(spoken.languages), rest, starts)
    with command_database.ready(settings) as database, database.reading() as session:
        found = staffing_page.plan_of(session, line, goal, wiring.now())
    for words in _in_words(found, line, goal):
        click.echo(words)


def _in_words(found: Plan, line: Line, goal: Goal) -> Iterator[str]:
    yield (
        f"People needed so that {goal.share:.0%} of callers have a person within "
        f"{goal.within_seconds:.0f} s, by the calls of {found.period.days} days."
    )
    if found.reach < goal.share:
        yield f"Phones need time to ring: at most {found.reach:.0%} can be reached so soon."
    if not found.languages:
        yield "Nothing can be calculated yet: no hour of the week has five measured calls."
    for each in found.languages:
        name = language_codes.name(each.language, "en")
        yield f"{name}: {each.measured.sample} calls measured. {_tried_out(each, line, goal)}"
        yield from _week(each)


def _week(planned: LanguagePlan) -> Iterator[str]:
    """Stretches of hours that need the same."""
    slots = sorted(planned.needed)
    for weekday, of_day in groupby(slots, key=lambda slot: slot.weekday):
        told = [
            f"{slot.hour:02}:00 {planned.on_duty.get(slot, 0)} of {planned.needed[slot]}"
            + (" (too few)" if planned.on_duty.get(slot, 0) < planned.needed[slot] else "")
            for slot in of_day
        ]
        yield f"  {WEEKDAYS[weekday]}: {', '.join(told)}"


def _tried_out(planned: LanguagePlan, line: Line, goal: Goal) -> str:
    """Its busiest hour in simulated days, with the people that it needs."""
    busiest = max(planned.measured.calls, key=lambda slot: planned.measured.calls[slot])
    people, rest = planned.needed[busiest], line.rest.total_seconds()
    runs = ring_times.tried_out(
        planned.busiest, planned.measured.talk_seconds - rest, rest, people, line.starts
    )
    shares = sorted(ring_times.share_reached(run, goal) for run in runs)
    reached, least, most = sum(shares) / len(shares), shares[0], shares[-1]
    return (
        f"In a simulated hour of {planned.busiest:.1f} calls, the busiest, {people} people have "
        f"{reached:.0%} of them in time ({least:.0%} to {most:.0%} in {len(runs)} runs)."
    )
