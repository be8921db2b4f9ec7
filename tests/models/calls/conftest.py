"""What the tests of queries share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hotline import Hotline
from tests.models.calls.rows import PEOPLE, Rows


@pytest.fixture
def rows(hotline: Hotline) -> Iterator[Rows]:
    """A database with five people, in one transaction."""
    for name in PEOPLE:
        hotline.knows(name)
    with hotline.context.database.transaction() as session:
        yield Rows(hotline, session)
