"""A process may die at any commit of a call: nobody is lost, and nothing is doubled.

Every test run tries a part of the points; `make crash-points` tries all of them.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from tests.conftest import Fresh
from tests.crash.callers import DETAILS, NEEDS, Plan
from tests.crash.checker import Findings, check
from tests.crash.points import LUZ, SISTER, Ending, Point, Story, Told, tell
from tests.crash.words import CHOOSE

EVERY = os.environ.get("CRASH_POINTS") == "every"
ONE_IN = {"sqlite": 97, "postgresql": 149}
"""A short run tries one of so many points."""
CALLBACK = frozenset({"hold.callback", "unanswered.callback", "callback.yes"})
WANTS = Plan(
    number=LUZ,
    wish="a person",
    language="es",
    presses=frozenset({CHOOSE, min(NEEDS), *DETAILS}),
    hidden=False,
    elsewhere=SISTER,
    leaves_after=None,
    talks=8.0,
    speaks=3.0,
    ends_message="key",
    when_called="answer",
)
LONG_TALK = replace(WANTS, talks=12.0)
STORIES = {
    "a person": Story(WANTS, "a talk"),
    "a person who presses the star": Story(LONG_TALK, "a talk", "step outside"),
    "a person, after a drop": Story(LONG_TALK, "a talk", first=("drop off", "drop off")),
    "a person, handed over": Story(
        replace(WANTS, talks=45.0), "a talk", first=("hand over", "ring out")
    ),
    "a callback": Story(
        replace(WANTS, presses=WANTS.presses | CALLBACK | {"callback.this_number"}),
        "a callback",
        "ring out",
    ),
    "a callback to a hidden phone": Story(
        replace(
            WANTS,
            hidden=True,
            presses=WANTS.presses
            | CALLBACK
            | {"callback.other_number", "callback.enter_number", "callback.right"},
        ),
        "a callback",
        "ring out",
    ),
    "a message": Story(
        replace(WANTS, presses=WANTS.presses | {"hold.message"}), "a message", "ring out"
    ),
    "a message, when nobody accepts": Story(
        replace(WANTS, presses=WANTS.presses | {"unanswered.message"}, ends_message="hang up"),
        "a message",
        "decline",
    ),
    "nothing, for they hang up": Story(
        replace(WANTS, wish="to hang up", leaves_after=40.0), "nothing", "voicemail"
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_nobody_is_lost_at_whatever_commit_a_process_dies(
    story: str, kind: str, fresh: Fresh
) -> None:
    undisturbed = Point()
    told = _told(story, fresh, undisturbed)
    assert _is_well(told)
    assert _ends_with(STORIES[story].ends, told)
    points = [Point(at, after) for at in range(1, undisturbed.seen + 1) for after in (False, True)]
    assert len(points) > 20
    first = sum(map(ord, story)) % ONE_IN[kind]
    for point in points if EVERY else points[first :: ONE_IN[kind]]:
        assert _is_well(_told(story, fresh, point)), point


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_message_that_is_deleted_before_it_is_stored_is_found(fresh: Fresh) -> None:
    undisturbed = Point()
    _told("a message", fresh, undisturbed)
    last = undisturbed.seen - undisturbed.seen // 10  # by then the copy is deleted
    late = [Point(at) for at in range(last, undisturbed.seen // 2, -1)]
    told = (_told("a message", fresh, point, "deleted-before-stored") for point in late)
    assert any(check(each.evidence).lost_messages for each in told)


def _told(story: str, fresh: Fresh, point: Point, bug: str = "") -> Told:
    with fresh() as (url, folder):
        return tell(STORIES[story], url, folder, point, bug)


def _is_well(told: Told) -> bool:
    """Nothing is lost or doubled, and no work is left that is retried for ever."""
    return check(told.evidence) == Findings() and not told.left


def _ends_with(ending: Ending, told: Told) -> bool:
    """Whether the story ends as intended when nothing dies."""
    talked = {leg.direction for leg in told.evidence.legs if leg.talks}
    stored = any(message.state == "stored" for message in told.evidence.messages)
    match ending:
        case "a talk":
            return "inbound" in talked
        case "a callback":
            called_back = {ring.sid for ring in told.evidence.rings if ring.calls_back}
            return any(leg.sid in called_back and leg.talks for leg in told.evidence.legs)
        case "a message":
            return stored
        case "nothing":
            return not (talked or told.evidence.callbacks or stored)
