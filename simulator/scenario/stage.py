"""Controls the whole simulator: sets the clock, turns switches, plays scenarios."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from simulator.audio.say_voices import Voices
from simulator.base.clock import TravelClock, VirtualClock
from simulator.base.json_answers import Json, Refusal
from simulator.calling.account import Account
from simulator.delivery.fault_switches import Switchboard
from simulator.scenario import moments, scenarios
from simulator.scenario.application import Application
from simulator.scenario.playing import Play
from simulator.scenario.scenarios import Scenario, Written
from simulator.telephony.behaviours import ByHand

FASTEST = 60.0
OFF_WITHIN_SECONDS = 20.0
STAGE_SPEED = 20.0
"""The speed of the clock while a scenario's stage is set."""
TIMEZONE = "America/New_York"


@dataclass
class Performance:
    """A run of a scenario: it is prepared, its stage is set, it is played, it ends."""

    scenario: Scenario
    speed: float
    state: Literal["preparing", "setting the stage", "playing", "as told", "went otherwise"]
    why: str = ""
    first: int = 0
    """The position in the journal at which it began."""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    plays: list[Play] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in ("as told", "went otherwise")

    @property
    def crowd(self) -> list[Play]:
        """The plays of the crowd, if it has one."""
        return [play for playing in self.plays for play in playing.crowd]


