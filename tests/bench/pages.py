"""What each page costs for 200 people with a year of duty behind them, and 20,000 kept calls."""

from __future__ import annotations

import gzip
import random
import time
from collections.abc import Iterator
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from statistics import median

import migrations
from models.core.database import Database
from models.operations import day_totals
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules
from models.staff.users import Role
from routing.duty.duty import Override, Weekly
from routing.readers.weekdays import WEEKDAYS
from tests.bench import tables
from tests.console.every_address import rules, visitor
from tests.coordinator import Coordinator
from tests.hotline import Hotline, settings_for
from tests.ivr.test_cost_of_a_turn import counted

PEOPLE, WEEKLY, DATED, CALLS = 200, 200, 1_000, 20_000
MOST_MS, MOST_KB = 300, 150
_NOT_A_PAGE = frozenset({"/board/live", "/events"})
_MORE = ("/calls?language=es", "/calls?asked=all", "/reports?days=90", "/schedule?view=month")
_AREAS = (347, 646)
_LANGUAGES = (["es"], ["es", "en"], ["en"], ["zh"], ["ht", "en"], ["ru"], ["bn", "en"])


def measured(folder: Path, rounds: int) -> Iterator[str]:
    """A table in Markdown, the dearest pages first: medians of processor time."""
    url = f"sqlite:///{folder / 'hotline.db'}"
    database = Database(url, settings_for(url).vault())
    migrations.upgrade(database.engine)
    database.close()
    hotline = Hotline(url, folder=folder)
    hotline.has_on_duty("Ana")
    caller = hotline.is_called().press("1").press("3").press("7")
    hotline.waits(15)
    caller.hangs_up()
    first = hotline.calls[0].id
    hotline.loses_its_worker()
    _fill(hotline, first)
    yield "| page | processor time | compressed | statements | target |"
    yield "|---|---|---|---|---|"
    found: dict[str, tuple[float, float, int]] = {}
    for role in (Role.ADMIN, Role.COORDINATOR):
        user = visitor(hotline, role)
        for address in (*_addresses(hotline), *_MORE, f"/calls/{first}"):
            if address not in found and (cost := _cost(hotline, user, address, rounds)):
                found[address] = cost
    for address, (took, size, statements) in sorted(found.items(), key=lambda each: -each[1][0]):
        aim = f"{MOST_MS} ms, {MOST_KB} KB"
        yield f"| `{address}` | {took:.0f} ms | {size:.0f} KB | {statements} | {aim} |"


def _addresses(hotline: Hotline) -> Iterator[str]:
    for rule in rules(hotline):
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule not in _NOT_A_PAGE:
            yield rule.rule


def _cost(
    hotline: Hotline, user: Coordinator, address: str, rounds: int
) -> tuple[float, float, int] | None:
    """None if it is no page, or not this user's. The first look is not counted."""
    took = []
    for _ in range(rounds + 1):
        began = time.process_time()
        with counted(hotline.context.database) as cost:
            answer = user.client.get(address, base_url=hotline.settings.base_url)
        took.append(1000 * (time.process_time() - began))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return None
    return median(took[1:]), len(gzip.compress(answer.data, 5)) / 1000, cost.statements


def _fill(hotline: Hotline, call: str) -> None:
    dice, now = random.Random(1), hotline.clock.now()
    database = hotline.context.database
    with database.transaction() as session:
        everybody = []
        for at in range(PEOPLE):
            person = Person(role="attorney", languages=dice.choice(_LANGUAGES), needs=[],
                            tier=dice.choice((1, 1, 1, 2, 3)), active=True)  # fmt: skip
            people.seal_person(
                session,
                person,
                name=f"Person {at:03}",
                phone=f"+1{_AREAS[at // 100]}55501{at % 100:02}",
            )
            session.add(person)
            everybody.append(person)
        session.flush()
        for at in range(WEEKLY):
            begins = clock_time(dice.randrange(24))
            ends = clock_time((begins.hour + 6) % 24)
            rule = Weekly((dice.choice(WEEKDAYS),), begins, ends, everybody[at % PEOPLE].id)
            duty_rules.add(session, rule, "roster", now, place=at)
        for _ in range(DATED):
            began = now + timedelta(hours=dice.randrange(-300 * 24, 65 * 24))
            shift = Override(began, began + timedelta(hours=6), person=dice.choice(everybody).id)
            duty_rules.add(session, shift, "import csv", now)
    tables.fill(database, call, CALLS)
    day_totals.count_recent(database, hotline.context.timezone, now)
