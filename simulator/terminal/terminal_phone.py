"""A phone in the terminal: calls a hotline through the control API and shows what is heard."""

import queue
import re
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, assert_never

import httpx
from rich.console import Console
from rich.text import Text

from simulator.terminal import typed_commands
from simulator.terminal.typed_commands import (
    Answer,
    Command,
    Decline,
    HangUp,
    Help,
    Press,
    Speak,
    Unknown,
    Wait,
)

POLL_SECONDS = 0.2
UNSHOWN_NUMBER = "+12125550199"
HELP = (
    "digits press keys · h hangs up · s speaks 8 s · "
    "a1 d1 h1: answer, decline, hang up phone 1 · p1 1: press 1 on phone 1 · wait N · ? help"
)


@dataclass
class Line:
    """One leg on the screen, and how much of its timeline is shown."""

    leg: str
    label: str
    seen: int = 0
    live: bool = True
    state: dict[str, Any] = field(default_factory=dict)


class Terminal:
    """The caller's phone on a screen, and the phones that the hotline rings."""

    def __init__(self, http: httpx.Client, console: Console, *, responders: bool) -> None:
        self._http = http
        self._console = console
        self._responders = responders
        self._lines: dict[str, Line] = {}
        self._numbers: list[str] = []
        self._keys: list[str] = []

    def call(self, to: str, caller_id: str, keys: str) -> Line:
        """Dial; each comma-separated group of `keys` is pressed at the next prompt.

        The number of a facility that the application names is called as from that facility.
        """
        self._keys = [re.sub(r"[^0-9*#]", "", group) for group in keys.split(",")]
        number = caller_id if caller_id.startswith("+") else UNSHOWN_NUMBER
        body = {"from": number, "to": to, "caller_id": caller_id, "gate": self._gate_of(number)}
        answer = self._ask("POST", "/simulator/calls", body)
        self._show("you", f"calling {to}", "bold")
        return self._follow(answer["leg"], "you")

    def _gate_of(self, number: str) -> object:
        told = self._ask("GET", "/simulator/live/application")
        known = {each["number"]: each["gate"] for each in told.get("facilities", [])}
        return known.get(number)

    def obey(self, command: Command, mine: Line) -> None:
        """Obey a typed command, or say why that is impossible."""
        match command:
            case Press(keys=keys, phone=phone):
                self._act(self._on(phone, mine), "press", {"digits": keys})
            case HangUp(phone=phone):
                self._act(self._on(phone, mine), "hangup")
            case Speak(seconds=seconds):
                self._act(mine.leg, "speak", {"seconds": seconds})
            case Answer(phone=phone):
                self._act(self._on(phone, mine), "answer")
            case Decline(phone=phone):
                self._act(self._on(phone, mine), "decline")
            case Help():
                self._show("", HELP, "dim")
            case Unknown(text=text):
                self._show("", f"not understood: {text}. {HELP}", "yellow")
            case Wait():
                pass
            case _:
                assert_never(command)

    def look(self) -> None:
        """Show what is new on every phone."""
        if self._responders:
            self._look_for_ringing()
        for line in list(self._lines.values()):
            if line.live:
                self._look_at(line)

    def _look_for_ringing(self) -> None:
        for phone in self._ask("GET", "/simulator/phones")["phones"]:
            if phone["ringing"] and phone["ringing"] not in self._lines:
                number = phone["number"]
                if number not in self._numbers:
                    self._numbers.append(number)
                place = self._numbers.index(number) + 1
                self._follow(phone["ringing"], f"{place} {number}")
                self._show(
                    f"{place} {number}", f"rings: a{place} answers, d{place} declines", "bold"
                )

    def _follow(self, leg: str, label: str) -> Line:
        self._lines[leg] = Line(leg, label)
        return self._lines[leg]

    def _look_at(self, line: Line) -> None:
        state = self._ask("GET", f"/simulator/legs/{line.leg}?since={line.seen}")
        line.state, line.seen, line.live = state, state["next"], state["live"]
        for event in state["events"]:
            self._show_event(line, event)

    def _show_event(self, line: Line, event: dict[str, Any]) -> None:
        spoken = event["spoken"]
        if spoken:
            words = spoken["text"] or spoken["audio_url"]
            self._show(line.label, f"[{spoken['language'] or '-'}] {words}", "green")
            if line.label == "you":
                self._press_next(line)
        elif event["what"] not in {"created", "initiated", "ringing"}:
            self._show(line.label, f"{event['what']} {event['detail']}".strip(), "dim")

    def _press_next(self, line: Line) -> None:
        group = self._keys.pop(0) if self._keys else ""
        if group:
            self._act(line.leg, "press", {"digits": group})

    def _on(self, phone: int, mine: Line) -> str:
        """The leg of a phone; phone 0 is the caller's."""
        if phone == 0:
            return mine.leg
        number = self._numbers[phone - 1] if phone <= len(self._numbers) else ""
        legs = [line.leg for line in self._lines.values() if line.label.endswith(f" {number}")]
        return legs[-1] if number and legs else ""

    def _act(self, leg: str, act: str, body: dict[str, Any] | None = None) -> None:
        if not leg:
            self._show("", "no such phone has rung", "yellow")
            return
        try:
            self._ask("POST", f"/simulator/legs/{leg}/{act}", body or {})
        except httpx.HTTPStatusError as error:
            self._show("", error.response.json()["message"], "yellow")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        response = self._http.request(method, path, json=body)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _show(self, label: str, words: str, style: str) -> None:
        self._console.print(Text(f"{label + ':' if label else ''} {words}".strip(), style=style))


def run(
    carrier_url: str,
    to: str,
    caller_id: str,
    *,
    responders: bool = True,
    keys: str | None = None,
    scripted: str | None = None,
) -> str:
    """Call a number and stay until the call ends; the final status.

    `keys` such as `2,1,7185550150#` are pressed group by group, each when the next prompt is heard;
    `scripted` holds commands to use instead of typed ones, separated by newlines or `;`.
    """
    console = Console(highlight=False)
    with httpx.Client(base_url=carrier_url, timeout=10) as http:
        terminal = Terminal(http, console, responders=responders)
        typed = _typed(scripted)
        console.print(Text(HELP, style="dim"))
        mine = terminal.call(to, caller_id, keys or "")
        _converse(terminal, mine, typed)
    how = mine.state.get("ended_by", "")
    console.print(Text(f"The call has ended: {mine.state['status']} ({how}).", style="bold"))
    return str(mine.state["status"])


def _converse(terminal: Terminal, mine: Line, typed: "queue.SimpleQueue[str]") -> None:
    not_before = 0.0
    while mine.live:
        terminal.look()
        while mine.live and time.monotonic() >= not_before and not typed.empty():
            command = typed_commands.read(typed.get())
            if isinstance(command, Wait):
                not_before = time.monotonic() + command.seconds
            terminal.obey(command, mine)
            terminal.look()
        time.sleep(POLL_SECONDS)


def _typed(scripted: str | None) -> "queue.SimpleQueue[str]":
    """The commands: from a script, or line by line from standard input."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    if scripted is not None:
        _fill(lines, re.split(r"[;\n]", scripted))
    else:
        threading.Thread(target=_fill, args=(lines, sys.stdin), daemon=True).start()
    return lines


def _fill(lines: "queue.SimpleQueue[str]", source: Iterable[str]) -> None:
    for line in source:
        if line.strip():
            lines.put(line.strip())
