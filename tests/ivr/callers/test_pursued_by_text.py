"""TAKE 7 and DONE 7: open items taken and closed by text from a registered phone."""

from __future__ import annotations

import re

from tests.hotline import NUMBER, Hotline
from tests.ivr.callers.test_pursued import is_missed, owner_of_the_only_item
from tests.responder import Responder


def texts(hotline: Hotline, sender: Responder, body: str) -> str:
    """The reply to a text from this phone; empty if there is none."""
    known = len(sender.texts)
    sender.phone.texts_to(NUMBER, body)
    hotline.works()
    return " ".join(sender.texts[known:])


def number_in(text: str) -> str:
    """The number that a text asks to reply with."""
    found = re.search(r"TAKE (\d+)", text)
    assert found, text
    return found[1]


def test_the_text_beside_a_ring_names_the_number_and_take_owns_it(hotline: Hotline) -> None:
    cora, eva = hotline.knows("Cora", tier=3), hotline.knows("Eva", tier=4)
    is_missed(hotline)
    hotline.waits(40)
    number = number_in(cora.texts[-1])
    assert f"number {number} is yours" in texts(hotline, cora, f"take {number}")
    assert owner_of_the_only_item(hotline) == hotline.person(cora).id
    assert f"number {number} is yours" in texts(hotline, cora, f"Take {number}.")
    assert f"someone else has taken number {number}" in texts(hotline, eva, f"TAKE {number}")
    hotline.waits(300)
    assert (cora.times_rung, eva.times_rung) == (1, 0)


def test_taking_by_text_stops_the_ring_of_the_others(hotline: Hotline) -> None:
    cora, dee = hotline.knows("Cora", tier=3), hotline.knows("Dee", tier=3)
    is_missed(hotline)
    hotline.waits_for(lambda: dee.is_rung, 60)
    number = number_in(cora.texts[-1])
    texts(hotline, cora, f"TAKE {number}")
    hotline.waits(2)
    assert not dee.is_rung


def test_done_closes_ones_own_item_once_and_a_coordinator_closes_any(hotline: Hotline) -> None:
    ana, cora = hotline.has_on_duty("Ana"), hotline.knows("Cora", tier=3)
    ben = hotline.knows("Ben")
    call = hotline.is_called().press("1").press("1")
    call.hears("No one can answer").hangs_up()
    hotline.waits(40)
    number = number_in(ana.texts[-1])
    texts(hotline, ana, f"TAKE {number}")
    assert "is not yours" in texts(hotline, ben, f"DONE {number}")
    assert len(hotline.open_items) == 1
    assert f"number {number} is closed" in texts(hotline, cora, f"DONE {number}")
    assert hotline.open_items == []
    assert f"number {number} is closed" in texts(hotline, ana, f"DONE {number}")
    assert f"number {number} is closed" in texts(hotline, ana, f"TAKE {number}")


def test_a_command_is_understood_and_answered_in_the_owners_language(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", speaks="es", tier=3)
    is_missed(hotline)
    hotline.waits(40)
    found = re.search(r"TOMAR (\d+)", cora.texts[-1])
    assert found
    assert (
        f"El número {found[1]} es suyo".lower() in texts(hotline, cora, f"tomar {found[1]}").lower()
    )


def test_what_is_no_command_or_no_number_takes_nothing(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    (item,) = hotline.open_items
    assert "there is no number 999" in texts(hotline, cora, "TAKE 999")
    for body in (f"TAKE {item.number} AND 8", "TAKE", "7"):
        assert "is yours" not in texts(hotline, cora, body)
    stranger = Responder(hotline, "a stranger", hotline.carrier.phone("+19175550188"))
    assert "voice calls only" in texts(hotline, stranger, f"TAKE {item.number}")
    assert owner_of_the_only_item(hotline) is None


def test_the_number_of_a_closed_item_names_no_other_for_a_day(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    (first,) = hotline.open_items
    texts(hotline, cora, f"DONE {first.number}")
    numbers = set()
    for _ in range(12):
        is_missed(hotline)
    numbers = {item.number for item in hotline.open_items}
    assert len(numbers) == 12
    assert first.number not in numbers
