"""A rehearsal: the operator's own settings and roster, with processes of this machine alone."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from commands.command_line import hotline
from tests.conftest import KEY
from tests.waiting import PATIENCE_SECONDS

NUMBER, RESCUE = "+12125550100", "+12125550198"
ON_DUTY = """
rules:
  - kind: weekly
    days: [mon, tue, wed, thu, fri, sat, sun]
    start: "00:00"
    end: "00:00"
    person: Ana
"""


def rehearse(tmp_path: Path, *more: str, rules: str = ON_DUTY, **changed: str) -> Result:
    """Rehearse with one attorney on the roster."""
    roster = tmp_path / "roster.yaml"
    ana = '{name: Ana, phone: "+17185550121", languages: [en], role: attorney}'
    roster.write_text(f"timezone: America/New_York\npeople:\n  - {ana}\n{rules}")
    settings = {
        "STATE_FOLDER": str(tmp_path / "state"),
        "PUBLIC_BASE_URL": "https://hotline.example.org",
        "TWILIO_ACCOUNT_SID": f"AC{7:032x}",
        "TWILIO_AUTH_TOKEN": "f3" * 16,
        "TWILIO_PHONE_NUMBER": NUMBER,
        "RESCUE_NUMBER": RESCUE,
        "SECRET_KEY": "s" * 32,
        "DATA_KEYS": KEY,
        "ALERT_URLS": "json://127.0.0.1:9/never",
        **changed,
    }
    return CliRunner().invoke(hotline, ["rehearse", str(roster), *more], env=settings)


def test_the_real_settings_take_a_call_a_drill_and_a_text_over_tls(
    empty_database_url: str, tmp_path: Path
) -> None:
    place = ("--database-url", empty_database_url, "--patience", str(PATIENCE_SECONDS))
    tried = rehearse(tmp_path, *place)
    assert tried.exit_code == 0, tried.output
    assert tried.stdout.count("passed ") == 5
    assert "go to https://127.0.0.1:" in tried.stdout
    assert "the second number heard the offer" in tried.stdout
    assert "nobody was called" in tried.stdout
    assert not (tmp_path / "state").exists()
    again = rehearse(tmp_path, *place)
    assert again.exit_code == 1
    assert "this database has tables" in again.stderr


def test_a_rehearsal_in_which_nobody_can_be_reached_fails_and_says_so(tmp_path: Path) -> None:
    """The drill and a text work all the same, and are tried."""
    tried = rehearse(tmp_path, "--patience", str(PATIENCE_SECONDS), rules="")
    assert tried.exit_code == 1
    assert "FAILED an emergency call: nobody would be rung now" in tried.stdout
    assert "passed a text of the team" in tried.stdout
    assert "1 of 4 failed" in tried.stderr


def test_weak_settings_fail_before_anything_starts(tmp_path: Path) -> None:
    tried = rehearse(tmp_path, SECRET_KEY="short")
    assert tried.exit_code == 1
    assert "FAILED the settings: SECRET_KEY must have" in tried.stderr
