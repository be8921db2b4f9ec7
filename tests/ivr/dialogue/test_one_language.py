"""Whatever place a caller is in, they hear their own language only."""

from __future__ import annotations

import pytest

import prompts
from ivr.dialogue import conversation, tree_checks
from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.effects import Done, Meeting
from ivr.dialogue.facts import Caller, Move
from ivr.dialogue.places import AskForPin, DutyMenu, LanguageMenu, OpenItems, Waiting
from ivr.dialogue.turn import Visit, Words
from prompts import Say

SHIPPED = prompts.load()
SCRIPT = tree_checks.script_of(HOTLINE, SHIPPED)
OTHERS = LanguageMenu | AskForPin | DutyMenu | OpenItems | Waiting
"""The language menu, where each language speaks for itself, and the responders' duty line."""
PLACES = [name for name, place in HOTLINE.places.items() if not isinstance(place, OTHERS)]
VISIT = Visit("room", "seat", 1, is_caller=True, starts=True, ends=True, star=False, beeps=False,
              seconds=60)  # fmt: skip


def heard_at(place: str, caller: Caller) -> list[Words]:
    """All words of a place, and of everybody whom a caller can meet if people are rung there."""
    turns = [conversation.arrive(SCRIPT, Move(place), caller, Done(message="a message"))]
    for meeting in Meeting:
        met = Done(visit=VISIT, meeting=meeting)
        turns.append(conversation.arrive(SCRIPT, Move(place), caller, met))
    says = [said for turn in turns for said in getattr(turn, "says", ())]
    return [said for said in says if isinstance(said, Words)]


@pytest.mark.parametrize("code", SHIPPED.languages)
def test_every_place_speaks_the_callers_language_only(code: str) -> None:
    caller = Caller("a call", code, keyed_number="+12125550100", visible=True, open_callback=True)
    for words in (words for place in PLACES for words in heard_at(place, caller)):
        assert words.language == code
        for piece in SHIPPED.pieces(code, words.name, dict(words.values)):
            spoken = piece.voice if isinstance(piece, Say) else piece.language
            assert spoken in (SHIPPED.languages[code].voice, code)


def test_a_caller_of_another_language_hears_three_and_no_other() -> None:
    own, *others = HOTLINE.for_others
    caller = Caller("a call", own, also_hears=tuple(others), visible=True)
    for place in PLACES:
        heard = {words.language for words in heard_at(place, caller)}
        assert heard in (set(), set(HOTLINE.for_others)), place
