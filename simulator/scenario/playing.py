"""Plays a scenario on a carrier: every act is due in the carrier's event queue.

The scenario therefore follows the carrier's clock: fast or slow in a server, stepwise in a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, assert_never

from simulator.calling.account import Account
from simulator.scenario.lines import (
    Act,
    Answers,
    Behaves,
    Calls,
    CrowdCalls,
    Declines,
    HangsUp,
    Hears,
    Hope,
    IsLetGo,
    IsRung,
    Presses,
    Reads,
    Speaks,
    TalksWith,
    Waits,
)
from simulator.scenario.scenarios import Scenario, Written
from simulator.telephony.legs import Leg
from simulator.telephony.phones import Phone

LOOK_EVERY_SECONDS = 0.25
BREATH_SECONDS = 1.0
"""The pause between two acts, as a person would make."""
RUNG_WITHIN_SECONDS = 90.0
VOICEMAIL_AFTER_SECONDS = 4.0

State = Literal["playing", "as told", "went otherwise"]


@dataclass(frozen=True)
class Done:
    """A line that was played, and when."""

    at: datetime
    text: str


@dataclass
class Play:
    """One run of some lines; `on_end` is called once, at the end."""

    carrier: Account
    to: str
    cast: Mapping[str, str]
    lines: tuple[Written, ...]
    scenario: Scenario
    on_end: Callable[["Play"], None] = lambda _play: None
    state: State = "playing"
    why: str = ""
    done: list[Done] = field(default_factory=list)
    crowd: "list[Play]" = field(default_factory=list)
    began_at: datetime = field(init=False)
    _since: datetime | None = None
    _texts_before: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Start; the event queue does the rest as time passes."""
        self.began_at = self.carrier.clock.now()
        self._texts_before = {n: len(self.carrier.phone(n).texts) for n in self.cast.values() if n}
        self.carrier.event_queue.soon(self._step)

    def stop(self) -> None:
        """Play no further line."""
        if self.state == "playing":
            self._end("went otherwise", "stopped")

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state != "playing"

    @property
    def line(self) -> str:
        """The line that is played now; empty before the first and after the last."""
        is_under_way = not self.is_over and len(self.done) < len(self.lines)
        return self.lines[len(self.done)].text if is_under_way else ""

    def _step(self) -> None:
        if self.is_over:
            return
        if len(self.done) == len(self.lines):
            self._end("as told", "")
            return
        written, now = self.lines[len(self.done)], self.carrier.clock.now()
        self._since = self._since or now
        waited = (now - self._since).total_seconds()
        match written.line:
            case IsRung() | Hears() | TalksWith() | Reads() | IsLetGo():
                self._hope(written, written.line, waited)
            case _:
                self._act(written, written.line, waited)

    def _hope(self, written: Written, hope: Hope, waited: float) -> None:
        if self._holds(hope):
            self._next(written, 0.0)
        elif waited > hope.within:
            self._end("went otherwise", f"within {hope.within:.0f} s it did not happen that "
                      f"{written.text}{self._heard_instead(hope)}")  # fmt: skip
        else:
            self.carrier.event_queue.after(LOOK_EVERY_SECONDS, self._step)

    def _act(self, written: Written, act: Act, waited: float) -> None:
        try:
            is_done = self._does(act, waited)
        except (RuntimeError, LookupError) as error:
            self._end("went otherwise", f"{written.text}: {error}")
            return
        if is_done:
            self._next(written, BREATH_SECONDS)
        elif not isinstance(act, CrowdCalls) and waited > max(
            RUNG_WITHIN_SECONDS, act.seconds if isinstance(act, Waits) else 0.0
        ):
            self._end("went otherwise", f"no phone rang, so nobody could do this: {written.text}")
        else:
            self.carrier.event_queue.after(LOOK_EVERY_SECONDS, self._step)

    def _next(self, written: Written, pause: float) -> None:
        self.done.append(Done(self.carrier.clock.now(), written.text))
        self._since = None
        self.carrier.event_queue.after(pause, self._step)
        self.carrier.changed()

    def _end(self, state: State, why: str) -> None:
        self.state, self.why = state, why
        for play in self.crowd:
            play.stop()
        self.on_end(self)

    # Acts. False means not yet.

    def _does(self, act: Act, waited: float) -> bool:
        match act:
            case Calls(who=who, shown=shown, gate=gate):
                phone = self._phone(who)
                phone.gate = gate
                phone.dials(self.to, caller_id=shown)
            case Presses(who=who, keys=keys):
                for name in who:
                    self._leg(name).presses(keys)
            case Speaks(who=who, seconds=seconds):
                self._leg(who).speaks(seconds)
            case HangsUp(who=who):
                self._leg(who).hangs_up()
            case Answers(who=who):
                return self._ringing(who, lambda leg: leg.answers())
            case Declines(who=who):
                return self._ringing(who, lambda leg: leg.declines())
            case Behaves(who=who, how=how):
                self._behave(who, how)
            case Waits(seconds=seconds):
                return waited >= seconds
            case CrowdCalls():
                return self._crowd_is_over()
            case _:
                assert_never(act)
        return True

    def _ringing(self, who: str, act: Callable[[Leg], None]) -> bool:
        leg = self._phone(who).ringing
        if leg:
            act(leg)
        return leg is not None

    def _behave(self, who: str, how: str) -> None:
        phone = self._phone(who)
        if how == "has voicemail":
            phone.voicemail_after(VOICEMAIL_AFTER_SECONDS)
        else:
            phone.off()

    def _crowd_is_over(self) -> bool:
        if not self.crowd:
            self._crowd_begins()
            return False
        if any(not play.is_over for play in self.crowd):
            return False
        lost = [play for play in self.crowd if play.state != "as told"]
        if lost:
            raise LookupError(f"{len(lost)} of {len(self.crowd)} went otherwise: {lost[0].why}")
        return True

    def _crowd_begins(self) -> None:
        crowd = self.scenario.crowd
        if crowd is None:
            raise LookupError("this scenario has no crowd")
        for place, number in enumerate(crowd.numbers):
            script = crowd.scripts[place % len(crowd.scripts)]
            play = Play(self.carrier, self.to, {"caller": number}, script, self.scenario)
            self.crowd.append(play)
            due = place * crowd.seconds / len(crowd.numbers)
            self.carrier.event_queue.after(due, play.begin)

    # Hopes.

    def _holds(self, hope: Hope) -> bool:
        match hope:
            case IsRung(who=who):
                return self._phone(who).ringing is not None
            case Hears(who=who, words=words):
                return any(words.lower() in self._heard(name).lower() for name in who)
            case TalksWith(who=who, others=others, all_of_them=all_of_them):
                phones = [leg.phone for leg in self._leg(who).talks_with]
                enough = all if all_of_them else any
                return enough(self._phone(name) in phones for name in others)
            case Reads(who=who, words=words):
                number = self.cast[who]
                new = self.carrier.phone(number).texts[self._texts_before.get(number, 0) :]
                return any(words.lower() in text.body.lower() for text in new)
            case IsLetGo(who=who):
                return not self._leg(who).is_live
            case _:
                assert_never(hope)

    def _heard(self, who: str) -> str:
        legs = self._phone(who).legs
        return " ".join(spoken.text for spoken in legs[-1].hears_now) if legs else ""

    def _heard_instead(self, hope: Hope) -> str:
        if not isinstance(hope, Hears):
            return ""
        return "; heard instead: " + " / ".join(self._heard(name) or "nothing" for name in hope.who)

    def _phone(self, who: str) -> Phone:
        return self.carrier.phone(self.cast[who])

    def _leg(self, who: str) -> Leg:
        legs = self._phone(who).legs
        if not legs:
            raise LookupError(f"{who} is in no call")
        return legs[-1]
