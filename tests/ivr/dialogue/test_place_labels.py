"""Every place of the call tree and every key of it has one label, and no label is unused."""

from __future__ import annotations

from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.place_labels import OPTIONS, PLACES
from ivr.dialogue.places import ChooseNumber, Menu


def test_every_place_has_a_label_and_no_label_is_left_over() -> None:
    assert set(PLACES) == set(HOTLINE.places)


def test_every_option_has_a_label_and_no_label_is_left_over() -> None:
    menus = [place for place in HOTLINE.places.values() if isinstance(place, Menu)]
    asked = [place for place in HOTLINE.places.values() if isinstance(place, ChooseNumber)]
    keys = [option for menu in menus for option in (*menu.options, *menu.unspoken)]
    offered = {option.words for option in keys}
    offered |= {option.words for each in asked for option in (each.this_number, each.other_number)}
    assert offered == set(OPTIONS)


def test_no_two_places_are_called_the_same() -> None:
    assert len(set(PLACES.values())) == len(PLACES)
