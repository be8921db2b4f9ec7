"""The same stories in the terminal, on the demo of the telephones."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from commands.command_line import hotline
from tests.browser.conftest import Demo


def test_a_scenario_is_played_in_the_terminal_and_reported(demo: Demo, tmp_path: Path) -> None:
    report = tmp_path / "call.html"
    typed = ["call", "--carrier", demo.carrier, "--scenario", "facility-phone", "--speed", "5"]
    told = CliRunner().invoke(hotline, [*typed, "--report", str(report)])
    assert told.exit_code == 0, told.output
    assert "is connected with" in told.output
    assert "It went as told." in told.output
    assert "is connected with" in report.read_text()


def test_an_unknown_scenario_names_those_that_there_are(demo: Demo) -> None:
    told = CliRunner().invoke(hotline, ["call", "--carrier", demo.carrier, "--scenario", "x"])
    assert told.exit_code == 1
    assert "officers-at-the-door" in told.stderr
