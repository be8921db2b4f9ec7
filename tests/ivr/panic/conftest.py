"""A hotline that is ready for a raid: its root key is in a file, and three people have shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

import wiring
from tests import root_key_file
from tests.faults import keeping
from tests.hotline import Hotline

Run = Callable[..., Result]


@pytest.fixture
def root_file(tmp_path: Path) -> Path:
    """The file of the root key."""
    return root_key_file.written(tmp_path)


@pytest.fixture
def line(database_url: str, tmp_path: Path, root_file: Path) -> Iterator[Hotline]:
    """A running hotline."""
    true_time = wiring.now()  # commands go by it
    running = root_key_file.read_by(database_url, tmp_path, root_file, true_time)
    yield running
    assert list(running.closes()) == []


@pytest.fixture
def run(line: Hotline, tmp_path: Path, root_file: Path) -> Run:
    """Runs a `hotline` command on the host of the line."""
    settings = line.settings
    environment = {
        "STATE_FOLDER": str(tmp_path),
        "DATA_KEYS_FILE": str(root_file),
        "PUBLIC_BASE_URL": settings.base_url,
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token.get_secret_value(),
        "TWILIO_PHONE_NUMBER": settings.twilio_phone_number,
        "RESCUE_NUMBER": settings.rescue_number,
        "SECRET_KEY": "s" * 32,
    }
    return lambda *words, answers="": keeping.run(line, *words, typed=answers, **environment)


@pytest.fixture
def shares(run: Run) -> list[str]:
    """What the three people have on paper."""
    printed = run("keys", "split")
    assert printed.exit_code == 0, printed.output
    return [each.partition(". ")[2] for each in printed.stdout.splitlines()]
