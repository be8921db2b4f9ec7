"""`who` and `gaps`: who is on duty and who would ring, and when nobody would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import click

import prompts
import wiring
from commands.base import duty_plan, instants
from commands.base.command_group import command
from commands.base.duty_plan import Plan
from commands.base.plain_errors import Trouble
from ivr.responders.availability import Obstacles
from prompts import Prompts, language_codes
from routing.dispatch.policies import Caller
from routing.dispatch.who import Called, would_ring
from routing.duty import coverage
from routing.duty.coverage import Gap
from routing.needs import CODES
from routing.person import INTERPRETER_ROLE, Responder

_ROSTER = click.option(
    "--roster", "file", type=click.Path(path_type=Path), help="Answer from this file alone."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

VENDOR = "the interpreter service"
"""The line at INTERPRETER_NUMBER, which is rung when no interpreter of the roster joins."""


@dataclass(frozen=True)
class Answer:
    """Names of those on duty at an instant, and of those who would ring, in order."""

    at: datetime
    on_duty: list[str]
    would_ring: list[str]
    rounds: list[list[str]] = field(default_factory=list)
    """Those who ring together, each with the reason."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Names of people on duty who would not be rung, and why."""
    interpreters: list[str] = field(default_factory=list)
    """Those who are asked to join, in order, if the best match lacks the language."""


@command("who")
@click.option("--at", "moment", help="An ISO time; without an offset, on the hotline's clock.")
@click.option("--language", default="en", show_default=True, help="The caller's language.")
@click.option("--need", type=click.Choice(CODES), default="question", show_default=True)
@_ROSTER
@_JSON
def who(moment: str | None, language: str, need: str, file: Path | None, as_json: bool) -> None:
    """Who is on duty, and who would ring for a caller."""
    _must_be_spoken(language, prompts.read())
    plan_now = duty_plan.of(file)
    now = wiring.now()
    at = instants.instant(moment, plan_now.timezone) if moment else now
    known = duty_plan.obstacles_at(file, at, now)
    answer = who_at(plan_now, at, Caller(language, need), known)
    click.echo(_answer_as_json(answer) if as_json else _answer_in_words(answer))


@command("gaps")
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True)
@_ROSTER
@_JSON
def gaps(days: int, file: Path | None, as_json: bool) -> None:
    """When nobody is on duty, or nobody speaks a language."""
    spoken = prompts.read()
    plan_now, now = duty_plan.of(file), wiring.now()
    found = gaps_between(plan_now, now, now + timedelta(days=days), spoken)
    if as_json:
        click.echo(json.dumps([_gap_as_data(gap) for gap in found], indent=2))
        return
    for gap in found:
        click.echo(in_words(gap, plan_now.timezone, spoken))
    if not found:
        click.echo(f"No gaps in the next {days} days.")


def who_at(plan_now: Plan, at: datetime, caller: Caller, known: Obstacles | None = None) -> Answer:
    """The answer from the rules and the known obstacles, the same as in the console."""
    known = known or Obstacles()
    asked = replace(caller, surge=known.surge)
    answer = would_ring(
        plan_now.duty, plan_now.responders, at, asked, busy=known.busy, dead=known.dead
    )
    names = plan_now.names
    vendor = [VENDOR] if plan_now.has_vendor and answer.lacks_interpreter else []
    return Answer(
        at,
        sorted(names[person.id] for person in answer.present),
        [names[call.person.id] for call in answer.called],
        [
            [f"{names[call.person.id]} ({_reason(call)})" for call in together]
            for _, together in groupby(answer.called, key=attrgetter("round"))
        ],
        {names[one.id]: why for one in answer.passed_over if (why := _why_not(one, known))},
        [names[person.id] for person in answer.interpreters] + vendor,
    )


def _reason(call: Called) -> str:
    """The step of the policy, and whether the needs of the partner decided."""
    step = call.invitation.step
    return f"{step}; needs of the partner" if call.person.by_partner else step


def _why_not(person: Responder, known: Obstacles) -> str | None:
    if person.role == INTERPRETER_ROLE:
        return "an interpreter is never alone with a caller"
    if not person.takes_callers:
        return "a director is not rung for a waiting caller"
    return known.busy.get(person.id)


def gaps_between(plan_now: Plan, since: datetime, until: datetime, spoken: Prompts) -> list[Gap]:
    """Every hole in the plan, for all languages that callers can choose."""
    return coverage.gaps(
        plan_now.duty,
        plan_now.responders,
        since=since,
        until=until,
        languages=tuple(spoken.languages),
    )


def in_words(gap: Gap, timezone: str, spoken: Prompts) -> str:
    """A hole as a sentence: Fri 27 Nov 02:00-06:00 EST: nobody speaks Bengali."""
    when = instants.stretch(gap.start, gap.end, timezone)
    if gap.language is None:
        return f"{when}: nobody is on duty"
    return f"{when}: nobody speaks {language_name(gap.language, spoken)}"


def language_name(code: str, spoken: Prompts) -> str:
    """The English name of a language."""
    return spoken.text("en", f"languages.{code}")


def _must_be_spoken(language: str, spoken: Prompts) -> None:
    if language in (*spoken.languages, language_codes.OTHER):
        return
    if language_codes.code_of(language) != language:
        known = ", ".join(spoken.languages)
        raise Trouble(
            f"{language!r} is no language: write a code of ISO 639, such as mam. "
            f"The hotline speaks {known}."
        )


def _answer_as_json(answer: Answer) -> str:
    data = {
        "at": instants.written(answer.at),
        "on_duty": answer.on_duty,
        "would_ring": answer.would_ring,
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _answer_in_words(answer: Answer) -> str:
    return "\n".join(
        (
            f"At {instants.written(answer.at)}",
            f"on duty: {', '.join(answer.on_duty) or 'nobody'}",
            f"would ring: {', then '.join(answer.would_ring) or 'nobody'}",
            *(
                f"round {number}: {', '.join(together)}"
                for number, together in enumerate(answer.rounds, 1)
            ),
            *(
                [f"would join: {', then '.join(answer.interpreters)}"]
                if answer.interpreters
                else []
            ),
            *(f"not now: {name} ({why})" for name, why in sorted(answer.kept.items())),
        )
    )


def _gap_as_data(gap: Gap) -> dict[str, str | None]:
    return {
        "start": instants.written(gap.start),
        "end": instants.written(gap.end),
        "language": gap.language,
        "need": gap.need,
    }
