"""<Dial>: the phones that ring, the one that is connected, and what the `action` is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.base.numbers import is_e164
from simulator.base.records import Problem
from simulator.calling import interpreter
from simulator.calling.bridges import Bridge, Dialled, connect, recorded_talk, talk
from simulator.calling.call_recordings import Recordings
from simulator.calling.call_setup import ring
from simulator.calling.interpreter import Redirected
from simulator.telephony.exchange import Exchange
from simulator.telephony.legs import Leg
from simulator.telephony.network import StatusPlan
from simulator.telephony.scripts import Gone, Script, wait
from simulator.twiml.documents import Document, DocumentFailed, Element
from simulator.twiml.steps import Goto, Outcome, Step, action

DIAL_ADDS_SECONDS = 5  # twilio.com/docs/voice/twiml/dial: "a five-second buffer"

Noun = Callable[[Leg, Element, Document], Script[Dialled]]
"""The script of what a <Dial> dials: numbers, a queue or a conference."""


def dial(
    exchange: Exchange, nouns: Mapping[str, Noun], leg: Leg, element: Element, document: Document
) -> Script[Step]:
    """<Dial>: connect the call; afterwards ask `action`, or go on with the next verb."""
    noun = element.children[0].tag if element.children else "Number"
    is_conference, has_action = noun == "Conference", "action" in element.attributes
    interrupted = Dialled("answered" if is_conference else "completed").told()
    try:
        dialled = yield from nouns.get(noun, _nobody)(leg, element, document)
    except Redirected:
        if has_action:
            yield from interpreter.notify(leg, action(element, document, interrupted))
        raise
    except Gone as gone:
        if has_action and is_conference and exchange.assumed.hang_up_asks_action:
            exchange.tell_action(leg, action(element, document, interrupted), gone.status)
        raise
    leg.note("dialled", dialled.status)
    return action(element, document, dialled.told()) if has_action else None


def _nobody(_leg: Leg, _element: Element, _document: Document) -> Script[Dialled]:
    yield from ()
    return Dialled("failed")


def dial_numbers(
    exchange: Exchange, recordings: Recordings, leg: Leg, element: Element, document: Document
) -> Script[Dialled]:
    """<Dial> of one or more numbers, at once or in sequence."""
    return NumberDial(exchange, recordings, leg, element, document).run()


@dataclass
class Child:
    """A leg that <Dial> rings, and how close it is to being connected."""

    leg: Leg
    chosen: bool = False
    ready: bool = False
    bridge: Bridge | None = None


@dataclass(frozen=True)
class NumberDial:
    """One <Dial> of numbers, under way for a leg."""

    exchange: Exchange
    recordings: Recordings
    leg: Leg
    element: Element
    document: Document

    def run(self) -> Script[Dialled]:
        """Ring wave after wave until a phone is answered."""
        element = self.element
        nouns = list(element.children) or [Element("Number", {}, (), element.text)]
        caller_id = element.says("callerId") or self.leg.from_
        if not self._may_show(caller_id):
            text = f"<Dial> callerId {caller_id!r} is not yours to show"
            self.exchange.report(Problem(13214, text))
            return Dialled("failed")
        waves = [[noun] for noun in nouns] if element.is_set("sequential") else [nouns]
        dialled = Dialled("failed")
        for wave in waves:
            dialled = yield from self._ring_together(wave, caller_id)
            if dialled.status == "completed":
                break
        return dialled

    def _may_show(self, caller_id: str) -> bool:
        """Whether a caller ID is an owned number or one end of this call."""
        return self.exchange.owns(caller_id) or caller_id in {self.leg.from_, self.leg.to}

    def _ring_together(self, nouns: list[Element], caller_id: str) -> Script[Dialled]:
        children = [child for noun in nouns if (child := self._ring(noun, caller_id)) is not None]
        try:
            with self.leg.sounding():  # the caller hears it ring
                winner = yield from self._first_to_answer(children)
                if winner and self.element.is_set("answerOnBridge"):  # also during a whisper
                    yield from _hear_whisper(winner)
            if winner is None:
                return _unanswered(children)
            return (yield from self._connect_winner(winner))
        finally:
            for child in children:
                if not child.leg.on_its_own:
                    status = "completed" if child.leg.answered_at else "canceled"
                    child.leg.end(status, "the other side left")

    def _ring(self, noun: Element, caller_id: str) -> Child | None:
        number = noun.text
        if not is_e164(number):
            text = f"<Dial> invalid phone number format {number!r}"
            self.exchange.report(Problem(13223, text, self.document.url))
            return None
        if not self.exchange.standing.may_reach(number) and not self.exchange.owns(number):
            text = f"<Dial> of {number}, which this trial account has not verified"
            self.exchange.report(Problem(14111, text, self.document.url))
            return None
        plan = _plan(noun, self.document)
        leg = self.exchange.new_leg(number, "outbound-dial", caller_id, plan=plan, parent=self.leg)
        child = Child(leg)
        leg.begin(interpreter.live(leg, self._child(child, noun)))
        return child

    def _child(self, child: Child, noun: Element) -> Script[None]:
        """The called phone's script: ring, be answered, hear the whisper, talk."""
        leg = child.leg
        ring(self.exchange, leg)
        while not child.chosen:
            yield from wait(nudges=True)
        if noun.says("url") and not (yield from _whisper(leg, noun, self.document)):
            return
        child.ready = True
        leg.nudge_all()
        while child.bridge is None:
            yield from wait(nudges=True)
        yield from talk(child.bridge)

    def _first_to_answer(self, children: list[Child]) -> Script[Child | None]:
        """The first phone to answer, by a person or a machine; the others stop ringing."""
        clock = self.exchange.clock
        began = clock.now()
        limit = self.element.number("timeout", 30) + DIAL_ADDS_SECONDS
        while any(child.leg.is_live for child in children):
            for child in children:
                if child.leg.status == "in-progress":
                    _choose(child, children)
                    return child
            left = limit - (clock.now() - began).total_seconds()
            if left <= 0:
                _give_up(children)
                return None
            yield from wait(left, nudges=True)
        return None

    def _connect_winner(self, winner: Child) -> Script[Dialled]:
        yield from _hear_whisper(winner)
        params = {"DialCallSid": winner.leg.sid, "DialBridged": "false"}
        if winner.leg.is_live:
            winner.bridge = connect(self.leg, winner.leg)
            params["DialBridged"] = "true"
            params |= yield from recorded_talk(
                self.recordings, self.leg, self.element, self.document, winner.bridge
            )
        # The child may still be about to end: its duration is counted up to this instant.
        return Dialled("completed", params | {"DialCallDuration": str(winner.leg.duration)})


def _hear_whisper(winner: Child) -> Script[None]:
    while winner.leg.is_live and not winner.ready:
        yield from wait(nudges=True)


def _plan(noun: Element, document: Document) -> StatusPlan | None:
    url = noun.says("statusCallback")
    if not url:
        return None
    events = noun.says("statusCallbackEvent", "completed").split()
    method = noun.says("statusCallbackMethod", "POST")
    return StatusPlan(document.resolve(url), method, frozenset(events))


def _whisper(leg: Leg, noun: Element, document: Document) -> Script[bool]:
    """Play the called person the document of the noun; whether it agrees to connect them."""
    goto = Goto(document.resolve(noun.says("url")), noun.says("method", "POST"))
    try:
        outcome = yield from interpreter.perform(leg, goto, "whisper")
    except DocumentFailed:
        leg.ended_by = "an application error"
        return False
    return outcome is Outcome.RAN_OUT


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
