"""`drill`: a call to ourselves that must reach a responder's phone."""

from __future__ import annotations

import time

import click

import wiring
from commands.base import command_database
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from ivr.core.context import AppContext
from ivr.responders import drills
from models.core.database import Database
from models.operations import drill_runs
from settings import Settings

_LOOK_EVERY_SECONDS = 0.5


@command("drill")
def drill() -> None:
    """Call the hotline now and see whether the offer reaches the drill phone; exit 1 if not."""
    settings = Settings()
    if not settings.drill_number:
        raise Trouble(
            "DRILL_NUMBER is not set: give the account a second number, set it, and run "
            "`hotline setup`."
        )
    with command_database.ready(settings):
        app = wiring.build(settings)
    click.echo("Calling the hotline; its web side and a worker must be running ...")
    try:
        click.echo(f"Reached after {_seconds_until_reached(settings, app):.0f} seconds.")
    finally:
        app.database.close()


def _seconds_until_reached(settings: Settings, app: AppContext) -> float:
    began = app.clock()
    drill_id = drills.begin_now(app, began)
    drills.place(app, wiring.carrier(settings, app), drill_id)
    while True:
        drills.judge(app, app.clock())
        seen = _look(app.database, drill_id)
        if seen.reached_at is not None:
            return (seen.reached_at - began).total_seconds()
        if seen.failed_at is not None:
            raise Trouble(f"The drill failed: {seen.reason}. Coordinators are told.")
        time.sleep(_LOOK_EVERY_SECONDS)


def _look(database: Database, drill_id: str) -> drill_runs.Drill:
    with database.reading() as session:
        seen = drill_runs.seen(session, drill_id)
    if seen is None:
        raise Trouble("The drill was purged while it ran.")
    return seen
