"""What each process loads before it works: a start costs callers time, and modules cost memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CLIENTS = ("apprise", "httpx", "ivr.twilio.rest_client", "requests", "twilio.rest")
CALENDARS = ("icalendar", "openpyxl", "recurring_ical_events")
PAGES = ("console", "demo.demo_pages", "segno", "webauthn")
"""Loaded by the console's process, after callers are answered."""
API = ("console.api.api_routes", "flask_openapi3")
"""Loaded by the first request for the API."""
COMMANDS = "from commands.command_line import hotline; hotline.get_command(None, '{}'); import "
FOR_CALLERS = f"{COMMANDS.format('serve')} gunicorn.app.wsgiapp, web_app"
WHOLE = "import web_app, console.blueprint"
WORKER = f"{COMMANDS.format('worker')} ivr.worker.loop"
_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("loads", "spared"),
    [
        (FOR_CALLERS, (*CLIENTS, *CALENDARS, *PAGES, "alembic", "ivr.worker.loop")),
        (WHOLE, (*CLIENTS, *CALENDARS, *API, "commands", "ivr.worker", "webauthn")),
        (WORKER, (*CALENDARS, *PAGES, "alembic", "flask", "gunicorn", "jinja2", "web_app")),
    ],
    ids=["serve, before its first fork", "the console", "worker"],
)
def test_a_process_loads_nothing_that_its_side_does_without(
    loads: str, spared: tuple[str, ...]
) -> None:
    told = f"import sys; print(*(set({spared!r}) & set(sys.modules)))"
    command = [sys.executable, "-c", f"{loads}; {told}"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
