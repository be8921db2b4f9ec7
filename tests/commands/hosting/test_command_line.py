"""The command line, as a coordinator types it."""

from __future__ import annotations

import csv
import io
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from commands.command_line import hotline
from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.places import ChooseNumber, Menu
from models.calls import calls, rings, surges
from models.calls.rings import Purpose
from models.core.database import Database
from models.core.vault import Vault
from models.people import people
from prompts import read
from tests.conftest import KEY
from tests.waiting import PATIENCE_SECONDS

THURSDAY = "2026-12-10T10:30:00-05:00"
ROSTER = """\
timezone: America/New_York
partners:
  - {name: CAMBA Legal Services, phone: "+17185550101", zips: ["11226"], languages: [en, es]}
people:
  - {name: Ana, phone: "+17185550121", languages: [es, en], pin: "402817"}
  - {name: Luis, phone: "+13475550122", partner: CAMBA Legal Services, languages: [es], tier: 2}
  - {name: Grace, phone: "+12125550124", languages: [en]}
rules:
  - {kind: weekly, days: [thu], start: 09:00, end: 17:00, person: Ana}
  - {kind: weekly, days: [thu], start: 09:00, end: 17:00, person: Luis}
  - {kind: rotation, people: [Grace, Luis], handoff: weekly, start: "2026-12-11T09:00:00-05:00"}
"""
Run = Callable[..., Result]


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    file = tmp_path / "roster.yaml"
    file.write_text(ROSTER)
    return file


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """The command line with no setting but the database, its key, and the folder of the host."""
    places = {"DATABASE_URL": database_url, "STATE_FOLDER": str(tmp_path)}
    return lambda *words: _typed(words, **places, DATA_KEYS=KEY)


def _typed(words: tuple[str | Path, ...], **environment: str) -> Result:
    return CliRunner().invoke(hotline, [str(word) for word in words], env=environment)


def _database(url: str) -> Database:
    return Database(url, Vault.from_setting(KEY))


def test_importing_twice_changes_nothing(run: Run, roster: Path) -> None:
    first, second = run("import", roster), run("import", roster)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "nothing changed" not in first.stdout.lower()
    assert "nothing changed" in second.stdout.lower()


def test_a_bad_file_changes_nothing_and_names_the_line(run: Run, roster: Path) -> None:
    run("import", roster)
    bad = roster.with_name("bad.yaml")
    bad.write_text(ROSTER.replace("person: Luis", "person: Louis").replace("Ana,", "Ann,"))
    refused = run("import", bad)
    assert refused.exit_code == 1
    assert "line 9" in refused.stderr
    assert "line 10" in refused.stderr
    assert "nothing changed" in run("import", roster).stdout.lower()


def test_a_phone_may_pass_from_one_person_to_another(run: Run, roster: Path) -> None:
    run("import", roster)
    swapped = ROSTER.replace("+17185550121", "here").replace("+13475550122", "+17185550121")
    roster.write_text(swapped.replace("here", "+13475550122"))
    assert run("import", roster).exit_code == 0
    roster.write_text(ROSTER.replace("Grace", "Hope"))  # Hope takes over Grace's phone
    assert run("import", roster).exit_code == 0
    assert "nothing changed" in run("import", roster).stdout.lower()


def test_a_partner_who_left_is_no_longer_named_to_callers(
    run: Run, roster: Path, database_url: str
) -> None:
    run("import", roster)
    without = ROSTER.replace(" partner: CAMBA Legal Services,", "").splitlines(keepends=True)
    roster.write_text(
        "".join(line for line in without if "CAMBA" not in line and line != "partners:\n")
    )
    assert run("import", roster).exit_code == 0
    database = _database(database_url)
    with database.reading() as session:
        left = people.partners(session)
    database.close()
    assert left == []


def test_people_who_left_keep_their_names_in_the_exports(
    run: Run, roster: Path, database_url: str
) -> None:
    run("import", roster)
    _remember_a_call(database_url, answered_by="Ana")
    roster.write_text(
        "".join(line for line in ROSTER.splitlines(keepends=True) if "Ana" not in line)
    )
    assert "1" in run("import", roster).stdout
    assert json.loads(run("export", "calls").stdout)[0]["answered_by"] == "Ana"


