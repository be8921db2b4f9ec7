"""The schedule: coordinators see holes, fill them, preview changes, save and undo."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborNode

from routing.duty.rules import Weekly
from tests.coordinator import Coordinator
from tests.hotline import Hotline

CALLER = "+19175550187"
FRIDAY_NIGHT = {"Day": "2026-12-11", "From": "22:00", "To": "06:00"}
TONIGHT = {"Day": "2026-12-08", "From": "02:00", "To": "06:00"}


def cora(hotline: Hotline, name: str = "Cora") -> Coordinator:
    return hotline.has_user(name).signs_in()


def wishes(
    who: Coordinator, kind: str, person: str, times: dict[str, str], label: str = "Who",
    scope: str = "once",
) -> Coordinator:  # fmt: skip
    """Fill in a change and open its preview."""
    who.opens(f"/schedule/change?kind={kind}").chooses(label, person)
    for field, words in times.items():
        who.fills(field, words)
    return who.fills("How often", scope).presses("Preview the change")


def test_a_hole_is_filled_and_the_very_next_caller_reaches_that_person(hotline: Hotline) -> None:
    luz = hotline.knows("Luz Example", speaks="es en")
    who = cora(hotline).opens("/schedule")
    assert "Nobody would answer" in who.answer.get_data(as_text=True), "not only no Spanish"
    who.follows_first("Fill this gap: every language")
    assert (who.value_of("From"), who.value_of("To")) == ("02:00", "02:00"), "whole hours"
    who.chooses("Who", "Luz Example").fills("To", "06:00").presses("Preview the change")
    assert "Luz Example is on duty Tue 8 Dec, 02:00-06:00." in who.reads
    assert "Spanish is covered" not in who.reads, "said once, as nobody at all was there"
    assert "Somebody is on duty again Tue 8 Dec, 02:04-06:00." in who.reads
    who.presses("Save")
    assert "applies from the next call" in who.reads
    call = hotline.is_called(CALLER).press("2").press("2")
    luz.accepts()
    assert call.is_joined_with(luz.number)


def test_time_off_begins_with_whole_days(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana Example")
    who = cora(hotline).opens("/schedule/change?kind=off").chooses("Who", "Ana Example")
    assert (who.value_of("From"), who.value_of("To")) == ("00:00", "00:00")
    who.fills("Day", "2026-12-10").fills("Last day", "2026-12-11").presses("Preview the change")
    assert "Ana Example is off Thu 10 Dec, 00:00 to Sat 12 Dec, 00:00." in who.reads


def test_the_preview_says_who_is_off_and_what_is_uncovered(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana Example", speaks="es")
    hotline.has_on_duty("Bea Example", speaks="en")
    who = wishes(cora(hotline), "off", "Ana Example", FRIDAY_NIGHT)
    assert "Ana Example is off Fri 11 Dec, 22:00-06:00." in who.reads
    assert "Spanish is uncovered Fri 11 Dec, 22:00-06:00." in who.reads
    assert "English is uncovered" not in who.reads
    who.presses("Save and leave the gap")
    assert hotline.audit_log[-1] == ("Cora", "schedule changed")


def test_the_preview_speaks_spanish(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana Example", speaks="es")
    hotline.has_on_duty("Bea Example", speaks="en")
    who = cora(hotline)
    who.presses("Español").opens("/schedule/change?kind=off")
    who.chooses("Quién", "Ana Example")
    for field, words in {"Día": "2026-12-11", "Desde": "22:00", "Hasta": "06:00"}.items():
        who.fills(field, words)
    who.presses("Ver el efecto del cambio")
    assert "Ana Example está libre" in who.reads
    assert "español queda sin cobertura" in who.reads.lower()


def test_each_week_from_now_on_is_said_once_and_the_past_stays(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana Example", speaks="es")
    hotline.has_on_duty("Bea Example", speaks="en")
    who = wishes(cora(hotline), "off", "Ana Example", FRIDAY_NIGHT, scope="weekly")
    assert "every Friday 22:00-06:00, from Fri 11 Dec on" in who.reads
    before = hotline.was_on_duty(ana, hotline.clock.now() - timedelta(days=4))
    who.presses("Save and leave the gap")
    assert before
    assert hotline.was_on_duty(ana, hotline.clock.now() - timedelta(days=4))
    assert not hotline.was_on_duty(ana, datetime(2026, 12, 19, 4, tzinfo=UTC))


def test_time_off_includes_its_last_day(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana Example")
    hotline.has_on_duty("Bea Example")
    days = {"Day": "2026-12-24", "Last day": "2026-12-26", "From": "00:00", "To": "00:00"}
    wishes(cora(hotline), "off", "Ana Example", days).presses("Save")
    assert not hotline.duty_has("Ana Example", datetime.fromisoformat("2026-12-26T23:59-05:00"))
    assert hotline.duty_has("Ana Example", datetime.fromisoformat("2026-12-27T00:01-05:00"))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("swap", "Bo Example stands in for Ana Example Fri 11 Dec, 22:00-06:00."),
        ("holiday", "Holiday: only Bo Example on duty"),
        ("turns", "Ana Example and Bo Example take turns, one week each"),
    ],
)
def test_each_kind_of_change_is_said_in_words(hotline: Hotline, kind: str, says: str) -> None:
    hotline.has_on_duty("Ana Example")
    hotline.knows("Bo Example")
    who = cora(hotline).opens(f"/schedule/change?kind={kind}")
    if kind == "swap":
        who.chooses("Who is away", "Ana Example").chooses("Substitute", "Bo Example")
    elif kind == "holiday":
        who.chooses("Person 1", "Bo Example")
    else:
        who.chooses("Person 1", "Ana Example").chooses("Person 2", "Bo Example")
        who.fills("Friday", "on")
    day = "First day" if kind == "turns" else "Day"
    who.fills(day, "2026-12-11").fills("From", "22:00").fills("To", "06:00")
    who.presses("Preview the change")
    assert says in who.reads
    who.presses("Save")
    assert says in who.section("Recent changes")


def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(hotline: Hotline) -> None:
    hotline.knows("Ana Example")
    who = cora(hotline).opens("/schedule/change?kind=shift")
    who.fills("From", "late").presses("Preview the change")
    assert who.answer.status_code == 422
    assert who.error_at("Who") == "Choose somebody."
    assert who.error_at("From") == "Write a time such as 22:00."
    assert who.value_of("From") == "late"
    over = {"Day": "2026-12-01", "From": "02:00", "To": "06:00"}
    wishes(who, "shift", "Ana Example", over)
    assert "cannot be changed" in who.error_at("To")
    wishes(who, "off", "Ana Example", FRIDAY_NIGHT, scope="weekly")
    assert "no weekly shift" in who.error_at("How often")


def test_only_what_was_seen_is_saved(hotline: Hotline) -> None:
    ana = hotline.knows("Ana Example")
    who = wishes(cora(hotline), "shift", "Ana Example", TONIGHT)
    who.fills("To", "08:00").presses("Save")
    assert "Ana Example is on duty Tue 8 Dec, 02:00-08:00." in who.reads
    assert not hotline.is_on_duty(ana)
    who.presses("Save")
    assert hotline.is_on_duty(ana)


def test_a_language_that_others_must_answer_is_amber_and_nobody_at_all_is_red(
    hotline: Hotline,
) -> None:
    hotline.has_on_duty("Ana Example", speaks="es")
    who = cora(hotline).opens("/schedule")
    strips = {lane.attributes["data-lane"]: lane for lane in who.page.css(".lane[data-lane]")}
    assert strips["fr"].css(".interp")
    assert not strips["fr"].css(".gap")
    assert not strips["es"].css(".interp, .gap, .bar"), "covered, and closed"
    who.follows_first("An interpreter must join")
    assert who.value_of("From") == "02:00"
    opened = who.opens("/schedule?open=es&language=es")
    assert [lane.attributes["data-lane"] for lane in opened.page.css(".lane[data-lane]")] == ["es"]
    assert "Ana Example, " in opened.answer.get_data(as_text=True)
    assert not who.opens("/schedule?gaps=on").page.css('.lane[data-lane="es"]')
    assert "Nothing here fits the filter." in who.opens("/schedule?who=zoe").reads
    month = who.opens("/schedule?days=month")
    assert len(month.page.css(".month .day.today")) == 1
    assert "Ana Example" in month.page.css_first(".month").text()


def test_a_shift_is_moved_and_its_card_offers_to_undo_that(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana Example", speaks="es")
    who = wishes(cora(hotline), "off", "Ana Example", {**TONIGHT, "From": "02:00", "To": "09:00"})
    who.presses("Save and leave the gap").opens("/schedule?open=es")
    bar = next(each for each in who.page.css(".lane .bar") if "old" not in each.attributes["class"])
    card = who.opens(bar.attributes["href"] or "")
    assert "Spanish" in card.reads
    assert "first line" in card.reads
    who.follows("Change the times")
    assert "Ana Example is on duty" in who.reads
    assert who.value_of("From") == "09:00"
    who.fills("From", "08:00").presses("Preview the change")
    assert "Ana Example is on duty Tue 8 Dec, 08:00-09:00." in who.section("Effect of this change")
    assert len(who.page.css(".bar.ghost")) >= 1
    who.presses("Save")
    eight = datetime.fromisoformat("2026-12-08T08:00-05:00")
    assert hotline.was_on_duty(ana, eight)
    who.opens("/schedule?open=es")
    address = f"/schedule/shift?person={_person(bar)}&at=2026-12-08T08:30"
    who.opens(address).presses("Undo")
    assert not hotline.was_on_duty(ana, eight)
    assert (
        who.opens(f"/schedule/shift?person={_person(bar)}&at=2026-12-08T08:30").answer.status_code
        == 404
    )


def _person(bar: LexborNode) -> str:
    """The person whose card a bar opens."""
    return parse_qs(urlsplit(bar.attributes["href"] or "").query)["person"][0]


def test_a_change_is_undone_and_the_undoing_too(hotline: Hotline) -> None:
    ana = hotline.knows("Ana Example")
    who = wishes(cora(hotline), "shift", "Ana Example", TONIGHT).presses("Save")
    hotline.clock.move_to(hotline.clock.now() + timedelta(minutes=5))
    who.opens("/schedule").presses("Undo")
    assert "The change is undone." in who.reads
    assert "Undone: Ana Example is on duty" in who.section("Recent changes")
    assert not hotline.is_on_duty(ana)
    assert hotline.was_on_duty(ana, hotline.clock.now() - timedelta(minutes=2)), "the past stays"
    who.presses("Undo")
    assert hotline.is_on_duty(ana)
    assert [deed for _, deed in hotline.audit_log[-3:]] == [
        "schedule changed", "schedule change undone", "schedule change undone"
    ]  # fmt: skip


def test_undo_is_refused_while_a_later_change_builds_on_it(hotline: Hotline) -> None:
    ana = hotline.knows("Ana Example")
    who = wishes(cora(hotline), "shift", "Ana Example", FRIDAY_NIGHT, scope="weekly")
    who.presses("Save")
    later = {**FRIDAY_NIGHT, "Day": "2026-12-18"}
    wishes(who, "off", "Ana Example", later, scope="weekly").presses("Save and leave the gap")
    who.opens("/schedule").presses("Undo", within="Ana Example is on duty every Friday")
    assert "Later changes depend on this one. Undo those first." in who.reads
    who.presses("Undo", within="Ana Example is off every Friday")
    assert hotline.was_on_duty(ana, datetime(2026, 12, 19, 4, tzinfo=UTC))
    who.presses("Undo", within="Ana Example is on duty every Friday 22:00-06:00, from Fri 11")
    assert not hotline.was_on_duty(ana, datetime(2026, 12, 12, 4, tzinfo=UTC))


def test_what_the_console_ended_stays_ended_when_the_roster_is_imported(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana Example", speaks="es")
    who = cora(hotline).opens("/schedule/rules?who=nobody")
    assert "No rule fits" in who.reads
    who.opens("/schedule/rules?who=ana")
    who.follows("End rule").fills("Day it ends", "2026-12-09").fills("At", "08:00")
    who.presses("Preview the change").presses("Save and leave the gap")
    thursday = hotline.clock.now() + timedelta(days=2)
    assert hotline.was_on_duty(ana, hotline.clock.now())
    assert not hotline.was_on_duty(ana, thursday)
    hotline.adds_to_its_roster(ana, Weekly(("sun",), time(8), time(9), "Ana Example"))
    assert not hotline.was_on_duty(ana, thursday), "the file says the same of it"
    who.opens("/schedule").presses("Undo")
    assert hotline.was_on_duty(ana, thursday)


def test_it_says_who_would_be_called_and_why(hotline: Hotline) -> None:
    hotline.has_on_duty("Luz Example", speaks="es")
    hotline.has_on_duty("Bo Example", speaks="en", tier=2)
    busy = hotline.has_on_duty("Ana Example", speaks="es")
    who = cora(hotline).opens("/schedule/who?language=es&need=detained")
    order = who.reads
    assert order.index("Ana Example") < order.index("Bo Example")
    assert "speaks Spanish" in order
    assert "does not speak Spanish: an interpreter must join" in order
    assert "Ana Example" in who.section("Round 1: 2 phones ring together")
    assert "Bo Example" in who.section("Round 2: 1 phone rings")
    assert "They do not speak the language" in who.section("Round 2: 1 phone rings")
    assert "No interpreter for" not in order, "the best match speaks it"
    french = who.opens("/schedule/who?language=fr").reads
    assert "No interpreter for French is on duty" in french
    call = hotline.is_called(CALLER).press("2").press("2")
    busy.accepts()
    assert call.is_joined_with(busy.number)
    now_busy = who.opens("/schedule/who?language=es&need=detained").reads
    assert "Ana Example : on a call, or ringing" in now_busy
    later = who.opens("/schedule/who?language=es&need=detained&at=2026-12-09T12:00").reads
    assert "By the rules and the pauses" in later


def test_a_responder_sees_their_own_shifts_and_changes_nothing(hotline: Hotline) -> None:
    hotline.has_on_duty("Luz Example", speaks="es")
    hotline.has_on_duty("Ana Example", speaks="es")
    own = hotline.has_user("luz", "responder", person="Luz Example").signs_in()
    seen = own.opens("/schedule")
    assert "Luz Example" in seen.reads
    assert "Ana Example" not in seen.answer.get_data(as_text=True)
    assert "Fill this gap" not in seen.reads
    assert own.opens("/schedule/change").answer.status_code == 403
    assert own.opens("/schedule/who").answer.status_code == 403


@pytest.mark.parametrize(
    ("night", "hours", "words"),
    [("2026-11-01", 25, "Sat 31 Oct, 22:00 EDT to Sun 1 Nov, 06:00 EST"),
     ("2027-03-14", 23, "Sat 13 Mar, 22:00 EST to Sun 14 Mar, 06:00 EDT")],
)  # fmt: skip
def test_the_nights_the_clocks_change_are_right(
    database_url: str, night: str, hours: int, words: str
) -> None:
    sunday = datetime.fromisoformat(night).replace(tzinfo=UTC)
    hotline = Hotline(database_url, at=sunday - timedelta(days=3))
    ana = hotline.knows("Ana Example")
    saturday = {"Day": f"{sunday - timedelta(days=1):%Y-%m-%d}", "From": "22:00", "To": "06:00"}
    who = wishes(cora(hotline), "shift", "Ana Example", saturday)
    assert f"Ana Example is on duty {words}." in who.reads
    who.presses("Save")
    assert f"has {hours} hours because the clocks change that night" in who.opens("/schedule").reads
    assert words in who.reads
    six = datetime.fromisoformat(f"{night}T{'11' if hours == 25 else '10'}:00+00:00")
    assert hotline.was_on_duty(ana, six - timedelta(minutes=1))
    assert not hotline.was_on_duty(ana, six)
    assert list(hotline.closes()) == []
