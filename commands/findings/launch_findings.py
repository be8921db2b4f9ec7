"""For `check`: what is left of the first hour, as the console's list says it too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from commands.base import instants
from commands.base.finding import Finding
from commands.records import duty_commands
from ivr.launch import launch_list
from ivr.launch.launch_list import Item, Step
from models.core.database import Session
from prompts import Prompts
from settings import Settings

_TOLD_ELSEWHERE = (Step.COVERAGE, Step.ALARMS)
"""Each gap is a finding of its own, and alarms are tried at once."""


def of_launch(
    session: Session, settings: Settings, spoken: Prompts, now: datetime
) -> Iterator[Finding]:
    """The steps that are not done."""
    for item in launch_list.items(session, spoken, settings.hotline_timezone, now):
        if not item.is_done and item.step not in _TOLD_ELSEWHERE:
            yield of_item(item, spoken)


def of_item(item: Item, spoken: Prompts) -> Finding:
    """An item of the list as a note."""
    values = {name: _written(value, spoken) for name, value in item.values.items()}
    words = (item.words % values).rstrip(".")
    if words[1].islower():
        words = words[0].lower() + words[1:]
    return Finding(words, is_note=True, step=item.step.value)


def _written(value: object, spoken: Prompts) -> str:
    if isinstance(value, datetime):
        return instants.written(value)
    if isinstance(value, tuple):
        return ", ".join(duty_commands.language_name(code, spoken) for code in value)
    return str(value)
