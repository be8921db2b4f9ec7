"""The commands `user` and `audit`, as an operator types them on the host."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands import command_line
from console.auth import rate_limits
from models.staff import users
from models.staff.audit import AuditEntry
from tests.conftest import KEY
from tests.console.api.test_api import ask
from tests.coordinator import Coordinator
from tests.hotline import Hotline


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> CliRunner:
    """A shell whose environment names a fresh database."""
    state = {"STATE_FOLDER": str(tmp_path / "state")}
    return CliRunner(env={"DATABASE_URL": database_url, "DATA_KEYS": KEY, **state})


def typed(run: CliRunner, *words: str, answers: str | None = None) -> Result:
    """Type a `hotline` command, and then the answers to its questions."""
    return run.invoke(command_line.hotline, list(words), input=answers)


def test_the_first_admin_signs_in_with_what_was_printed(database_url: str, run: CliRunner) -> None:
    printed = typed(run, "user", "add", "Ada", "--role", "admin").output
    password = _after("password", printed)
    assert "otpauth://totp/" in printed
    assert "█" in printed
    world = Hotline(database_url)
    ada = Coordinator(world, "ada", password, _after("key", printed))
    assert ada.signs_in().heading == "Board"
    assert world.audit_log == [("command line", "user added"), ("Ada", "signed in")]
    world.context.database.close()
    assert "Ada  admin" in typed(run, "user", "list").output


def test_a_password_of_ones_own_has_fifteen_characters(run: CliRunner) -> None:
    short = typed(run, "user", "add", "Ada", "--role", "admin", "--ask", answers="short\nshort\n")
    assert short.exit_code == 1
    assert "15 characters" in short.output
    long = "four unrelated words today\n"
    added = typed(run, "user", "add", "Ada", "--role", "admin", "--ask", answers=long * 2)
    assert added.exit_code == 0
    assert "four unrelated" not in added.output


def test_a_name_is_given_once_and_a_person_must_be_known(run: CliRunner) -> None:
    typed(run, "user", "add", "Ada", "--role", "admin")
    again = typed(run, "user", "add", " ADA", "--role", "auditor")
    assert again.exit_code == 1
    assert "already a user" in again.output
    unknown = typed(run, "user", "add", "Luz", "--role", "responder", "--person", "Luz Nobody")
    assert "Nobody named Luz Nobody is on the roster." in unknown.output


def test_a_locked_account_is_unlocked_by_hand(database_url: str, run: CliRunner) -> None:
    printed = typed(run, "user", "add", "Ada", "--role", "admin").output
    world = Hotline(database_url)
    with world.context.database.transaction() as session:
        user = users.named(session, "Ada")
        assert user
        user.wrong_tries = rate_limits.PER_ACCOUNT
    ada = Coordinator(world, "Ada", _after("password", printed), _after("key", printed))
    ada.opens("/sign-in").fills("Name", "Ada").fills("Password", ada.password)
    assert ada.presses("Sign in").heading == "Sign in"
    assert typed(run, "user", "unlock", "Ada").exit_code == 0
    world.waits_quietly(15 * 60)
    assert ada.signs_in().heading == "Board"
    world.context.database.close()


def test_the_last_administrator_who_lost_everything_begins_anew_on_the_host(
    database_url: str, run: CliRunner
) -> None:
    lost = typed(run, "user", "add", "Ada", "--role", "admin").output
    world = Hotline(database_url)
    before = Coordinator(world, "Ada", _after("password", lost), _after("key", lost)).signs_in()
    printed = typed(run, "user", "reset", "Ada").output
    assert before.opens("/board").heading == "Sign in"
    world.waits_quietly(60)
    assert before.elsewhere().signs_in_by_password().heading == "Sign in"
    ada = Coordinator(world, "Ada", _after("password", printed), _after("key", printed))
    assert ada.signs_in().heading == "Board"
    assert ("command line", "sign-in reset") in world.audit_log
    world.context.database.close()
    assert typed(run, "user", "reset", "Nobody").exit_code == 1


def test_whoever_is_locked_stays_so_through_a_reset_and_is_unlocked_by_name(
    database_url: str, run: CliRunner
) -> None:
    typed(run, "user", "add", "Ada", "--role", "admin")
    world = Hotline(database_url)
    with world.context.database.transaction() as session:
        user = users.named(session, "Ada")
        assert user
        user.disabled = True
    words = "four unrelated words today"
    printed = typed(run, "user", "reset", "Ada", "--ask", answers=f"{words}\n{words}\n").output
    assert "hotline user unlock Ada" in printed
    assert words not in printed
    ada = Coordinator(world, "Ada", words, _after("key", printed))
    assert ada.signs_in_by_password().heading == "Sign in"
    typed(run, "user", "unlock", "Ada")
    world.waits_quietly(60)
    assert ada.signs_in().heading == "Board"
    world.context.database.close()


def test_audit_verify_says_where_the_chain_breaks(database_url: str, run: CliRunner) -> None:
    typed(run, "user", "add", "Ada", "--role", "admin")
    assert "none changed or missing" in typed(run, "audit", "verify").output
    world = Hotline(database_url)
    with world.context.database.transaction() as session:
        session.get_one(AuditEntry, 1).actor = "somebody else"
    world.context.database.close()
    broken = typed(run, "audit", "verify")
    assert broken.exit_code == 1
    assert "entry 1 was changed" in broken.output


def _after(word: str, printed: str) -> str:
    found = re.search(rf"^\s*{word}\s+(\S+)$", printed, re.MULTILINE)
    assert found, printed
    return found[1]


def test_a_lone_administrators_second_person_is_whoever_runs_the_host(
    database_url: str, run: CliRunner
) -> None:
    typed(run, "user", "add", "Cora", "--role", "responder")
    assert "coordinator from now on" in typed(run, "user", "role", "cora", "coordinator").output
    assert "Cora  coordinator" in typed(run, "user", "list").output
    assert typed(run, "user", "role", "Nobody", "admin").exit_code == 1
    world = Hotline(database_url)
    assert world.audit_log[-1] == ("command line", "role granted")
    world.context.database.close()


def test_a_token_is_printed_once_within_the_role_of_its_user_and_revoked_by_its_id(
    database_url: str, run: CliRunner
) -> None:
    typed(run, "user", "add", "Cora", "--role", "coordinator")
    typed(run, "user", "add", "Luz", "--role", "responder")
    wanted = ("--for", "the display", "--scope", "totals:read")
    assert "does not allow totals:read" in typed(run, "token", "add", "Luz", *wanted).output
    token = typed(run, "token", "add", "Cora", *wanted).output.splitlines()[0]
    listed = typed(run, "token", "list").output
    assert "Cora  totals:read  until" in listed
    assert token not in listed
    world = Hotline(database_url, at=datetime.now(UTC))
    ask_totals = partial(ask, world, token, "totals")
    assert ask_totals().status_code == 200
    number = listed.split()[0]
    assert "opens nothing" in typed(run, "token", "revoke", number).output
    assert ask_totals().status_code == 401
    assert typed(run, "token", "revoke", number).exit_code == 1
    assert world.audit_log[-2:] == [
        ("command line", "token made"), ("command line", "token revoked")
    ]  # fmt: skip
    world.context.database.close()
