"""What a newcomer finds in the demo: work, a history with its calls, a second factor."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from commands.showcase import demo_data, demo_shifts, demo_work
from models.core.database import Database
from models.staff import users
from models.staff.users import Role
from settings import Settings
from tests.coordinator import Coordinator
from tests.demo.test_demo import demo_settings, folder
from tests.hotline import PASSWORD, PASSWORD_HASH, Hotline
from web_app import create_app

__all__ = ["demo_settings", "folder"]
WORK = {
    "/board": "2 open callbacks 3 unheard messages",
    "/open-items": "late",
    "/messages": "Urdu",
    "/callbacks": "detained today",
    "/people": "number out of service?",
    "/approvals": "For the report to the funder",
    "/schedule": "Elena Vargas stands in",
}


@pytest.fixture
def hotline(sqlite_template: Path, tmp_path: Path) -> Iterator[Hotline]:
    """A demo's data; on SQLite only, as every demo."""
    shutil.copy(sqlite_template, tmp_path / "hotline.db")
    world = Hotline(f"sqlite:///{tmp_path / 'hotline.db'}", folder=tmp_path / "standby")
    world.has_the_sample_roster()
    yield world
    assert list(world.closes()) == []


def counted(user: Coordinator, address: str) -> int:
    """How many calls the log finds at this address."""
    found = re.search(r"(\d+) calls? found", user.opens(address).reads)
    return int(found[1]) if found else 0


def test_there_is_work_and_no_phone_rings_about_it(hotline: Hotline) -> None:
    cora, zone = hotline.has_user("cora"), hotline.settings.hotline_timezone
    ana = hotline.has_user("ana", "responder", person="Ana Torres")
    demo_shifts.fill(hotline.context.database, zone, hotline.clock.now())
    demo_work.fill(hotline.context.database, hotline.clock.now())
    cora.signs_in()
    for page, words in WORK.items():
        reads = cora.opens(page).reads
        assert words in reads, f"{page}: {reads[100:2600]}"
    hotline.waits_quietly(900)
    assert not hotline.carrier.legs
    noted = [deed for deed in hotline.audit_log if deed[0] == "cora"]
    deeds = ["schedule changed", "person paused", "approval asked"]
    assert [deed for _, deed in noted[:3]] == deeds
    assert "papers that expire" in ana.signs_in().opens("/board").section("Open items")


def test_each_figure_of_the_history_leads_to_as_many_calls(hotline: Hotline) -> None:
    database, zone = hotline.context.database, hotline.settings.hotline_timezone
    demo_data.history(database, zone, hotline.clock.now())
    cora = hotline.has_user("Nell").signs_in().opens("/reports")
    links = {
        link.text(): (link.attributes["href"] or "", int(link.parent.next.text()))
        for link in cora.page.css(".figures-table a")
        if link.parent is not None and link.parent.next is not None
    }
    some = ("16 Nov - 22 Nov", "Spanish", "emergency", "CAMBA Legal Services")
    assert {name: counted(cora, links[name][0]) for name in some} == {
        name: links[name][1] for name in some
    }
    assert links["Spanish"][1] > 500


def test_the_code_of_the_second_step_is_shown_in_the_demo_alone(
    demo_settings: Settings, folder: Path
) -> None:
    secret = pyotp.random_base32()
    database = Database(demo_settings.database_url, demo_settings.vault())
    with database.transaction() as session:
        alma = users.add(
            session, name="alma", role=Role.ADMIN, password_hash=PASSWORD_HASH,
            now=datetime.now(UTC),
        )  # fmt: skip
        users.remember_totp(session, alma, secret)
    database.close()
    client, base = create_app(demo_settings).test_client(), demo_settings.base_url
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in", base_url=base).text)
    assert token
    typed = {"csrf": token[1], "name": "alma", "password": PASSWORD}
    page = client.post(
        "/sign-in", data=typed, base_url=base, headers={"Origin": base}, follow_redirects=True
    )
    assert page.request.path == "/sign-in/code"
    shown = re.search(r"It would show (\d{6}) now", page.text)
    assert shown
    assert pyotp.TOTP(secret).verify(shown[1], valid_window=1)