def test_calls_are_exported_in_the_form_of_the_contract(
    run: Run, roster: Path, database_url: str
) -> None:
    run("import", roster)
    _remember_a_call(database_url, answered_by="Ana")
    (call,) = json.loads(run("export", "calls", "--format", "json").stdout)
    assert set(call) == {
        *("id", "pseudonym", "language", "need", "started_at", "ended_at", "outcome"),
        *("answered_by", "rings", "steps", "need_detail"),
    }
    assert (call["started_at"], call["rings"]) == ("2026-12-10T15:30:00Z", 1)
    assert call["steps"] == [{"at": "2026-12-10T15:30:00Z", "what": "rang", "people": 1}]
    assert "555" not in json.dumps(call).replace(call["id"], "")
    assert json.loads(run("export", "calls", "--since", "2026-12-10T10:31").stdout) == []


def test_a_csv_has_its_columns_even_when_it_has_no_rows(run: Run) -> None:
    for what, first in (
        ("calls", "id"),
        ("messages", "id"),
        ("callbacks", "id"),
        ("duty", "person"),
    ):
        (header,) = csv.reader(io.StringIO(run("export", what, "--format", "csv").stdout))
        assert header[0] == first


def test_no_cell_of_a_csv_is_a_formula(run: Run, roster: Path) -> None:
    roster.write_text(ROSTER.replace("Ana", '"=1+1"'))
    assert run("import", roster).exit_code == 0
    duty = ("export", "duty", "--format", "csv", "--since", THURSDAY)
    named = {row["person"] for row in csv.DictReader(io.StringIO(run(*duty).stdout))}
    assert "'=1+1" in named
    assert "=1+1" not in named


def test_duty_is_exported_by_name(run: Run, roster: Path) -> None:
    run("import", roster)
    duty = run("export", "duty", "--since", "2026-12-10", "--until", "2026-12-11")
    shift = {"start": "2026-12-10T14:00:00Z", "end": "2026-12-10T22:00:00Z"}
    assert json.loads(duty.stdout) == [{"person": "Ana", **shift}, {"person": "Luis", **shift}]


def test_who_answers_from_a_file_without_any_setting(roster: Path) -> None:
    asked = ("who", "--at", THURSDAY, "--language", "es", "--roster", roster, "--json")
    assert json.loads(_typed(asked).stdout) == {
        "at": "2026-12-10T15:30:00Z",
        "on_duty": ["Ana", "Luis"],
        "would_ring": ["Ana", "Luis"],
    }


def test_who_answers_the_same_from_the_database(run: Run, roster: Path) -> None:
    run("import", roster)
    asked = ("who", "--at", "2026-12-10T10:30", "--json")  # in the time zone of the roster
    assert json.loads(run(*asked).stdout) == json.loads(_typed((*asked, "--roster", roster)).stdout)


def test_gaps_are_said_on_the_clock_of_the_hotline(roster: Path) -> None:
    said = _typed(("gaps", "--days", "14", "--roster", roster))
    assert said.exit_code == 0
    assert "nobody speaks Bengali" in said.stdout
    assert "EST" in said.stdout or "EDT" in said.stdout


def test_the_tree_shows_every_key_and_every_place() -> None:
    printed = _typed(("tree",)).stdout
    words = read()
    for place in HOTLINE.places.values():
        assert place.name in printed
        options = place.options if isinstance(place, Menu) else ()
        if isinstance(place, ChooseNumber):
            options = (place.this_number, place.other_number)
        for option in options:
            said = words.sentence("en", option.words, {"key": option.key})
            assert f"{option.key}  {said} -> {option.leads_to}" in printed


def test_check_on_an_empty_environment_says_what_to_set(tmp_path: Path) -> None:
    checked = _typed(("check",), DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}", DATA_KEYS="")
    assert checked.exit_code == 1
    for name in ("PUBLIC_BASE_URL", "TWILIO_AUTH_TOKEN", "SECRET_KEY", "DATA_KEYS"):
        assert name in checked.stdout


def test_check_misses_the_worker_and_the_roster(run: Run) -> None:
    checked = run("check").stdout
    assert "hotline worker" in checked
    assert "no lawyer has approved every text about rights in English, Spanish" in checked
    assert "hotline import" in checked
    assert "wrong: nothing was purged" not in checked
    assert len(set(checked.splitlines())) == len(checked.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ("export", "calls"),
        ("who",),
        ("gaps",),
    ],
)
def test_a_database_without_tables_is_said_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    asked = _typed(words, DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}", DATA_KEYS=KEY)
    assert asked.exit_code == 1
    assert "hotline migrate" in asked.stderr


