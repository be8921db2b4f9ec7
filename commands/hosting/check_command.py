"""`check`: finds everything that could be wrong and says it in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import click
import httpx
import tzdata
from sqlcipher3 import dbapi2 as new_sqlite

import prompts
import wiring
from commands.base import command_database, finding
from commands.base.command_group import command
from commands.base.finding import Finding
from commands.base.plain_errors import Trouble, plainly
from commands.findings import (
    carrier_findings,
    host_findings,
    maintenance_findings,
    prompt_findings,
    roster_findings,
    second_way_findings,
)
from models.core import database_time
from models.core.database import Database
from prompts import Prompts
from settings import Settings

SAFE_SQLITE = (3, 51, 3)
"""Versions from 3.7.0 until this one can corrupt a write-ahead log (sqlite.org/wal.html)."""


@command("check")
@click.option(
    "--json", "is_json", is_flag=True, help="Print a list of {kind, words, step} instead."
)
def check(*, is_json: bool) -> None:
    """Look for everything that could be wrong; exit 1 if anything is.

    The console's page "Setting up" shows the same list until the next check.
    """
    found = list(dict.fromkeys(findings()))  # two places may find the same
    is_wrong = any(not each.is_note for each in found)
    _keep_for_the_console(found)
    if is_json:
        click.echo(json.dumps(finding.as_data(found), ensure_ascii=False, indent=1))
    else:
        for each in found:
            click.echo(f"{each.kind}: {each.words}")
        if not is_wrong:
            click.echo("Nothing is wrong.")
    if is_wrong:
        raise SystemExit(1)


def _keep_for_the_console(found: list[Finding]) -> None:
    """As far as there is a database; why there is none is a finding."""
    with suppress(Trouble), plainly(), command_database.ready(Settings()) as database:
        finding.keep(database, found)


def findings() -> Iterator[Finding]:
    """All findings: settings, then prompts, then the database and its content."""
    try:
        with plainly():
            settings = Settings()
            spoken = prompts.load()
    except Trouble as trouble:
        yield from _each_line(trouble)
        return
    yield from (Finding(problem) for problem in settings.problems())
    yield Finding(f"time zones are those of tzdata {tzdata.IANA_VERSION}", is_note=True)
    yield from host_findings.of_places(settings)
    yield from host_findings.of_panic(settings)
    yield from prompt_findings.of_tree(spoken)
    yield from _about_database(settings, spoken)
    if not settings.problems():
        yield from _about_the_outside(settings)


def _about_the_outside(settings: Settings) -> Iterator[Finding]:
    app = wiring.build(settings)
    yield from carrier_findings.of_carrier(settings, app)
    if command_database.is_migrated(app.database):
        yield from second_way_findings.of_second_way(app, app.clock())
    app.database.close()
    with httpx.Client(timeout=5) as http:
        yield from carrier_findings.of_proxies(settings, http, wiring.now())
    yield from carrier_findings.of_public_address(settings.base_url, wiring.now())


def _each_line(trouble: Trouble) -> Iterator[Finding]:
    yield from (Finding(words) for words in trouble.message.splitlines())


def _about_database(settings: Settings, spoken: Prompts) -> Iterator[Finding]:
    if settings.database_url.startswith("sqlite") and new_sqlite.sqlite_version_info < SAFE_SQLITE:
        version = new_sqlite.sqlite_version
        yield Finding(f"SQLite {version} may lose data: 3.51.3 or later is needed")
    try:
        with plainly(), command_database.opened(settings) as database:
            yield from _about_tables(database, settings, spoken)
    except Trouble as trouble:
        yield from _each_line(trouble)


def _about_tables(database: Database, settings: Settings, spoken: Prompts) -> Iterator[Finding]:
    if not command_database.is_migrated(database):
        yield Finding("the database is not migrated: run `hotline migrate`")
        return
    with database.reading() as session:
        now = database_time.of(session)
        yield from maintenance_findings.of_workers(session, now)
        yield from roster_findings.of_console(session, settings, spoken, now)
        yield from prompt_findings.of_better_words(session, spoken)
        yield from prompt_findings.of_law(session, spoken, now.date())
        yield from roster_findings.of_people(session, settings, spoken)
        yield from roster_findings.of_duty(session, settings, spoken)
        yield from carrier_findings.of_texts(session, now)
        yield from maintenance_findings.of_database(database, session, now)
        yield from maintenance_findings.of_encryption(settings, database)
        yield from maintenance_findings.of_drills(settings, session, now)
        yield from maintenance_findings.of_pursuit(settings, session, now)
        yield from second_way_findings.of_failures(session, now)
        yield from host_findings.of_files(settings, session)
