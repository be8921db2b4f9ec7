"""Shift reminders by text, the "yes" that confirms a shift, and the alerts to coordinators."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

import prompts
from ivr.dialogue.text_grammar import Act, command_in
from tests.hotline import NUMBER, Hotline
from tests.responder import Responder
from tests.webhook import post

QUESTION = "Will you be there?"


def asked(responder: Responder) -> list[str]:
    """The texts to this phone that ask about a shift."""
    return [text for text in responder.texts if QUESTION in text]


def replies(hotline: Hotline, responder: Responder, words: str) -> str:
    """A responder answers by text; returns the hotline's reply."""
    before = len(responder.texts)
    responder.phone.texts_to(NUMBER, words)
    hotline.works()
    return " ".join(responder.texts[before:])


def test_a_shift_is_reminded_of_a_day_and_an_hour_ahead_and_never_twice(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", hours=4, starts_in=26)
    hotline.later(timedelta(minutes=90))
    assert ana.texts == []
    hotline.later(timedelta(minutes=45))
    assert asked(ana) == [
        "Hotline: your shift is Wed 9 Dec 04:04-08:04. Will you be there? Reply 1 for yes."
    ]
    hotline.later(timedelta(hours=20))
    hotline.worker = hotline.new_worker()
    hotline.later(timedelta(hours=1))
    assert len(asked(ana)) == 1
    hotline.later(timedelta(hours=2))
    assert len(asked(ana)) == 2
    hotline.later(timedelta(minutes=20))
    assert len(asked(ana)) == 2


def test_many_workers_remind_once(hotline: Hotline) -> None:
    team = [hotline.has_shift(f"Ana {at}", hours=4, starts_in=20) for at in range(5)]
    workers = [hotline.new_worker() for _ in range(4)]
    with ThreadPoolExecutor(4) as hosts:
        for worker in workers:
            hosts.submit(worker.tick)
    hotline.waits(5)
    assert [len(asked(ana)) for ana in team] == [1] * 5


@pytest.mark.parametrize("words", ["1", "YES", "yes!", "Sí", "si."])
def test_a_yes_confirms_the_shift_that_was_asked_about(hotline: Hotline, words: str) -> None:
    elena = hotline.knows("Elena", tier=3)
    ana = hotline.has_shift("Ana", hours=4, starts_in=20)
    hotline.waits(2)
    assert "We count on you: Tue 8 Dec 22:04 - Wed 9 Dec 02:04." in replies(hotline, ana, words)
    hotline.later(timedelta(hours=19, minutes=15))
    assert len(asked(ana)) == 1
    assert any("begins soon" in text for text in ana.texts)
    hotline.later(timedelta(minutes=30))
    assert elena.texts == []


def test_a_yes_that_comes_twice_confirms_one_shift(hotline: Hotline) -> None:
    elena = hotline.knows("Elena", tier=3)
    ana = hotline.has_shift("Ana", hours=1, starts_in=10)
    hotline.has_another_shift(ana, hours=1, starts_in=12)
    hotline.waits(2)
    for _ in range(2):
        told = {"From": ana.number, "To": NUMBER, "Body": "1", "MessageSid": "SM" + "1" * 32}
        assert post(hotline, "/sms/incoming", told).status_code == 200
    hotline.later(timedelta(hours=9, minutes=45))
    assert elena.texts == []
    hotline.later(timedelta(hours=2))
    assert len([text for text in elena.texts if "is not confirmed" in text]) == 1


def test_other_words_confirm_nothing(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", hours=4, starts_in=20)
    bo = hotline.knows("Bo")
    hotline.waits(2)
    assert "with the coordinators" in replies(hotline, ana, "I will see, 1 of us comes")
    assert "with the coordinators" in replies(hotline, bo, "1")
    stranger = hotline.carrier.phone("+19175550188")
    stranger.texts_to(NUMBER, "1")
    hotline.works()
    assert "voice calls only" in stranger.texts[-1].body
    hotline.later(timedelta(hours=19, minutes=15))
    assert len(asked(ana)) == 2


def test_a_shift_that_changed_hands_cannot_be_confirmed_by_an_old_text(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", hours=4, starts_in=20)
    hotline.waits(2)
    hotline.goes_off_duty(ana, hours=30)
    assert "with the coordinators" in replies(hotline, ana, "1")


@pytest.mark.parametrize("word", ["STOP", "Alto"])
def test_j7_who_said_stop_is_never_reminded_and_coordinators_see_it(
    hotline: Hotline, word: str
) -> None:
    ana = hotline.has_shift("Ana", hours=4, starts_in=26)
    ana.phone.texts_to(NUMBER, word)
    hotline.works()
    before = list(ana.texts)
    hotline.later(timedelta(hours=25, minutes=15))
    assert ana.texts == before
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    assert "Texts do not reach them: please call." in cora.section("Late or not confirmed")


def test_j8_a_landline_is_not_asked_again(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", hours=4, starts_in=20)
    hotline.carrier.faults.next_text(30006, times=9)
    for _ in range(3):
        hotline.later(timedelta(minutes=6))
    assert not hotline.person(ana).takes_texts
    tried = len(list(hotline.carrier.messages))
    hotline.later(timedelta(hours=19))
    assert len(list(hotline.carrier.messages)) == tried


def test_an_unconfirmed_shift_alarms_the_coordinators_once(hotline: Hotline) -> None:
    elena = hotline.knows("Elena", tier=3)
    hotline.has_shift("Ana", hours=4, starts_in=2)
    hotline.later(timedelta(minutes=85))
    assert elena.texts == []
    hotline.later(timedelta(minutes=10))
    assert elena.texts == [
        "Hotline: a shift is not confirmed: Tue 8 Dec 04:04-08:04. Please look at the Shifts page."
    ]
    hotline.later(timedelta(minutes=20))
    assert len(elena.texts) == 1
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    assert "begins soon, not confirmed" in cora.section("Late or not confirmed")


def test_a_shift_that_begins_without_a_word_is_late_when_a_call_is_not_taken(
    hotline: Hotline,
) -> None:
    elena = hotline.knows("Elena", tier=3)
    ana = hotline.has_shift("Ana", hours=4, starts_in=0.25)
    hotline.later(timedelta(minutes=20))
    told = len(elena.texts)
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    assert "has begun without confirmation" in cora.section("Late or not confirmed")
    call = hotline.is_called().press("1").press("3")
    ana.declines()
    call.hangs_up()
    hotline.later(timedelta(minutes=2))
    assert ["did not take a call" in text for text in elena.texts[told:]] == [True]
    hotline.later(timedelta(minutes=5))
    assert len(elena.texts) == told + 1
    assert "late: missed a call" in cora.opens("/shifts").section("Late or not confirmed")


def test_who_takes_a_call_is_there_whatever_they_confirmed(hotline: Hotline) -> None:
    elena = hotline.knows("Elena", tier=3)
    ana = hotline.has_shift("Ana", hours=4, starts_in=0.25)
    hotline.later(timedelta(minutes=20))
    told = len(elena.texts)
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    hotline.later(timedelta(minutes=2))
    assert len(elena.texts) == told
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    assert "Ana" not in cora.section("Late or not confirmed")


def test_going_on_duty_by_phone_says_that_one_is_there(hotline: Hotline) -> None:
    elena = hotline.knows("Elena", tier=3)
    ana = hotline.knows("Ana", pin="402817")
    ana.asks_for_the_duty_line().presses("402817#").hears("go on duty").presses("1")
    ana.hears("on duty for the")
    ana.hangs_up()
    assert hotline.is_on_duty(ana)
    call = hotline.is_called().press("1").press("2")
    ana.declines()
    call.hangs_up()
    hotline.later(timedelta(minutes=2))
    assert not any("did not take a call" in text for text in elena.texts)


@pytest.mark.parametrize(
    ("starts", "day", "begins", "ends", "shown"),
    [
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "sun", "01:30", "02:30", "1 Nov 01:30-02:30"),
        (datetime(2027, 3, 14, 7, 0, tzinfo=UTC), "sun", "02:30", "05:00", "14 Mar 03:00-05:00"),
    ],
)
def test_g8_a_day_ahead_is_24_hours_also_when_the_clocks_change(
    database_url: str, starts: datetime, day: str, begins: str, ends: str, shown: str
) -> None:
    hotline = Hotline(database_url, at=starts - timedelta(hours=24, minutes=5))
    ana = hotline.works_weekly("Ana", day, begins, ends)
    hotline.waits(2)
    assert ana.texts == []
    hotline.later(timedelta(minutes=6))
    assert [shown in text for text in asked(ana)] == [True]
    hotline.context.database.close()


@pytest.mark.parametrize(
    "words", ["1", "Yes", "SÍ", "да!", "是", "হ্যাঁ", "نعم", "네", "tak", "Oui 👍"]
)
def test_yes_is_understood_in_every_language(words: str) -> None:
    command = command_in(words, prompts.load().languages.values())
    assert command is not None
    assert command.act is Act.YES


@pytest.mark.parametrize("words", ["", "no", "11", "1 no", "yes but later", "STOP"])
def test_what_is_no_yes_is_not_taken_for_one(words: str) -> None:
    command = command_in(words, prompts.load().languages.values())
    assert command is None or command.act is not Act.YES
