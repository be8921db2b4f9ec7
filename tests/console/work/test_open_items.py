"""Open items in the console: who still needs a person, and who takes care of it."""

from __future__ import annotations

import re

from tests.coordinator import Coordinator
from tests.hotline import NUMBER, Hotline
from tests.responder import Responder


def number_of(hotline: Hotline) -> str:
    """The number of the only open item."""
    (item,) = hotline.open_items
    return str(item.number)


def name_of(hotline: Hotline) -> str:
    """The pseudonym of the only caller, by which the list links to their item."""
    return hotline.calls[0].pseudonym


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
    assert "Cora" in cora.section("What is known")
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


def test_an_owner_is_called_by_their_name_on_the_roster(hotline: Hotline) -> None:
    hotline.knows("Ana Example")
    has_missed_an_emergency(hotline)
    ana = hotline.has_user("ana", "responder", person="Ana Example").signs_in()
    ana.opens("/open-items").presses("I take it")
    assert "You" in ana.opens("/open-items").section("Still open")
    cora = hotline.has_user("Cora").signs_in()
    assert "Ana Example" in cora.opens("/open-items").section("Still open")


def test_an_item_is_closed_with_a_reason_and_rings_nobody(hotline: Hotline) -> None:
    eva = hotline.knows("Eva", tier=4)
    has_missed_an_emergency(hotline)
    cora = hotline.has_user("Cora").signs_in().opens("/open-items").follows(name_of(hotline))
    cora.presses("Close the item")
    assert "Choose why the item is closed" in cora.error_at("Why")
    cora.chooses("Why", "I talked with the caller").presses("Close the item")
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


def test_an_item_is_handed_over_and_stays_until_the_other_accepts_by_text(
    hotline: Hotline,
) -> None:
    ana = hotline.knows("Ana")
    has_missed_an_emergency(hotline)
    cora = hotline.has_user("Cora").signs_in().opens("/open-items").follows(name_of(hotline))
    hands_over(cora, ana)
    assert "Cora" in cora.section("What is known")
    assert "Ana, not accepted yet" in cora.section("What is known")
    hotline.waits(3)
    assert "is handed to you" in ana.texts[-1]
    ana.phone.texts_to(NUMBER, f"TAKE {number_of(hotline)}")
    hotline.works()
    (item,) = hotline.open_items
    assert (item.owner_person, item.owner_user) == (hotline.person(ana).id, None)
    assert ("Cora", "item handed over") in hotline.audit_log


def hands_over(user: Coordinator, to: Responder) -> None:
    """Choose the person and press the button."""
    user.chooses("To whom", to.name).presses("Hand over")
    assert "Until they accept" in user.reads


def test_an_item_is_accepted_by_key_and_refused_by_key(hotline: Hotline) -> None:
    ana, ben = hotline.knows("Ana"), hotline.knows("Ben")
    has_missed_an_emergency(hotline)
    cora = hotline.has_user("Cora").signs_in().opens("/open-items").follows(name_of(hotline))
    hands_over(cora, ana)
    ana.answers().hears("A caller is handed to you").presses("2")
    (item,) = hotline.open_items
    assert (item.handed_to, item.owner_person) == (None, None)
    hands_over(cora, ben)
    ben.answers().hears("A caller is handed to you").presses("1").hears("is yours")
    (item,) = hotline.open_items
    assert item.owner_person == hotline.person(ben).id


def test_a_responder_sees_what_nobody_took_without_the_caller_and_acts_on_their_own(
    hotline: Hotline,
) -> None:
    hotline.knows("Ana")
    pseudonym = has_missed_an_emergency(hotline)
    ana = hotline.has_user("Ana", "responder", person="Ana").signs_in().opens("/open-items")
    assert pseudonym not in ana.reads
    ana.follows(f"Open item {number_of(hotline)}")
    assert "Close the item" not in ana.reads
    ana.presses("I take it")
    assert pseudonym in ana.reads
    ana.fills("What was done", "").presses("Save the note")
    assert "Write something first" in ana.error_at("What was done")
    ana.fills("What was done", "Left a word with the sister").presses("Save the note")
    assert "The note is saved" in ana.reads
    ana.chooses("Why", "Everything is done").presses("Close the item")
    assert hotline.open_items == []


def test_a_responder_knows_nothing_of_what_somebody_else_owns(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    hotline.knows("Ana")
    has_missed_an_emergency(hotline)
    cora.accepts(within=60)
    (item,) = hotline.open_items
    ana = hotline.has_user("Ana", "responder", person="Ana").signs_in()
    assert "No open items" in ana.opens("/open-items").section("Still open")
    assert ana.opens(f"/open-items/{item.id}").answer.status_code == 404


def test_who_takes_an_item_in_the_console_can_close_it_by_text(hotline: Hotline) -> None:
    phone = hotline.knows("Ana")
    has_missed_an_emergency(hotline)
    ana = hotline.has_user("Ana", "responder", person="Ana").signs_in().opens("/open-items")
    number = number_of(hotline)
    ana.presses("I take it")
    phone.phone.texts_to(NUMBER, f"DONE {number}")
    hotline.works()
    assert re.search(rf"number {number} is closed", phone.texts[-1])
    assert hotline.open_items == []
