"""The export commands: what a coordinator types and what the hotline prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands import command_line
from tests.conftest import KEY
from tests.hotline import Hotline

SAMPLE = Path("commands/sample_roster.yaml")


@pytest.fixture
def run(database_url: str) -> CliRunner:
    """A shell whose environment names a fresh database."""
    return CliRunner(env={"DATABASE_URL": database_url, "DATA_KEYS": KEY})


def hotline(run: CliRunner, *words: str) -> Result:
    """Type a `hotline` command."""
    return run.invoke(command_line.hotline, list(words))


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


def test_calls_are_exported_without_numbers(database_url: str, run: CliRunner) -> None:
    world = Hotline(database_url)
    ana = world.has_on_duty("Ana Example")
    call = world.is_called("+19175550177").press("1").tells("2", "1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    ana.presses("1")
    world.context.database.close()
    answer = hotline(run, "export", "calls").output
    (row,) = json.loads(answer)
    assert row["outcome"] == "person"
    assert row["answered_by"] == "Ana Example"
    assert row["rings"] == 1
    assert (row["need"], row["need_detail"]) == ("detained", "detained_today")
    assert row["pseudonym"]
    (noted,) = json.loads(hotline(run, "export", "results").output)
    assert noted == {"call": row["id"], "result": "done", "referrals": [], "follow_up_on": None}
    assert "accepted" in [step["what"] for step in row["steps"]]
    assert "9175550177" not in answer
    assert hotline(run, "export", "calls", "--format", "csv").output.startswith("id,pseudonym")


@pytest.mark.parametrize("what", ["calls", "messages", "callbacks", "items", "duty"])
def test_an_export_of_nothing_is_an_empty_list(run: CliRunner, what: str) -> None:
    assert json.loads(hotline(run, "export", what).output) == []
