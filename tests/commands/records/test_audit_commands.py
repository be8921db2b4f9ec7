"""`hotline setup` in the audit log, and checkpoints on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from click.testing import Result

from models.staff.audit import AuditEntry, AuditHead
from simulator.web.server import Server
from tests.faults import keeping
from tests.hotline import ACCOUNT, NUMBER, RESCUE, TOKEN, Hotline

Run = Callable[..., Result]


@pytest.fixture
def run(hotline: Hotline) -> Run:
    """The command line on the host of this line."""
    account = {
        "SECRET_KEY": hotline.settings.secret_key.get_secret_value(),
        "PUBLIC_BASE_URL": "https://elsewhere.example.org",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_PHONE_NUMBER": NUMBER,
        "RESCUE_NUMBER": RESCUE,
    }
    return lambda *words, typed="", **more: keeping.run(
        hotline, *words, typed=typed, **account, **more
    )


@contextmanager
def served(hotline: Hotline) -> Iterator[str]:
    """The carrier's API at an address of this machine; nothing else happens meanwhile."""
    server = Server(hotline.carrier.wsgi, lambda _: None, lambda: None, "127.0.0.1", 0)
    server.start()
    with server:
        yield server.url


def test_numbers_that_are_pointed_elsewhere_stand_in_the_log(hotline: Hotline, run: Run) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.waits_quietly(60)
    with served(hotline) as address:
        done = run("setup", TWILIO_API_BASE_URL=address)
    assert done.exit_code == 0, done.output
    assert hotline.carrier.line(NUMBER).voice_url.startswith("https://elsewhere.example.org/")
    assert ("command line", "numbers pointed here") in hotline.audit_log
    hotline.waits_quietly(60)
    hotline.waits(2)
    assert any("changed whose phones ring" in text for text in dee.texts)


def test_a_checkpoint_on_paper_reveals_that_the_log_was_emptied(hotline: Hotline, run: Run) -> None:
    assert run("audit", "checkpoint").exit_code == 1
    hotline.has_user("Cora").signs_in()
    printed = run("audit", "checkpoint")
    assert "Ed25519 public key" in printed.output
    kept = run("audit", "verify", "--checkpoints", "-", typed=printed.output)
    assert "1 entries, none changed or missing" in kept.output
    with hotline.context.database.transaction() as session:
        session.execute(sa.delete(AuditEntry))
        session.execute(sa.update(AuditHead).values(seq=0, mac=b"", seal=None, sealed_seq=None))
    assert run("audit", "verify").exit_code == 0, "the first hour has no checkpoint of its own"
    found = run("audit", "verify", "--checkpoints", "-", typed=printed.output)
    assert found.exit_code == 1
    assert "entry 1 of the checkpoint" in found.output
