"""Others join a talk: an interpreter, an attorney, a coordinator."""

from __future__ import annotations

import math
from datetime import timedelta

import httpx
import pytest

import prompts
from models.calls.calls import CallState
from models.calls.rooms import SeatRole
from tests.caller import Caller
from tests.hotline import ACCOUNT, CANNOT_CONNECT, NUMBER, TOKEN, Hotline
from tests.responder import Responder

SPANISH, EMERGENCY, DETAINED = "2", "1", "2"
INTERPRETER, ATTORNEY, TEXT, COORDINATOR = "1", "2", "3", "9"
VENDOR = "+18005550142"
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The letters of a text of 160; any other makes it one of 70 (3GPP TS 23.038)."""


def in_a_talk(hotline: Hotline, with_: Responder, need: str = DETAINED) -> Caller:
    """A caller who speaks Spanish talks with this responder."""
    caller = hotline.is_called().press(SPANISH).press(need)
    with_.accepts()
    assert caller.is_joined_with(with_.number)
    return caller


def in_a_talk_with_interpreter(hotline: Hotline) -> tuple[Caller, Responder, Responder]:
    """A caller, a volunteer and an interpreter who was asked for talk with each other."""
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    ines.accepts()
    assert is_with(hotline, caller, vera, ines)
    return caller, vera, ines


def asks_for(responder: Responder, key: str, hears: str) -> None:
    """A responder opens the star menu, presses a key and is back in the talk."""
    responder.presses("*").hears("For an interpreter").presses(key).hears(hears)


def company_of(hotline: Hotline, caller: Caller) -> set[str]:
    """The numbers of everybody who hears what the caller says."""
    for room in hotline.carrier.conferences:
        there = {each.leg.phone.number for each in room.participants}
        if room.has_begun and caller.number in there:
            return there - {caller.number}
    return set()


def is_with(hotline: Hotline, caller: Caller, *others: Responder, within: float = 20) -> bool:
    """Wait until exactly these people are in the talk with the caller."""
    numbers = {other.number for other in others}
    return hotline.waits_for(lambda: company_of(hotline, caller) == numbers, within)


def texts_of(hotline: Hotline, caller: Caller) -> list[str]:
    """The texts on the caller's phone."""
    return [text.body for text in hotline.carrier.phone(caller.number).texts]


