"""The hotline of these tests, on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hotline import Hotline


@pytest.fixture
def hotline(database_url: str) -> Iterator[Hotline]:
    """A hotline with nobody on duty and no user yet."""
    world = Hotline(database_url)
    yield world
    assert list(world.closes()) == []
