"""The live board."""

from __future__ import annotations

from datetime import timedelta

from tests.console.work.test_callbacks import has_coordinator
from tests.coordinator import Coordinator
from tests.faults.databases import down
from tests.hotline import Hotline

CALLER = "+19175550187"


def test_the_board_shows_who_waits_and_then_with_whom_they_talk(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz Example", speaks="es en")
    cora = hotline.has_user("Cora").signs_in()
    assert "Nobody is on the line" in cora.reads
    call = hotline.is_called(CALLER).press("2").press("2")
    hotline.waits(3)
    seen = cora.opens("/board").section("Calls now")
    assert call.row.pseudonym in seen
    assert "Spanish" in seen
    assert "detained" in seen
    assert "waiting" in seen
    assert "ringing" in cora.section("On duty now")
    luz.accepts()
    assert call.is_joined_with(luz.number)
    hotline.waits(12)
    assert "with Luz Example" in cora.opens("/board").section("Calls now")
    assert "talking" in cora.section("On duty now")
    assert "100%" in cora.reads
    assert "9175550187" not in cora.answer.get_data(as_text=True)


def test_the_header_says_whether_a_caller_would_reach_somebody(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    hotline.waits(3)
    assert "Nobody is on duty" in cora.opens("/board").reads
    hotline.has_on_duty("Ana")
    hotline.waits(3)
    assert "The line is open, 1 person on duty" in cora.opens("/board").reads
    hotline.clock.move_to(hotline.clock.now() + timedelta(minutes=2))
    assert "No worker is running" in cora.elsewhere().signs_in().reads


def test_what_is_owed_stands_on_the_board_with_its_time(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    call = hotline.is_called(CALLER).press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").press("1")
    hotline.waits(3)
    owed = cora.opens("/board").section("Open items")
    assert hotline.callbacks[0].pseudonym in owed
    assert " min at 02:3" in owed
    assert "Callback: detained" in owed
    base = hotline.settings.base_url
    first = cora.client.get("/board/now", base_url=base)
    assert 'name="csrf"' in first.text
    same = {"If-None-Match": first.headers["ETag"]}
    again = cora.client.get("/board/now", base_url=base, headers=same)
    assert again.status_code == 304, "another mask of the same token is no news"


def test_a_responder_sees_their_own_call_and_nobody_elses(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz Example", speaks="es")
    ana = hotline.has_on_duty("Ana Example", speaks="en")
    own = hotline.has_user("luz", "responder", person="Luz Example").signs_in()
    spanish = hotline.is_called(CALLER).press("2").press("2")
    luz.accepts()
    assert spanish.is_joined_with(luz.number)
    english = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert english.is_joined_with(ana.number)
    hotline.waits(3)
    seen = own.opens("/board").section("Calls now")
    assert spanish.row.pseudonym in seen
    assert english.row.pseudonym not in seen


def test_h4_news_come_at_once_and_hold_no_thread(hotline: Hotline) -> None:
    cora, base = hotline.has_user("Cora").signs_in(), hotline.settings.base_url
    first = cora.client.get("/board/news", base_url=base)
    assert first.mimetype == "text/event-stream"
    news = dict(line.split(": ", 1) for line in first.text.splitlines() if ": " in line)
    assert news["event"] == "board"
    assert int(news["retry"]) <= 5000
    hotline.waits(3)
    known = {"Last-Event-ID": news["id"]}
    assert "event: unchanged" in cora.client.get("/board/news", base_url=base, headers=known).text
    hotline.has_on_duty("Ana")
    hotline.waits(3)
    changed = cora.client.get("/board/news", base_url=base, headers=known).text
    assert "event: board" in changed
    assert "Ana" in changed


def test_h4_without_events_the_board_is_asked_for_and_answered_shortly(hotline: Hotline) -> None:
    cora, base = hotline.has_user("Cora").signs_in(), hotline.settings.base_url
    first = cora.client.get("/board/now", base_url=base)
    assert "<html" not in first.text
    same = {"If-None-Match": first.headers["ETag"]}
    assert cora.client.get("/board/now", base_url=base, headers=same).status_code == 304


def test_the_next_gap_is_said_in_words_on_the_hotlines_clock(hotline: Hotline) -> None:
    hotline.has_shift("Ana", speaks="en", hours=2)
    cora = hotline.has_user("Cora").signs_in()
    gap = cora.section("Languages covered now")
    assert "Next gap: Nobody is on duty , Tue 8 Dec, 04:0" in gap


def test_an_item_opens_beside_the_list_and_calling_is_one_click(hotline: Hotline) -> None:
    hotline.knows("Cora Example", speaks="es", tier=3)
    cora = hotline.has_user("Cora", person="Cora Example").signs_in()
    hotline.is_called(CALLER).press("1").press("4").hangs_up()
    call = hotline.is_called(CALLER).press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").press("1")
    name = call.hangs_up().row.pseudonym
    cora.opens("/board").follows_in("Callback: detained", name)
    beside = cora.section(name)
    for words in ("Safe contact", "A message may be left", "Earlier calls from this phone"):
        assert words in beside
    assert len(cora.page.css("#item .main-btn")) == 1
    cora.fills("Add a note", "Ask for Ana.").presses("Save")
    assert "Ask for Ana." in cora.section(name)
    cora.opens("/board").presses("Call now")
    assert "Your phone rings" in cora.reads
    assert cora.heading == "Board"
    hotline.waits(3)
    assert hotline.phone_of("Cora Example").is_rung


def test_a_waiting_caller_is_taken_in_one_click_and_stays_in_every_other_ring(
    hotline: Hotline,
) -> None:
    luz = hotline.has_on_duty("Luz Example", speaks="es en")
    cora, phone = has_coordinator(hotline), hotline.phone_of("Cora Example")
    call = hotline.is_called(CALLER).press("2").press("2")
    hotline.waits(3)
    address = f"/board/waiting/{call.row.id}/take"
    press = cora.opens("/board").would_send("Take this call")["press"]
    cora.presses("Take this call")
    assert "Press 1 when you hear the offer" in cora.reads
    for again in (press, "0" * 32):
        cora.posts(address, csrf=cora.token, press=again)
        assert "Nothing was dialled again" in cora.opens("/board").reads
    hotline.waits(3)
    assert "Your phone rings" in cora.opens("/board").section("Calls now")
    assert phone.is_rung
    assert luz.is_rung, "the caller is in the rings of the search too"
    luz.declines()
    hotline.waits(3)
    assert call.row.state == "waiting", "with nobody else on duty the search waits for this ring"
    assert "has their own phone rung" in cora.opens(f"/calls/{call.row.id}").reads
    phone.accepts()
    assert call.is_joined_with(phone.number)
    assert hotline.audit_log.count(("Cora", "waiting caller taken by hand")) == 1
    assert phone.times_rung == 1
    cora.posts(address, csrf=cora.token, press="1" * 32)
    assert "does not wait any more" in cora.opens("/board").reads


def test_who_presses_the_key_first_has_the_caller(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz Example", speaks="es en")
    cora, ana = has_coordinator(hotline), hotline.has_user("luz", "responder", person="Luz Example")
    call = hotline.is_called(CALLER).press("2").press("2")
    hotline.waits(3)
    address, forged = f"/board/waiting/{call.row.id}/take", {"press": "2" * 32}
    own = ana.signs_in()
    assert own.posts(address, csrf=own.token, **forged).status_code == 404
    assert not own.opens("/board").can_press("Take this call")
    cora.opens("/board").presses("Take this call")
    phone = hotline.phone_of("Cora Example").answers()
    luz.accepts()
    assert call.is_joined_with(luz.number)
    phone.hears("taken")


def test_every_figure_of_the_board_leads_to_its_list(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/board")
    led = {link.attributes["href"] for link in cora.page.css("#board a")}
    lists = {
        "/schedule",
        "/schedule?language=es",
        "/open-items",
        "/callbacks",
        "/messages?shown=unheard",
        "/reports",
    }
    assert lists <= led


def test_what_a_responder_may_not_see_is_not_shown_as_empty(hotline: Hotline) -> None:
    hotline.knows("Ana Example", speaks="en")
    ana = hotline.has_user("ana", "responder", person="Ana Example").signs_in()
    call = hotline.is_called(CALLER).press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").press("1")
    seen = ana.opens("/board").reads
    assert "open callback" not in seen
    assert "unheard" not in seen
    assert "No call of yours is on the line." in seen
    free = ana.section("Open items")
    assert call.row.pseudonym not in free
    assert "Callback: detained No owner I take it" in free
    ana.presses("I take it")
    assert call.row.pseudonym in ana.section("Open items")


def test_a_responder_sees_until_when_they_are_on_and_pauses_with_one_button(
    hotline: Hotline,
) -> None:
    luz = hotline.has_shift("Luz Example", speaks="es", hours=2)
    own = hotline.has_user("luz", "responder", person="Luz Example").signs_in()
    hotline.waits(3)
    assert "until 04:0" in own.opens("/board").section("You are on duty")
    assert "now" in own.section("My shifts")
    own.presses("Pause 15 min")
    assert own.heading == "Board"
    assert "until 02:1" in own.section("Your phone is paused")
    hotline.is_called(CALLER).press("2").press("2").hears("nadie puede contestar")
    assert luz.times_rung == 0
    own.opens("/board").presses("End the pause")
    assert own.section("You are on duty")
    cora = hotline.has_user("Cora").signs_in()
    assert "You are on duty" not in cora.reads


def test_a_responder_ends_their_duty_on_the_board_and_sees_first_what_callers_miss(
    hotline: Hotline,
) -> None:
    luz = hotline.has_shift("Luz Example", speaks="es", hours=2)
    own = hotline.has_user("luz", "responder", person="Luz Example").signs_in()
    own.opens("/board").follows("Go off duty")
    assert "Nobody is on duty Tue 8 Dec, 02:0" in own.reads
    assert hotline.is_on_duty(luz), "nothing changes before the second press"
    other_end = {**own.would_send("Go off duty"), "until": "2026-12-08T15:00:00+00:00"}
    late = own.posts("/shifts/off-duty", **other_end)
    assert late.status_code == 409, "the shift ends at another time than the page said"
    own.presses("Go off duty")
    assert own.heading == "Board"
    assert own.section("You are off duty")
    assert not hotline.is_on_duty(luz)
    own.presses("I am back")
    assert "until 04:0" in own.section("You are on duty")
    assert hotline.is_on_duty(luz)
    assert own.opens("/shifts/off-duty").heading == "Go off duty"


def test_passing_seconds_alone_are_no_news(hotline: Hotline) -> None:
    cora, base = hotline.has_user("Cora").signs_in(), hotline.settings.base_url
    hotline.has_on_duty("Luz Example", speaks="es")
    hotline.is_called(CALLER).press("2").press("2")
    hotline.waits(3)
    first = cora.client.get("/board/now", base_url=base)
    hotline.waits(3)
    same = {"If-None-Match": first.headers["ETag"]}
    assert cora.client.get("/board/now", base_url=base, headers=same).status_code == 304


def test_everybody_may_see_whether_the_line_is_open_and_is_counted_by_nobody(
    hotline: Hotline,
) -> None:
    reader = Coordinator(hotline, "nobody", "").opens("/status")
    assert "Nobody is on duty" in reader.reads
    luz = hotline.has_on_duty("Luz Example", speaks="es")
    hotline.waits(3)
    reader.opens("/status")
    assert "People answer calls now" in reader.reads
    assert "Español somebody on duty speaks it" in reader.reads
    assert "English somebody" not in reader.reads
    assert "Very many" not in reader.reads
    call = hotline.is_called(CALLER).press("2").press("2")
    hotline.waits(3)
    luz.accepts()
    assert call.is_joined_with(luz.number)
    hotline.is_called().press("2").press("2")
    hotline.waits(3)
    assert "Very many people are calling" in reader.opens("/status").reads
    page = reader.answer.get_data(as_text=True)
    assert "Luz" not in page
    assert call.row.pseudonym not in page
    assert "<script" not in page
    assert "Set-Cookie" not in reader.answer.headers
    hotline.waits(3)
    with down(hotline.context.database):
        assert "Calling works all the same" in reader.opens("/status").reads
    assert reader.answer.status_code == 503
