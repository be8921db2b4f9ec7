"""Row J1 of the fault table: a flood from one exchange occupies one in five responders."""

from __future__ import annotations

from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder

EXCHANGE = "+1917555"
CROWDED = "Many people are calling now"


def floods_in(hotline: Hotline, calls: int = 30) -> None:
    """Many phones of one exchange call within some minutes, once each, and hang up."""
    for last in range(calls):
        leg = hotline.carrier.phone(f"{EXCHANGE}0{last + 100}").dials(
            hotline.settings.twilio_phone_number
        )
        leg.hangs_up()
    hotline.works()


def from_there(hotline: Hotline, last: int, *keys: str) -> Caller:
    """One more caller from that exchange, who presses these keys."""
    call = hotline.is_called(f"{EXCHANGE}0{last}")
    for key in keys:
        call.press(key)
    return call


def from_elsewhere(hotline: Hotline, area: str, *keys: str) -> Caller:
    """A caller from another exchange."""
    call = hotline.is_called(f"+1{area}5550150")
    for key in keys:
        call.press(key)
    return call


def staff(hotline: Hotline, count: int) -> list[Responder]:
    """So many people on duty."""
    return [hotline.has_on_duty(f"Person {number}") for number in range(count)]


def answer_all(hotline: Hotline, everybody: list[Responder]) -> None:
    """Every person whose phone rings accepts the call."""
    for responder in everybody:
        if responder.is_rung:
            responder.accepts(within=1)
    hotline.waits(2)


def is_served(hotline: Hotline, call: Caller) -> bool:
    """Whether this caller is joined with a responder within some seconds."""
    for _ in range(12):
        if call.talks_to:
            return True
        hotline.waits_quietly(1)
    return False


def is_taken_by_one_of(hotline: Hotline, everybody: list[Responder], call: Caller) -> bool:
    """Whether phones ring for this caller, and a responder who answers is joined with them."""
    hotline.waits(3)
    answer_all(hotline, everybody)
    return is_served(hotline, call)


def test_j1_a_flooding_exchange_has_one_in_five_and_the_rest_are_offered_a_callback(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    everybody = staff(hotline, 10)
    floods_in(hotline)
    served = []
    for last in range(150, 154):
        served.append(from_there(hotline, last, "1", "3"))
        hotline.waits(3)
        assert sum(responder.is_rung for responder in everybody) <= 2
        answer_all(hotline, everybody)
    assert [is_served(hotline, call) for call in served[:2]] == [True, True]
    assert [call.talks_to for call in served[2:]] == [None, None]
    served[2].hears(CROWDED).hears("call you back").press("1").hears("calling from").press("1")
    served[2].hears("safe to leave").press("1").hears("saved")
    served[3].hears(CROWDED).press("2").hears("After the tone")
    assert served[2].number in hotline.promised_callbacks
    assert sum("numbers that begin alike" in text for text in dee.texts) == 1


def test_j1_callers_from_elsewhere_reach_a_person_during_it(hotline: Hotline) -> None:
    everybody = staff(hotline, 5)
    floods_in(hotline)
    for last in range(150, 158):
        from_there(hotline, last, "1", "3")
        hotline.waits(2)
        answer_all(hotline, everybody)
    for area in ("718", "347", "646", "929"):
        call = from_elsewhere(hotline, area, "1", "3")
        assert is_taken_by_one_of(hotline, everybody, call)


def test_j1_on_a_small_line_a_flood_still_reaches_one_person(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    floods_in(hotline)
    first = from_there(hotline, 150, "1", "3")
    assert is_taken_by_one_of(hotline, [ana, ben], first)
    from_there(hotline, 151, "1", "3").hears(CROWDED)
    other = from_elsewhere(hotline, "718", "1", "3")
    assert is_taken_by_one_of(hotline, [ana, ben], other)


def test_j1_with_one_person_on_duty_whoever_waits_from_elsewhere_is_next(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    floods_in(hotline)
    first = from_there(hotline, 150, "1", "3")
    ana.accepts()
    assert first.is_joined_with(ana.number)
    other = from_elsewhere(hotline, "718", "1", "2").hears("looking for someone")
    assert CROWDED not in other.said
    from_there(hotline, 151, "1", "2").hears(CROWDED)
    first.hangs_up()
    ana.accepts(within=65)
    assert other.is_joined_with(ana.number)


def test_j1_in_an_emergency_one_person_is_rung_beyond_the_share(hotline: Hotline) -> None:
    everybody = staff(hotline, 5)
    floods_in(hotline)
    from_there(hotline, 150, "1", "3")
    hotline.waits(2)
    answer_all(hotline, everybody)
    urgent = from_there(hotline, 151, "1", "1")
    hotline.waits(2)
    assert sum(responder.is_rung for responder in everybody) == 1
    answer_all(hotline, everybody)
    assert is_served(hotline, urgent)
    from_there(hotline, 152, "1", "1").hears(CROWDED)  # once every quarter of an hour


def test_j1_an_ordinary_night_caps_nobody(hotline: Hotline) -> None:
    """A neighbourhood calls at its usual rate for half an hour, more than one call in five."""
    everybody = staff(hotline, 4)
    for _ in range(3):
        floods_in(hotline, 9)
        hotline.waits_quietly(11 * 60)
    for last in range(150, 153):
        call = from_there(hotline, last, "1", "3")
        assert is_taken_by_one_of(hotline, everybody, call)


def test_j1_when_the_flood_is_over_the_exchange_is_served_like_any_other(
    hotline: Hotline,
) -> None:
    everybody = staff(hotline, 5)
    floods_in(hotline)
    hotline.waits_quietly(11 * 60)
    for last in (150, 151):
        call = from_there(hotline, last, "1", "3")
        assert is_taken_by_one_of(hotline, everybody, call)


def test_j1_one_phone_that_calls_on_does_not_count_against_its_neighbours(
    hotline: Hotline,
) -> None:
    everybody = staff(hotline, 5)
    for _ in range(35):
        from_there(hotline, 177, "1").hangs_up()
    for last in (150, 151):
        call = from_there(hotline, last, "1", "3")
        assert is_taken_by_one_of(hotline, everybody, call)


def test_j1_callbacks_of_a_flood_keep_to_the_same_share(hotline: Hotline) -> None:
    floods_in(hotline)
    owed = []
    for last in range(150, 153):
        call = from_there(hotline, last, "1", "2").hears("call you back").press("1")
        call.hears("calling from").press("1").hears("safe to leave").press("1").hears("saved")
        owed.append(call.number)
    everybody = staff(hotline, 5)
    floods_in(hotline)
    for _ in range(12):
        hotline.waits_quietly(10)
        assert sum(responder.is_rung for responder in everybody) <= 1
    assert sum(responder.times_rung for responder in everybody) >= 1
    assert set(owed) <= set(hotline.promised_callbacks)


def test_j1_what_a_number_begins_with_is_forgotten_with_it(hotline: Hotline) -> None:
    call = from_there(hotline, 150, "1").hangs_up()
    assert call.row.exchange_mark
    hotline.waits_quietly(26 * 3_600)
    hotline.waits(2)
    assert call.row.exchange_mark is None
    assert call.row.pseudonym
