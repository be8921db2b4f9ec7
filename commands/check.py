"""`hotline check`: everything that could be wrong, in plain words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta

import migrations
from commands import hotline
from commands.common import say
from commands.duty import Known, gaps_ahead
from ivr import promises
from ivr.call_tree import HOTLINE
from models import line, people
from models.database import Database, Session
from prompts import PromptError, Prompts, load
from settings import Settings
from wiring import now

WORKER_SILENT = timedelta(seconds=60)
LOOK_AHEAD = timedelta(hours=48)


@hotline.command(with_appcontext=False)
def check() -> None:
    """Say what is wrong; exit 1 if anything is."""
    settings = Settings()
    wrong = [*settings.problems(), *_prompts_wrong()]
    notes: list[str] = []
    if not any("DATA_KEYS" in problem for problem in wrong):
        try:
            wrong += _database_wrong(settings, notes)
        except Exception as error:  # whatever fails, the coordinator gets a sentence
            wrong.append(f"The database cannot be used ({type(error).__name__}).")
    for problem in wrong:
        say(f"WRONG  {problem}")
    for note in notes:
        say(f"note   {note}")
    if wrong:
        sys.exit(1)
    say("Nothing is wrong.")


def _prompts_wrong() -> list[str]:
    try:
        prompts = load()
        promises.check(HOTLINE, prompts)
    except promises.BrokenTree as error:
        return error.faults
    except PromptError as error:
        return [str(error)]
    return []


def _database_wrong(settings: Settings, notes: list[str]) -> list[str]:
    opened = Database(settings.database_url, settings.vault())
    try:
        if not migrations.is_current(opened.engine):
            return ["The database's tables are not up to date: run `hotline migrate`."]
        with opened.reading() as session:
            notes += _notes(session, load())
            return [*_worker_wrong(session), *_duty_wrong(session, settings)]
    finally:
        opened.close()


def _worker_wrong(session: Session) -> Iterator[str]:
    beat = line.last_beat(session)
    if beat is None or now() - beat > WORKER_SILENT:
        yield "No worker is running, so nobody is rung: start `hotline worker`."


def _duty_wrong(session: Session, settings: Settings) -> Iterator[str]:
    active = people.active(session)
    if not active:
        yield "Nobody is on the roster: run `hotline import FILE`."
        return
    if not people.coordinators(session):
        yield "There is no coordinator (tier 3) to tell of messages and overdue callbacks."
    rules = people.duty(session, settings.hotline_timezone)
    known = Known(rules, people.as_responders(active), {})
    for gap in gaps_ahead(known, now(), LOOK_AHEAD):
        if gap.language is None:
            yield f"Nobody is on duty from {gap.start:%a %H:%M} to {gap.end:%a %H:%M} UTC."


def _notes(session: Session, prompts: Prompts) -> Iterator[str]:
    spoken = {language for person in people.active(session) for language in person.languages}
    for code, language in prompts.languages.items():
        if code not in spoken:
            yield f"Nobody on the roster speaks {language.name}."
        drafts = sum(text.status == "draft" for text in prompts.wordings[code].values())
        if drafts:
            yield f"{language.name}: {drafts} texts are drafts that nobody has reviewed."
