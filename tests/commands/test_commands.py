"""What a coordinator types, and what the hotline says back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands import hotline as command_line
from commands.export import as_csv
from ivr.call_tree import HOTLINE
from tests.conftest import KEY
from tests.hotline import Hotline

SAMPLE = Path("commands/sample_roster.yaml")


@pytest.fixture
def run(database_url: str) -> CliRunner:
    """A shell whose environment names a fresh database."""
    return CliRunner(env={"DATABASE_URL": database_url, "DATA_KEYS": KEY})


def hotline(run: CliRunner, *words: str) -> Result:
    """Type a `hotline` command."""
    return run.invoke(command_line, list(words))


def test_importing_twice_changes_nothing(run: CliRunner) -> None:
    assert "10 partners and 15 people" in hotline(run, "import", str(SAMPLE)).output
    assert hotline(run, "import", str(SAMPLE)).output == "Nothing changed.\n"


def test_a_bad_roster_changes_nothing_and_names_the_line(run: CliRunner, tmp_path: Path) -> None:
    bad = tmp_path / "roster.yaml"
    bad.write_text(SAMPLE.read_text().replace("languages: [es, en]", "languages: [xx]", 1))
    answer = hotline(run, "import", str(bad))
    assert answer.exit_code == 1
    assert "line " in answer.output
    assert "xx" in answer.output
    assert hotline(run, "who").output.startswith("On duty: nobody")


def test_who_answers_from_a_file_and_from_the_database_alike(run: CliRunner) -> None:
    asked = ("who", "--at", "2026-12-08T07:04:00Z", "--language", "es", "--need", "detained")
    hotline(run, "import", str(SAMPLE))
    stored = json.loads(hotline(run, *asked, "--json").output)
    read = json.loads(hotline(run, *asked, "--roster", str(SAMPLE), "--json").output)
    assert stored["at"] == "2026-12-08T07:04:00Z"
    assert stored["on_duty"] == read["on_duty"] != []
    assert set(stored["would_ring"]) == set(read["would_ring"])


def test_gaps_are_named_with_their_language_and_zone(run: CliRunner) -> None:
    answer = hotline(run, "gaps", "--roster", str(SAMPLE), "--days", "7")
    assert answer.exit_code == 0
    assert "nobody speaks" in answer.output
    assert "nobody speaks Spanish" not in answer.output
    assert "EST" in answer.output or "EDT" in answer.output


def test_the_tree_is_printed_with_every_place_and_key(run: CliRunner) -> None:
    answer = hotline(run, "tree").output
    for name in HOTLINE.places:
        assert f"\n{name}\n" in answer
    assert "1  If immigration officers are with you now" in answer
    assert "2  Español -> main_menu" in answer


def test_calls_are_exported_without_numbers(database_url: str, run: CliRunner) -> None:
    world = Hotline(database_url)
    ana = world.has_on_duty("Ana Example")
    call = world.is_called("+19175550177").press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    world.house.database.close()
    answer = hotline(run, "export", "calls").output
    (row,) = json.loads(answer)
    assert row["outcome"] == "person"
    assert row["answered_by"] == "Ana Example"
    assert row["rings"] == 1
    assert row["pseudonym"]
    assert "accepted" in [step["what"] for step in row["steps"]]
    assert "9175550177" not in answer
    assert hotline(run, "export", "calls", "--format", "csv").output.startswith("id,pseudonym")


@pytest.mark.parametrize("what", ["calls", "messages", "callbacks", "duty"])
def test_an_export_of_nothing_is_an_empty_list(run: CliRunner, what: str) -> None:
    assert json.loads(hotline(run, "export", what).output) == []


def test_no_cell_of_a_table_is_taken_for_a_formula() -> None:
    assert as_csv([{"name": "=1+1", "note": "@x"}]) == "name,note\n'=1+1,'@x"


def test_check_says_in_words_what_is_wrong() -> None:
    empty = CliRunner(env={"DATA_KEYS": "", "SECRET_KEY": "short"})
    answer = empty.invoke(command_line, ["check"])
    assert answer.exit_code == 1
    for words in ("PUBLIC_BASE_URL is not set", "SECRET_KEY must have 32", "DATA_KEYS is empty"):
        assert words in answer.output


def test_check_finds_a_missing_worker_and_roster(run: CliRunner) -> None:
    answer = hotline(run, "check")
    assert answer.exit_code == 1
    assert "No worker is running" in answer.output
    assert "Nobody is on the roster" in answer.output
