"""<Enqueue> and <Dial><Queue>: waiting callers, and the legs that take them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from simulator.base.numbers import new_sid
from simulator.calling import interpreter
from simulator.calling.bridges import Bridge, Dialled, connect, recorded_talk, talk
from simulator.calling.call_recordings import Recordings
from simulator.calling.interpreter import Redirected
from simulator.telephony.exchange import Exchange
from simulator.telephony.legs import Leg
from simulator.telephony.scripts import Gone, Interrupt, Script, wait
from simulator.twiml.documents import Document, DocumentFailed, Element
from simulator.twiml.steps import Goto, Outcome, Step, action

DEFAULT_MAX_SIZE = 1000


@dataclass
class Member:
    """A leg that waits in a queue."""

    leg: Leg
    queue: "Queue"
    since: datetime
    handover: "Handover | None" = None

    @property
    def seconds(self) -> int:
        """How long it has waited."""
        return round((self.leg.carrier.clock.now() - self.since).total_seconds())


@dataclass
class Handover:
    """A member on the way from the queue to the leg that dialled the queue."""

    member: Member
    taker: Leg
    goto: Goto | None
    waited: int
    bridge: Bridge | None = None
    over: bool = False


@dataclass
class Dequeued(Interrupt):
    """Somebody takes this member out of the queue."""

    handover: Handover

    @property
    def is_wanted(self) -> bool:
        """Whether both legs are still there."""
        return not self.handover.over


@dataclass
class Queue:
    """A queue of waiting legs, first come first served."""

    name: str
    created_at: datetime
    max_size: int = DEFAULT_MAX_SIZE
    sid: str = field(default_factory=lambda: new_sid("QU"))
    members: list[Member] = field(default_factory=list)
    takers: list[Leg] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)

    @property
    def average_wait(self) -> int:
        """Average wait in seconds of the members that have left."""
        return round(sum(self.waits) / len(self.waits)) if self.waits else 0

    def join(self, leg: Leg) -> Member:
        """Join at the end."""
        member = Member(leg, self, leg.carrier.clock.now())
        self.members.append(member)
        leg.in_queue = self.name
        leg.note("queued in", self.name)
        for taker in self.takers:
            taker.nudge_all()
        return member

    def remove(self, member: Member) -> None:
        """Remove a member; no effect the second time."""
        if member in self.members:
            self.members.remove(member)
            self.waits.append(member.seconds)
            member.leg.in_queue = None

    def position(self, member: Member) -> int:
        """The place in the queue; 1 is next."""
        return self.members.index(member) + 1


class Queues:
    """All queues of the account."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._by_name: dict[str, Queue] = {}

    def __iter__(self) -> Iterator[Queue]:
        return iter(list(self._by_name.values()))

    def named(self, name: str) -> Queue:
        """The queue of that name, created if needed."""
        if name not in self._by_name:
            self._by_name[name] = Queue(name, self._exchange.clock.now())
        return self._by_name[name]

    def find(self, sid: str) -> Queue | None:
        """A queue by its identifier."""
        return next((queue for queue in self if queue.sid == sid), None)

    def delete(self, queue: Queue) -> None:
        """Delete an empty queue."""
        del self._by_name[queue.name]


def enqueue(
    exchange: Exchange, queues: Queues, leg: Leg, element: Element, document: Document
) -> Script[Step]:
    """<Enqueue>: wait until the queue is dialled; then request `action`."""
    queue = queues.named(element.text)
    limit = element.number("maxQueueSize", queue.max_size)
    if len(queue.members) >= limit:
        return _after(element, document, queue, "queue-full", 0)
    member = queue.join(leg)
    try:
        result = yield from _wait_in_queue(member, element, document)
    except Redirected as redirected:
        goto = _after_interrupt(member, element, document, redirected)
        _be_out(member)
        if isinstance(goto, Goto):
            yield from interpreter.notify(leg, goto)
        raise
    except Gone as gone:
        goto = _after_interrupt(member, element, document, gone)
        if isinstance(goto, Goto):
            exchange.tell_action(leg, goto, gone.status)
        raise
    finally:
        _be_out(member)
    waited = member.handover.waited if member.handover else member.seconds
    return _after(element, document, queue, result, waited)


def _be_out(member: Member) -> None:
    member.queue.remove(member)
    if member.handover:
        member.handover.over = True
        member.handover.taker.nudge_all()


def _after(element: Element, document: Document, queue: Queue, result: str, waited: int) -> Step:
    if "action" not in element.attributes:
        return None
    params = {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(waited)}
    return action(element, document, params)


