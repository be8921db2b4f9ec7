"""Reports and the staffing plan, as a coordinator reads them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.hotline import Hotline
from tests.responder import Responder


def talks(hotline: Hotline, responder: Responder, seconds: float, language: str = "2") -> None:
    """A caller in this language is answered and talks."""
    call = hotline.is_called().press(language).press("2")
    hotline.waits(4)
    responder.accepts()
    assert call.is_joined_with(responder.number)
    hotline.waits_quietly(seconds)
    call.hangs_up()
    hotline.waits_quietly(70)  # the responder's wrap-up


def hangs_up_waiting(hotline: Hotline, language: str = "2") -> None:
    """A caller in this language waits and hangs up."""
    call = hotline.is_called().press(language).press("2")
    hotline.waits(12)
    call.hangs_up()
    hotline.waits_quietly(70)


def rows(answer: str) -> list[list[str]]:
    """A file, parsed as a spreadsheet parses it."""
    return [line.split(",") for line in answer.splitlines()]


@pytest.fixture
def a_night(hotline: Hotline) -> Hotline:
    """Nine calls in Spanish, of which seven are answered, and one unanswered call in English."""
    luz = hotline.has_on_duty("Luz Example", speaks="es")
    for _ in range(7):
        talks(hotline, luz, 30)
    hotline.loses_its_worker()
    for _ in range(2):
        hangs_up_waiting(hotline)
    hangs_up_waiting(hotline, "1")
    hotline.worker = hotline.new_worker()
    return hotline


def test_a_day_is_reported_when_it_is_over(a_night: Hotline) -> None:
    cora = a_night.has_user("Cora").signs_in()
    assert "Nobody asked for a person in these days" in cora.opens("/reports?days=7").reads
    a_night.later(timedelta(days=1))
    cora = cora.elsewhere().signs_in()
    glance = cora.opens("/reports?days=7").section("Calls over time")
    assert "10 asked" in glance


def test_a_figure_leads_to_the_calls_that_it_counts(a_night: Hotline) -> None:
    at_once = a_night.is_called().press("2").press("2")
    a_night.waits(3)
    at_once.hangs_up()
    a_night.is_called().press("1").press("4")  # no person is asked for
    a_night.later(timedelta(days=1))
    cora = a_night.has_user("Cora")

    for _ in ("while the times are exact", "when they are rounded"):
        user = cora.elsewhere().signs_in().opens("/reports")
        assert "10 callers asked for a person. The call log lists each of them" in user.reads
        whole = user.page.css("a.kpi")
        assert len(whole) == 1, "a hidden figure leads nowhere"
        days = next(each for each in user.page.css(".figures-table a") if "7 Dec" in each.text())
        for link in (*whole, days):
            assert "10 calls found" in user.opens(link.attributes["href"] or "").reads
        a_night.later(timedelta(days=8))


def test_a_week_that_is_not_over_is_hatched_and_only_what_occurs_has_a_key(
    a_night: Hotline,
) -> None:
    a_night.later(timedelta(days=1))
    page = a_night.has_user("Cora").signs_in().opens("/reports").page
    assert [mark.text() for mark in page.css("#days-plot rect.part title")] == [
        "7 Dec - 8 Dec: 10 asked"
    ]
    assert [key.text() for key in page.css("#days-plot .legend > span")] == [
        "asked; the outcomes are hidden", "hatched: not a whole period"
    ]  # fmt: skip
    assert [mark.text() for mark in page.css("#days-plot text.top-of")][-1] == "10"


def test_few_are_hidden_and_nobody_can_subtract_them(a_night: Hotline) -> None:
    a_night.later(timedelta(days=1))
    cora = a_night.has_user("Cora").signs_in()
    table = rows(cora.opens("/reports/languages.csv?days=7").answer.text)
    assert table[0][:3] == ["Language", "Asked for a person", "Answered"]
    assert {row[0]: row[1] for row in table[1:]} == {"English": "hidden", "Spanish": "hidden"}
    days = rows(cora.opens("/reports/days.csv?days=7").answer.text)
    assert days[-1][:4] == ["2026-12-08", "2026-12-08", "10", "hidden"], "three are a few"


def test_the_report_stays_the_same_when_the_calls_are_forgotten(a_night: Hotline) -> None:
    a_night.later(timedelta(days=1))
    cora = a_night.has_user("Cora")
    names = ("days", "hours", "needs", "partners")

    def figures() -> list[list[list[str]]]:
        asked = cora.elsewhere().signs_in()
        tables = [rows(asked.opens(f"/reports/{each}.csv?days=90").answer.text) for each in names]
        told = [[row[2:] if name == "days" else row[1:] for row in table[1:]]
                for name, table in zip(names, tables, strict=True)]  # fmt: skip
        return [[row for row in table if row[0] != "0"] for table in told]

    before = figures()
    assert before[3] == [["7", "0:02", "0:04"]], "answered, median wait, nine in ten"
    a_night.later(timedelta(days=8))
    assert a_night.calls[0].started_at.minute == 0, "only the hour is left"
    assert figures() == before
    a_night.later(timedelta(days=24))
    assert a_night.calls == []
    assert figures() == before
    a_night.later(timedelta(days=380))
    assert figures() == [[], [], [], []]


def test_drills_are_counted_nowhere(database_url: str) -> None:
    hotline = Hotline(database_url, drill_number="+12125550105")
    hotline.has_on_duty("Ana Example")
    for _ in range(6):
        hotline.waits(90)
        hotline.later(timedelta(hours=1))
    hotline.later(timedelta(hours=16))  # a day later the purge would have deleted them
    cora = hotline.has_user("Cora").signs_in()
    assert "Nobody asked for a person in these days" in cora.opens("/reports?days=7").reads
    assert "within ten seconds are not counted." in cora.section("Definitions")
    hotline.context.database.close()


def test_of_a_zip_code_only_the_borough_is_left(hotline: Hotline) -> None:
    for _ in range(6):
        call = hotline.is_called().press("1").press("5").press("11372")
        assert hotline.details_of(call.row, "looked for an office") == [{"borough": "queens"}]
        call.hangs_up()
    hotline.later(timedelta(days=1))
    cora = hotline.has_user("Cora").signs_in()
    assert "Queens 6" in cora.opens("/reports").section("Where callers looked for an office")


def test_what_nobody_could_give_is_told_by_language(hotline: Hotline) -> None:
    for _ in range(6):
        call = hotline.is_called().press("2").press("2")
        hotline.waits(3)
        call.hangs_up()
    hotline.later(timedelta(days=1))
    cora = hotline.has_user("Cora").signs_in()
    unmet = rows(cora.opens("/reports/unmet-languages.csv").answer.text)
    assert unmet[0][2] == "Nobody was available"
    assert unmet[1][0] == "Spanish"
    assert unmet[1][2] == "6"


@pytest.mark.parametrize(
    ("first", "last", "field", "why"),
    [
        ("", "2026-12-01", "From", "Write a date such as"),
        ("2026-11-01", "soon", "To", "Write a date such as"),
        ("2026-12-01", "2026-11-01", "To", "before the first day"),
        ("2027-01-01", "2027-02-01", "From", "ends yesterday at the latest"),
        ("2020-01-01", "2026-11-01", "From", "kept for 400 days"),
    ],
)
def test_days_that_cannot_be_reported_are_told_at_their_field(
    hotline: Hotline, first: str, last: str, field: str, why: str
) -> None:
    cora = hotline.has_user("Cora").signs_in()
    cora.opens(f"/reports?days=own&from={first}&to={last}")
    assert cora.answer.status_code == 422
    assert why in cora.error_at(field)
    assert cora.value_of("From") == first


def test_days_of_ones_own_are_whole_weeks(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    cora.opens("/reports?days=own&from=2026-11-18&to=2026-11-24")
    assert "16 Nov - 29 Nov" in cora.reads


def test_the_plan_names_the_hours_in_which_somebody_is_missing(a_night: Hotline) -> None:
    a_night.later(timedelta(days=1))
    cora = a_night.has_user("Cora").signs_in().opens("/staffing")
    assert "Only 9 calls were measured" in cora.reads
    missing = cora.opens("/staffing").section("Who is missing")
    assert "Tuesday 02:00 Spanish: 1 on duty, 3 needed" in missing, "one of three rings is in vain"
    assert "90% of callers have a person within 30 seconds" in cora.reads
    for name in ("Ana", "Eva"):
        a_night.has_on_duty(name, speaks="es")
    assert "Enough people are on duty in every measured hour" in cora.opens("/staffing").reads
    a_night.removes("Luz Example")
    missing = cora.opens("/staffing").section("Who is missing")
    assert "Tuesday 02:00 Spanish: 0 on duty, 3 needed" in missing


def test_the_goal_can_be_changed_and_a_wrong_one_is_told_at_its_field(a_night: Hotline) -> None:
    a_night.later(timedelta(days=1))
    cora = a_night.has_user("Cora").signs_in().opens("/staffing")
    cora.fills("Percent answered", "120").presses("Update the plan")
    assert "from 50 to 99" in cora.error_at("Percent answered")
    assert cora.value_of("Percent answered") == "120"
    cora.fills("Percent answered", "99").fills("within seconds", "5").presses("Update the plan")
    assert cora.answer.status_code == 200
    assert "even if everybody were free" in cora.reads


def test_auditors_read_reports_and_responders_do_not(hotline: Hotline) -> None:
    assert "Statistics" in hotline.has_user("Abe", "auditor").signs_in().places
    luz = hotline.has_user("luz", "responder").signs_in()
    assert luz.opens("/reports").answer.status_code == 403


def test_the_reports_count_open_items_and_hide_few(hotline: Hotline) -> None:
    for _ in range(6):
        call = hotline.is_called().press("1").press("1").hears("No one can answer")
        call.hangs_up()
    hotline.is_called().press("2").press("1").hears("nadie puede").hangs_up()
    hotline.later(timedelta(days=1))
    cora = hotline.has_user("Cora").signs_in()
    assert "Owned within 3 minutes" in cora.opens("/reports?days=7").reads
    found = rows(cora.opens("/reports/items-needs.csv?days=7").answer.text)
    assert found[1] == ["emergency", "7", "0", "0", "0", "7"]
    found = rows(cora.opens("/reports/items-languages.csv?days=7").answer.text)
    assert [row[1] for row in found[1:]] == ["hidden", "hidden"]
