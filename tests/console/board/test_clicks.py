"""How many clicks the everyday tasks take from the board, as docs/tasks.md says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.console.work.test_callbacks import has_coordinator
from tests.coordinator import Coordinator
from tests.faults.keeping import asks_for_callback, leaves_message
from tests.hotline import Hotline

DOCUMENT = Path(__file__).parents[3] / "docs" / "tasks.md"
_ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| (\d+) \|", re.M)
IN_THE_BROWSER = {"move a shift": 5, "listen to a message": 1}
"""Of each, the clicks that only a script answers: they are counted by hand."""


class Counting(Coordinator):
    """Somebody whose clicks are counted: links, buttons and choices in lists."""

    clicks = 0

    def _arrive(self, *given: object) -> Coordinator:
        self.clicks += 1
        return super()._arrive(*given)  # type: ignore[arg-type]

    def chooses(self, label: str, words: str) -> Coordinator:
        self.clicks += 1
        return super().chooses(label, words)


def off_duty(cora: Coordinator) -> None:
    cora.follows("Planning").follows("Time off").chooses("Who", "Ana Torres")
    cora.fills("Day", "2026-12-08").fills("From", "03:00").fills("To", "05:00")
    cora.fills("Last day", "").presses("Preview the change").presses("Save and leave the gap")


def announce(cora: Coordinator) -> None:
    cora.follows("What callers hear").follows("Announcements")
    cora.fills("What is said in English", "A forum.").presses("Announce it")


TASKS: dict[str, Callable[[Coordinator], object]] = {
    "take a caller who waits": lambda cora: cora.presses("Take this call"),
    "call back a caller whose callback is due": lambda cora: cora.presses("Call now"),
    "listen to a message": lambda cora: cora.follows("Listen"),
    "fill the next gap": lambda cora: (
        cora.follows("Planning").follows("Fill this gap").chooses("Who", "Luis Ortega")
        .presses("Preview the change").presses("Save")
    ),
    "enter time off": off_duty,
    "undo a change of the schedule": lambda cora: cora.follows("Planning").presses("Undo"),
    "see who would be called now": lambda cora: (
        cora.follows("Planning").presses("Show responders")
    ),
    "pause a person": lambda cora: cora.follows("Team").follows("Luis Ortega").presses("Pause"),
    "switch a surge on": lambda cora: cora.follows("Surge").presses("Switch the surge on"),
    "announce something to callers": announce,
}  # fmt: skip


def test_everyday_tasks_take_the_clicks_that_the_document_says(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    leaves_message(hotline)
    cora = has_coordinator(hotline)
    cora.__class__ = Counting
    hotline.has_shift("Ana Torres", speaks="en es", hours=6)
    hotline.knows("Luis Ortega", speaks="en es")
    hotline.is_called("+19175550187").press("2").press("2")
    hotline.waits(3)
    assert isinstance(cora, Counting)
    counted = {}
    for task, steps in TASKS.items():
        counted[task] = clicks_of(cora, steps)
        hotline.waits(3)
        if (phone := hotline.phone_of("Cora Example")).is_rung:
            phone.declines()
    for task, clicks in IN_THE_BROWSER.items():
        counted[task] = counted.get(task, 0) + clicks
    assert counted == {task: int(now) for task, now in _ROW.findall(DOCUMENT.read_text())}


def clicks_of(cora: Counting, steps: Callable[[Coordinator], object]) -> int:
    cora.opens("/board")
    cora.clicks = 0
    steps(cora)
    assert cora.answer.status_code == 200, cora.reads
    return cora.clicks
