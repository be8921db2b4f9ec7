"""The audit log outside the database, and coordinators who hear of changes of who is rung."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from commands.findings import host_findings, roster_findings
from ivr.privacy import checkpoint_file
from ivr.worker.audit_care import ROUTING, SETTINGS_CHANGED
from models.staff.audit import AuditEntry, AuditHead
from tests.hotline import Hotline
from tests.mail_server import MailServer, mail_server

CODE = Path(__file__).parents[3]
CHANGED = "changed whose phones ring"
HOUR = timedelta(hours=1)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def tampered(hotline: Hotline) -> str:
    """What `hotline check` says of the console and its log."""
    with hotline.context.database.reading() as session:
        spoken, now = hotline.context.shipped_prompts, hotline.clock.now()
        found = [*roster_findings.of_console(session, hotline.settings, spoken, now)]
    return " ".join(each.words for each in found if "audit log" in each.words)


def test_each_hour_a_checkpoint_is_written_and_reveals_an_emptied_log(hotline: Hotline) -> None:
    hotline.has_user("Cora").signs_in()
    hotline.later(HOUR)
    hotline.later(HOUR)
    kept = checkpoint_file.of(hotline.context.folder)
    assert kept.read_text().count("hotline-audit") == 2
    assert kept.stat().st_mode & 0o777 == 0o600
    assert tampered(hotline) == ""
    with hotline.context.database.transaction() as session:
        session.execute(sa.delete(AuditEntry))
        session.execute(sa.update(AuditHead).values(seq=0, mac=b"", seal=None, sealed_seq=None))
    assert "the audit log was tampered with: entry" in tampered(hotline)
    auditor = hotline.has_user("Al", role="auditor").signs_in()
    assert "The log was tampered with: entry" in auditor.opens("/audit").reads


def test_whoever_has_the_mailed_checkpoint_needs_no_file(
    hotline: Hotline, mail: MailServer
) -> None:
    hotline.restarts(audit_urls=SecretStr(mail.url))
    hotline.has_user("Cora").signs_in()
    hotline.later(HOUR)
    hotline.waits(5)
    (told,) = mail.mails
    assert told.subject == "Hotline: audit_checkpoint"
    checkpoint_file.of(hotline.context.folder).unlink()
    with hotline.context.database.transaction() as session:
        session.execute(sa.delete(AuditEntry))
        session.execute(sa.update(AuditHead).values(seq=0, mac=b"", seal=None, sealed_seq=None))
        assert checkpoint_file.verdict(session, hotline.context.folder).fault is None
        found = checkpoint_file.verdict(session, hotline.context.folder, told.body)
    assert "older copy" in str(found.fault)


def test_check_names_a_checkpoint_that_is_old(hotline: Hotline, tmp_path: Path) -> None:
    hotline.has_user("Cora").signs_in()
    hotline.later(HOUR)
    with hotline.context.database.reading() as session:
        fresh = [*host_findings.of_files(hotline.settings, session)]
        assert "the last checkpoint" not in " ".join(each.words for each in fresh)
        hotline.settings.standby_folder = str(tmp_path)
        checkpoint_file.add(tmp_path, "older")
        os.utime(checkpoint_file.of(tmp_path), (0, 0))
        old = [*host_findings.of_files(hotline.settings, session)]
    assert "the last checkpoint of the audit log" in " ".join(each.words for each in old)


def test_coordinators_are_told_of_a_change_at_once_and_of_the_next_ones_together(
    hotline: Hotline,
) -> None:
    dee, elle = hotline.knows("Dee", tier=3), hotline.knows("Elle", tier=3)
    ana = hotline.knows("Ana")
    hotline.waits_quietly(60)
    pages = hotline.has_user("Cora").signs_in()
    person = f"/people/{hotline.person(ana).id}"
    for _ in range(3):
        pages.opens(person).presses("Pause")
        hotline.waits_quietly(60)
        pages.opens(person).presses("End the pause")
        hotline.waits_quietly(60)
    for coordinator in (dee, elle):
        assert sum(CHANGED in text for text in coordinator.texts) == 1
    hotline.waits_quietly(20 * 60)
    hotline.waits_quietly(60 * 60)
    for coordinator in (dee, elle):
        assert sum(CHANGED in text for text in coordinator.texts) == 2


def test_a_roster_file_and_other_settings_are_told_too(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.later(HOUR)
    assert not any(CHANGED in text for text in dee.texts)
    hotline.has_the_sample_roster()
    hotline.waits_quietly(60)
    assert ("command line", "file imported") in hotline.audit_log
    hotline.restarts(rescue_number="+12125550142")
    hotline.later(HOUR)
    assert ("line", "settings changed") in hotline.audit_log
    before = hotline.audit_log.count(("line", "settings changed"))
    hotline.restarts()
    hotline.later(HOUR)
    assert hotline.audit_log.count(("line", "settings changed")) == before == 1


def test_every_change_that_is_told_is_an_action_of_the_code() -> None:
    own = CODE / "ivr" / "worker" / "audit_care.py"
    rooms = ("console", "ivr", "commands")
    files = [file for room in rooms for file in (CODE / room).rglob("*.py") if file != own]
    code = "\n".join(file.read_text() for file in files)
    assert [action for action in ROUTING if f'"{action}"' not in code] == [SETTINGS_CHANGED]
