"""Plays a scenario on a carrier, prints it line by line, and saves its report."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

POLL_SECONDS = 0.2
STYLES = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")
SHOWN_EVENTS = {
    "ringing": "is rung",
    "answered": "picks up",
    "pressed": "presses",
    "bridged": "is connected with",
    "spoke": "speaks",
    "voicemail answered": "lets a voicemail answer",
}
Told = Mapping[str, Any]


class NoSuchScenario(Exception):
    """No scenario of that name; the text lists the names."""


class Narrator:
    """Prints the news of one performance."""

    def __init__(self, console: Console, cast: Mapping[str, str], first: int) -> None:
        self._console = console
        self._names = {number: name for name, number in cast.items()}
        self._first = first
        self._crowd = ""

    def tell(self, news: Told) -> None:
        """Print each new event on a line; callers of a crowd are only counted."""
        for entry in news["entries"]:
            if entry["kind"] == "leg" and entry["id"] >= self._first:
                self._tell_of_leg(entry)
        crowd = news["scene"]["performance"]["crowd"]
        if crowd:
            words = f"{crowd['over']} of {crowd['all']} calls are over, {crowd['as_told']} as told"
            if words != self._crowd:
                self._console.print(Text(words, style="dim"))
            self._crowd = words

    def _tell_of_leg(self, entry: Told) -> None:
        name = self._names.get(entry["number"])
        if name is None:
            return
        spoken = entry.get("spoken")
        if spoken:
            words = f"hears [{spoken['language'] or '-'}] {spoken['text'] or '♪'}"
        elif entry["what"] in SHOWN_EVENTS:
            other = self._names.get(entry["detail"], entry["detail"])
            words = f"{SHOWN_EVENTS[entry['what']]} {other}".strip()
        elif entry["what"] in ("completed", "busy", "no-answer", "failed", "canceled"):
            words = f"is off the phone ({entry['detail']})"
        else:
            return
        style = STYLES[list(self._names).index(entry["number"]) % len(STYLES)]
        line = Text(f"{entry['at'][11:19]}  ", style="dim")
        line.append(f"{name:<10}", style=f"bold {style}")
        line.append(f" {words}")
        self._console.print(line)


def play(carrier_url: str, name: str, *, speed: float = 1.0, report: Path | None = None) -> bool:
    """Play a scenario and print it; whether it went as told."""
    console = Console(highlight=False)
    with httpx.Client(base_url=carrier_url, timeout=60) as http:
        start = http.post(f"/simulator/stage/scenarios/{name}", json={"speed": speed})
        if start.status_code in (404, 409):
            raise NoSuchScenario(start.json()["message"])
        start.raise_for_status()
        performance = _follow(http, console, name)
        if report:
            page = http.get("/simulator/stage/report.html").raise_for_status()
            report.write_bytes(page.content)
            console.print(f"The report is in {report}.")
    return bool(performance["state"] == "as told")


def _follow(http: httpx.Client, console: Console, name: str) -> Told:
    console.print(Text("A fresh hotline is being started, and the stage is set ...", style="dim"))
    position, narrator = 0, None
    while True:
        news: Told = http.get("/simulator/live/news", params={"since": position}).json()
        performance: Told = news["scene"]["performance"] or {}
        if performance.get("name") != name:
            raise NoSuchScenario("somebody else has begun another scenario, or a fresh start")
        position = news["next"]
        if performance["state"] not in ("preparing", "setting the stage"):
            if narrator is None:
                console.print(Text(performance["title"], style="bold underline"))
                narrator = Narrator(console, performance["cast"], performance["first"])
            narrator.tell(news)
        if performance["state"] in ("as told", "went otherwise"):
            _conclude(console, performance)
            return performance
        time.sleep(POLL_SECONDS)


def _conclude(console: Console, performance: Told) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    done = len(performance["done"])
    for place, line in enumerate(performance["lines"]):
        mark, style = ("✓", "green") if place < done else ("✗", "red" if place == done else "dim")
        table.add_row(Text(mark, style=style), Text(line))
    console.print(table)
    good = performance["state"] == "as told"
    words = "It went as told." if good else f"It went otherwise: {performance['why']}"
    console.print(Text(words, style="bold green" if good else "bold red"))
