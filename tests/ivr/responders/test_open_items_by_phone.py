"""The duty line lists open items: a responder hears each, and takes or closes it by key."""

from __future__ import annotations

from tests.hotline import Hotline
from tests.ivr.callers.test_pursued import is_missed, owner_of_the_only_item
from tests.responder import Responder


def hears_what_waits(responder: Responder) -> None:
    """Call the duty line and press 3."""
    responder.asks_for_the_duty_line().presses("482915#").hears("who waits for a person")
    responder.presses("3")


def test_a_responder_takes_an_item_by_phone_and_closes_it(hotline: Hotline) -> None:
    cora, ana = hotline.knows("Cora", tier=3), hotline.knows("Ana", pin="482915")
    is_missed(hotline)
    (item,) = hotline.open_items
    hears_what_waits(ana)
    ana.hears("1 caller waits").hears("Officers at the door").hears("To take it").presses("1")
    ana.hears("It is yours").hears("If everything is done")
    assert owner_of_the_only_item(hotline) == hotline.person(ana).id
    ana.presses("2").hears(f"Number {item.number} is closed")
    assert hotline.open_items == []
    assert [detail["reason"] for detail in closings(hotline)] == ["done"]
    hotline.waits(60)
    assert cora.times_rung == 0


def closings(hotline: Hotline) -> list[dict[str, str]]:
    """The details of each closing of an item."""
    return [found for call in hotline.calls for found in hotline.details_of(call, "item closed")]


def test_who_only_listens_goes_through_the_list_and_owns_nothing(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    is_missed(hotline)
    is_missed(hotline)
    first, second = hotline.open_items
    hears_what_waits(ana)
    ana.hears(f"Number {spoken(first.number)}.").presses("4")
    ana.hears(f"Number {spoken(second.number)}.").presses("4").hears("There is nothing else")
    assert not any(item.is_owned for item in hotline.open_items)


def spoken(number: int | None) -> str:
    """A number as it is spoken in a sentence."""
    return str(number)


def test_what_somebody_else_took_can_neither_be_taken_nor_closed(hotline: Hotline) -> None:
    cora, ana = hotline.knows("Cora", tier=3), hotline.knows("Ana", pin="482915")
    is_missed(hotline)
    cora.accepts(within=60)
    hears_what_waits(ana)
    ana.hears("Someone has taken it").hears("For the next one")
    assert "To take it" not in ana.said
    ana.presses("1").presses("2")
    hotline.waits(3)
    assert owner_of_the_only_item(hotline) == hotline.person(cora).id


def test_a_coordinator_closes_any_item_with_a_reason(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3, pin="482915")
    is_missed(hotline)
    hears_what_waits(cora)
    cora.hears("cannot be reached or helped").presses("3").hears("is closed")
    assert [detail["reason"] for detail in closings(hotline)] == ["gave_up"]
