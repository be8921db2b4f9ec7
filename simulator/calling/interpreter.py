"""Executes TwiML: fetches a document, runs its verbs in order, follows where it leads."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag

from simulator.base.records import Problem, Spoken
from simulator.delivery.courier import Webhook
from simulator.telephony.legs import Leg
from simulator.telephony.scripts import Gone, Interrupt, Script, fetch, wait
from simulator.twiml import inspection
from simulator.twiml.documents import Context, Document, DocumentFailed, Element, parse, parse_text
from simulator.twiml.steps import Goto, Outcome
from simulator.twiml.twiml_rules import VERBS

MOST_DOCUMENTS_AT_ONCE = 50
APOLOGY = "We are sorry, an application error has occurred. Goodbye."
APOLOGY_SECONDS = 4.0


@dataclass
class Redirected(Interrupt):
    """A REST request sent the live call to another document."""

    goto: Goto


def live(leg: Leg, opening: Script[None]) -> Script[None]:
    """The whole script of a leg: its opening, then each redirection, until it ends."""
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
    """Execute documents; if one fails, execute the fallback or else apologise."""
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
    leg.hears(Spoken(APOLOGY, "en-US", "", "", now, "Say", APOLOGY_SECONDS))


def default_music(leg: Leg, element: Element) -> Script[None]:
    """Wait without end: with Twilio's music, or in silence if waitUrl is empty."""
    if "waitUrl" in element.attributes:
        yield from wait()
    with leg.sounding():
        yield from wait()


def notify(leg: Leg, goto: Goto) -> Script[None]:
    """Request a URL whose answer is not obeyed, before the leg goes on."""
    answer = yield from fetch(_webhook(leg, goto))
    if answer.error is not None:
        leg.carrier.report(Problem(answer.error, answer.reason, answer.url))


def perform(leg: Leg, goto: Goto, context: Context) -> Script[Outcome]:
    """Execute documents until they end. Raises DocumentFailed if Twilio could not continue."""
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
    answer = yield from fetch(_webhook(leg, goto))
    return parse(answer, context)


def _webhook(leg: Leg, goto: Goto) -> Webhook:
    return Webhook("voice", goto.url, leg.params() | dict(goto.params), goto.method, leg.sid)


def _run(leg: Leg, document: Document) -> Script[Goto | Outcome]:
    for position, verb in enumerate(document.verbs):
        if verb.tag not in VERBS[document.context] or verb.tag not in leg.carrier.verbs:
            continue
        if not _leaves_unanswered(verb, first=position == 0):
            leg.pick_up()
        step = yield from leg.carrier.verbs[verb.tag](leg, verb, document)
        if step is not None:
            return step
    leg.pick_up()
    return Outcome.RAN_OUT


def _leaves_unanswered(verb: Element, *, first: bool) -> bool:
    """Whether a verb leaves an incoming call unanswered."""
    return first and (verb.tag == "Reject" or verb.is_set("answerOnBridge"))
