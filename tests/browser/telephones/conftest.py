"""A demo whose clock these tests move; each of their files begins with a fresh hotline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Demo, running_demo


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for the tests of this folder alone."""
    with running_demo(tmp_path_factory.mktemp("telephones")) as running:
        yield running