def _after_interrupt(
    member: Member, element: Element, document: Document, interrupt: Gone | Redirected
) -> Step:
    """The action to notify that the wait was interrupted; its answer is not obeyed."""
    handover = member.handover
    bridged = handover is not None and handover.bridge is not None
    if isinstance(interrupt, Redirected):
        result = "redirected-from-bridged" if bridged else "redirected"
    else:
        result = "bridged" if bridged else "bridging-in-process" if handover else "hangup"
    waited = handover.waited if handover else member.seconds
    return _after(element, document, member.queue, result, waited)


def _wait_in_queue(member: Member, element: Element, document: Document) -> Script[str]:
    """Wait; the QueueResult."""
    try:
        yield from _hold(member, element, document)
        if member.handover:  # taken at the instant of leaving: being taken wins
            yield from wait()
    except Dequeued as dequeued:
        return (yield from _be_taken(member.leg, dequeued.handover))
    return "leave"


def _hold(member: Member, element: Element, document: Document) -> Script[None]:
    """Play the waitUrl's document in a loop until it says <Leave>."""
    leg, queue = member.leg, member.queue
    url = element.says("waitUrl")
    if not url:
        yield from interpreter.default_music(leg, element)
    while True:
        began = leg.carrier.clock.now()
        params = {
            "QueuePosition": str(queue.position(member)),
            "QueueSid": queue.sid,
            "QueueTime": str(member.seconds),
            "AvgQueueTime": str(queue.average_wait),
            "CurrentQueueSize": str(len(queue.members)),
            "MaxQueueSize": str(queue.max_size),
        }
        goto = Goto(document.resolve(url), element.says("waitUrlMethod", "POST"), params)
        outcome = yield from interpreter.perform(leg, goto, "queue-wait")
        if outcome is Outcome.LEFT:
            return
        if outcome is Outcome.HUNG_UP:
            raise Gone("completed")
        if leg.carrier.clock.now() == began:
            yield from wait(1)  # an empty document must not be fetched in a tight loop


def _be_taken(leg: Leg, handover: Handover) -> Script[str]:
    """Hear the connecting document, then talk with the leg that dialled the queue."""
    if handover.goto:
        yield from _hear_connecting(leg, handover.goto)
    if handover.over or not handover.taker.is_live:
        return "error"
    handover.bridge = connect(leg, handover.taker)
    yield from talk(handover.bridge)
    return "bridged"


def _hear_connecting(leg: Leg, goto: Goto) -> Script[None]:
    try:
        yield from interpreter.perform(leg, goto, "queue-url")
    except DocumentFailed:
        leg.note("connecting without the queue's document")


def take(queue: Queue, taker: Leg, goto: Goto | None) -> Handover | None:
    """Take the first member out for the leg that dialled the queue."""
    if not queue.members:
        return None
    member = queue.members[0]
    params = {
        "QueueSid": queue.sid,
        "QueueTime": str(member.seconds),
        "DequeingCallSid": taker.sid,
    }
    told = Goto(goto.url, goto.method, params) if goto else None
    handover = Handover(member, taker, told, member.seconds)
    member.handover = handover
    queue.remove(member)
    member.leg.routine.interrupt(Dequeued(handover))
    return handover


def dial_queue(
    queues: Queues, recordings: Recordings, leg: Leg, element: Element, document: Document
) -> Script[Dialled]:
    """<Queue>: wait for the first member of a queue, without a limit, and talk with it."""
    noun = element.children[0]
    queue = queues.named(noun.text)
    url = noun.says("url")
    goto = Goto(document.resolve(url), noun.says("method", "POST")) if url else None
    handover = yield from _first_member(leg, queue, goto)
    params = {
        "DialCallSid": handover.member.leg.sid,
        "QueueSid": queue.sid,
        "QueueTime": str(handover.waited),
    }
    try:
        while handover.bridge is None and not handover.over:
            yield from wait(nudges=True)
        if handover.bridge is None:
            return Dialled("completed", params | {"DialBridged": "false", "QueueResult": "hangup"})
        bridge = handover.bridge
        params |= yield from recorded_talk(recordings, leg, element, document, bridge)
    finally:
        handover.over = True
    told = {"DialBridged": "true", "QueueResult": "bridged"}
    return Dialled("completed", params | told | {"DialCallDuration": str(bridge.seconds)})


def _first_member(leg: Leg, queue: Queue, goto: Goto | None) -> Script[Handover]:
    queue.takers.append(leg)
    try:
        while True:
            handover = take(queue, leg, goto) if queue.takers[0] is leg else None
            if handover:
                return handover
            leg.note("waits for", queue.name)
            yield from wait(nudges=True)
    finally:
        queue.takers.remove(leg)
        for taker in queue.takers:
            taker.nudge_all()
