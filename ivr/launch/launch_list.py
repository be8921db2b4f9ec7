"""The list of a new hotline's first hour, the same for `hotline check` and for the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.core import live_prompts
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import HOTLINE
from models.calls import calls
from models.core.database import Session
from models.core.listeners import TEAM, listeners_of
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules
from models.staff import notices, users
from models.staff.users import Role
from prompts import Prompts
from routing.duty import coverage
from routing.duty.coverage import Gap

LOOK_AHEAD = timedelta(hours=48)
_FEWEST_ADMINS = 2


class Step(StrEnum):
    """Something to do before callers can rely on the hotline."""

    NUMBER = "number"
    PEOPLE = "people"
    COVERAGE = "coverage"
    PROMPTS = "prompts"
    ADMINS = "admins"
    ALARMS = "alarms"


TITLES: Mapping[Step, str] = {
    Step.NUMBER: "The number rings here",
    Step.PEOPLE: "Everybody proved their phone",
    Step.COVERAGE: "24 hours are covered",
    Step.PROMPTS: "Prompts are reviewed",
    Step.ADMINS: "A second administrator",
    Step.ALARMS: "Alarms are tested",
}
CALLED = "Last call: %(at)s."
NO_CALL = "No call has come in yet: call the hotline's number."
NOBODY = "Nobody is on the roster yet: import it, or add people."
PROVEN = "All %(people)s pressed a key when the hotline called."
UNPROVEN = "%(missing)s of %(people)s never pressed a key when the hotline called: test them."
COVERED = "Somebody is on duty at every hour of the next two days."
GAP = "Nobody would answer: %(gap)s."
REVIEWED = "A speaker has reviewed every text in every language."
DRAFTS = "No speaker has reviewed every text in %(languages)s."
ADMINS = "%(admins)s administrators can sign in."
ONE_ADMIN = "One lost phone would lock everybody out: invite a second administrator."
ALARMED = "Last alarm by the second way: %(at)s."
NO_ALARM = "No alarm has left by the second way yet: send a test."
NO_WAY = (
    "ALERT_URLS is not set: alarms go only through the carrier, whose failure they may be about."
)
WORDS = (
    *TITLES.values(), CALLED, NO_CALL, NOBODY, PROVEN, UNPROVEN, COVERED, GAP, REVIEWED, DRAFTS,
    ADMINS, ONE_ADMIN, ALARMED, NO_ALARM, NO_WAY,
)  # fmt: skip
"""In English, for the translations of the console."""


@dataclass(frozen=True)
class Item:
    """A step, and how it stands: a sentence with values that each reader's edge writes out.

    Values are numbers, instants, gaps, or tuples of language codes.
    """

    step: Step
    is_done: bool
    words: str
    values: Mapping[str, int | datetime | Gap | tuple[str, ...]] = field(default_factory=dict)


def items(session: Session, spoken: Prompts, timezone: str, now: datetime) -> tuple[Item, ...]:
    """Every step, in the order in which a new hotline takes them."""
    known = people.active(session)
    return (
        _number(session),
        _people(known),
        _coverage(session, known, timezone, now),
        of_prompts(session, spoken),
        _admins(session),
        of_alarms(session),
    )


def _number(session: Session) -> Item:
    at = calls.latest(session)
    if at is None:
        return Item(Step.NUMBER, is_done=False, words=NO_CALL)
    return Item(Step.NUMBER, is_done=True, words=CALLED, values={"at": at})


def _people(known: Sequence[Person]) -> Item:
    if not known:
        return Item(Step.PEOPLE, is_done=False, words=NOBODY)
    missing = sum(person.heard_at is None for person in known)
    values = {"people": len(known), "missing": missing}
    return Item(Step.PEOPLE, not missing, UNPROVEN if missing else PROVEN, values)


def _coverage(session: Session, known: Sequence[Person], timezone: str, now: datetime) -> Item:
    gaps = coverage.gaps(
        duty_rules.duty(session, timezone), people.as_responders(known),
        since=now, until=now + LOOK_AHEAD, languages=(),
    )  # fmt: skip
    if gaps:
        return Item(Step.COVERAGE, is_done=False, words=GAP, values={"gap": gaps[0]})
    return Item(Step.COVERAGE, is_done=True, words=COVERED)


def of_prompts(session: Session, spoken: Prompts) -> Item:
    """Languages with drafts, which are spoken although nobody has reviewed them."""
    heard = live_prompts.marked(spoken, session)
    names = {name for name, _ in tree_checks.spoken(HOTLINE)}
    drafts = tuple(
        code
        for code in heard.languages
        if any(heard.status(code, name) == "draft" for name in names)
    )
    if drafts:
        return Item(Step.PROMPTS, is_done=False, words=DRAFTS, values={"languages": drafts})
    return Item(Step.PROMPTS, is_done=True, words=REVIEWED)


def _admins(session: Session) -> Item:
    admins = [each for each in users.all_of_them(session) if each.role == Role.ADMIN]
    able = sum(each.can_sign_in for each in admins)
    is_done = able >= _FEWEST_ADMINS
    return Item(Step.ADMINS, is_done, ADMINS if is_done else ONE_ADMIN, {"admins": able})


def of_alarms(session: Session) -> Item:
    """Whether alarms can leave by another way than the carrier, and one has."""
    if not listeners_of(session).alert_urls:
        return Item(Step.ALARMS, is_done=False, words=NO_WAY)
    at = notices.last_sent(session, TEAM)
    if at is None:
        return Item(Step.ALARMS, is_done=False, words=NO_ALARM)
    return Item(Step.ALARMS, is_done=True, words=ALARMED, values={"at": at})
