"""The hotline fixture: a whole line on each database, whose carrier must have no complaint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hotline import Hotline


@pytest.fixture
def hotline(database_url: str) -> Iterator[Hotline]:
    """A hotline with nobody on duty yet; the carrier refuses any document that Twilio would."""
    world = Hotline(database_url)
    yield world
    assert list(world.closes()) == []
