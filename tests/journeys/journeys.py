"""The times of callers and responders, measured on the simulated carrier's clock.

Webhooks take no time on that clock, and phones are answered at once: what is left is what the
hotline itself spends in speaking, waiting and looking. Each journey has a hotline of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import prompts
from simulator import Leg
from simulator.base.records import Event
from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder

WORKER_LOOKS_EVERY_SECONDS = 0.25
"""As `hotline worker` does."""
LONGEST_SECONDS = 180.0
NewHotline = Callable[[], Hotline]


@dataclass(frozen=True)
class Measured:
    """One row: what was measured, in seconds, and the target if there is one."""

    journey: str
    seconds: float
    target: float | None = None

    @property
    def is_late(self) -> bool:
        """Whether it misses its target."""
        return self.target is not None and self.seconds > self.target


class NeverHappened(Exception):
    """A step of a journey did not come; the text says which one."""


@dataclass(frozen=True)
class Stopwatch:
    """Lets time pass on one hotline as its worker sees it, and reads when something happened."""

    hotline: Hotline

    @property
    def now(self) -> datetime:
        """The instant on the carrier's clock."""
        return self.hotline.clock.now()

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Let time pass until this holds. Raises NeverHappened."""
        waited = 0.0
        while not holds():
            if waited > LONGEST_SECONDS:
                raise NeverHappened(what)
            self.hotline.carrier.advance(WORKER_LOOKS_EVERY_SECONDS)
            self.hotline.works()
            waited += WORKER_LOOKS_EVERY_SECONDS

    def ring_of(self, responder: Responder, since: datetime) -> float:
        """The seconds from an instant to the next ring of a phone."""
        return self._next(responder.name, lambda: responder.phone.legs, "ringing", since)

    def words_to(self, leg: Leg, words: str, since: datetime) -> float:
        """The seconds from an instant until a phone hears words that contain these."""
        return self._next(words, lambda: [leg], "heard", since, words)

    def talk_of(self, leg: Leg, with_whom: Responder, since: datetime) -> float:
        """The seconds from an instant until a leg talks with a responder."""
        return self._next("talk", lambda: [leg], "bridged", since, with_whom.number)

    def _next(
        self, who: str, legs: Callable[[], list[Leg]], what: str, since: datetime, detail: str = ""
    ) -> float:
        def found() -> list[Event]:
            return [
                event
                for leg in legs()
                for event in leg.timeline
                if event.what == what and event.at >= since and detail in event.detail
            ]

        self.until(f"{who}: {what} {detail}", lambda: bool(found()))
        return (found()[0].at - since).total_seconds()


def all_rows(new_hotline: NewHotline) -> Iterator[Measured]:
    """Every journey, in the order of the table."""
    yield from _first_rings(new_hotline)
    yield from _told_details(new_hotline)
    yield from _returns(new_hotline())
    yield from _came_free(new_hotline)
    yield from _interpreter(new_hotline())
    yield from _missed(new_hotline())
    yield from _offers(new_hotline)
    yield from _rooms(new_hotline)


def _first_rings(new_hotline: NewHotline) -> Iterator[Measured]:
    for words, presses, target in (
        ("keys at once", _presses_at_once, None),
        ("each key after its line", _hears_each_line, None),
        ("both menus heard to their end", _hears_the_menus, None),
        ("nothing pressed", _presses_nothing, 30.0),
    ):
        hotline = new_hotline()
        watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
        caller = hotline.is_called()
        picked_up = watch.now
        presses(watch, caller)
        yield Measured(
            f"emergency, {words}: pick-up to first ring", watch.ring_of(ana, picked_up), target
        )


def _told_details(new_hotline: NewHotline) -> Iterator[Measured]:
    """A detention and a question, with and without an answer to the second question."""
    for words, keys, target in (
        ("a detention, its detail told", "21", 1.0),
        ("a detention, no detail told", "2", 12.0),
        ("a question, its detail told", "35", 1.0),
        ("a question, no detail told", "3", None),
    ):
        hotline = new_hotline()
        watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
        caller = hotline.is_called().press("1")
        chosen = watch.now
        caller.tells(*keys)
        yield Measured(f"{words}: choice to first ring", watch.ring_of(ana, chosen), target)


def _returns(hotline: Hotline) -> Iterator[Measured]:
    watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
    number = hotline.is_called().press("1").hangs_up().number
    hotline.is_called(number, choosing=False)
    yield Measured(
        "calls again and presses nothing: pick-up to first ring",
        watch.ring_of(ana, watch.now),
        40.0,
    )


def _presses_at_once(_watch: Stopwatch, caller: Caller) -> None:
    caller.press("1").press("1")


def _hears_each_line(watch: Stopwatch, caller: Caller) -> None:
    for line in ("For English", "immigration officers are with you now"):
        watch.words_to(caller.leg, line, caller.leg.created_at)
        seen = len(caller.leg.heard) - 1
        watch.until(line, lambda seen=seen: len(caller.leg.heard) > seen + 1)
        caller.press("1")


def _hears_the_menus(watch: Stopwatch, caller: Caller) -> None:
    for key in "11":
        seen = len(caller.leg.heard)
        watch.until("a menu", lambda seen=seen: _is_silent(watch, caller, seen))
        caller.press(key)


def _is_silent(watch: Stopwatch, caller: Caller, seen: int) -> bool:
    """Whether all words since a position were spoken."""
    heard = caller.leg.heard[seen:] or caller.leg.heard[-1:]
    last = heard[-1]
    return (watch.now - last.at).total_seconds() > last.seconds


def _presses_nothing(_watch: Stopwatch, _caller: Caller) -> None:
    pass


def _came_free(new_hotline: NewHotline) -> Iterator[Measured]:
    hotline = new_hotline()
    watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
    first = _talk(watch, ana, "3")
    hotline.is_called().press("1").press("1")
    watch.until("a waiting caller", lambda: len(hotline.calls) > 1)
    hotline.waits(10)
    first.hangs_up()
    ana.hangs_up()
    yield Measured(
        "emergency waits, the only responder hangs up: free to ring",
        watch.ring_of(ana, watch.now),
        2.0,
    )
    hotline = new_hotline()
    watch, ana, ben = Stopwatch(hotline), hotline.has_on_duty("Ana"), hotline.knows("Ben")
    hotline.is_called().press("1").press("1")
    hotline.waits(10)
    hotline.is_always_on_duty(ben)
    yield Measured(
        "emergency waits, a responder goes on duty: on duty to ring",
        watch.ring_of(ben, watch.now),
        5.0,
    )


def _interpreter(hotline: Hotline) -> Iterator[Measured]:
    """Nobody on duty speaks Spanish but an interpreter, who is rung beside the offer."""
    watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
    ines = hotline.has_on_duty("Ines", speaks="es en", role="interpreter")
    caller = hotline.is_called().press("2").press("1")
    chosen = watch.now
    yield Measured(
        "emergency in Spanish: choice to the responder's ring", watch.ring_of(ana, chosen)
    )
    yield Measured(
        "emergency in Spanish: choice to the interpreter's ring", watch.ring_of(ines, chosen), 5.0
    )
    ines.answers()
    hotline.waits(5)
    yield Measured(
        "offer to the interpreter: answered to its key", _to_the_key(ines.leg, "one"), 4.0
    )
    ines.presses("1")
    ana.answers().presses("1")
    yield Measured("both accept: to the talk of three", watch.talk_of(caller.leg, ines, watch.now))


def _missed(hotline: Hotline) -> Iterator[Measured]:
    """Nobody is on duty, and the caller gives up: pursuit rings the coordinator at home."""
    watch, cora = Stopwatch(hotline), hotline.knows("Cora", role="coordinator", tier=3)
    caller = hotline.is_called().press("1").press("1")
    hotline.waits(5)
    caller.hangs_up()
    yield Measured(
        "emergency hangs up, nobody on duty: to a coordinator's ring",
        watch.ring_of(cora, watch.now),
        60.0,
    )


def _talk(watch: Stopwatch, responder: Responder, need: str = "1") -> Caller:
    """A caller talks with a responder."""
    caller = watch.hotline.is_called().press("1").press(need)
    watch.until("a ring", lambda: responder.is_rung)
    responder.answers().presses("1")
    watch.until("a talk", lambda: bool(caller.leg.talks_with))
    return caller


def _offers(new_hotline: NewHotline) -> Iterator[Measured]:
    """The offer of an emergency in the language whose name is longest, for each staff language."""
    shipped = prompts.load()
    for code, language in shipped.languages.items():
        if language.recorded:
            continue
        hotline = new_hotline()
        watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana", speaks=code)
        longest = max(
            shipped.languages, key=lambda each: len(shipped.sentence(code, f"languages.{each}", {}))
        )
        _chooses(hotline.is_called(), shipped.languages[longest]).press("1")
        watch.until("a ring", lambda ana=ana: ana.is_rung)
        ana.answers()
        hotline.waits(12)
        yield Measured(
            f"offer in {language.english_name}, caller speaks"
            f" {shipped.languages[longest].english_name}: answered to its key",
            _to_the_key(ana.leg, language.digit_word("1")),
            4.0,
        )


def _chooses(caller: Caller, language: prompts.Language) -> Caller:
    return (
        caller.press("9").press(language.key) if language.page == 2 else caller.press(language.key)
    )


def _to_the_key(leg: Leg, key: str) -> float:
    """The seconds until the word for key 1 was spoken."""
    seconds = 0.0
    for spoken in leg.heard:
        seconds += spoken.seconds
        if key in spoken.text:
            return round(seconds, 1)
    raise NeverHappened("an offer with a key")


def _rooms(new_hotline: NewHotline) -> Iterator[Measured]:
    yield from _accept(new_hotline())
    yield from _star(new_hotline())
    yield from _hand_over(new_hotline())
    yield from _drop(new_hotline())


def _accept(hotline: Hotline) -> Iterator[Measured]:
    watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
    caller = hotline.is_called().press("1").press("1")
    watch.until("a ring", lambda: ana.is_rung)
    ana.answers().presses("1")
    yield Measured("key 1 to talk", watch.talk_of(caller.leg, ana, watch.now))


def _star(hotline: Hotline) -> Iterator[Measured]:
    watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
    caller = _talk(watch, ana)
    hotline.waits(5)
    starred = watch.now
    ana.presses("*")
    yield Measured("star to the menu's first word", watch.words_to(ana.leg, "interpreter", starred))
    ana.presses("*")
    yield Measured("star again, back to the talk", watch.talk_of(caller.leg, ana, watch.now))
    hotline.waits(5)
    starred = watch.now
    ana.presses("*")
    yield Measured(
        "star and no key: away from the talk", watch.talk_of(caller.leg, ana, starred), 30.0
    )
    yield Measured("longest silence of that caller", caller.leg.meter.longest_silence, 8.0)
    yield Measured("longest time alone of that caller", caller.leg.meter.longest_alone, 10.0)


def _hand_over(hotline: Hotline) -> Iterator[Measured]:
    watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana", role="volunteer")
    caller = _talk(watch, ana)
    ben = hotline.has_on_duty("Ben")
    hotline.waits(5)
    ana.presses("*")
    watch.words_to(ana.leg, "attorney", watch.now)
    ana.presses("2")
    asked = watch.now
    yield Measured("hand-over: key 2 to the attorney's ring", watch.ring_of(ben, asked), 2.0)
    ben.answers()
    hotline.waits(5)
    yield Measured("offer of a hand-over: answered to its key", _to_the_key(ben.leg, "one"), 4.0)
    ben.presses("1")
    yield Measured(
        "hand-over: the attorney's key to talk", watch.talk_of(caller.leg, ben, watch.now)
    )


def _drop(hotline: Hotline) -> Iterator[Measured]:
    watch, ana = Stopwatch(hotline), hotline.has_on_duty("Ana")
    caller = _talk(watch, ana)
    ben = hotline.has_on_duty("Ben")
    hotline.waits(20)
    ana.hangs_up()
    dropped = watch.now
    yield Measured(
        "dropped talk to the caller's first word", _first_word(watch, caller, dropped), 2.0
    )
    yield Measured("dropped talk to the next ring", watch.ring_of(ben, dropped), 8.0)
    ben.answers().presses("1")
    yield Measured("key 1 to talk again", watch.talk_of(caller.leg, ben, watch.now))


def _first_word(watch: Stopwatch, caller: Caller, since: datetime) -> float:
    return watch.words_to(caller.leg, "", since)
