"""Calendar feeds: a secret address, correct times in every zone, and nothing about callers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from icalendar import Calendar, Event
from werkzeug.test import TestResponse

from ivr.core import structured_logs
from models.staff.users import Role
from tests.coordinator import Coordinator
from tests.faults.databases import down
from tests.hotline import Hotline
from tests.ivr.privacy.test_privacy import database_bytes

SECRET = re.compile(r"https://hotline\.example\.org(/calendar/([A-Za-z0-9_-]{43})\.ics)")


def address_on(page: Coordinator) -> str:
    """The address that a page shows, without our host name."""
    found = SECRET.fullmatch(page.page.css_first("#address").attributes["value"] or "")
    assert found
    return found[1]


def ask(hotline: Hotline, address: str, network: str = "198.51.100.7") -> TestResponse:
    """Request the feed as a calendar app does, without a cookie and a language."""
    return hotline.app.test_client().get(
        address, base_url=hotline.settings.base_url, environ_base={"REMOTE_ADDR": network}
    )


def events(answer: TestResponse) -> list[Event]:
    """The events that a calendar app reads from it."""
    assert answer.status_code == 200, answer.text
    return list(Calendar.from_ical(answer.data).events)


def own_calendar(hotline: Hotline, name: str) -> tuple[Coordinator, str]:
    """A responder creates the address of their own calendar."""
    page = hotline.has_user(name, "responder", person=name).signs_in().opens("/shifts")
    return page, address_on(page.presses("Create an address", within="My shifts"))


def test_ones_own_shifts_are_in_ones_own_calendar(hotline: Hotline) -> None:
    hotline.has_shift("Luz", "es", hours=8, starts_in=2)
    hotline.has_shift("Ana", "en", hours=8, starts_in=3)
    _, address = own_calendar(hotline, "Luz")
    answer = ask(hotline, address)
    (event,) = events(answer)
    assert event.start == datetime(2026, 12, 8, 9, 4, tzinfo=UTC)
    assert event.end == datetime(2026, 12, 8, 17, 4, tzinfo=UTC)
    assert event["summary"] == "Hotline shift"
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "X-PUBLISHED-TTL:PT1H" in answer.text
    assert "DTSTART:20261208T090400Z" in answer.text
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))


def test_the_lines_calendar_names_who_is_on_duty_and_no_number(hotline: Hotline) -> None:
    luz = hotline.has_shift("Luz", "es en", hours=8, starts_in=2)
    call = hotline.is_called().press("2").press("2")
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    answer = ask(hotline, address_on(cora.presses("Create an address")))
    (event,) = events(answer)
    assert event["summary"] == "Luz (Spanish, English)"
    for number in (luz.number, call.number, hotline.settings.twilio_phone_number):
        assert number[2:] not in answer.text
    assert call.row.pseudonym not in answer.text


def test_a_shift_keeps_its_name_when_its_end_moves_and_follows_a_swap(hotline: Hotline) -> None:
    luz = hotline.has_shift("Luz", "es", hours=8, starts_in=2)
    hotline.knows("Sol", "es")
    page, address = own_calendar(hotline, "Luz")
    before = events(ask(hotline, address))[0]
    page.opens("/shifts").follows("Offer this shift")
    page.fills("From", "2026-12-08T10:00").presses("Offer it")
    taker = hotline.has_user("Sol", "responder", person="Sol").signs_in().opens("/shifts")
    taker.presses("Take it")
    (after,) = events(ask(hotline, address))
    assert after["uid"] == before["uid"]
    assert after.end == datetime(2026, 12, 8, 15, 0, tzinfo=UTC)
    assert not hotline.is_on_duty(luz)


@pytest.mark.parametrize(
    ("now", "day", "begins", "ends", "start", "end"),
    [
        # an hour that occurs twice: from its first start to its last end
        ("2026-10-30", "sun", "01:00", "02:00", "2026-11-01T05:00", "2026-11-01T07:00"),
        # an end that occurs twice is the later one
        ("2026-10-30", "sun", "00:30", "01:30", "2026-11-01T04:30", "2026-11-01T06:30"),
        # overnight across the change: wall-clock times count, so the shift is an hour longer
        ("2026-10-30", "sat", "22:00", "06:00", "2026-11-01T02:00", "2026-11-01T11:00"),
        # a start that spring skips is the instant when the clocks go forward
        ("2027-03-12", "sun", "02:30", "06:00", "2027-03-14T07:00", "2027-03-14T10:00"),
        ("2027-03-12", "sat", "22:00", "06:00", "2027-03-14T03:00", "2027-03-14T10:00"),
    ],
)
def test_g8_the_two_nights_of_the_year_are_those_of_the_phone(
    database_url: str, now: str, day: str, begins: str, ends: str, start: str, end: str
) -> None:
    hotline = Hotline(database_url, at=datetime.fromisoformat(now).replace(tzinfo=UTC))
    ana = hotline.works_weekly("Ana", day, begins, ends)
    _, address = own_calendar(hotline, "Ana")
    found = {(event.start.isoformat(), event.end.isoformat())
             for event in events(ask(hotline, address))}  # fmt: skip
    assert (f"{start}:00+00:00", f"{end}:00+00:00") in found
    hotline.clock.move_to(datetime.fromisoformat(f"{end}+00:00") - timedelta(seconds=1))
    assert hotline.is_on_duty(ana)
    hotline.clock.move_to(datetime.fromisoformat(f"{end}+00:00"))
    assert not hotline.is_on_duty(ana)
    hotline.context.database.close()


def test_an_address_is_revoked_or_renewed_and_the_one_before_leads_nowhere(
    hotline: Hotline,
) -> None:
    hotline.has_shift("Luz", "es", hours=8)
    page, first = own_calendar(hotline, "Luz")
    second = address_on(page.opens("/shifts").presses("Create a new address"))
    assert ask(hotline, first).status_code == 404
    assert len(events(ask(hotline, second))) == 1
    page.opens("/shifts").presses("Revoke")
    assert "no longer works" in page.reads
    revoked, never = ask(hotline, second), ask(hotline, "/calendar/" + "x" * 43 + ".ics")
    assert (revoked.status_code, revoked.data) == (never.status_code, never.data) == (404, b"")
    assert revoked.headers == never.headers
    assert [deed for _, deed in hotline.audit_log if "calendar" in deed] == [
        "calendar made", "calendar made", "calendar revoked",
    ]  # fmt: skip


def test_who_may_see_no_shifts_any_more_loses_the_calendar_too(hotline: Hotline) -> None:
    hotline.has_shift("Luz", "es", hours=8)
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    line = address_on(cora.presses("Create an address"))
    _, own = own_calendar(hotline, "Luz")
    hotline.gives_another_role("Cora", Role.RESPONDER)
    assert ask(hotline, line).status_code == 404
    assert ask(hotline, own).status_code == 200
    hotline.removes("Luz")
    assert ask(hotline, own).status_code == 404


def test_a_responder_has_no_calendar_of_the_whole_line(hotline: Hotline) -> None:
    hotline.has_shift("Luz", "es", hours=8)
    page, _ = own_calendar(hotline, "Luz")
    token = page.page.css_first("meta[name=csrf]").attributes["content"] or ""
    assert page.posts("/shifts/calendars/line/make", csrf=token).status_code == 404
    assert "whole hotline" not in page.opens("/shifts").reads


def test_guessing_is_slowed_down_and_the_office_next_door_is_not(hotline: Hotline) -> None:
    hotline.has_shift("Luz", "es", hours=8)
    page, address = own_calendar(hotline, "Luz")
    for guess in range(20):
        assert ask(hotline, f"/calendar/{guess:043}.ics").status_code == 404
    assert ask(hotline, "/calendar/" + "x" * 43 + ".ics").status_code == 429
    assert ask(hotline, address).status_code == 429
    assert ask(hotline, address, network="203.0.113.9").status_code == 200
    hotline.carrier.advance(31)  # a code of the authenticator is valid once
    assert page.elsewhere("198.51.100.7").signs_in().heading == "Board"
    hotline.carrier.advance(16 * 60)
    assert ask(hotline, address).status_code == 200


def test_the_secret_is_in_no_row_and_no_log(hotline: Hotline) -> None:
    """Flask's own log of a request that fails before any view does not contain it either."""
    hotline.has_shift("Luz", "es", hours=8)
    _, address = own_calendar(hotline, "Luz")
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    with logged() as told:
        assert ask(hotline, address).status_code == 200
        with down(hotline.context.database):
            assert ask(hotline, address).status_code == 500
        assert ask(hotline, address + "x").status_code == 404
    assert "/calendar/(secret)" in told.getvalue()
    assert secret not in told.getvalue()
    assert secret.encode() not in database_bytes(hotline)


@contextmanager
def logged() -> Iterator[StringIO]:
    """Every line that this process logs, as written."""
    with redirect_stderr(StringIO()) as told:
        structured_logs.configure("DEBUG")
        yield told
    structured_logs.configure("INFO")
