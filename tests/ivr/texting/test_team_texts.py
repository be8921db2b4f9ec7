"""Texts from registered phones: duty, swaps, yes and no, and what coordinators read."""

from __future__ import annotations

import re
from datetime import timedelta

import prompts
from ivr.dialogue.text_grammar import command_in
from tests.hotline import NUMBER, Hotline
from tests.responder import Responder
from tests.webhook import post


def texts(hotline: Hotline, sender: Responder, body: str) -> str:
    """The reply to a text from this phone; empty if there is none."""
    known = len(sender.texts)
    sender.phone.texts_to(NUMBER, body)
    hotline.works()
    return " ".join(sender.texts[known:])


def delivers(hotline: Hotline, sender: Responder, body: str, number: int = 1) -> str:
    """What we answer when the carrier delivers the text with this number, first or again."""
    told = {"From": sender.number, "To": NUMBER, "Body": body, "MessageSid": f"SM{number:032}"}
    return post(hotline, "/sms/incoming", told).get_data(as_text=True)


def number_in(question: str) -> str:
    """The number that a question about a shift asks to reply with."""
    found = re.search(r"YES (\d+)", question)
    assert found, question
    return found[1]


def test_on_and_off_change_duty_once_however_often_they_arrive(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    first = delivers(hotline, ana, "ON 2H")
    assert "You are on duty until Tue 8 Dec 04:04." in first
    assert hotline.is_on_duty(ana)
    hotline.later(timedelta(minutes=90))
    assert delivers(hotline, ana, "ON 2H") == first
    hotline.later(timedelta(minutes=31))
    assert not hotline.is_on_duty(ana)
    for body in ("ON 30H", "on 0"):
        assert "from 1 to 24" in texts(hotline, ana, body)
    assert not hotline.is_on_duty(ana)
    assert "on duty until" in texts(hotline, ana, "on")
    assert "off duty until" in texts(hotline, ana, "Off 2 hours")
    assert not hotline.is_on_duty(ana)


def test_commands_are_understood_in_the_owners_language_and_in_english(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", speaks="es")
    assert "Está de turno hasta" in texts(hotline, ana, "Activar 2 horas")
    assert "Está libre hasta" in texts(hotline, ana, "OFF 2H")
    assert "Sus próximos turnos" not in texts(hotline, ana, "¿Quién?")
    assert "responda AYUDA" in texts(hotline, ana, "no puedo parar")
    assert "CAMBIO" in texts(hotline, ana, "ayuda")


def test_a_responder_chooses_the_language_of_calls_and_texts(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", speaks="en es ht")
    page = hotline.has_user("Ann", "responder", person="Ana").signs_in().opens("/account")
    assert "Now: English." in page.reads
    label = "Language of offers, duty line, texts and reminders"
    page.chooses(label, "Spanish").presses("Save")
    assert "Now: Spanish." in page.reads
    assert "1 persona de turno" in texts(hotline, ana, "WHO")
    hotline.is_called().press("1").press("2")
    ana.answers().hears("inglés")
    ana.hangs_up()
    page.opens("/account").chooses(label, "Haitian Creole").presses("Save")
    assert "Now: English." in page.reads
    assert "no words for responders yet" in page.reads
    assert "on duty now" in texts(hotline, ana, "WHO")


def test_what_our_texts_tell_people_to_reply_is_understood() -> None:
    """Each language's help and questions name words that the grammar takes."""
    languages = prompts.load().languages
    for code, wordings in prompts.load().wordings.items():
        if "texts.help" not in wordings:
            continue
        words = languages[code].keywords
        for name, keyword in (("texts.swap_question", "yes"), ("texts.open_item_yours", "done")):
            said = wordings[name].template.casefold()
            reply = next(word for word in words[keyword] if f"{word} {{item}}" in said)
            command = command_in(f"{reply} 7", languages.values(), code)
            assert command is not None
            assert (command.act, command.number) == (keyword, 7)


def test_who_names_people_to_coordinators_only(hotline: Hotline) -> None:
    ana, cora = hotline.has_on_duty("Ana", speaks="es en"), hotline.knows("Cora", tier=3)
    assert texts(hotline, cora, "WHO") == "1 person is on duty now: Ana."
    assert texts(hotline, ana, "WHO") == "1 person is on duty now: English 1, Spanish 1."


def test_mine_lists_the_next_shifts_and_help_the_commands(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", hours=4, starts_in=20)
    hotline.has_another_shift(ana, hours=1, starts_in=50)
    listed = "Tue 8 Dec 22:04 - Wed 9 Dec 02:04; Thu 10 Dec 04:04-05:04"
    assert texts(hotline, ana, "mine").startswith(f"Your next shifts: {listed}.")
    assert "no shift in the next four weeks" in texts(hotline, hotline.knows("Ben"), "MINE")
    assert "SWAP" in texts(hotline, ana, "help")


def test_j8_the_first_yes_has_the_shift_for_that_date_only(hotline: Hotline) -> None:
    nadia = hotline.works_weekly("Nadia", "tue", "18:00", "22:00")
    rafiq, sima = hotline.knows("Rafiq"), hotline.knows("Sima")
    others = [hotline.knows("Luz", speaks="es"), hotline.knows("Ed", needs=("question",)),
              hotline.has_on_duty("Busy"), hotline.knows("Ivo", role="interpreter")]  # fmt: skip
    hotline.goes_off_duty(others[2], hours=1)
    hotline.later(timedelta(hours=15, minutes=48))
    told = texts(hotline, nadia, "SWAP")
    assert "Tue 8 Dec 18:00-22:00 is on offer" in told
    assert "It stays yours" in told
    asked = [each.name for each in (rafiq, sima, *others) if "YES" in " ".join(each.texts)]
    assert asked[:2] == ["Rafiq", "Sima"]
    assert not {"Ivo", "Busy"} & set(asked)
    number = number_in(rafiq.texts[-1])
    assert "The shift is yours: Tue 8 Dec 18:00-22:00." in texts(hotline, rafiq, "yes")
    assert "someone was faster" in texts(hotline, sima, f"YES {number}")
    assert "The shift is yours" in texts(hotline, rafiq, f"yes {number}")
    assert "someone else has taken your shift" in nadia.texts[-1]
    evening = hotline.clock.now() + timedelta(hours=1)
    assert hotline.was_on_duty(rafiq, evening)
    assert not hotline.was_on_duty(nadia, evening)
    assert hotline.was_on_duty(nadia, evening + timedelta(weeks=1))


def test_who_alone_covers_a_language_or_need_is_replaced_by_one_who_does(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", speaks="es", hours=4, starts_in=20)
    luz, ben = hotline.knows("Luz", speaks="es en"), hotline.knows("Ben")
    cora = hotline.knows("Cora", tier=3)
    told = texts(hotline, ana, "cambio")
    assert "preguntamos a 1 persona" in told
    assert [bool(each.texts) for each in (luz, ben, cora)] == [True, False, False]


def test_a_shift_that_nobody_can_take_by_text_reaches_the_coordinators(hotline: Hotline) -> None:
    ana, cora = hotline.has_shift("Ana", hours=4, starts_in=20), hotline.knows("Cora", "es", tier=3)
    assert "nobody to ask" in texts(hotline, ana, "swap")
    hotline.works()
    assert "no puede cubrir un turno" in cora.texts[-1]
    assert hotline.was_on_duty(ana, hotline.clock.now() + timedelta(hours=21))


def test_a_yes_that_could_mean_several_shifts_asks_which(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", hours=2, starts_in=26)
    eve = hotline.has_shift("Eve", hours=2, starts_in=29)
    ben = hotline.knows("Ben")
    texts(hotline, ana, "SWAP")
    texts(hotline, eve, "SWAP")
    first, second = (number_in(text) for text in ben.texts)
    which = texts(hotline, ben, "yes")
    assert all(number in which for number in (f"{first} (", f"{second} ("))
    assert "Wed 9 Dec 04:04-06:04" in texts(hotline, ben, f"1 {first}")
    assert "Noted" in texts(hotline, ben, f"no {second}")
    start = hotline.clock.now()
    assert hotline.was_on_duty(ben, start + timedelta(hours=27))
    assert hotline.was_on_duty(eve, start + timedelta(hours=30))


def test_a_yes_that_would_leave_a_language_out_waits_for_a_coordinator(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", speaks="es en", hours=4, starts_in=20)
    eve = hotline.has_shift("Eve", speaks="es", hours=6, starts_in=20)
    ben, cora = hotline.knows("Ben"), hotline.knows("Cora", tier=3)
    texts(hotline, ana, "SWAP")
    hotline.goes_off_duty(eve, hours=30)
    assert "a coordinator decides" in texts(hotline, ben, "yes")
    hotline.works()
    assert any("needs your decision" in text for text in cora.texts)
    assert not hotline.was_on_duty(ben, hotline.clock.now() + timedelta(hours=21))


def test_no_to_a_reminder_reaches_coordinators_and_others_at_once(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    ana, ben = hotline.has_shift("Ana", hours=4, starts_in=20), hotline.knows("Ben")
    hotline.waits(2)
    first = delivers(hotline, ana, "No")
    assert "you will not be there: Tue 8 Dec 22:04" in first
    hotline.works()
    assert any("cannot be there for a shift" in text for text in cora.texts)
    assert "can you take this shift?" in ben.texts[-1]
    told = len(cora.texts), len(ben.texts)
    assert delivers(hotline, ana, "No") == first
    hotline.works()
    assert (len(cora.texts), len(ben.texts)) == told
    page = hotline.has_user("Dan").signs_in().opens("/shifts").reads
    assert "Ana" in page
    assert "We count on you" in texts(hotline, ana, "1")
    assert "cannot be taken any more" in texts(hotline, ben, "yes")


def test_anything_else_is_read_by_a_coordinator(hotline: Hotline) -> None:
    ana, cora = hotline.knows("Ana"), hotline.knows("Cora", tier=3)
    words = "I am sick, please cancel my shift <today>"
    first = delivers(hotline, ana, words)
    assert "with the coordinators" in first
    assert delivers(hotline, ana, words) == first
    assert texts(hotline, ana, "and another thing") == ""
    hotline.works()
    assert hotline.person(ana).takes_texts
    assert [text for text in cora.texts if "/texts" in text] == [
        "Hotline: a text from the team waits for you: https://hotline.example.org/texts"
    ]
    dan = hotline.has_user("Dan").signs_in().opens("/board")
    dan.follows("2 texts from the team are waiting")
    assert dan.section("To read").count("I am sick, please cancel my shift <today>") == 1
    dan.presses("Done", within="cancel my shift")
    assert "cancel my shift" not in dan.section("To read")
    assert "Dan" in dan.section("Done lately")
    assert ("Dan", "text from the team finished") in hotline.audit_log
    hotline.has_user("Rae", "responder", person="Ana")
    rae = hotline.has_user("Rob", "responder").signs_in().opens("/texts")
    assert rae.answer.status_code == 403


def test_a_phone_that_is_nobodys_gets_one_neutral_answer_a_day(hotline: Hotline) -> None:
    stranger = Responder(hotline, "a stranger", hotline.carrier.phone("+19175550188"))
    first = delivers(hotline, stranger, "ON 2H")
    assert "voice calls only" in first
    assert delivers(hotline, stranger, "ON 2H") == first
    for body in ("who", "SURGE ON", "hello?"):
        assert texts(hotline, stranger, body) == ""
    hotline.later(timedelta(hours=25))
    assert "voice calls only" in texts(hotline, stranger, "hello?")


def test_coordinators_switch_the_surge_by_text(hotline: Hotline) -> None:
    ana, cora = hotline.knows("Ana"), hotline.knows("Cora", tier=3)
    assert "Only coordinators" in texts(hotline, ana, "SURGE ON 2H")
    assert "the surge is on for 2 hours" in texts(hotline, cora, "surge on 2h")
    page = hotline.has_user("Dan").signs_in().opens("/board").reads
    assert "The surge is on until Tue 8 Dec, 04:04" in page
    assert "the surge is off" in texts(hotline, cora, "SURGE OFF")
    assert ("by text", "surge switched on") in hotline.audit_log
