"""Partners: the next caller who presses 5 hears a coordinator's change."""

from __future__ import annotations

import pytest

from tests.caller import Caller
from tests.console.people.test_proven_numbers import page_of
from tests.coordinator import Coordinator
from tests.faults.keeping import run
from tests.hotline import Hotline


def asks_for_offices(hotline: Hotline, zip_code: str = "11368") -> Caller:
    """A caller presses 5 and keys in a ZIP code."""
    return hotline.is_called().press("1").press("5").press(zip_code)


def adds(cora: Coordinator, **fields: str) -> Coordinator:
    """Fill in the form of a new partner."""
    cora.opens("/partners").follows("Add a partner")
    for label, words in {"Name": "Make the Road", "ZIP codes": "11368", **fields}.items():
        cora.fills(label, words)
    return cora.presses("Save")


def test_callers_hear_of_a_new_partner_at_once(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    asks_for_offices(hotline).hears("did not find an office").hangs_up()
    cora.opens("/partners").follows("Add a partner").chooses("Visits", "by appointment")
    typed = {"Name": "Make the Road", "Phone": "(718) 555-0104",
             "Address": "92 Sample Avenue, Queens", "ZIP codes": "11372-11377, 11368",
             "Opening hours": "Mon-Fri 9:00-17:00\nSat 10 am - 1 pm",
             "Checked with the office on": "2026-08-01"}  # fmt: skip
    for label, words in typed.items():
        cora.fills(label, words)
    cora.presses("Save")
    assert "callers hear it from now on" in cora.reads
    assert "11368, 11372-11377" in cora.section("Callers hear about")
    call = asks_for_offices(hotline).hears("Make the Road").hears("92 Sample Avenue")
    call.hears("opens today at 9").hears("need an appointment").hears("seven one eight")
    listed = cora.opens("/partners").section("Callers hear about")
    assert "Mon-Fri 9:00-17:00; Sat 10 am - 1 pm, by appointment" in listed
    assert "check again" in listed
    assert ("Cora", "partner added") in hotline.audit_log


def test_what_is_changed_is_heard_at_once(hotline: Hotline) -> None:
    hotline.has_partner("Make the Road", "1 Old Street", "+17185550104", ["11368"])
    cora = hotline.has_user("Cora").signs_in().opens("/partners").follows("Make the Road")
    assert cora.value_of("Phone") == "+17185550104"
    cora.fills("Address", "2 New Street").presses("Save")
    call = asks_for_offices(hotline).hears("2 New Street")
    assert "Old Street" not in call.said
    assert ("Cora", "partner changed") in hotline.audit_log


def test_a_retired_partner_is_heard_no_more_until_brought_back(hotline: Hotline) -> None:
    hotline.has_partner("Make the Road", "1 Old Street", "+17185550104", ["11368"])
    cora = hotline.has_user("Cora").signs_in().opens("/partners").follows("Make the Road")
    cora.presses("Stop telling callers")
    asks_for_offices(hotline).hears("did not find an office").hangs_up()
    assert "Make the Road" in cora.opens("/partners").section("Retired")
    cora.presses("Tell callers again", within="Make the Road")
    asks_for_offices(hotline).hears("1 Old Street")
    assert ("Cora", "partner retired") in hotline.audit_log
    assert ("Cora", "partner brought back") in hotline.audit_log


@pytest.mark.parametrize(
    ("label", "typed", "why"),
    [
        ("Name", " ", "Write a name"),
        ("Phone", "ask inside", "cannot be dialled"),
        ("ZIP codes", "11368, 1136", "1136"),
        ("ZIP codes", "10000-99999", "10000-99999"),
        ("Website", "maketheroad.example", "https://"),
        ("Address", "x" * 201, "200"),
        ("Opening hours", "9-5", "Mon-Fri 09:00-17:00"),
        ("No new cases before", "soon", "Write a date"),
    ],
)
def test_each_field_says_what_is_wrong_with_it_and_keeps_what_was_typed(
    hotline: Hotline, label: str, typed: str, why: str
) -> None:
    cora = hotline.has_user("Cora").signs_in()
    fields = {"Services": "citizenship", label: typed}
    adds(cora, **fields)
    assert cora.answer.status_code == 422
    assert why in cora.error_at(label)
    if label != "ZIP codes":
        assert cora.value_of(label) == typed
    assert "citizenship" in cora.reads


def test_needs_of_a_partner_count_for_its_people_without_their_own(hotline: Hotline) -> None:
    hotline.has_partner("Make the Road", "1 Old Street", "+17185550104", ["11368"])
    ana = hotline.has_on_duty("Ana", partner="Make the Road", tier=2)
    ben = hotline.has_on_duty("Ben", needs=("detained",))
    cora = hotline.has_user("Cora").signs_in().opens("/partners").follows("Make the Road")
    cora.ticks("family, green card, citizenship").presses("Save")
    assert "family, green card, citizenship" in cora.section("Callers hear about")
    cora.follows("Make the Road").presses("Save")
    page = page_of(cora, "Ana").section("On the roster as")
    assert "family, green card, citizenship (as their partner does)" in page
    asked = cora.opens("/schedule/who?language=en&need=family").reads
    assert "takes exactly this need (as their partner does)" in asked
    told = run(hotline, "who", "--need", "family").stdout
    assert "round 1: Ana (same language, this very need; needs of the partner)" in told
    hotline.is_called().press("1").tells("3", "5")
    ana.answers()
    assert not ben.is_rung


def test_a_name_is_one_partners_only(hotline: Hotline) -> None:
    hotline.has_partner("Make the Road", "1 Old Street", "+17185550104", ["11368"])
    cora = hotline.has_user("Cora").signs_in()
    assert "already a partner" in adds(cora).error_at("Name")


def test_an_import_wins_for_what_it_names_and_leaves_the_others(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    adds(cora)
    hotline.has_the_sample_roster()
    cora.opens("/partners").follows("Chhaya CDC")
    assert "the next import sets every field" in cora.reads
    cora.fills("Address", "1 Other Street").presses("Save")
    assert "1 Other Street" in cora.section("Callers hear about")
    cora.follows("Chhaya CDC").presses("Stop telling callers")
    hotline.has_the_sample_roster()
    heard = cora.opens("/partners").section("Callers hear about")
    assert "37 Sample Avenue" in heard
    assert "1 Other Street" not in heard
    assert "Make the Road" in heard


def test_responders_read_the_list_and_change_nothing(hotline: Hotline) -> None:
    hotline.has_partner("Make the Road", "1 Old Street", "+17185550104", ["11368"])
    ana = hotline.has_user("Ana", "responder").signs_in().opens("/partners")
    assert "1 Old Street" in ana.reads
    assert "Add a partner" not in ana.reads
    assert ana.opens("/partners/new").answer.status_code == 404
