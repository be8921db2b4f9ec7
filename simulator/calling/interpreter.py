"""Follows TwiML: fetches a document, does its verbs in order, goes where it leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from urllib.parse import urldefrag

from simulator.base.records import Problem, Spoken
from simulator.delivery.courier import Webhook
from simulator.telephony.legs import Leg
from simulator.telephony.scripts import Gone, Interrupt, Script, fetch
from simulator.twiml import inspection
from simulator.twiml.documents import Context, Document, DocumentFailed, Element, parse, parse_text
from simulator.twiml.twiml_rules import VERBS

MOST_DOCUMENTS_AT_ONCE = 50
APOLOGY = "We are sorry, an application error has occurred. Goodbye."


@dataclass(frozen=True)
class Goto:
    """The next document: a URL to ask with some parameters, or TwiML that is here already."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    twiml: str | None = None


class Outcome(Enum):
    """How a chain of documents ended."""

    RAN_OUT = "ran out"
    HUNG_UP = "hung up"
    LEFT = "left"


Step = Goto | Outcome | None
Verb = Callable[[Leg, Element, Document], Script[Step]]


@dataclass
class Redirected(Interrupt):
    """Somebody sent the live call to another document over REST."""

    goto: Goto


def live(leg: Leg, opening: Script[None]) -> Script[None]:
    """A leg's whole life: its opening, then wherever it is sent, until it ends."""
    script = opening
    status = "completed"
    while True:
        try:
            yield from script
            break
        except Gone as gone:
            status = gone.status
            break
        except Redirected as redirected:
            leg.note("redirected", redirected.goto.url)
            leg.on_its_own = True
            script = follow(leg, redirected.goto)
    leg.finish(status if leg.answered_at or status != "completed" else "no-answer")


def follow(leg: Leg, goto: Goto) -> Script[None]:
    """Do what the documents say; when one fails do what the fallback says, else apologise."""
    while True:
        try:
            yield from perform(leg, goto, "call")
        except DocumentFailed as failure:
            fallback = leg.fallback
            failed_itself = failure.problem.url == urldefrag(fallback.url).url
            if not fallback.url or failed_itself:
                _apologise(leg)
                return
            goto = Goto(fallback.url, fallback.method, _error_params(failure.problem))
        else:
            return


def _error_params(problem: Problem) -> dict[str, str]:
    return {"ErrorCode": str(problem.code), "ErrorUrl": problem.url}


def _apologise(leg: Leg) -> None:
    leg.pick_up()
    leg.ended_by = "an application error"
    now = leg.carrier.clock.now()
    leg.hears(Spoken(APOLOGY, "en-US", "", "", now, "Say"))


def perform(leg: Leg, goto: Goto, context: Context) -> Script[Outcome]:
    """Go through documents until they end. Raises DocumentFailed when Twilio could not go on."""
    recent: list[datetime] = []
    while True:
        now = leg.carrier.clock.now()
        recent = [at for at in recent if at == now] + [now]
        if len(recent) > MOST_DOCUMENTS_AT_ONCE:
            problem = Problem(11215, "documents lead to each other without end", goto.url)
            raise _failed(leg, DocumentFailed(problem))
        document = yield from _read(leg, goto, context)
        step = yield from _run(leg, document)
        if isinstance(step, Outcome):
            return step
        goto = step


def _read(leg: Leg, goto: Goto, context: Context) -> Script[Document]:
    try:
        if goto.twiml is not None:
            document = parse_text(goto.twiml.encode(), "", context)
        else:
            document = yield from _fetch(leg, goto, context)
    except DocumentFailed as failure:
        raise _failed(leg, failure) from failure
    for problem in inspection.inspect(document):
        leg.carrier.report(problem)
    return document


def _failed(leg: Leg, failure: DocumentFailed) -> DocumentFailed:
    leg.carrier.report(failure.problem)
    leg.note("document failed", f"{failure.problem.code} {failure.problem.message}")
    return failure


def _fetch(leg: Leg, goto: Goto, context: Context) -> Script[Document]:
    if not goto.url.startswith(("http://", "https://")):
        raise DocumentFailed(Problem(11100, f"not an absolute URL: {goto.url!r}", goto.url))
    params = leg.params() | dict(goto.params)
    answer = yield from fetch(Webhook("voice", goto.url, params, goto.method, leg.sid))
    return parse(answer, context)


def _run(leg: Leg, document: Document) -> Script[Goto | Outcome]:
    for position, verb in enumerate(document.verbs):
        if verb.tag not in VERBS[document.context] or verb.tag not in VERB_SCRIPTS:
            continue
        if not _leaves_unanswered(verb, first=position == 0):
            leg.pick_up()
        step = yield from VERB_SCRIPTS[verb.tag](leg, verb, document)
        if step is not None:
            return step
    leg.pick_up()
    return Outcome.RAN_OUT


def _leaves_unanswered(verb: Element, *, first: bool) -> bool:
    """Whether a verb keeps an incoming call ringing."""
    return first and (verb.tag == "Reject" or verb.is_set("answerOnBridge"))


VERB_SCRIPTS: dict[str, Verb] = {}
"""How each verb is played; the modules of the verbs fill it, for they need `perform` themselves."""


def verb(tag: str) -> Callable[[Verb], Verb]:
    """Make a script the one that plays a verb."""

    def register(script: Verb) -> Verb:
        VERB_SCRIPTS[tag] = script
        return script

    return register


def at_once(tag: str) -> Callable[[Callable[[Leg, Element, Document], Step]], None]:
    """Make a function the one that plays a verb which waits for nothing."""

    def register(act: Callable[[Leg, Element, Document], Step]) -> None:
        def script(leg: Leg, element: Element, document: Document) -> Script[Step]:
            yield from ()
            return act(leg, element, document)

        VERB_SCRIPTS[tag] = script

    return register


@at_once("Hangup")
def hang_up(leg: Leg, _element: Element, _document: Document) -> Step:
    """<Hangup>."""
    leg.ended_by = "<Hangup>"
    return Outcome.HUNG_UP


@at_once("Leave")
def leave(_leg: Leg, _element: Element, document: Document) -> Step:
    """<Leave>: out of the queue; anywhere else it ends the document."""
    return Outcome.LEFT if document.context == "queue-wait" else Outcome.RAN_OUT


@at_once("Redirect")
def redirect(_leg: Leg, element: Element, document: Document) -> Step:
    """<Redirect>."""
    return Goto(document.resolve(element.text), element.says("method", "POST"))


@at_once("Reject")
def reject(leg: Leg, element: Element, _document: Document) -> Step:
    """<Reject>: the caller hears that the line is busy, or out of service."""
    leg.ended_by = "<Reject>"
    if leg.answered_at:
        return Outcome.HUNG_UP
    raise Gone("busy" if element.says("reason") == "busy" else "no-answer")


def action(element: Element, document: Document, params: Mapping[str, str]) -> Goto:
    """Where an element's `action` leads, which is the document itself when it has none."""
    return Goto(document.resolve(element.says("action")), element.says("method", "POST"), params)
