"""<Dial>: who is rung, who is connected, and what its `action` is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulator.base.numbers import is_e164
from simulator.base.records import Problem
from simulator.calling import interpreter
from simulator.calling.call_setup import ring
from simulator.calling.interpreter import Goto, Outcome, Step
from simulator.telephony.legs import Leg, StatusPlan
from simulator.telephony.scripts import Key, Script, wait
from simulator.twiml.documents import Document, DocumentFailed, Element

DIAL_ADDS_SECONDS = 5  # twilio.com/docs/voice/twiml/dial: "a five-second buffer"
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
        """Take both out of it; the second time it changes nothing."""
        if not self.is_up:
            return
        self.ended_at = self.first.carrier.clock.now()
        for leg in (self.first, self.second):
            leg.bridge = None
            leg.note("unbridged", self.other(leg).phone.number)
            leg.nudge_all()


def connect(first: Leg, second: Leg) -> Bridge:
    """Let two legs talk with each other."""
    bridge = Bridge(first, second, first.carrier.clock.now())
    for leg in (first, second):
        leg.pick_up()
        leg.bridge = bridge
        leg.note("bridged", bridge.other(leg).phone.number)
        leg.nudge_all()
    return bridge


def talk(bridge: Bridge, *, star_ends: bool = False, seconds: float | None = None) -> Script[None]:
    """Stay in a bridge until it ends, or until this side presses * where that ends it."""
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


@dataclass
class Child:
    """A leg that <Dial> rings, and how far it is on its way to being connected."""

    leg: Leg
    chosen: bool = False
    ready: bool = False
    bridge: Bridge | None = None


@dataclass(frozen=True)
class Dialled:
    """What a <Dial> came to, as its `action` is told."""

    status: str
    params: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, str]:
        """The parameters of the action."""
        return {"DialCallStatus": self.status, **self.params}


@interpreter.verb("Dial")
def dial(leg: Leg, element: Element, document: Document) -> Script[Step]:
    """<Dial>: connect the call; afterwards ask `action`, or go on with the next verb."""
    noun = element.children[0].tag if element.children else "Number"
    dialled = yield from NOUNS.get(noun, _nobody)(leg, element, document)
    leg.note("dialled", dialled.status)
    if "action" not in element.attributes:
        return None
    return interpreter.action(element, document, dialled.told())


def _nobody(_leg: Leg, _element: Element, _document: Document) -> Script[Dialled]:
    yield from ()
    return Dialled("failed")


def _numbers(leg: Leg, element: Element, document: Document) -> Script[Dialled]:
    nouns = list(element.children) or [Element("Number", {}, (), element.text)]
    caller_id = element.says("callerId") or leg.from_
    if not _may_show(leg, caller_id):
        leg.carrier.report(Problem(13214, f"<Dial> callerId {caller_id!r} is not yours to show"))
        return Dialled("failed")
    waves = [[noun] for noun in nouns] if element.is_set("sequential") else [nouns]
    dialled = Dialled("failed")
    for wave in waves:
        dialled = yield from _ring_together(leg, element, document, wave, caller_id)
        if dialled.status == "completed":
            break
    return dialled


def _may_show(leg: Leg, caller_id: str) -> bool:
    """Owned numbers and the two ends of the call itself."""
    return leg.carrier.owns(caller_id) or caller_id in {leg.from_, leg.to}


def _ring_together(
    leg: Leg, element: Element, document: Document, nouns: list[Element], caller_id: str
) -> Script[Dialled]:
    children = [
        child for noun in nouns if (child := _ring(leg, noun, document, caller_id)) is not None
    ]
    try:
        winner = yield from _first_to_answer(leg, element, children)
        if winner is None:
            return _unanswered(children)
        return (yield from _connect_winner(leg, element, document, winner))
    finally:
        for child in children:
            if not child.leg.on_its_own:
                status = "completed" if child.leg.answered_at else "canceled"
                child.leg.end(status, "the other side left")


def _ring(leg: Leg, noun: Element, document: Document, caller_id: str) -> Child | None:
    carrier, number = leg.carrier, noun.text
    if not is_e164(number):
        carrier.report(
            Problem(13223, f"<Dial> invalid phone number format {number!r}", document.url)
        )
        return None
    plan = _plan(noun, document)
    child = carrier.new_leg(number, "outbound-dial", caller_id, plan=plan, parent=leg)
    wanted = Child(child)
    child.begin(interpreter.live(child, _child(wanted, noun, document)))
    return wanted


def _plan(noun: Element, document: Document) -> StatusPlan | None:
    url = noun.says("statusCallback")
    if not url:
        return None
    events = noun.says("statusCallbackEvent", "completed").split()
    method = noun.says("statusCallbackMethod", "POST")
    return StatusPlan(document.resolve(url), method, frozenset(events))


def _child(child: Child, noun: Element, document: Document) -> Script[None]:
    """The called phone: rings, is answered, hears the whisper, and talks."""
    leg = child.leg
    ring(leg)
    while not child.chosen:
        yield from wait(nudges=True)
    if noun.says("url") and not (yield from _whisper(leg, noun, document)):
        return
    child.ready = True
    leg.nudge_all()
    while child.bridge is None:
        yield from wait(nudges=True)
    yield from talk(child.bridge)


def _whisper(leg: Leg, noun: Element, document: Document) -> Script[bool]:
    """What the called person hears before being connected; whether they are to be."""
    goto = Goto(document.resolve(noun.says("url")), noun.says("method", "POST"))
    try:
        outcome = yield from interpreter.perform(leg, goto, "whisper")
    except DocumentFailed:
        leg.ended_by = "an application error"
        return False
    return outcome is Outcome.RAN_OUT


def _first_to_answer(leg: Leg, element: Element, children: list[Child]) -> Script[Child | None]:
    """The first phone to pick up wins, man or machine, and the others stop ringing."""
    began = leg.carrier.clock.now()
    limit = element.number("timeout", 30) + DIAL_ADDS_SECONDS
    while any(child.leg.is_live for child in children):
        for child in children:
            if child.leg.status == "in-progress":
                _choose(child, children)
                return child
        left = limit - (leg.carrier.clock.now() - began).total_seconds()
        if left <= 0:
            _give_up(children)
            return None
        yield from wait(left, nudges=True)
    return None


def _choose(winner: Child, children: list[Child]) -> None:
    winner.chosen = True
    winner.leg.nudge_all()
    for child in children:
        if child is not winner:
            child.leg.end("canceled", "another phone was faster")


def _give_up(children: list[Child]) -> None:
    for child in children:
        child.leg.end("no-answer", "rang out")


def _unanswered(children: list[Child]) -> Dialled:
    statuses = [child.leg.status if not child.leg.is_live else "no-answer" for child in children]
    order = ("no-answer", "busy", "canceled", "failed")
    status = next((status for status in order if status in statuses), "failed")
    params = {"DialBridged": "false"}
    if len(children) == 1:
        params["DialCallSid"] = children[0].leg.sid
    return Dialled(status, params)


def _connect_winner(
    leg: Leg, element: Element, document: Document, winner: Child
) -> Script[Dialled]:
    while winner.leg.is_live and not winner.ready:
        yield from wait(nudges=True)
    params = {"DialCallSid": winner.leg.sid, "DialBridged": "false"}
    if winner.leg.is_live:
        winner.bridge = connect(leg, winner.leg)
        params["DialBridged"] = "true"
        params |= yield from recorded_talk(leg, element, document, winner.bridge)
    # The child may only now be on its way out; its time is told as of this instant.
    return Dialled("completed", params | {"DialCallDuration": str(winner.leg.duration)})


def recorded_talk(
    leg: Leg, element: Element, document: Document, bridge: Bridge
) -> Script[dict[str, str]]:
    """Talk as the <Dial> wants it: its limits, its star key, and recorded when it says so."""
    record = element.says("record", "do-not-record")
    recordings = leg.carrier.recordings
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
    return {"RecordingUrl": recordings.url(recording)} if recording else {}


NOUNS = {"Number": _numbers}
"""What each noun of <Dial> does; the modules of queues and conferences add theirs."""
