"""Every text that the code names for a caller is one that the start-up check looks for."""

from __future__ import annotations

import ast

import prompts
from docs.tools import code_map
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.caller_wording import opens_on, promised_within
from routing.dispatch import next_window
from routing.needs import NEEDS
from routing.readers.weekdays import WEEKDAYS

READ = {"rights_text.sheet", "office_text.intro"}
CHECKED_BY_THE_LOADER = {"language_menu.choose", "language_menu.more", *READ}
"""Each language says them in its own file, so the prompt loader demands them, or they are read."""
FOR_STAFF = (
    "offer",
    "duty_line",
    "texts",
    "proof",
    "dictation",
    "weekly_test",
    "alert",
    "pursuit",
    "guest",
    "room",
    "wrap_up",
)
"""Sections of the staff part; the loader compares them with English."""


def named_in_code() -> set[str]:
    known = set(prompts.load().wordings["en"])
    return {
        node.value
        for module in code_map.product().values()
        if module.package == "ivr" and module.name != "ivr.dialogue.tree_checks"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known
    }


def test_every_text_that_code_names_is_checked_at_start_up() -> None:
    checked = {name for name, _ in tree_checks.spoken(HOTLINE)} | CHECKED_BY_THE_LOADER
    named = {name for name in named_in_code() if name.partition(".")[0] not in FOR_STAFF}
    assert len(named) > 40
    assert named - checked == set()


def test_no_text_is_checked_that_nobody_says() -> None:
    checked = {name for name, _ in tree_checks.spoken(HOTLINE)}
    by_due_time = {promised_within(need) for need in NEEDS.values()}
    days = ("today", "tomorrow", *WEEKDAYS)
    by_day = {opens_on(day, half_past=half) for day in days for half in (False, True)}
    by_hour = {f"call_again.hour_{hour}" for hour in next_window.HOURS}
    assert checked - named_in_code() - by_due_time - by_day - by_hour == set()
