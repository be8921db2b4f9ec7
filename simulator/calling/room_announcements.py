"""Announcements over REST: a document that is played to one participant or to a whole room."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from simulator.base.records import Problem, Spoken
from simulator.calling import say_and_gather
from simulator.calling.conferences import Participant, Room
from simulator.delivery.courier import Webhook
from simulator.telephony.network import Network
from simulator.telephony.scripts import Routine, Script, fetch
from simulator.twiml import inspection
from simulator.twiml.documents import Document, DocumentFailed, parse
from simulator.twiml.steps import Goto
from simulator.twiml.twiml_rules import VERBS

MOST_DOCUMENTS = 50


@dataclass
class Loudspeaker:
    """Says something into a room, to one participant or to all who are not on hold."""

    carrier: Network
    room: Room
    only: Participant | None

    @property
    def sid(self) -> str:
        """Whose cookies the requests carry: those of the conference."""
        return self.room.sid

    def hears(self, spoken: Spoken) -> None:
        """Let those in the room hear it who are meant."""
        for one in self._meant():
            one.leg.hears(spoken)

    def is_sent(self, keys: str, since: datetime) -> None:
        """The tones reach those who are meant."""
        for one in list(self._meant()):
            one.leg.is_sent(keys, since)

    def stops_hearing(self) -> None:
        """Nothing cuts an announcement short."""

    @contextmanager
    def sounding(self) -> Iterator[None]:
        """A tone: those who are meant hear it."""
        with ExitStack() as sounds:
            for one in list(self._meant()):
                sounds.enter_context(one.leg.sounding())
            yield

    def _meant(self) -> Iterator[Participant]:
        """Those who hear it: also who is on hold, if it is for them alone."""
        for one in self.room.participants:
            if self.only is one or (self.only is None and not one.hold):
                yield one

    def note(self, what: str, detail: str = "") -> None:
        """Write a line of the timeline of each who is meant."""
        for one in self._meant():
            one.leg.note(what, detail)

    def told(self) -> dict[str, str]:
        """The parameters of the request for the document."""
        params = {
            "ConferenceSid": self.room.sid,
            "FriendlyName": self.room.name,
            "AccountSid": self.room.exchange.account_sid,
        }
        return params | (self.only.told() if self.only else {})


def announce(
    room: Room, goto: Goto, only: Participant | None = None, *, tells_end: bool = True
) -> None:
    """Play a document to a conference that has begun, or to one participant of it."""
    speaker = Loudspeaker(room.exchange, room, only)
    exchange = room.exchange
    script = _announce(speaker, goto, tells_end)
    Routine(script, exchange.event_queue, exchange.send, partial(speaker.note, "lost key")).start()


def _announce(speaker: Loudspeaker, goto: Goto, tells_end: bool) -> Script[None]:
    following: Goto | None = goto
    for _ in range(MOST_DOCUMENTS):
        if following is None or not speaker.room.is_open:
            break
        try:
            following = yield from _play_document(speaker, following)
        except DocumentFailed as failure:
            speaker.carrier.report(failure.problem)
            return
    else:
        speaker.carrier.report(Problem(11215, "announcements lead on without end", goto.url))
    if tells_end and speaker.room.is_open:
        speaker.room.tell("announcement-end", speaker.only.told() if speaker.only else {})


def _play_document(speaker: Loudspeaker, goto: Goto) -> Script[Goto | None]:
    """Play one document; where its <Redirect> leads, if it has one."""
    webhook = Webhook("voice", goto.url, speaker.told(), goto.method, speaker.sid)
    document = parse((yield from fetch(webhook)), "announcement")
    for problem in inspection.inspect(document):
        speaker.carrier.report(problem)
    return (yield from _perform(speaker, document))


def _perform(speaker: Loudspeaker, document: Document) -> Script[Goto | None]:
    for verb in document.verbs:
        if verb.tag not in VERBS[document.context]:
            continue
        match verb.tag:
            case "Say":
                yield from say_and_gather.say(speaker, verb, document)
            case "Play":
                yield from say_and_gather.play(speaker, verb, document)
            case "Pause":
                yield from say_and_gather.pause(speaker, verb, document)
            case "Redirect":
                return Goto(document.resolve(verb.text), verb.says("method", "POST"))
    return None
