"""The verbs that speak and listen: Say, Play, Pause, Gather."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from urllib.parse import unquote

from simulator.audio.telephone_sound import seconds_of
from simulator.base.records import Problem, Spoken
from simulator.delivery.courier import Answer, Webhook
from simulator.telephony.legs import Leg
from simulator.telephony.network import Network
from simulator.telephony.scripts import Interrupt, Key, Script, fetch, wait
from simulator.twiml.documents import Document, Element
from simulator.twiml.steps import Step, action

CHARACTERS_PER_SECOND = 15.0
SLOWER_WRITING = {"cmn": 4.5, "zh": 4.5, "yue": 4.5, "ko": 6.5, "ja": 6.5}
"""Characters per second of languages in which a character is a syllable or a word."""
MOST_LOOPS = 1000
TONE_SECONDS = 0.5
AUDIO_TYPES = {
    "audio/mpeg", "audio/mp3", "audio/wav", "audio/wave", "audio/x-wav", "audio/aiff",
    "audio/x-aifc", "audio/x-aiff", "audio/x-gsm", "audio/gsm", "audio/ulaw", "audio/basic",
}  # fmt: skip

Utterance = Script[str | None]
"""A script that speaks; returns the key that interrupted it, if any."""


class Ear(Protocol):
    """Who is spoken to: a leg, or those in a conference."""

    carrier: Network

    @property
    def sid(self) -> str:
        """Whose cookies a request for a sound file carries."""
        ...

    def hears(self, spoken: Spoken) -> None:
        """Something is said or played."""
        ...

    def is_sent(self, keys: str, since: datetime) -> None:
        """Keys were sent, whose tones a machine at the other end may take."""
        ...

    def stops_hearing(self) -> None:
        """It was cut short."""
        ...

    def sounding(self) -> AbstractContextManager[None]:
        """A sound without words lasts as long as this context."""
        ...

    def note(self, what: str, detail: str = "") -> None:
        """Write a line of the timeline."""
        ...


def say(ear: Ear, element: Element, _document: Document) -> Script[Step]:
    """<Say>: speak the text."""
    yield from _say(ear, element, keys=False)
    return None


def play(ear: Ear, element: Element, document: Document) -> Script[Step]:
    """<Play>: play a sound file."""
    yield from _play(ear, element, document, keys=False)
    return None


def pause(_ear: Ear, element: Element, _document: Document) -> Script[Step]:
    """<Pause>: wait in silence."""
    yield from wait(element.number("length", 1))
    return None


def gather(leg: Leg, element: Element, document: Document) -> Script[Step]:
    """<Gather>: send the pressed keys to `action`; without keys, go to the next verb."""
    digits = yield from _gather(leg, element, document)
    if not digits and not element.is_set("actionOnEmptyResult"):
        return None
    return action(element, document, {"Digits": digits})


def _gather(leg: Leg, element: Element, document: Document) -> Script[str]:
    finish = element.says("finishOnKey", "#")
    most = element.number("numDigits", MOST_LOOPS)
    digits = ""
    key = yield from _prompt(leg, element, document)
    while True:
        if key is None:
            with leg.meter.asked():
                reply = yield from wait(element.number("timeout", 5), keys=True)
            if not isinstance(reply, Key):
                return digits
            key = reply.digit
        if key == finish:
            return digits
        digits += key
        key = None
        if len(digits) >= most:
            return digits


def _prompt(leg: Leg, element: Element, document: Document) -> Utterance:
    """Speak what is inside a <Gather>, until a key is pressed."""
    for child in element.children:
        match child.tag:
            case "Say":
                key = yield from _say(leg, child, keys=True)
            case "Play":
                key = yield from _play(leg, child, document, keys=True)
            case _:
                key = yield from _silence(child.number("length", 1), keys=True)
        if key:
            return key
    return None


def _silence(seconds: float, *, keys: bool) -> Utterance:
    reply = yield from wait(seconds, keys=keys)
    return reply.digit if isinstance(reply, Key) else None


def _sound(ear: Ear, seconds: float, *, keys: bool) -> Utterance:
    """Wait while something is heard; a key or an interruption cuts it short."""
    try:
        key = yield from _silence(seconds, keys=keys)
    except Interrupt:
        ear.stops_hearing()
        raise
    if key:
        ear.stops_hearing()
    return key


def _say(ear: Ear, element: Element, *, keys: bool) -> Utterance:
    language, voice = element.says("language", "en-US"), element.says("voice")
    a_second = SLOWER_WRITING.get(language.partition("-")[0], CHARACTERS_PER_SECOND)
    seconds = max(1.0, len(element.text) / a_second)
    for _ in range(element.number("loop", 1) or MOST_LOOPS):
        now = ear.carrier.clock.now()
        ear.hears(Spoken(element.text, language, voice, "", now, "Say", seconds))
        key = yield from _sound(ear, seconds, keys=keys)
        if key:
            return key
    return None


def _play(ear: Ear, element: Element, document: Document, *, keys: bool) -> Utterance:
    if "digits" in element.attributes:
        ear.note("tones", element.says("digits"))
        since = ear.carrier.clock.now()
        with ear.sounding():
            yield from wait(len(element.says("digits")) * TONE_SECONDS)
        ear.is_sent(element.says("digits"), since)
        return None
    url = document.resolve(element.text)
    answer = yield from fetch(Webhook("play", url, {}, "GET", ear.sid))
    problem = _unplayable(answer)
    if problem:
        ear.carrier.report(problem)
        return None
    seconds = seconds_of(answer.body)
    for _ in range(element.number("loop", 1) or MOST_LOOPS):
        ear.hears(_transcript(ear, url, answer.headers, seconds))
        key = yield from _sound(ear, seconds, keys=keys)
        if key:
            return key
    return None


def _unplayable(answer: Answer) -> Problem | None:
    if answer.error is not None:
        return Problem(answer.error, f"<Play> {answer.reason}", answer.url)
    if answer.media_type not in AUDIO_TYPES:
        kind = answer.media_type or "(none)"
        return Problem(13420, f"<Play> of content type {kind}", answer.url)
    return None


def _transcript(ear: Ear, url: str, headers: Mapping[str, str], seconds: float) -> Spoken:
    """The words of a sound file, from X-Transcript: our own header, which Twilio ignores."""
    text = unquote(headers.get("x-transcript", ""))
    language = headers.get("content-language", "")
    return Spoken(text, language, "", url, ear.carrier.clock.now(), "Play", seconds)
