"""<Record>, and the recordings that the account keeps."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from simulator.audio import telephone_sound
from simulator.audio.telephone_sound import Speech
from simulator.base.numbers import new_sid
from simulator.telephony.exchange import Exchange
from simulator.telephony.legs import Leg
from simulator.telephony.scripts import Gone, Interrupt, Key, Script, wait
from simulator.twiml.documents import Document, Element
from simulator.twiml.steps import Goto, Step, action

PROCESSING_SECONDS = 1.0
Source = Literal["RecordVerb", "DialVerb"]


@dataclass
class Recording:
    """Recorded sound of one leg: kept as speeches, made into a file on request."""

    leg: Leg
    source: Source
    start: datetime
    legs: tuple[Leg, ...]
    sid: str = field(default_factory=lambda: new_sid("RE"))
    status: str = "in-progress"
    end: datetime | None = None
    trims: bool = True
    misses_left: int = 0
    waits_left: int = 10
    """How often it still waits for sound that a phone has not sent yet."""

    @property
    def speeches(self) -> list[Speech]:
        """The speeches of every leg on the recording."""
        return [speech for leg in self.legs for speech in leg.speeches]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its first and last instant after trimming; a silent recording is not trimmed."""
        end = self.end or self.leg.carrier.clock.now()
        if not self.trims:
            return self.start, end
        return telephone_sound.bounds(self.speeches, self.start, end)

    @property
    def is_silent(self) -> bool:
        """Whether nobody spoke from its start until now or its end."""
        end = self.end or self.leg.carrier.clock.now()
        return not any(speech.within(self.start, end) for speech in self.speeches)

    @property
    def url(self) -> str:
        """Its address, without a file extension."""
        return self.leg.carrier.url(f"Recordings/{self.sid}")

    @property
    def seconds(self) -> int:
        """Its length, rounded up."""
        first, last = self.span
        return math.ceil((last - first).total_seconds())

    def wav(self) -> bytes:
        """Its sound as a WAV file."""
        return telephone_sound.wav(self.speeches, *self.span)


class Recordings:
    """All recordings of the account."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._kept: dict[str, Recording] = {}

    def __iter__(self) -> Iterator[Recording]:
        return iter(self._kept.values())

    def hear(self, leg: Leg) -> bool:
        """Whether a <Record> of this leg is under way."""
        return any(kept.leg is leg and kept.end is None for kept in self._kept.values())

    def find(self, sid: str) -> Recording | None:
        """A recording that was not deleted."""
        return self._kept.get(sid)

    def delete(self, sid: str) -> None:
        """Forget a recording for good."""
        del self._kept[sid]

    def forget_all(self) -> None:
        """Forget every recording, as if the account were new."""
        self._kept.clear()

    def start(self, element: Element, source: Source, *legs: Leg) -> Recording:
        """Begin to record some legs; the recording belongs to the first."""
        recording = Recording(legs[0], source, self._exchange.clock.now(), legs)
        recording.trims = element.says("trim", "trim-silence") == "trim-silence"
        recording.misses_left = self._exchange.faults.recordings.missing_first
        self._kept[recording.sid] = recording
        legs[0].note("recording", recording.sid)
        return recording

    def stop(self, recording: Recording, element: Element, document: Document) -> None:
        """End it; a moment later the file is ready and the status callback goes out."""
        recording.end = recording.end or self._exchange.clock.now()
        if recording.seconds == 0 or self.counts_for_nothing(recording):
            recording.status = "absent"
            del self._kept[recording.sid]
        else:
            recording.status = "processing"
        recording.leg.note("recorded", f"{recording.seconds} s")
        self._exchange.event_queue.after(
            PROCESSING_SECONDS, lambda: self._ready(recording, element, document)
        )

    def counts_for_nothing(self, recording: Recording) -> bool:
        """Whether the carrier takes a <Record> for empty because nobody spoke.

        It then keeps no recording (Twilio's warning 16102), asks no action, and goes on with the
        next verb, as the example of Twilio's older page of <Record> shows.
        """
        is_message = recording.source == "RecordVerb"
        return is_message and self._exchange.faults.recordings.drop_silent and recording.is_silent

    def _ready(self, recording: Recording, element: Element, document: Document) -> None:
        if any(speech.is_awaited for speech in recording.speeches) and recording.waits_left:
            recording.waits_left -= 1
            self._exchange.event_queue.after(
                PROCESSING_SECONDS, lambda: self._ready(recording, element, document)
            )
            return
        if recording.status == "processing":
            recording.status = "completed"
        wanted = element.says("recordingStatusCallbackEvent", "completed").split()
        url = element.says("recordingStatusCallback")
        if not url or recording.status not in wanted:
            return
        params = {
            "AccountSid": self._exchange.account_sid,
            "CallSid": recording.leg.sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": recording.url,
            "RecordingStatus": recording.status,
            "RecordingDuration": str(recording.seconds),
            "RecordingChannels": "1",
            "RecordingStartTime": self._exchange.rfc2822(recording.start),
            "RecordingSource": recording.source,
        }
        method = element.says("recordingStatusCallbackMethod", "POST")
        about = recording.leg.sid
        self._exchange.call_back("recording", document.resolve(url), method, params, about)


def record(
    exchange: Exchange, recordings: Recordings, leg: Leg, element: Element, document: Document
) -> Script[Step]:
    """<Record>: until silence, a key, its maximal length, or the caller hangs up."""
    recording = recordings.start(element, "RecordVerb", leg)
    try:
        with leg.meter.sounding():
            digits = yield from _listen(leg, element, recording)
    except Interrupt as interrupt:
        recordings.stop(recording, element, document)
        if isinstance(interrupt, Gone) and not recordings.counts_for_nothing(recording):
            told = _action(element, document, recording, "hangup")
            exchange.tell_action(leg, told, interrupt.status)
        raise
    recordings.stop(recording, element, document)
    if recordings.counts_for_nothing(recording):
        return None
    return _action(element, document, recording, digits)


def _action(element: Element, document: Document, recording: Recording, digits: str) -> Goto:
    params = {
        "RecordingUrl": recording.url,
        "RecordingDuration": str(recording.seconds),
        "Digits": digits,
    }
    return action(element, document, params)


def _listen(leg: Leg, element: Element, recording: Recording) -> Script[str]:
    """Record; the key that ended it, or nothing."""
    finish = element.says("finishOnKey", "1234567890*#")
    silence = element.number("timeout", 5)
    latest = recording.start + timedelta(seconds=element.number("maxLength", 3600))
    while True:
        now = leg.carrier.clock.now()
        until = latest
        if silence:
            quiet_since = max([recording.start, *(speech.end for speech in leg.speeches)])
            until = min(latest, quiet_since + timedelta(seconds=silence))
        if until <= now:
            recording.end = until  # a busy machine may notice it later
            return ""
        reply = yield from wait((until - now).total_seconds(), keys=True, nudges=True)
        if isinstance(reply, Key) and reply.digit in finish:
            return reply.digit
