"""The live board."""

from __future__ import annotations

from datetime import timedelta

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
    owed = cora.opens("/board").section("Open callbacks")
    assert hotline.callbacks[0].pseudonym in owed
    assert "due" in owed
    assert "EST" in owed


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
    assert "Nobody is on duty" in gap
    assert "EST" in gap
