"""Caller ids: hidden, garbled, forged, our own, and numbers not to be called (rows F1 to F6)."""

from __future__ import annotations

import pytest

import prompts
from ivr.core.carrier import Refused
from ivr.dialogue import phone_numbers
from models.calls import calls
from tests.caller import Caller
from tests.hotline import NUMBER, RESCUE, Hotline
from tests.webhook import ARRIVAL, post

HIDDEN = [
    "anonymous",
    "Anonymous",
    "Restricted",
    "unavailable",
    "unknown",
    "",
    "+266696687",
    "+7378742833",
    "+8656696",
    "+86282452253",
    "+2562533",
]
ADDRESSES = [
    "sip:+19175550150@carrier.example",
    "sips:ana@example.org",
    "client:browser",
    "whatsapp:+19175550150",
    "SIP:+19175550150@carrier.example",
    "+19175550150@carrier.example",
]
GARBLED = ["5550150", "0119175550150", "00 1 917", "letters", "+1", "1-800-555-0150x9", "((((", "٣"]


def _called(hotline: Hotline, shown: str) -> dict[str, object]:
    """What a coordinator sees of a call with this caller id."""
    answer = post(hotline, "/voice/incoming", {**ARRIVAL, "From": shown})
    assert "<Gather" in answer.text, "the call goes on as any other"
    (details,) = hotline.details_of(hotline.calls[0], "called")
    return details


@pytest.mark.parametrize("shown", HIDDEN)
def test_f1_a_hidden_caller_is_seen_as_hidden(hotline: Hotline, shown: str) -> None:
    details = _called(hotline, shown)
    assert details["hidden"] is True
    assert details["shown"] == "nothing"
    assert not hotline.calls[0].visible


def test_f1_a_hidden_caller_is_asked_for_a_number_and_called_there(hotline: Hotline) -> None:
    call = hotline.is_called(shown="anonymous").press("1").press("2").hears("call you back")
    call.press("1").hears("ten-digit").press("7185550162#").hears("seven one eight").press("1")
    call.hears("safe to leave").press("2").hears("saved")
    assert hotline.promised_callbacks == ["+17185550162"]
    assert hotline.callbacks[0].confirmed


def _wants_to_leave_a_message(hotline: Hotline) -> Caller:
    """A hidden caller finds nobody on duty, and is asked for a number before the tone."""
    call = hotline.is_called(shown="anonymous").press("1").press("2")
    return call.hears("leave a message").press("2").hears("where it is safe to call you")


def _says_it(call: Caller) -> None:
    call.hears("After the tone").hears_the_tone().speaks(8).press("#").hears("message is saved")


def test_f1_a_hidden_caller_names_a_safe_number_before_the_tone(hotline: Hotline) -> None:
    call = _wants_to_leave_a_message(hotline).press("7185550162#")
    _says_it(call)
    hotline.waits(30)
    with hotline.context.database.reading() as session:
        assert calls.keyed_number(session, call.row) == "+17185550162"
    assert hotline.promised_callbacks == []
    assert call.row.outcome == "message"


def test_f1_a_hidden_caller_who_names_none_is_asked_once(hotline: Hotline) -> None:
    call = _wants_to_leave_a_message(hotline).hears("After the tone").hears_the_tone()
    call.hears("did not hear a message").hears("leave a message").press("2")
    call.hears("After the tone")
    assert "safe to call you" not in call.said
    call.hears_the_tone().speaks(8).press("#").hears("message is saved")
    assert call.row.keyed_number_sealed is None


def test_f1_a_number_that_cannot_be_called_is_asked_for_again(hotline: Hotline) -> None:
    call = _wants_to_leave_a_message(hotline).press("911#").hears("cannot call that number")
    _says_it(call.press("7185550162#"))


