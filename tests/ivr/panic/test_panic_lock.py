"""The panic lock under traffic: nobody on the line is lost, and nothing can be read meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.panic import line_lock
from models.core.database import Shut
from models.keys import lock_record
from tests.conftest import KEY
from tests.hotline import RESCUE, Hotline

CALLER = "+19175550187"
ROOT = b"k" * 32


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline whose root key is in a file, and whose shares are with three people."""
    file = tmp_path / "data_keys"
    file.write_text(f"{KEY}\n")
    with_a_file = Hotline(
        database_url,
        folder=tmp_path / "standby",
        data_keys_file=str(file),
        data_keys=SecretStr(""),
    )
    ring = with_a_file.context.database.vault.ring
    ring.folder.note_shared(line_lock.key_id(ROOT).hex())
    yield with_a_file
    assert list(with_a_file.closes()) == []


def test_callers_on_the_line_are_not_lost_when_it_is_locked(line: Hotline) -> None:
    ana, luz = line.has_on_duty("Ana"), line.has_on_duty("Luz", speaks="es")
    line.works()
    talking = line.is_called().press("1").press("1")
    ana.accepts()
    waiting = line.is_called().press("1").press("1")
    choosing = line.is_called(CALLER).press("1")
    line_lock.lock(line.context, "the console")
    with pytest.raises(Shut), line.context.database.reading():
        pass
    assert talking.is_joined_with(ana.number)
    luz.answers(within=60).presses("1")
    assert waiting.is_joined_with(luz.number)
    choosing.press("1")
    assert choosing.leg.is_live
