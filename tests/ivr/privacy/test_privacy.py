"""Nothing personal in logs, URLs or the raw database: tests plant canaries and search for them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hotline import Hotline

CALLER = "+19175550187"
KEYED = "7185550162"


@pytest.fixture
def printed(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What this process prints.

    Request it before `hotline`, whose log writes to the stream that it finds.
    """
    before = logging.getLogger().handlers[:]
    yield capfd
    logging.getLogger().handlers[:] = before  # the captured stream is closed from here on


def test_no_canary_gets_out(printed: pytest.CaptureFixture[str], hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Quetzal Canary", speaks="en", pin="482915")
    call = hotline.is_called(CALLER).press("1").press("2")
    ana.declines()
    call.hears("call back instead").press("1").hears("calling from").press("2")
    call.hears("ten-digit").press(f"{KEYED}#").hears("seven one eight").press("1").press("2")
    hotline.waits(120)
    canaries = (CALLER[2:], KEYED, ana.number[2:], "Quetzal", "482915")
    logging.getLogger("hotline").info("this is heard", extra={"called": CALLER})
    log = "".join(printed.readouterr())
    assert "this is heard" in log, "nothing that is logged would be found here"
    urls = " ".join(str(getattr(entry, "url", "")) for entry in hotline.carrier.journal)
    rows = database_bytes(hotline)
    for canary in canaries:
        assert canary not in log
        assert canary not in urls
        assert canary.encode() not in rows


def database_bytes(hotline: Hotline) -> bytes:
    """The whole content of the database, as stored."""
    url = hotline.context.database.engine.url
    if url.get_backend_name() == "sqlite":
        folder = Path(url.database or "").parent
        return b"".join(file.read_bytes() for file in folder.glob("*") if file.is_file())
    held: list[str] = []
    with hotline.context.database.reading() as session:
        tables = hotline.context.database.engine.dialect.get_table_names(session.connection())
        for table in tables:
            for row in session.connection().exec_driver_sql(f'SELECT * FROM "{table}"'):
                held.append(json.dumps([repr(value) for value in row]))
    return "\n".join(held).encode()
