"""A run with PostgreSQL, a demo and a browser, which waits to be interrupted.

`tests/interruption` starts it by its name; no other run collects it.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Page

from tests.browser.conftest import Demo
from tests.interruption.small_run import waits_to_be_interrupted


def test_that_waits_to_be_interrupted(
    postgres_server: sa.URL, demo: Demo, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{demo.url}/phone")
    waits_to_be_interrupted(tmp_path)
