"""Open items in the console: who still needs a person, and who takes care of it."""

from __future__ import annotations

from tests.hotline import Hotline


def has_missed_an_emergency(hotline: Hotline) -> str:
    """The pseudonym of a caller who hung up unanswered."""
    call = hotline.is_called().press("1").press("1").hears("No one can answer").hangs_up()
    return call.row.pseudonym


def test_a_coordinator_takes_an_item_and_nobody_is_rung(hotline: Hotline) -> None:
    eva = hotline.knows("Eva", tier=4)
    pseudonym = has_missed_an_emergency(hotline)
    cora = hotline.has_user("Cora").signs_in().opens("/open-items")
    listed = cora.section("Still open")
    told = (pseudonym, "missed emergency", "English", "emergency", "nobody", "on duty")
    assert all(words in listed for words in told)
    cora.presses("I take it")
    assert "It is yours" in cora.reads
    assert "Cora" in cora.section("Still open")
    hotline.waits(600)
    assert eva.times_rung == 0
    assert ("Cora", "item taken") in hotline.audit_log


def test_the_second_to_take_it_learns_that_it_is_taken(hotline: Hotline) -> None:
    has_missed_an_emergency(hotline)
    cora = hotline.has_user("Cora").signs_in().opens("/open-items")
    dan = hotline.has_user("Dan").signs_in().opens("/open-items")
    dan.presses("I take it")
    cora.presses("I take it")
    assert cora.answer.status_code == 409
    assert "Somebody else has taken it" in cora.reads


def test_an_item_is_closed_with_a_reason_and_rings_nobody(hotline: Hotline) -> None:
    eva = hotline.knows("Eva", tier=4)
    has_missed_an_emergency(hotline)
    cora = hotline.has_user("Cora").signs_in().opens("/open-items")
    cora.presses("Close: I talked with the caller")
    assert "The item is closed." in cora.reads
    assert "No open items." in cora.section("Still open")
    hotline.waits(300)
    assert eva.times_rung == 0
    assert ("Cora", "item closed") in hotline.audit_log
    story = cora.opens("/calls").follows(hotline.calls[0].pseudonym).section("What happened")
    assert "The open item is closed" in story


def test_a_callback_that_a_coordinator_gives_up_is_pursued_no_more(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("1").hears("No one can answer").press("1")
    call.hears("calling from").press("1").hears("safe to leave").press("1").hears("saved")
    call.hangs_up()
    assert len(hotline.open_items) == 1
    cora = hotline.has_user("Cora").signs_in()
    cora.opens(f"/callbacks/{hotline.callbacks[0].id}")
    cora.fills("Why nobody can call back", "A friend told us").presses("Close the callback")
    assert hotline.open_items == []