def test_f1_a_shown_number_is_not_asked_for_before_a_message(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2").hears("leave a message").press("2")
    call.hears("After the tone")
    assert "safe to call you" not in call.said


@pytest.mark.parametrize("code", sorted(prompts.load().languages))
def test_f1_the_safe_number_is_asked_for_in_every_language(hotline: Hotline, code: str) -> None:
    shipped = prompts.load()
    language = shipped.languages[code]
    call = hotline.is_called(shown="anonymous")
    if language.page > 1:
        call.press(prompts.MORE_LANGUAGES)
    call.press(language.key).press("2")
    call.hears(shipped.sentence(code, "unanswered.message", {"key": "2"})).press("2")
    call.hears(shipped.sentence(code, "message.safe_number", {"key": "#"}))
    call.hears(shipped.sentence(code, "message.how", {}))


def test_f1_hidden_callers_are_not_counted_as_one(hotline: Hotline) -> None:
    """Each asks for another number; the limit for one phone does not stop the fourth."""
    for at in range(5):
        call = hotline.is_called(shown="Restricted").press("1").press("2").hears("call you back")
        call.press("1").hears("ten-digit").press(f"718555016{at}#").hears("seven one eight")
        call.press("1").hears("safe to leave").press("2").hears("saved").hangs_up()
    assert len(hotline.promised_callbacks) == 5
    assert len({call.pseudonym for call in hotline.calls}) == 5


@pytest.mark.parametrize("shown", GARBLED)
def test_f2_a_garbled_number_is_answered_and_never_written_down(
    hotline: Hotline, shown: str
) -> None:
    details = _called(hotline, shown)
    assert details["hidden"] is True
    assert hotline.calls[0].number_sealed is None


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("+15655550150", "+1 565-555-0150"),
        ("+442079460958", "+44 20 7946 0958"),
        ("+18095550150", "+1 809-555-0150"),
    ],
)
def test_f2_a_number_that_we_do_not_call_is_kept_for_people(
    hotline: Hotline, shown: str, written: str
) -> None:
    """It is abroad, or its area code is not known to the library yet."""
    call = hotline.is_called(shown=shown).press("1").press("2").hears("leave a message").press("2")
    _says_it(call.press("#") if "safe to call you" in call.said else call)
    hotline.waits(30)
    assert not hotline.calls[0].visible
    assert hotline.promised_callbacks == []
    assert hotline.calls[0].number_mark is not None, "it can be limited and blocked"
    with hotline.context.database.reading() as session:
        assert calls.number_of(session, hotline.calls[0]) == shown
    assert phone_numbers.written(shown) == written


@pytest.mark.parametrize("shown", ADDRESSES)
def test_f3_an_internet_address_is_named_so_and_never_called_back(
    hotline: Hotline, shown: str
) -> None:
    details = _called(hotline, shown)
    assert (details["shown"], details["hidden"]) == ("sip", True)
    assert phone_numbers.callable_number(shown) is None


@pytest.mark.parametrize(
    ("verdict", "attested"),
    [
        ("TN-Validation-Passed-A", "A"),
        ("TN-Validation-Passed-B", "B"),
        ("TN-Validation-Passed-C", "C"),
        ("TN-Validation-Passed-A-Diverted", "A"),
        ("TN-Validation-Failed-A", "no"),
        ("No-TN-Validation", "no"),
        ("Aardvark", "no"),
        ("", "no"),
    ],
)
def test_f4_how_far_the_number_is_vouched_for_is_noted(
    hotline: Hotline, verdict: str, attested: str
) -> None:
    answer = post(hotline, "/voice/incoming", {**ARRIVAL, "StirVerstat": verdict})
    assert "<Gather" in answer.text
    assert hotline.details_of(hotline.calls[0], "called")[0]["attested"] == attested


def test_f5_a_call_that_shows_our_own_number_is_never_called_back(hotline: Hotline) -> None:
    details = _called(hotline, NUMBER)
    assert (details["shown"], details["hidden"]) == ("our own number", True)


@pytest.mark.parametrize("number", [NUMBER, RESCUE])
def test_f5_our_own_number_keyed_in_is_refused(hotline: Hotline, number: str) -> None:
    call = hotline.is_called(shown="anonymous").press("1").press("2").hears("call you back")
    call.press("1").hears("ten-digit").press(f"{number[2:]}#").hears("cannot call that number")
    assert call.is_on_the_line


def test_f5_the_carrier_is_never_asked_to_ring_ourselves(hotline: Hotline) -> None:
    with pytest.raises(Refused):
        hotline.worker.carrier.ring(NUMBER, "token", 20)
    assert hotline.carrier.journal == []


def test_f5_a_responder_who_asks_to_be_called_back_is_not_rung_for_it(hotline: Hotline) -> None:
    """One phone cannot ring as the responder's and be dialled as the caller's."""
    ana = hotline.knows("Ana")
    call = hotline.is_called(ana.number).press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").hears("safe to leave").press("2").hears("saved")
    hotline.waits(15)
    hotline.is_always_on_duty(ana)
    hotline.waits(90)
    assert not ana.is_rung
    assert hotline.promised_callbacks == [ana.number]


@pytest.mark.parametrize(
    "number",
    [
        "911",
        "988",
        "311",
        "411",
        "112",
        "9005550100",
        "2129765555",
        "2125551212",
        "5335550150",
        "6005550150",
        "2129505555",
        "2123115555",
    ],
)
def test_f6_numbers_of_emergency_services_and_paid_lines_are_refused_politely(
    hotline: Hotline, number: str
) -> None:
    call = hotline.is_called(shown="anonymous").press("1").press("2").hears("call you back")
    call.press("1").hears("ten-digit").press(f"{number}#").hears("cannot call that number")
    assert call.is_on_the_line
    assert hotline.promised_callbacks == []