def test_an_interpreter_joins_and_is_announced(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    assert is_with(hotline, caller, vera)
    ines.answers().hears("Interpreter wanted. Spanish").presses("1")
    assert is_with(hotline, caller, vera, ines)
    caller.hears("Un intérprete se unió")
    vera.hears("An interpreter has joined")
    assert "has joined" not in ines.said


def test_a_second_press_rings_nobody_else(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    assert is_with(hotline, caller, vera)
    asks_for(vera, INTERPRETER, "being called already")
    assert is_with(hotline, caller, vera)
    ines.accepts()
    assert is_with(hotline, caller, vera, ines)
    assert ines.times_rung == 1


def test_one_interpreter_joins_and_the_others_hear_that_it_is_taken(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    ilse = hotline.has_on_duty("Ilse", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    ilse.answers().hears("Interpreter wanted")
    ines.accepts()
    ilse.hears("already taken")
    assert is_with(hotline, caller, vera, ines)


def test_the_next_interpreter_is_rung_as_soon_as_one_declines(hotline: Hotline) -> None:
    """Three phones ring together."""
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    four = [hotline.has_on_duty(name, "es", role="interpreter") for name in ("I", "J", "K", "L")]
    in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    assert hotline.waits_for(lambda: sum(each.is_rung for each in four) == 3, 5)
    (last,) = [each for each in four if not each.is_rung]
    next(each for each in four if each.is_rung).answers().presses("2")
    assert hotline.waits_for(lambda: last.is_rung, 1)


def test_an_interpreter_of_another_language_is_not_rung(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ivan = hotline.has_on_duty("Ivan", "ru en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "no interpreter for this language")
    assert is_with(hotline, caller, vera)
    assert ivan.times_rung == 0


def test_nobody_answers_and_both_are_told(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    ines.declines()
    vera.hears("No interpreter could be reached", within=70)
    caller.hears("No pudimos comunicarnos con un intérprete")
    assert is_with(hotline, caller, vera, within=1)


def test_the_talk_goes_on_when_the_interpreter_leaves(hotline: Hotline) -> None:
    caller, vera, ines = in_a_talk_with_interpreter(hotline)
    hotline.waits(5)
    ines.hangs_up()
    vera.hears("The interpreter has left")
    assert is_with(hotline, caller, vera, within=1)


def test_an_interpreter_who_presses_after_the_caller_left_hears_it(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    ines.answers().hears("Interpreter wanted")
    ines.leg.presses("1")
    caller.hangs_up()
    ines.hears("ended")
    hotline.waits(5)
    assert not ines.leg.is_live


def test_a_ring_for_an_interpreter_stops_when_the_caller_leaves(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    assert hotline.waits_for(lambda: ines.is_rung, 5)
    caller.hangs_up()
    assert hotline.waits_for(lambda: not ines.is_rung, 5)


def test_the_vendors_line_joins_after_its_digits(hotline: Hotline) -> None:
    hotline.restarts(interpreter_number=VENDOR, interpreter_digits="ww42#")
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    line = Responder(hotline, "the vendor", hotline.carrier.phone(VENDOR))
    asks_for(vera, INTERPRETER, "calling an interpreter")
    line.answers()
    vera.hears("connecting the interpreter service")
    assert is_with(hotline, caller, vera, line)
    assert "Interpreter wanted" not in line.said
    assert hotline.calls_ordered[-1].params["SendDigits"] == "ww42#"


def test_our_own_interpreters_come_before_the_vendor(hotline: Hotline) -> None:
    hotline.restarts(interpreter_number=VENDOR)
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    line = Responder(hotline, "the vendor", hotline.carrier.phone(VENDOR))
    asks_for(vera, INTERPRETER, "calling an interpreter")
    assert not hotline.waits_for(lambda: line.is_rung, 15)
    ines.accepts()
    assert is_with(hotline, caller, vera, ines)
    hotline.waits(30)
    assert line.times_rung == 0


def test_a_vendor_who_does_not_answer_leaves_the_talk_as_it_is(hotline: Hotline) -> None:
    hotline.restarts(interpreter_number=VENDOR)
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    vera.hears("No interpreter could be reached", within=95)
    caller.hears("No pudimos comunicarnos con un intérprete")
    assert is_with(hotline, caller, vera, within=1)


def test_an_interpreter_is_called_beside_the_offers_of_an_emergency(hotline: Hotline) -> None:
    """The best match does not speak the language, so the interpreter is not waited for later."""
    abe = hotline.has_on_duty("Abe", "en")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = hotline.is_called().press(SPANISH).press(EMERGENCY)
    ines.accepts(within=5)
    abe.answers().hears("We call an interpreter too")
    hotline.waits(5)
    assert company_of(hotline, caller) == set(), "nobody talks with an interpreter alone"
    assert ines.leg.is_live
    abe.presses("1").hears("An interpreter has joined")
    caller.hears("No habla español").hears("Un intérprete se unió")
    assert is_with(hotline, caller, abe, ines)


def test_an_interpreter_is_called_when_somebody_accepts_who_lacks_the_language(
    hotline: Hotline,
) -> None:
    abe = hotline.has_on_duty("Abe", "en")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = hotline.is_called().press(SPANISH).press(DETAINED)
    abe.answers().hears("We call an interpreter too")
    assert ines.times_rung == 0
    abe.presses("1")
    caller.hears("llamando a un intérprete")
    ines.accepts()
    assert is_with(hotline, caller, abe, ines)


def test_nothing_is_said_about_an_interpreter_who_does_not_exist(hotline: Hotline) -> None:
    abe = hotline.has_on_duty("Abe", "en")
    caller = hotline.is_called().press(SPANISH).press(EMERGENCY)
    abe.answers().hears("needs an interpreter").presses("1")
    caller.hears("No habla español")
    assert is_with(hotline, caller, abe)
    assert "intérprete" not in caller.said


def test_an_interpreter_is_let_go_when_the_search_ends(hotline: Hotline) -> None:
    abe = hotline.has_on_duty("Abe", "en")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = hotline.is_called().press(SPANISH).press(EMERGENCY)
    ines.accepts(within=5)
    abe.declines()
    caller.hears("nadie")
    ines.hears("not waiting for you any more", within=20)
    assert hotline.waits_for(lambda: not ines.leg.is_live, 5)


def test_an_attorney_takes_over_and_the_volunteer_leaves(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    ana = hotline.has_on_duty("Ana", "es en")
    asks_for(vera, ATTORNEY, "calling an attorney")
    assert is_with(hotline, caller, vera)
    ana.answers().hears("Hand-over. Spanish").hears("detained").presses("1")
    ana.hears("A colleague is with the caller")
    assert is_with(hotline, caller, vera, ana)
    caller.hears("Un abogado se unió")
    vera.hears("An attorney has joined")
    assert caller.row.answered_by == hotline.person(ana).id
    vera.hangs_up()
    ana.hears("You have the caller")
    caller.hears("Ahora está con el abogado")
    assert is_with(hotline, caller, ana)
    caller.hangs_up()
    assert caller.row.outcome == "person"
    assert hotline.open_items == []


def test_the_volunteer_has_the_caller_again_when_the_attorney_drops(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    ana = hotline.has_on_duty("Ana", "es en")
    asks_for(vera, ATTORNEY, "calling an attorney")
    ana.accepts()
    assert is_with(hotline, caller, vera, ana)
    hotline.waits(5)
    ana.hangs_up()
    vera.hears("Your colleague has left. You have the caller")
    assert is_with(hotline, caller, vera)
    assert caller.row.answered_by == hotline.person(vera).id
    assert caller.row.state == CallState.CONNECTED


def test_the_attorney_talks_on_while_the_volunteer_is_in_the_menu(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    ana = hotline.has_on_duty("Ana", "es en")
    asks_for(vera, ATTORNEY, "calling an attorney")
    ana.accepts()
    assert is_with(hotline, caller, vera, ana)
    hotline.waits(5)
    vera.presses("*").hears("For an interpreter")
    assert is_with(hotline, caller, ana)
    vera.hangs_up()
    hotline.waits(5)
    assert is_with(hotline, caller, ana)


def test_no_attorney_answers_and_the_call_leaves_an_open_item(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    ana = hotline.has_on_duty("Ana", "es en")
    asks_for(vera, ATTORNEY, "calling an attorney")
    ana.declines()
    vera.hears("No attorney could be reached. We will look for one to call back")
    assert is_with(hotline, caller, vera)
    assert hotline.open_items == []
    caller.hangs_up()
    assert [item.kind for item in hotline.open_items] == ["attorney_needed"]


def test_a_coordinator_joins_in_the_same_way(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    cora = hotline.has_on_duty("Cora", "en es", tier=3, role="coordinator")
    asks_for(vera, COORDINATOR, "calling a coordinator")
    cora.answers().hears("You are needed. Spanish").presses("1")
    assert is_with(hotline, caller, vera, cora)
    caller.hears("Otra persona de nuestro equipo se unió")
    vera.hears("A coordinator has joined").hangs_up()
    caller.hears("Ahora está con otra persona")
    assert is_with(hotline, caller, cora)


def test_an_attorney_takes_the_caller_whose_responder_dropped(hotline: Hotline) -> None:
    """The request outlives the responder who asked."""
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    ana = hotline.has_on_duty("Ana", "es en")
    asks_for(vera, ATTORNEY, "calling an attorney")
    assert is_with(hotline, caller, vera)
    ana.answers().hears("Hand-over")
    vera.hangs_up()
    hotline.waits(1)
    ana.presses("1")
    assert is_with(hotline, caller, ana)
    assert caller.row.answered_by == hotline.person(ana).id


def test_without_a_carrier_the_menu_says_that_nobody_can_be_called(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    hotline.loses_its_worker()
    hotline.waits(60)
    asks_for(vera, INTERPRETER, "cannot call anyone at this moment")
    assert is_with(hotline, caller, vera)
    hotline.has_the_network_back()
    ines.accepts()
    assert is_with(hotline, caller, vera, ines)


def test_the_rights_go_out_by_text_after_the_caller_said_yes(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, TEXT, "Has the caller said that this phone may get texts")
    vera.presses("1").hears("sending the caller a text")
    assert is_with(hotline, caller, vera)
    hotline.waits(2)
    (text,) = texts_of(hotline, caller)
    assert text.splitlines()[:2] == [
        "La información que pidió.",
        f"{hotline.settings.base_url}/sheet/es/4",
    ]


def test_no_text_goes_out_without_a_yes(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, TEXT, "Has the caller said")
    vera.presses("2").hears("No text is sent")
    assert is_with(hotline, caller, vera)
    asks_for(vera, TEXT, "Has the caller said")
    vera.hears("No text is sent", within=20)
    assert is_with(hotline, caller, vera)
    hotline.waits(2)
    assert texts_of(hotline, caller) == []


def test_a_caller_with_a_hidden_number_cannot_be_texted(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = hotline.is_called(shown="anonymous").press(SPANISH).press(DETAINED)
    vera.accepts()
    assert is_with(hotline, caller, vera)
    asks_for(vera, TEXT, "cannot send this caller a text")
    assert is_with(hotline, caller, vera)


def test_a_phone_that_opted_out_gets_no_text(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    hotline.carrier.phone(caller.number).texts_to(NUMBER, "STOP")
    hotline.works()
    asks_for(vera, TEXT, "cannot send this caller a text")
    hotline.waits(2)
    assert not any("información" in text for text in texts_of(hotline, caller))


def test_a_wrong_key_leads_back_to_the_talk(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    vera.presses("*").hears("For an interpreter").presses("7")
    assert is_with(hotline, caller, vera)
    assert hotline.rows_of("room_requests") == 0


def test_an_interpreter_off_duty_is_rung_for_danger_only(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.knows("Ines", "es en", role="interpreter")
    in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "no interpreter for this language")
    abe = hotline.has_on_duty("Abe", "en")
    hotline.is_called().press(SPANISH).press(EMERGENCY)
    ines.answers().hears("Interpreter wanted")
    assert abe.times_rung == 1


def test_two_talks_have_the_vendors_line_at_the_same_time(hotline: Hotline) -> None:
    hotline.restarts(interpreter_number=VENDOR)
    line = Responder(hotline, "the vendor", hotline.carrier.phone(VENDOR))
    for name in ("Vera", "Wim"):
        volunteer = hotline.has_on_duty(name, "es en", role="volunteer")
        caller = in_a_talk(hotline, volunteer)
        asks_for(volunteer, INTERPRETER, "calling an interpreter")
        line.answers()
        assert is_with(hotline, caller, volunteer, line)
    assert sum(leg.is_live for leg in line.phone.legs) == 2


def test_the_vendor_joins_once_although_the_carrier_asks_twice(hotline: Hotline) -> None:
    hotline.restarts(interpreter_number=VENDOR)
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    line = Responder(hotline, "the vendor", hotline.carrier.phone(VENDOR))
    asks_for(vera, INTERPRETER, "calling an interpreter")
    assert hotline.waits_for(lambda: line.is_rung, 20)
    hotline.foreseen |= {CANNOT_CONNECT}
    hotline.carrier.faults.next_webhook("connection", after_acting=True)
    line.answers()
    assert is_with(hotline, caller, vera, line)
    assert [seat.role for seat in hotline.seats].count(SeatRole.INTERPRETER) == 1


def test_the_same_key_twice_hands_over_once(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    ana = hotline.has_on_duty("Ana", "es en")
    asks_for(vera, ATTORNEY, "calling an attorney")
    ana.answers().hears("Hand-over")
    hotline.foreseen |= {CANNOT_CONNECT}
    hotline.carrier.faults.next_webhook("connection", after_acting=True)
    ana.presses("1")
    assert is_with(hotline, caller, vera, ana)
    roles = sorted(seat.role for seat in hotline.seats)
    assert roles == [SeatRole.CALLER, SeatRole.GUEST, SeatRole.LEAD]


def test_an_announcement_that_comes_too_late_is_not_spoken(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    ines.answers().hears("Interpreter wanted")
    hotline.loses_its_worker()
    ines.presses("1")
    assert is_with(hotline, caller, vera, ines)
    hotline.waits(15)
    hotline.has_the_network_back()
    hotline.waits(10)
    assert "has joined" not in vera.said
    assert "se unió" not in caller.said
    assert "announce" not in hotline.open_carrier_tasks()


def test_the_page_of_the_call_tells_who_joined(hotline: Hotline) -> None:
    hotline.restarts(interpreter_number=VENDOR)
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    line = Responder(hotline, "the vendor", hotline.carrier.phone(VENDOR))
    asks_for(vera, INTERPRETER, "calling an interpreter")
    line.answers()
    assert is_with(hotline, caller, vera, line)
    caller.hangs_up()
    told = hotline.has_user("Cora").signs_in().opens(f"/calls/{caller.row.id}").reads
    assert "To join the talk: rang the interpreter service" in told
    assert "the interpreter service joined the talk" in told


def test_the_text_of_the_rights_goes_with_its_call(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, TEXT, "Has the caller said")
    vera.presses("1").hears("sending the caller a text")
    hotline.waits(2)
    assert hotline.rows_of("texts") == 1
    assert "texts to callers" in hotline.holdings_of(caller.number)
    caller.hangs_up()
    hotline.later(timedelta(days=31))
    assert hotline.calls == []
    assert hotline.rows_of("texts") == 0
    assert hotline.rows_of("room_requests") == 0


@pytest.mark.parametrize("language", sorted(prompts.load().languages))
def test_the_rights_fit_into_three_texts(language: str) -> None:
    address = {"address": "https://hotline.example.org/sheet/es/1"}
    sheet = prompts.load().sentence(language, "rights_text.sheet", address)
    plain, letters = (160, 153) if set(sheet) <= GSM else (70, 67)
    assert len(sheet) <= plain or math.ceil(len(sheet) / letters) <= 3


def test_the_interpreter_stays_while_the_caller_gets_another_responder(hotline: Hotline) -> None:
    caller, vera, ines = in_a_talk_with_interpreter(hotline)
    ana = hotline.has_on_duty("Ana", "es en")
    vera.hangs_up()
    ines.hears("Please stay on the line")
    ana.accepts(within=40)
    assert is_with(hotline, caller, ana, ines)
    assert ines.times_rung == 1


def test_a_third_voice_who_fell_out_of_the_room_unnoticed_is_found_and_brought_back(
    hotline: Hotline,
) -> None:
    caller, vera, ines = in_a_talk_with_interpreter(hotline)
    hotline.waits(5)
    seat = next(each for each in hotline.seats if each.role == SeatRole.INTERPRETER)
    hotline.carrier.faults.lose(purpose="conference")
    hotline.carrier.faults.next_webhook("connection", path="/seat/*/exit/*", after_acting=False)
    hotline.foreseen |= {CANNOT_CONNECT}
    elsewhere = {"Url": f"{hotline.settings.base_url}/seat/{seat.token}/wait/1"}
    rest = httpx.Client(transport=httpx.WSGITransport(hotline.carrier.wsgi), auth=(ACCOUNT, TOKEN))
    calls = f"https://carrier.example.org/2010-04-01/Accounts/{ACCOUNT}/Calls"
    assert rest.post(f"{calls}/{ines.leg.sid}.json", data=elsewhere).status_code == 200
    assert is_with(hotline, caller, vera)
    assert is_with(hotline, caller, vera, ines, within=200)
    assert ines.times_rung == 1
