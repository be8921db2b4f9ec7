"""Calls, rings, callbacks and messages in any order of events: what must hold after each one."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from ivr.search.call_limits import LONGEST_HOLD
from ivr.search.callback_promises import RETRY_AFTER
from ivr.search.callers_in_line import stays
from models.calls import rings
from models.calls.callbacks import CallbackState
from models.calls.calls import Call, CallState
from models.calls.rings import Purpose, RingState
from models.calls.voicemails import MessageState
from models.people import people
from routing import needs
from tests.caller import Caller
from tests.fuzz.conftest import REQUESTS, tries
from tests.fuzz.judgement import Trouble
from tests.hotline import Hotline
from tests.responder import Responder

LONGEST_CALL = timedelta(minutes=30)
"""A call without a talk ends by itself within this time, unless the caller is held."""
PATIENT_STEP = timedelta(seconds=10)
_RANKS = {CallState.TALKING: 0, CallState.WAITING: 0, CallState.CONNECTED: 0, CallState.ENDED: 1}
NUMBERS = some.sampled_from(("+19175550150", "+19175550151", "+19175550152", "anonymous"))
MINE = "+19175550159"


class Line(RuleBasedStateMachine):
    """A random night on the line; every step can happen in reality."""

    new_database: ClassVar[Callable[[], str]]

    def __init__(self) -> None:
        super().__init__()
        self.hotline = Hotline(type(self).new_database())
        self.callers: list[Caller] = []
        self.on_duty: list[Responder] = [
            self.hotline.has_on_duty("Ana", speaks="en es"),
            self.hotline.has_on_duty("Luz", speaks="es"),
            self.hotline.has_on_duty("Ben", speaks="en", tier=2),
        ]
        self.seen: dict[str, int] = {}
        self.trouble = Trouble()
        logging.getLogger("hotline").addHandler(self.trouble)

    # --- what callers do

    @initialize(keys=some.sampled_from(["11", "12", "21", "22", "13", "0"]))
    def a_night_begins_with_a_caller_who_waits(self, keys: str) -> None:
        self.somebody_calls("+19175550150")
        self.callers[0].press(keys)

    @precondition(lambda self: len(self.callers) < 6)
    @rule(number=NUMBERS)
    def somebody_calls(self, number: str) -> None:
        hidden = number == "anonymous"
        arrived = self.hotline.is_called(MINE if hidden else number, number if hidden else None)
        self.callers.append(arrived)

    @rule(
        who=some.integers(0, 5), keys=some.sampled_from([*"0123459*#", "11", "1211", "7185550162#"])
    )
    def a_caller_presses(self, who: int, keys: str) -> None:
        caller = self._live(who)
        if caller:
            caller.press(keys)

    @rule(who=some.integers(0, 5))
    def a_caller_asks_to_be_called_back(self, who: int) -> None:
        for key in "111":
            caller = self._live(who)
            if caller:
                caller.press(key)

    @rule(who=some.integers(0, 5), seconds=some.integers(1, 40))
    def a_caller_speaks(self, who: int, seconds: int) -> None:
        caller = self._live(who)
        if caller:
            caller.speaks(seconds)

    @rule(who=some.integers(0, 5))
    def a_caller_hangs_up(self, who: int) -> None:
        caller = self._live(who)
        if caller:
            caller.leg.hangs_up()

    # --- what responders do, and phones that we call back

    @rule(who=some.integers(0, 2), then=some.sampled_from(["1", "1", "1", "2", "5", ""]))
    def a_responder_picks_up(self, who: int, then: str) -> None:
        ringing = self.on_duty[who].phone.ringing
        if ringing:
            ringing.answers()
            self.hotline.works()
            if then and ringing.is_live:
                ringing.presses(then)

    @rule(who=some.integers(0, 2), key=some.sampled_from("1239**"))
    def a_responder_presses(self, who: int, key: str) -> None:
        leg = self.on_duty[who].phone.live_leg
        if leg and leg.answered_at:
            leg.presses(key)

    @rule(who=some.integers(0, 2))
    def a_responder_hangs_up(self, who: int) -> None:
        leg = self.on_duty[who].phone.live_leg
        if leg:
            leg.hangs_up()

    @rule(who=some.integers(0, 2), how=some.sampled_from(["by hand", "voicemail", "busy", "off"]))
    def a_phone_changes(self, who: int, how: str) -> None:
        phone = self.on_duty[who].phone
        match how:
            case "voicemail":
                phone.voicemail_after(2)
            case "busy":
                phone.busy()
            case "off":
                phone.off()
            case _:
                phone.answers_by_hand()

    @rule(number=NUMBERS, answers=some.booleans())
    def a_phone_that_is_called_back_rings(self, number: str, answers: bool) -> None:
        ringing = self.hotline.carrier.phone(number).ringing if number != "anonymous" else None
        if ringing and answers:
            ringing.answers()
            self.hotline.waits(1)
            if ringing.is_live:
                ringing.presses("1")
        elif ringing:
            ringing.declines()

    # --- faults

    @rule(
        what=some.sampled_from(["lose", "duplicate", "delay", "reorder"]), times=some.integers(1, 3)
    )
    def callbacks_go_astray(self, what: str, times: int) -> None:
        faults = self.hotline.carrier.faults
        if what == "delay":
            faults.delay(20, next=times)
        else:
            getattr(faults, what)(next=times)

    @rule(failure=some.sampled_from([429, 500, 503, "timeout"]), acted=some.booleans())
    def the_carrier_fails(self, failure: Any, acted: bool) -> None:
        acted = acted and failure != 429
        self.hotline.carrier.faults.next_rest(failure, after_acting=acted)

    @rule()
    def webhooks_come_twice(self) -> None:
        self.hotline.carrier.faults.voice_twice(next=2)

    @rule()
    def the_worker_is_replaced(self) -> None:
        self.hotline.worker = self.hotline.new_worker()

    @rule(seconds=some.sampled_from([1, 3, 8, 25, 70]))
    def time_passes(self, seconds: int) -> None:
        self.hotline.waits(seconds)

    @rule(seconds=some.sampled_from([5, 45]))
    def time_passes_without_a_worker(self, seconds: int) -> None:
        self.hotline.carrier.advance(seconds)

    # --- what must hold

    @invariant()
    def nothing_of_ours_failed(self) -> None:
        assert self.trouble.seen == []
        assert [problem for problem in self.hotline.carrier.problems if problem.code != 11200] == []

    @invariant()
    def a_call_has_one_bridge_and_a_responder_one_call(self) -> None:
        open_rings = [ring for ring in self._rings() if ring.is_open]
        joined = Counter(ring.call_id for ring in open_rings if ring.state == RingState.CONNECTED)
        assert all(count == 1 for call, count in joined.items() if call)
        engaged = Counter(ring.person_id for ring in open_rings)
        assert all(count == 1 for count in engaged.values())
        for responder in self.on_duty:
            assert sum(leg.is_live for leg in responder.phone.legs) <= 1, "two calls to one phone"

    @invariant()
    def nobody_sits_alone(self) -> None:
        assert list(self.hotline.lonely_callers()) == []
        assert self.hotline.carrier.meters.splits == ()

    @invariant()
    def nobody_is_rung_for_a_caller_who_left(self) -> None:
        over = {call.id for call in self.hotline.calls if call.state == CallState.ENDED}
        for ring in self._rings():
            is_for_caller = ring.purpose == Purpose.CALLER and ring.state != RingState.CONNECTED
            assert not (ring.is_open and is_for_caller and ring.call_id in over), ring.state

    @invariant()
    def nobody_rests_and_is_rung_but_for_danger(self) -> None:
        now = self.hotline.clock.now()
        with self.hotline.context.database.reading() as session:
            resting = {
                person.id
                for person in people.active(session)
                if person.resting_until and person.resting_until > now
            }
        in_danger = {call.id for call in self.hotline.calls if needs.of(call.need).may_be_danger}
        rung = {
            ring.person_id
            for ring in self._rings()
            if ring.state == RingState.PENDING and ring.call_id not in in_danger
        }
        assert not resting & rung

    @invariant()
    def what_was_promised_is_written_down(self) -> None:
        promised = set(self.hotline.promised_callbacks)
        kept = {card.call_id for card in self.hotline.callbacks}
        started = {message.call_id for message in self.hotline.messages}
        for caller in self.callers:
            said = " ".join(spoken.text for spoken in caller.leg.heard).lower()
            if "request is saved" in said:
                assert caller.row.promised
                assert caller.row.id in kept or caller.number in promised
            if "message is saved" in said:
                assert caller.row.id in started

    @invariant()
    def nothing_goes_backwards(self) -> None:
        for call in self.hotline.calls:
            rank = _RANKS[call.state]
            assert rank >= self.seen.get(call.id, 0)
            assert (call.outcome is not None) == (call.state == CallState.ENDED)
            self.seen[call.id] = rank

    def teardown(self) -> None:
        """Responders hang up; every remaining call ends by itself, with one of four outcomes."""
        try:
            self._ends_by_itself()
        finally:
            logging.getLogger("hotline").removeHandler(self.trouble)
            self.hotline.context.database.close()

    def _ends_by_itself(self) -> None:
        self.hotline.carrier.faults.clear()
        for responder in self.on_duty:
            responder.phone.answers_by_hand()
            if responder.phone.live_leg:
                responder.phone.live_leg.hangs_up()
        self._waits_for_the_end(LONGEST_CALL)
        if REQUESTS:
            self._waits_for_the_end(LONGEST_HOLD)
        for caller in self.callers:
            if caller.is_on_the_line and not REQUESTS:
                assert stays(caller.row), "only who is held may have to hang up in a short run"
                caller.leg.hangs_up()
        self._waits_for_the_end(PATIENT_STEP)
        assert self._open() == []
        for call in self.hotline.calls:
            assert call.outcome in ("person", "callback", "message", "informed", "left")
        self._leaves_nothing_behind()

    def _waits_for_the_end(self, longest: timedelta) -> None:
        for _ in range(longest // PATIENT_STEP):
            if not self._open():
                break
            self._time_passes()

    def _leaves_nothing_behind(self) -> None:
        """No leg rings for a call that is over, and every open callback has its next try."""
        for _ in range(6):
            self._time_passes()
        for ring in self._rings():
            assert not (ring.is_open and ring.purpose == Purpose.CALLER), ring.state
        horizon = self.hotline.clock.now() + max(RETRY_AFTER)
        for card in self.hotline.callbacks:
            if card.state == CallbackState.WAITING:
                assert card.next_try_at <= horizon
        for message in self.hotline.messages:
            assert message.state != MessageState.ARRIVING

    def _time_passes(self) -> None:
        self.hotline.carrier.advance(PATIENT_STEP.total_seconds())
        self.hotline.works()

    def _live(self, who: int) -> Caller | None:
        live = [caller for caller in self.callers if caller.is_on_the_line]
        return live[who % len(live)] if live else None

    def _open(self) -> list[Call]:
        return [call for call in self.hotline.calls if call.state != CallState.ENDED]

    def _rings(self) -> list[rings.Ring]:
        with self.hotline.context.database.reading() as session:
            return list(session.query(rings.Ring))


def test_whatever_happens_on_sqlite_no_caller_is_lost(sqlite_template: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = iter(range(10**9))

        def new_database() -> str:
            file = Path(folder) / f"{next(made)}.db"
            shutil.copy(sqlite_template, file)
            return f"sqlite:///{file}"

        Line.new_database = staticmethod(new_database)  # type: ignore[assignment]  # for this run
        run(
            Line,
            settings=tries(short=3, long=2_000, stateful_step_count=30 if not REQUESTS else 60),
        )


def test_whatever_happens_on_postgresql_no_caller_is_lost(
    postgres_databases: Callable[[], str],
) -> None:
    Line.new_database = staticmethod(postgres_databases)  # type: ignore[assignment]  # as above
    run(Line, settings=tries(short=1, long=300, stateful_step_count=20 if not REQUESTS else 60))