def test_a_setting_that_cannot_be_read_is_named_without_its_value(tmp_path: Path) -> None:
    asked = _typed(("export", "calls"), TRUSTED_PROXIES="hunter2", DATA_KEYS=KEY)
    assert asked.exit_code == 1
    assert "TRUSTED_PROXIES" in asked.stderr
    assert "hunter2" not in asked.output


@pytest.mark.parametrize("more", [(), ("--scenario", "officers-at-the-door")])
def test_a_phone_without_a_carrier_says_what_to_start(more: tuple[str, ...]) -> None:
    asked = _typed(("call", "--port", "9", *more))
    assert asked.exit_code == 1
    assert "demo" in asked.stderr


def test_a_report_without_a_scenario_is_refused() -> None:
    asked = _typed(("call", "--report", "call.html"))
    assert asked.exit_code == 1
    assert "--scenario" in asked.stderr


def test_the_carrier_alone_serves_any_application_until_it_is_told_to_stop() -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "app", "carrier", "--port", "0"),
            *("--number", "+12125550100", "--number", "+12125550198"),
            *("--webhook", "http://127.0.0.1:9/answer"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    with process:
        both = "+12125550100 and +12125550198 are answered at http://127.0.0.1:9/answer"
        assert both in process.stdout.readline()
        page = process.stdout.readline().split()[1]
        assert "Telephones" in httpx.get(page, trust_env=False).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_the_carrier_speaks_tls_by_a_certificate_that_only_its_callers_trust() -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "app", "carrier", "--tls", "--port", "0"),
            *("--number", "+12125550100", "--webhook", "http://127.0.0.1:9/answer"),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        authority = Path(process.stderr.readline().strip().partition("SSL_CERT_FILE=")[2])
        address = process.stdout.readline().split()[0]
        assert address.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(authority))
        assert httpx.get(address, verify=trusting, trust_env=False).status_code == 404
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    assert not authority.exists()


def _without(words: str, text: str) -> str:
    """The text without the lines that contain these words."""
    return "".join(line for line in text.splitlines(keepends=True) if words not in line)


def _remember_a_call(url: str, *, answered_by: str) -> None:
    at = datetime(2026, 12, 10, 15, 30, tzinfo=UTC)
    database = _database(url)
    with database.transaction() as session:
        person = people.with_name(session, answered_by)
        assert person
        call = calls.begin(session, "CA1", "+19175550150", start="main_menu", language="es", now=at)
        call.answered_by = person.id
        calls.note(session, call.id, at, "rang", people=1)
        session.add(
            rings.Ring(
                token=rings.new_token(),
                purpose=Purpose.CALLER,
                call_id=call.id,
                person_id=person.id,
                step="same language",
                interpreter=False,
                seconds=15,
                due_at=at,
                since=at,
                created_at=at,
            )
        )
    database.close()


def test_the_surge_is_switched_on_for_a_while_and_off(run: Run) -> None:
    assert "off" in run("surge", "status").output
    assert "on until" in run("surge", "on", "--hours", "2").output
    assert "on until" in run("surge", "status").output
    assert run("surge", "on", "--hours", "48").exit_code != 0
    run("surge", "off")
    assert "off" in run("surge", "status").output


def test_a_block_is_listed_by_pseudonym_and_lifted(run: Run, database_url: str) -> None:
    database = _database(database_url)
    now = datetime.now(UTC)
    with database.transaction() as session:
        surges.block(session, "+19175550150", "Blue Heron 42", now, now + timedelta(days=90))
    listed = run("blocks", "list").output
    assert "Blue Heron 42" in listed
    assert "555" not in listed
    with database.reading() as session:
        (block,) = surges.blocks(session, now)
        assert block.ends_at <= now + timedelta(days=30)
    assert run("blocks", "lift", "blue heron 42").exit_code == 0
    assert "Nobody is blocked" in run("blocks", "list").output
    assert "not blocked" in run("blocks", "lift", "Blue Heron 42").output
    database.close()
