"""What a web process loads before it answers: the start of a process costs callers time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NOT_FOR_WEBHOOKS = (
    "console.api.api_routes", "flask_openapi3", "httpx", "icalendar", "ivr.twilio.rest_client",
    "ivr.worker", "openpyxl", "recurring_ical_events", "requests", "twilio.rest", "webauthn",
)  # fmt: skip
"""Loaded where they are first used: by the worker, a feed, a calendar file, a passkey."""
_ROOT = Path(__file__).parents[2]


def test_a_process_that_only_answers_webhooks_loads_no_client_calendar_or_passkeys() -> None:
    """`hotline serve` loads the app once and forks, so this is what each web process has."""
    names = f"import app, sys; print(*(set({NOT_FOR_WEBHOOKS!r}) & set(sys.modules)))"
    command = [sys.executable, "-c", names]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
