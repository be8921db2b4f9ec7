"""A new hotline: its settings file and keys, its sample, and its way back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import migrations
from commands.command_line import hotline
from models.core.vault import Vault
from settings import Settings
from tests.conftest import KEY

ADDRESS, ACCOUNT, TOKEN = "https://hotline.example.org", f"AC{7:032x}", "f3" * 16
NUMBER, RESCUE = "+12125550100", "+12125550198"
GIVEN = (
    *("--public-base-url", ADDRESS, "--twilio-account-sid", ACCOUNT),
    *("--twilio-auth-token", TOKEN, "--twilio-phone-number", NUMBER, "--rescue-number", RESCUE),
)
Run = Callable[..., Result]


def typed(*words: str | Path, answers: str = "", **environment: str) -> Result:
    return CliRunner().invoke(
        hotline, [str(word) for word in words], input=answers, env=environment
    )


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    places = {"DATABASE_URL": database_url, "STATE_FOLDER": str(tmp_path)}
    return lambda *words: typed(*words, **places, DATA_KEYS=KEY)


def settings_in(file: Path) -> dict[str, str]:
    """What a shell makes of the file; systemd and Compose read such lines alike."""
    shown = subprocess.run(
        ["sh", "-c", f"set -a; . {file}; env -0"],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(each.split("=", 1) for each in shown.stdout.split("\0") if each)


def said_of_films(checked: Result) -> str:
    """The line about phones of films."""
    return next(line for line in checked.stdout.splitlines() if "phones of films" in line)


def test_five_questions_make_a_hotline_that_may_start(tmp_path: Path) -> None:
    file, state = tmp_path / "env", tmp_path / "state"
    answers = "\n".join([ADDRESS, "AC12", ACCOUNT, TOKEN, NUMBER, NUMBER, RESCUE]) + "\n"
    asked = typed("init", "--file", file, "--state-folder", state, answers=answers)
    assert asked.exit_code == 0, asked.output
    assert "TWILIO_ACCOUNT_SID must be AC and 32 characters" in asked.stderr
    assert "RESCUE_NUMBER must not be the hotline's own number" in asked.stderr
    assert TOKEN not in asked.output
    assert [file.stat().st_mode & 0o777, state.stat().st_mode & 0o777] == [0o600, 0o700]
    written = settings_in(file)
    assert f"DATA_KEYS={written['DATA_KEYS']}" in asked.stdout
    from_dotenv = Settings(_env_file=str(file))  # type: ignore[call-arg]  # pydantic's own
    assert from_dotenv.problems() == []
    assert from_dotenv.state_folder == written["STATE_FOLDER"] == str(state)
    assert from_dotenv.data_keys.get_secret_value() == written["DATA_KEYS"]


def test_what_init_made_is_closed_and_encrypted_and_comes_back(tmp_path: Path) -> None:
    """A thief of the powered-off disk without the keys learns not even when people called."""
    file, state, roots = tmp_path / "env", tmp_path / "state", tmp_path / "data_keys"
    where = ("--file", file, "--state-folder", state, "--data-keys-file", roots)
    assert typed("init", *where, *GIVEN).exit_code == 0
    written = {name: value for name, value in settings_in(file).items() if name.isupper()}
    assert "DATA_KEYS" not in written
    assert typed("migrate", **written).exit_code == 0
    assert typed("import", "--sample", **written).exit_code == 0
    assert not (state / "hotline.db").read_bytes().startswith(b"SQLite format 3")
    backup = tmp_path / "copy.backup"
    made = typed("backup", backup, **written)
    assert made.exit_code == 0, made.output
    (state / "hotline.db").unlink()
    assert typed("migrate", **written).exit_code == 0
    back = typed("restore", backup, **written)
    assert back.exit_code == 0, back.output
    assert '"would_ring"' in typed("who", "--json", **written).stdout
    assert not (state / "hotline.db").read_bytes().startswith(b"SQLite format 3")
    assert typed("keys", "status", **written).stdout.count("LOST") == 0
    assert "not encrypted" not in typed("check", **written).stdout
    open_to_others = [each for each in state.rglob("*") if each.stat().st_mode & 0o077]
    assert [roots.stat().st_mode & 0o077, open_to_others] == [0, []]
    assert list(state.rglob("*-sealed*")) == []


def test_keys_are_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "env"
    where = ("--file", file, "--state-folder", tmp_path / "state")
    assert typed("init", *where, *GIVEN).exit_code == 0
    before = file.read_text()
    again = typed("init", *where, *GIVEN)
    assert (again.exit_code, file.read_text()) == (1, before)
    assert "stays as it is" in again.stderr


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--rescue-number", "911"), "RESCUE_NUMBER: '911' is not a phone number"),
        (("--timezone", "Mars/Base"), "HOTLINE_TIMEZONE"),
        (("--database-url", "postgresql://h:it's@db/h"), "DATABASE_URL must be on one line"),
        (("--database-url", "mysql://db/h"), "DATABASE_URL must begin with"),
    ],
)
def test_a_wrong_answer_writes_nothing(tmp_path: Path, wrong: tuple[str, str], told: str) -> None:
    file, state = tmp_path / "env", tmp_path / "state"
    asked = typed("init", "--file", file, "--state-folder", state, *GIVEN, *wrong)
    assert asked.exit_code == 1
    assert told in asked.stderr
    assert not file.exists()


def test_a_database_in_a_container_gets_a_password_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "env"
    where = ("--file", file, "--state-folder", tmp_path / "state", "--postgres-host", "db")
    assert typed("init", *where, *GIVEN).exit_code == 0
    written = settings_in(file)
    password = written["POSTGRES_PASSWORD"]
    assert written["DATABASE_URL"] == f"postgresql://hotline:{password}@db/hotline"
    assert len(password) > 40


def test_a_new_key_goes_before_the_present_ones() -> None:
    made = typed("keys", "new")
    new = Vault.from_setting(f"{made.stdout.strip()},{KEY}")
    sealed = Vault.from_setting(KEY).seal("a number", "call.number")
    assert new.open(sealed, "call.number") == "a number"
    assert "DATA_KEYS" in made.stderr


def test_the_sample_is_for_trying_and_check_refuses_it(run: Run, tmp_path: Path) -> None:
    made = typed("init", "--file", tmp_path / "env", "--state-folder", tmp_path, "--sample", *GIVEN)
    assert "SAMPLE" in made.stdout
    assert run("import", tmp_path / "sample_roster.yaml").exit_code == 0
    assert "nothing changed" in run("import", "--sample").stdout
    assert "wrong" in said_of_films(run("check"))
    os.environ["TWILIO_API_BASE_URL"] = "http://127.0.0.1:9"
    try:
        rehearsed = run("check")
    finally:
        del os.environ["TWILIO_API_BASE_URL"]
    assert "note" in said_of_films(rehearsed)
    assert "note: this is a rehearsal" in rehearsed.stdout


def test_a_roster_comes_by_standard_input(run: Run) -> None:
    roster = "people:\n  - {name: Ana, phone: '+17185550121', languages: [es]}\n"
    with_file = CliRunner().invoke(hotline, ["who", "--roster", "-", "--json"], input=roster)
    assert run("import").exit_code == 1
    assert with_file.exit_code == 0, with_file.output


def test_others_of_the_host_may_not_look_into_the_state(run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert "others on this host can look into" in run("check").stdout
    tmp_path.chmod(0o700)
    assert "others on this host can look into" not in run("check").stdout


def test_tables_go_back_to_an_older_revision_and_forward_again(run: Run) -> None:
    newest = run("migrate", "--newest").stdout.strip()
    older = migrations._known()[newest]
    assert run("migrate", "--to", older).exit_code == 0
    assert "not migrated" in run("check").stdout
    refused = run("migrate", "--to", newest)
    assert (refused.exit_code, "is no revision before" in refused.stderr) == (1, True)
    assert run("migrate", "--to", "no_such_thing").exit_code == 1
    assert run("migrate").exit_code == 0
    assert "not migrated" not in run("check").stdout


def test_a_folder_of_backups_keeps_a_week(run: Run, tmp_path: Path, postgres_tools: None) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old, other = folder / "hotline-20200101T000000Z.backup", folder / "of-somebody-else.backup"
    for file in (old, other):
        file.write_bytes(b"")
        os.utime(file, (0, 0))
    made = run("backup", folder, "--keep-days", "7")
    assert made.exit_code == 0, made.output
    kept = sorted(file.name for file in folder.iterdir())
    assert len(kept) == 2
    assert kept[0].startswith("hotline-20")
    assert not old.exists()
    assert run("backup", folder / "file", "--keep-days", "7").exit_code == 1