class Stage:
    """The carrier as a stage, for demonstrations and experiments."""

    def __init__(self, carrier: Account) -> None:
        self.carrier = carrier
        self.application = Application()
        self.zone = ZoneInfo(TIMEZONE)
        self.switchboard = Switchboard(carrier.faults)
        self.performance: Performance | None = None
        self.fresh_starts = 0
        self.chosen_speed = carrier.clock.speed
        """The speed that people chose; a scenario may run faster while its stage is set."""
        self._clearing = threading.Lock()

    @cached_property
    def voices(self) -> Voices:
        """The voices of <Say>; loaded on first use."""
        return Voices()

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios that can be played, by name."""
        return dict(scenarios.read())

    # The clock.

    def travel(self, words: str) -> None:
        """Set the clock forward. Raises ValueError for an earlier instant or unknown words."""
        now = self.carrier.clock.now()
        then = moments.find(words, now, self.zone)
        if then < now:
            raise ValueError("the clock only goes forward: start afresh to return to the present")
        self._clock.move_to(then)
        self.carrier.changed_from_outside()

    def run_at(self, speed: float) -> None:
        """Change the speed of the clock. Raises ValueError for an impossible speed."""
        if not 0 < speed <= FASTEST:
            raise ValueError(f"the speed must be above 0 and at most {FASTEST:.0f}")
        clock = self._clock
        if not isinstance(clock, TravelClock):
            raise ValueError("this carrier's clock cannot be sped up")
        clock.run_at(speed)
        self.chosen_speed = speed
        self.carrier.changed_from_outside()

    @property
    def _clock(self) -> TravelClock | VirtualClock:
        clock = self.carrier.clock
        if not isinstance(clock, TravelClock | VirtualClock):
            raise ValueError("this carrier keeps real time and cannot travel")
        return clock

    # A fresh start.

    def start_afresh(self) -> None:
        """Forget every call, return the clock to the present, and remove the scenario.

        A scenario that stayed would look like the result of what people do afterwards.
        """
        with self.carrier.acting():
            self._take_off()
            self.chosen_speed = 1.0
        self._clear_the_stage()

    def _take_off(self, then: Performance | None = None) -> None:
        """Stop the current scenario and put another, or none, in its place."""
        before, self.performance = self.performance, then
        for play in before.plays if before else ():
            play.stop()

    def _clear_the_stage(self) -> None:
        with self._clearing:
            with self.carrier.acting():
                self._put_down_everything()
            if isinstance(self.carrier.clock, TravelClock):
                # Otherwise the end of a call would come after the fresh start.
                self._wait_until_nobody_is_on_the_phone()
                # Before the application starts: one that starts in the future waits for that time.
                self.carrier.clock.return_to_the_present()
            self.application.start_afresh()
            self.fresh_starts += 1
        self.carrier.changed_from_outside()

    def _put_down_everything(self) -> None:
        carrier = self.carrier
        self.switchboard.all_off()
        for phone in carrier.phones.values():
            phone.behaviour = ByHand()
            phone.texts.clear()
        for leg in list(carrier.legs.values()):
            leg.hangs_up()
        carrier.recordings.forget_all()

    def _wait_until_nobody_is_on_the_phone(self) -> None:
        patience = time.monotonic() + OFF_WITHIN_SECONDS
        while self.carrier.is_serving and any(
            leg.is_live for leg in list(self.carrier.legs.values())
        ):
            if time.monotonic() > patience:
                raise Refusal(503, 0, "the earlier calls do not end")
            time.sleep(0.02)

    # Scenarios.

    def perform(self, name: str, speed: float = 1.0) -> None:
        """Begin to play a scenario; in a server, in the background."""
        scenario = self.scenarios.get(name)
        if scenario is None:
            raise Refusal(
                404, 0, f"no such scenario: {name}; there are {', '.join(self.scenarios)}"
            )
        if not 0 < speed <= FASTEST:
            raise Refusal(400, 0, f"the speed must be above 0 and at most {FASTEST:.0f}")
        performance = Performance(scenario, speed, "preparing")
        with self.carrier.acting():
            if self.performance and self.performance.state == "preparing":
                raise Refusal(409, 0, "another scenario is being prepared")
            self._take_off(performance)
            self.chosen_speed = speed
        if self.carrier.is_serving:
            threading.Thread(target=self._prepare, args=(performance,), daemon=True).start()
        else:
            self._prepare(performance)

    def _prepare(self, performance: Performance) -> None:
        try:
            self._clear_the_stage()
            with self.carrier.acting():
                if self.performance is performance and performance.scenario.clock:
                    self.travel(performance.scenario.clock)
            self.application.wait_until_ready()
        except Refusal as refusal:
            performance.state, performance.why = "went otherwise", refusal.message
            return
        with self.carrier.acting():
            if self.performance is performance:  # else a fresh start has removed it
                self._set_the_stage(performance)

    def _set_the_stage(self, performance: Performance) -> None:
        if not performance.scenario.before:
            self._tell(performance)
            return
        performance.state = "setting the stage"
        self._speed(STAGE_SPEED)
        self._play(performance, performance.scenario.before, self._stage_is_set)

    def _stage_is_set(self, play: Play) -> None:
        performance = self.performance
        if performance is None or play not in performance.plays:
            return
        if play.state == "as told":
            self._tell(performance)
        else:
            self._close(performance, play)

    def _tell(self, performance: Performance) -> None:
        performance.state = "playing"
        performance.first = len(self.carrier.journal_file.everything)
        performance.began_at = self.carrier.clock.now()
        self._speed(self.chosen_speed)
        self._play(performance, performance.scenario.script, self._is_told)

    def _is_told(self, play: Play) -> None:
        if self.performance and play in self.performance.plays:
            self._close(self.performance, play)

    def _close(self, performance: Performance, play: Play) -> None:
        performance.state = "as told" if play.state == "as told" else "went otherwise"
        performance.why = play.why
        performance.ended_at = self.carrier.clock.now()
        self._speed(self.chosen_speed)
        self.carrier.changed()

    def _play(
        self,
        performance: Performance,
        lines: tuple[Written, ...],
        on_end: Callable[[Play], None],
    ) -> None:
        scenario = performance.scenario
        to = next(iter(self.carrier.lines), "")
        play = Play(self.carrier, to, scenario.cast, lines, scenario, on_end)
        performance.plays.append(play)
        play.begin()

    def _speed(self, speed: float) -> None:
        if isinstance(self.carrier.clock, TravelClock):
            self.carrier.clock.run_at(speed)

    # As JSON.

    def shown(self) -> Json:
        """The state of the whole stage."""
        clock = self.carrier.clock
        return {
            "lines": list(self.carrier.lines),
            "fresh_starts": self.fresh_starts,
            "clock": {
                "now": clock.now().isoformat(),
                "speed": clock.speed,
                "chosen": self.chosen_speed,
                "zone": self.zone.key,
                "travels": isinstance(clock, TravelClock),
            },
            "switches": self.switchboard.shown(),
            "speaks": self.voices.can_speak,
            "performance": _shown(self.performance) if self.performance else None,
        }


def _shown(performance: Performance) -> Json:
    scenario, crowd = performance.scenario, performance.crowd
    playing = performance.plays[-1] if performance.plays else None
    return {
        "name": scenario.name,
        "title": scenario.title,
        "cast": dict(scenario.cast),
        "state": performance.state,
        "why": performance.why,
        "speed": performance.speed,
        "first": performance.first,
        "line": playing.line if playing else "",
        "done": [asdict(done) | {"at": done.at.isoformat()} for done in playing.done]
        if playing
        else [],
        "lines": [written.text for written in scenario.script],
        "crowd": {
            "all": len(crowd),
            "over": sum(play.is_over for play in crowd),
            "as_told": sum(play.state == "as told" for play in crowd),
        }
        if crowd
        else None,
    }
