"""Several open items: one ring speaks for all, and many of them ask for more people."""

from __future__ import annotations

from itertools import pairwise

from tests.hotline import Hotline
from tests.ivr.callers.test_pursued import is_missed
from tests.responder import Responder


def owners(hotline: Hotline) -> list[str | None]:
    """The owner of each open item, oldest first."""
    return [item.owner_person for item in hotline.open_items]


def test_one_ring_and_one_text_speak_for_everything_that_waits(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    for _ in range(3):
        is_missed(hotline)
    cora.answers(within=60).hears("In all, 3 callers have nobody")
    cora.presses("1").hears("is yours")
    hotline.waits(100)
    cora.hangs_up()
    assert owners(hotline).count(hotline.person(cora).id) == 1
    assert cora.times_rung == 1
    lists = [text for text in cora.texts if "nobody has taken this" in text]
    assert len(lists) == 1
    cora.accepts(within=180)
    assert owners(hotline).count(hotline.person(cora).id) == 2


def test_accepting_one_moves_the_rest_to_the_next_person(hotline: Hotline) -> None:
    cora, eva = hotline.knows("Cora", tier=3), hotline.knows("Eva", tier=4)
    is_missed(hotline)
    is_missed(hotline)
    cora.accepts(within=20)
    assert eva.times_rung == 0  # the ring to Cora spoke for both
    eva.accepts(within=60)
    assert set(owners(hotline)) == {hotline.person(cora).id, hotline.person(eva).id}


def test_who_is_too_late_for_one_is_offered_the_next(hotline: Hotline) -> None:
    cora, dee = hotline.knows("Cora", tier=3), hotline.knows("Dee", tier=3)
    is_missed(hotline)
    is_missed(hotline)
    cora.answers(within=60)
    dee.answers(within=20)
    cora.presses("1")
    dee.presses("1").hears("is yours")
    assert set(owners(hotline)) == {hotline.person(cora).id, hotline.person(dee).id}


def test_twelve_emergencies_and_three_people(hotline: Hotline) -> None:
    """Nobody is rung more often than once in three minutes, and each is rung at that pace."""
    crew = [hotline.knows(name, tier=3) for name in ("Cora", "Dee", "Eli")]
    for _ in range(12):
        hotline.is_called().press("1").press("1").hangs_up()
    assert len(hotline.open_items) == 12
    for _ in range(6):
        hotline.waits(100)  # in short steps: the test's worker looks less often in long ones
    for phone in crew:
        assert all(180 <= gap <= 215 for gap in gaps(hotline, phone))
        assert phone.times_rung >= 3
    for phone in crew:
        phone.accepts(within=240)
    hotline.waits(5)
    assert len({owner for owner in owners(hotline) if owner}) == 3


def gaps(hotline: Hotline, phone: Responder) -> list[float]:
    """The seconds between the rings of this person, as they were written."""
    person = hotline.person(phone).id
    begun = [ring.created_at for ring in hotline.rings if ring.person_id == person]
    return [(after - before).total_seconds() for before, after in pairwise(begun)]


def test_in_a_surge_a_coordinator_is_asked_once_for_an_hour(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    hotline.has_a_surge()
    is_missed(hotline)
    cora.answers(within=60).hears("take calls for an hour").presses("3")
    cora.hears("You are on duty for an hour").hears("To take it").presses("1").hears("is yours")
    assert hotline.is_on_duty(cora)
    hotline.waits(20)
    cora.hangs_up()
    hotline.goes_off_duty(cora, hours=8)
    is_missed(hotline)
    cora.answers(within=240).hears("If you cannot")
    hotline.waits(3)
    assert "an hour" not in cora.said


def test_without_a_surge_nobody_is_asked_for_an_hour(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    cora.answers(within=60).hears("If you cannot").presses("3")
    hotline.waits(3)
    assert "an hour" not in cora.said
    assert not hotline.is_on_duty(cora)
