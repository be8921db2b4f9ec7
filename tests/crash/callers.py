"""The callers: each has a plan from a seed, hears what is said, and reacts as people do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from simulator import Carrier, Event, Leg
from tests.crash import history
from tests.crash.history import Did, History
from tests.crash.words import CHOOSE, MORE, PROMISES, Sentence, Words

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
PATIENCE_SECONDS = 600.0
"""A caller without a result gives up after this time, and counts as lost."""
MOST_EMPTY_MESSAGES = 2

DETAILS = frozenset({"detained_detail.detained_today", "question_detail.letter"})
NEEDS = {"main_menu.emergency": 1, "main_menu.detained": 2, "main_menu.question": 6}
_CALLBACK = {"unanswered.callback", "callback.this_number", "callback.yes"}
_OTHER = {"unanswered.callback", "callback.other_number", "callback.enter_number", "callback.right"}
_WISHES: Mapping[str, tuple[int, frozenset[str]]] = {
    "a person": (30, frozenset({"unanswered.callback", "callback.this_number", "callback.no"})),
    "a person, else a message": (12, frozenset({"unanswered.message"})),
    "to be called back": (14, frozenset({"hold.callback", *_CALLBACK})),
    "to be called back elsewhere": (10, frozenset({"hold.callback", *_OTHER})),
    "to leave a message": (16, frozenset({"hold.message", "unanswered.message"})),
    "to know their rights": (3, frozenset({"main_menu.rights"})),
    "nothing they can say": (6, frozenset()),
    "to hang up": (9, frozenset({"hold.callback", *_CALLBACK})),
}
"""What callers want: a percentage, and the sentences whose keys lead to it."""


@dataclass(frozen=True)
class Plan:
    """What one caller is going to do, fixed before the call."""

    number: str
    wish: str
    language: str
    presses: frozenset[str]
    hidden: bool
    elsewhere: str
    """The number they key in for a callback to another phone."""
    leaves_after: float | None
    talks: float
    speaks: float | None
    """Seconds they speak into a recording; None: they say nothing."""
    ends_message: str
    when_called: str


def planned(dice: Random, number: str, elsewhere: str, languages: tuple[str, ...]) -> Plan:
    """The plan of one caller, drawn at random."""
    wish = dice.choices(list(_WISHES), [share for share, _ in _WISHES.values()])[0]
    hidden = dice.random() < 0.08
    presses = _WISHES[wish][1]
    if hidden and presses & _CALLBACK:
        presses |= _OTHER
    need = dice.choices(list(NEEDS), list(NEEDS.values()))[0]
    asks = frozenset() if "main_menu.rights" in presses else frozenset({need})
    if int(number[-1]) % 2:  # the others say nothing to the second question
        asks |= DETAILS
    silent = wish == "nothing they can say"
    return Plan(
        number=number,
        wish=wish,
        language="" if silent else dice.choice(languages),
        presses=presses if silent else presses | asks | {CHOOSE, MORE},
        hidden=hidden,
        elsewhere=elsewhere,
        leaves_after=dice.uniform(0, 70) if wish == "to hang up" else None,
        talks=dice.choice((3.0, 8.0, 14.0, 20.0)),
        speaks=dice.choice((None, 2.0, 3.0, 5.0)) if not silent else dice.choice((None, 3.0)),
        ends_message=dice.choice(("key", "hang up", "silence")),
        when_called=dice.choices(("answer", "ring out", "voicemail", "decline"), (7, 1, 1, 1))[0],
    )


@dataclass
class Caller:
    """One caller on the line; every method runs under the carrier's lock."""

    carrier: Carrier
    words: Words
    diary: History
    dice: Random
    plan: Plan
    leg: Leg = field(init=False)
    is_gone: bool = field(default=False, init=False)
    _empty: int = field(default=0, init=False)
    _asked: set[str] = field(default_factory=set, init=False)
    _recording: str = field(default="", init=False)
    _keyed: bool = field(default=False, init=False)

    @property
    def called_at(self) -> str:
        """The number at which they expect the callback, as far as they have entered one."""
        return self.plan.elsewhere if self._keyed or self.plan.hidden else self.plan.number

    def dials(self, hotline: str) -> Leg:
        """Call the hotline."""
        shown = "anonymous" if self.plan.hidden else None
        self.leg = self.carrier.phone(self.plan.number).dials(hotline, caller_id=shown)
        self._write(history.PERSON, history.INVOKE, self.plan.wish)
        if self.plan.leaves_after is not None:
            self.leg.later(self.plan.leaves_after, self._leave)
        self.leg.later(PATIENCE_SECONDS, self._give_up)
        return self.leg

    def sees(self, event: Event) -> None:
        """Handle an event on the caller's own leg."""
        match event.what:
            case "heard" if event.spoken:
                sentence = self.words.meaning(event.spoken.text)
                if sentence:
                    self._hear(sentence)
            case "recording":
                self._recording = event.detail
                self._write(history.MESSAGE, history.INVOKE, event.detail)
                self._soon(self._speak, 0.2, 0.6)
            case "bridged":
                self._write(history.PERSON, history.OK, event.detail)
                self.leg.later(self.plan.talks, self._leave_talk)
            case what if what in ENDED:
                self._end(event.detail)

    def _hear(self, sentence: Sentence) -> None:
        match sentence.name:
            case promise if promise in PROMISES:
                self._write(history.CALLBACK, history.OK, sentence.name)
                self._asked.discard(history.CALLBACK)
            case "message.saved":
                self._write(history.MESSAGE, history.OK, self._recording)
                self._asked.discard(history.MESSAGE)
            case "rights.calm":
                self._write(history.INFORMATION, history.OK)
                self._soon(self._leave, 4, 8)
            case "trouble.please_hold":  # their answer counts, although nobody asks again
                self._write(history.PATIENCE, history.INVOKE)
            case "trouble.apology":
                self._write(history.RESCUE, history.INVOKE)
            case "trouble.leave_message":
                self._write(history.RESCUE, history.FAIL, "nobody answered: a message instead")
            case "message.nothing_heard":
                self._empty += 1
                if self._empty >= MOST_EMPTY_MESSAGES:
                    self._soon(self._leave, 0, 1)
            case _:
                self._choose(sentence)

    def _choose(self, sentence: Sentence) -> None:
        if sentence.name not in self.plan.presses:
            return
        if sentence.name in (CHOOSE, MORE) and sentence.language != self.plan.language:
            return
        key = sentence.key
        if sentence.name == "callback.enter_number":
            key = self.plan.elsewhere.removeprefix("+1") + "#"
            self._keyed = True
        if sentence.name in ("callback.this_number", "callback.right"):
            self._ask(history.CALLBACK)
        self._soon(lambda: self._press(key), 0.2, 1.2)

    def _ask(self, what: str) -> None:
        if what not in self._asked:
            self._asked.add(what)
            self._write(what, history.INVOKE)

    def _press(self, keys: str) -> None:
        if self.leg.is_live and not self.leg.talks_with:
            self.leg.presses(keys)

    def _speak(self) -> None:
        if self.plan.speaks is None:
            return
        self._asked.add(history.MESSAGE)
        self.leg.speaks(self.plan.speaks, loudness=0.5)
        if self.plan.ends_message == "key":
            self.leg.later(self.plan.speaks + 0.4, lambda: self._press("5"))
        elif self.plan.ends_message == "hang up":
            self.leg.later(self.plan.speaks + 0.4, self._leave)

    def _leave_talk(self) -> None:
        if self.leg.talks_with:
            self._leave()

    def _leave(self) -> None:
        if self.leg.is_live:
            self._write(history.LEAVE, history.OK)
            self.leg.hangs_up()

    def _give_up(self) -> None:
        """Hang up at the limit of patience; this also ends a talk that still goes on."""
        if self.leg.talks_with:
            self._leave()
            return
        self._write(history.LEAVE, history.FAIL, "gave up")
        self.leg.hangs_up()

    def _end(self, why: str) -> None:
        for what in sorted(self._asked):
            self._write(what, history.UNKNOWN, self._recording if what == history.MESSAGE else "")
        self._write(history.END, history.OK, why)
        self.is_gone = True

    def _soon(self, act: Callable[[], None], least: float, most: float) -> None:
        self.leg.later(self.dice.uniform(least, most), act)

    def _write(self, what: str, how: str, detail: str = "") -> None:
        now = self.carrier.clock.now()
        self.diary.write(Did(now, self.leg.sid, self.called_at, what, how, detail))


@dataclass
class Called:
    """A caller whose phone rings because the hotline keeps its promise."""

    words: Words
    dice: Random
    leg: Leg
    does: str
    talks: float

    def sees(self, event: Event) -> None:
        """Handle an event on the leg that calls them."""
        match event.what:
            case "ringing":
                self._ring()
            case "heard" if event.spoken and self.does == "answer":
                sentence = self.words.meaning(event.spoken.text)
                if sentence and sentence.name == "callback_call.press_to_connect":
                    self.leg.later(self.dice.uniform(0.2, 1.0), self._press)
            case "bridged":
                self.leg.later(self.talks, self.leg.hangs_up)

    def _ring(self) -> None:
        after = self.dice.uniform(1, 4)
        match self.does:
            case "answer":
                self.leg.later(after, self._answer)
            case "voicemail":
                self.leg.later(after, self._answer)
                self.leg.later(after + 20, self.leg.hangs_up)
            case "decline":
                self.leg.later(after, self._decline)

    def _answer(self) -> None:
        if self.leg.status == "ringing":
            self.leg.answers()

    def _decline(self) -> None:
        if self.leg.status == "ringing":
            self.leg.declines()

    def _press(self) -> None:
        if self.leg.is_live:
            self.leg.presses("1")
