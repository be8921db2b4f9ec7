"""The list of the first hour as an administrator reads it: each step leads to its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.base import i18n
from console.base.i18n import say
from ivr.core.context import AppContext
from ivr.launch import launch_list
from ivr.launch.launch_list import Item, Step
from routing.duty.coverage import Gap

PAGES: Mapping[Step, str] = {
    Step.NUMBER: "console.calls",
    Step.PEOPLE: "console.people",
    Step.COVERAGE: "console.schedule",
    Step.PROMPTS: "console.prompt_languages",
    Step.ADMINS: "console.users",
    Step.ALARMS: "console.sent_notices",
}


@dataclass(frozen=True)
class Line:
    """A step of the list in words."""

    title: str
    words: str
    is_done: bool
    page: str
    """The endpoint at which it is done."""


@dataclass(frozen=True)
class SetUp:
    """The whole list."""

    lines: list[Line]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(line.is_done for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.done == len(self.lines)


def look(app: AppContext) -> SetUp:
    """How far the hotline is set up at this moment."""
    now = app.clock()
    with app.database.reading() as session:
        found = launch_list.items(session, app.shipped_prompts, app.timezone, now)
    return SetUp([_line(app, item) for item in found])


def _line(app: AppContext, item: Item) -> Line:
    values = {name: _written(app, value) for name, value in item.values.items()}
    words = say(item.words, **values)
    return Line(say(launch_list.TITLES[item.step]), words, item.is_done, PAGES[item.step])


def _written(app: AppContext, value: object) -> object:
    match value:
        case datetime():
            return i18n.at(app, value)
        case Gap():
            return i18n.stretch(app, value.start, value.end)
        case tuple():
            return ", ".join(i18n.language_name(app, code) for code in value)
        case _:
            return value
