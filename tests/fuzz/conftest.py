"""How hard the fuzz tries: a bounded, repeatable part in `make test`, far more in `make fuzz`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.fuzz.judgement import UnderFire

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "0"))
"""How many requests `make fuzz` sends to each database; 0 is the short part."""
AN_EXAMPLE = 20


def tries(short: int, long: int, **more: Any) -> settings:
    """How many examples a test takes: always the same in `make test`, new ones in `make fuzz`."""
    return settings(
        max_examples=long if REQUESTS else short,
        phases=[Phase.generate] if REQUESTS else list(Phase),  # what fails is repeated by its blob
        derandomize=not REQUESTS,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        **more,
    )


@pytest.fixture
def under_fire(database_url: str) -> Iterator[UnderFire]:
    """A hotline on each database; what it was asked and how it answered is printed at the end."""
    target = UnderFire(database_url)
    yield target
    target.closes()
    kind, sent = database_url.partition(":")[0], target.counts.total()
    print(f"\n{kind}: {sent} requests, {target.pages} pages")  # noqa: T201 - what `make fuzz` reports
    for (view, status), count in sorted(target.counts.items()):
        print(f"  {view:16} {status}  {count:7}")  # noqa: T201 - as above
