"""The verbs that end or move a call at once: Hangup, Leave, Redirect, Reject."""

from collections.abc import Callable

from simulator.telephony.legs import Leg, Verb
from simulator.telephony.scripts import Gone, Script
from simulator.twiml.documents import Document, Element
from simulator.twiml.steps import Goto, Outcome, Step


def at_once(act: Callable[[Leg, Element, Document], Step]) -> Verb:
    """The script of a verb that waits for nothing."""

    def script(leg: Leg, element: Element, document: Document) -> Script[Step]:
        yield from ()
        return act(leg, element, document)

    return script


def hang_up(leg: Leg, _element: Element, _document: Document) -> Step:
    """<Hangup>: end the call."""
    leg.ended_by = "<Hangup>"
    return Outcome.HUNG_UP


def leave(_leg: Leg, _element: Element, document: Document) -> Step:
    """<Leave>: leave the queue; outside a queue, end the document."""
    return Outcome.LEFT if document.context == "queue-wait" else Outcome.RAN_OUT


def redirect(_leg: Leg, element: Element, document: Document) -> Step:
    """<Redirect>: go to another document."""
    return Goto(document.resolve(element.text), element.says("method", "POST"))


def reject(leg: Leg, element: Element, _document: Document) -> Step:
    """<Reject>: the caller hears that the line is busy, or out of service."""
    leg.ended_by = "<Reject>"
    if leg.answered_at:
        return Outcome.HUNG_UP
    raise Gone("busy" if element.says("reason") == "busy" else "no-answer")
