"""The calls of the demo's last 30 days, stored as the hotline would have stored them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from commands.showcase import demo_calls
from models.calls import calls, rings
from models.calls.calls import LOOKED_FOR_OFFICE, SEARCHING, Call, CallState
from models.calls.open_items import CloseReason, ItemKind, OpenItem
from models.calls.rings import Purpose, Ring, RingState
from models.core.base import new_id
from models.core.database import Session
from models.core.pseudonyms import drawn_pseudonym
from models.people import people
from models.people.people import Person
from prompts.language import Language
from routing import needs
from routing.reporting.item_figures import ItemEnding, ItemStory
from routing.reporting.service import Fate
from routing.reporting.tally import Story, Unmet

_OUTCOMES = {Fate.ANSWERED: "person", Fate.DEFERRED: "callback"}
_WAITED_IN_VAIN = timedelta(seconds=95)
_LEFT_AT_ONCE = timedelta(seconds=4)
_IN_THE_MENU = timedelta(seconds=25)
_LATE_BY = timedelta(minutes=9)
_CLOSED = {
    ItemEnding.BY_CALLBACK: CloseReason.REACHED_BY_CALLBACK,
    ItemEnding.DONE: CloseReason.DONE,
    ItemEnding.GAVE_UP: CloseReason.GAVE_UP,
}


class Past:
    """Stores calls with what was rung, promised and done for each."""

    def __init__(
        self, session: Session, chance: random.Random, languages: Mapping[str, Language]
    ) -> None:
        self._session, self._chance, self._languages = session, chance, languages
        self._people: dict[str | None, list[Person]] = defaultdict(list)
        for person in people.active(session):
            self._people[person.partner_id].append(person)

    def call(self, story: Story) -> Call:
        """One call, as its story tells it."""
        call = Call(
            id=new_id(), sid=f"CA{self._chance.getrandbits(120):030x}hi", number_mark=None,
            pseudonym=drawn_pseudonym(), visible=True, language=story.language, place="goodbye",
            need=story.need, started_at=story.at, heard_at=story.at, pressed=True,
            state=CallState.ENDED, outcome=_outcome(story), informed=bool(story.borough),
            nobody_speaks=Unmet.NOBODY_SPOKE in story.unmet,
            promised=story.became is Fate.DEFERRED,
        )  # fmt: skip
        self._session.add(call)
        call.ended_at = call.heard_at = self._tell(call, story)
        return call

    def _tell(self, call: Call, story: Story) -> datetime:
        """The steps and rings of a call; returns when it ended."""
        if story.borough:
            calls.note(self._session, call.id, story.at, LOOKED_FOR_OFFICE, borough=story.borough)
            return story.at + 4 * _IN_THE_MENU
        asked = story.at + _IN_THE_MENU
        heard_at = story.at
        for step in demo_calls.through_menus(self._languages[story.language], story.need):
            heard_at = min(heard_at + timedelta(seconds=step.seconds_later), asked)
            calls.note(self._session, call.id, heard_at, step.what, **step.detail)
        calls.note(self._session, call.id, asked, SEARCHING, search=1, need=story.need)
        call.searches, call.search_since = 1, asked
        if story.waited is not None and story.talked is not None:
            return self._talk(call, story, asked)
        if Unmet.NOBODY_TO_RING in story.unmet:
            calls.note(self._session, call.id, asked, "unanswered", search=1, rings=0)
        over = asked + (_LEFT_AT_ONCE if story.became is Fate.SHORT else _WAITED_IN_VAIN)
        for item in story.items:
            self._owed(call, item, over)
        calls.note(self._session, call.id, over, "ended", outcome=call.outcome, place="goodbye")
        return over

    def _talk(self, call: Call, story: Story, asked: datetime) -> datetime:
        taken = asked + (story.waited or timedelta())
        over = taken + (story.talked or timedelta())
        who = self._who(story)
        who.heard_at = taken  # they pressed a key; stories come in their order
        person = who.id
        ring = Ring(
            token=rings.new_token(), purpose=Purpose.CALLER, call_id=call.id, person_id=person,
            search=1, round=1, step="same language", interpreter=False, state=RingState.FINISHED,
            seconds=20, due_at=asked, since=over, created_at=asked, connected_at=taken,
            ended_at=over, reached=True,
        )  # fmt: skip
        self._session.add(ring)
        waited = round((taken - asked).total_seconds())
        calls.note(self._session, call.id, taken, "accepted", person=person, waited=waited)
        calls.note(self._session, call.id, over, "ended", outcome="person", place="goodbye")
        call.answered_by = person
        return over

    def _who(self, story: Story) -> Person:
        """Somebody of the partner, if possible one who speaks the language."""
        of_partner = self._people[story.partner]
        able = [each for each in of_partner if story.language in each.languages]
        return self._chance.choice(able or of_partner)

    def _owed(self, call: Call, item: ItemStory, opened: datetime) -> None:
        due = opened + needs.of(item.need).callback_due
        kept = due + _LATE_BY if item.is_late else opened + (due - opened) * self._chance.random()
        owned = opened + (item.owned_after or timedelta())
        self._session.add(
            OpenItem(
                kind=ItemKind.CALLBACK, call_id=call.id, need=item.need, language=item.language,
                opened_at=opened, due_at=due, level_since=opened, round_since=opened,
                next_step_at=due, owned_at=owned, first_owned_at=owned, kept_at=kept,
                owner_person=self._chance.choice(people.coordinators(self._session)).id,
                closed_at=kept, closed_reason=_CLOSED[item.ending],
            )
        )  # fmt: skip


def _outcome(story: Story) -> str:
    if story.borough:
        return "informed"
    return _OUTCOMES.get(story.became or Fate.ABANDONED, "left")
