"""Two legs that talk with each other, and the result of a <Dial>."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulator.calling.call_recordings import Recordings
from simulator.telephony.legs import Leg
from simulator.telephony.scripts import Key, Script, wait
from simulator.twiml.documents import Document, Element

LONGEST_SECONDS = 14_400


@dataclass
class Bridge:
    """Two legs that talk with each other, until either leaves."""

    first: Leg
    second: Leg
    since: datetime
    ended_at: datetime | None = None

    def other(self, leg: Leg) -> Leg:
        """The leg at the other end."""
        return self.second if leg is self.first else self.first

    @property
    def is_up(self) -> bool:
        """Whether they still talk."""
        return self.ended_at is None

    @property
    def seconds(self) -> int:
        """How long they talked."""
        end = self.ended_at or self.first.carrier.clock.now()
        return round((end - self.since).total_seconds())

    def end(self) -> None:
        """Take both legs out; no effect the second time."""
        if not self.is_up:
            return
        self.ended_at = self.first.carrier.clock.now()
        for leg in (self.first, self.second):
            leg.bridge = None
            leg.meter.hears_no_more()
            leg.note("unbridged", self.other(leg).phone.number)
            leg.nudge_all()


def connect(first: Leg, second: Leg) -> Bridge:
    """Let two legs talk with each other."""
    bridge = Bridge(first, second, first.carrier.clock.now())
    for leg in (first, second):
        leg.pick_up()
        leg.bridge = bridge
        leg.meter.hears_on()
        leg.note("bridged", bridge.other(leg).phone.number)
        leg.nudge_all()
    return bridge


def talk(bridge: Bridge, *, star_ends: bool = False, seconds: float | None = None) -> Script[None]:
    """Stay in a bridge until it ends, the time is up, or * is pressed if `star_ends`."""
    now = bridge.first.carrier.clock.now()
    until = now.timestamp() + seconds if seconds else None
    try:
        while bridge.is_up:
            now = bridge.first.carrier.clock.now()
            left = until - now.timestamp() if until is not None else None
            reply = yield from wait(left, keys=star_ends, nudges=True)
            if reply is None or (isinstance(reply, Key) and reply.digit == "*"):
                return
    finally:
        bridge.end()


@dataclass(frozen=True)
class Dialled:
    """The result of a <Dial>, as its `action` is told."""

    status: str
    params: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, str]:
        """The parameters of the action."""
        return {"DialCallStatus": self.status, **self.params}


def recorded_talk(
    recordings: Recordings, leg: Leg, element: Element, document: Document, bridge: Bridge
) -> Script[dict[str, str]]:
    """Talk with the time limit, star key and recording that the <Dial> asks for."""
    record = element.says("record", "do-not-record")
    recording = None
    if record != "do-not-record":
        recording = recordings.start(element, "DialVerb", leg, bridge.other(leg))
    try:
        yield from talk(
            bridge,
            star_ends=element.is_set("hangupOnStar"),
            seconds=element.number("timeLimit", LONGEST_SECONDS),
        )
    finally:
        if recording:
            recordings.stop(recording, element, document)
    return {"RecordingUrl": recording.url} if recording else {}
