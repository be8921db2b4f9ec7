"""What a page asks the database does not grow with what it shows; counts, so no slow machine."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.staff.users import Role
from tests.console.every_address import rules, visitor
from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.ivr.callers.test_callbacks import ask_for_callback
from tests.ivr.test_cost_of_a_turn import counted

MOST_BYTES = 150_000
"""Of a page on the wire, compressed."""
_NOT_A_PAGE = frozenset({"/board/live", "/events"})


@pytest.fixture
def hotline(sqlite_template: Path, tmp_path: Path) -> Iterator[Hotline]:
    """On SQLite only: what is counted is what our code asks."""
    shutil.copy(sqlite_template, tmp_path / "hotline.db")
    world = Hotline(f"sqlite:///{tmp_path / 'hotline.db'}", folder=tmp_path / "standby")
    yield world
    assert list(world.closes()) == []


def works_for(hotline: Hotline, names: tuple[str, ...]) -> None:
    """People come to the roster, and as many callers leave messages and ask for callbacks."""
    for _ in names:
        ask_for_callback(hotline)
        call = hotline.is_called().press("1").press("1").hears("No one can answer").press("2")
        call.hears_the_tone().speaks(6).hangs_up()
        hotline.waits(30)
    for name in names:
        hotline.goes_off_duty(hotline.has_on_duty(name), hours=9)
        hotline.has_user(f"{name} of the console", Role.RESPONDER)


def costs(hotline: Hotline) -> dict[str, tuple[int, int]]:
    """Statements and bytes of each page that has no argument, for those who may open it."""
    found: dict[str, tuple[int, int]] = {}
    for role in (Role.ADMIN, Role.COORDINATOR):
        found |= dict(_costs_for(hotline, visitor(hotline, role)))
    return found


def _costs_for(hotline: Hotline, user: Coordinator) -> Iterator[tuple[str, tuple[int, int]]]:
    for rule in rules(hotline):
        if "GET" not in (rule.methods or ()) or rule.arguments or rule.rule in _NOT_A_PAGE:
            continue
        with counted(hotline.context.database) as cost:
            answer = user.client.get(rule.rule, base_url=hotline.settings.base_url)
        assert answer.status_code < 500, rule.rule
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield rule.rule, (cost.statements, len(gzip.compress(answer.data)))


def test_a_page_asks_as_often_for_many_rows_as_for_few(hotline: Hotline) -> None:
    works_for(hotline, ("Ana", "Ben"))
    few = costs(hotline)
    works_for(hotline, ("Cal", "Dan", "Eve", "Fay"))
    many = costs(hotline)
    grown = {page: (few[page][0], many[page][0]) for page in few if many[page][0] > few[page][0]}
    assert grown == {}
    assert {page: size for page, (_, size) in many.items() if size > MOST_BYTES} == {}
    assert {"/board", "/open-items", "/messages", "/people", "/users", "/schedule"} <= few.keys()
