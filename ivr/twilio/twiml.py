"""Turns as TwiML. Only the library's builders write XML, so no text can become a verb."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, assert_never

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.core.live_prompts import LIVE, LivePrompts
from ivr.dialogue.call_tree import ACCEPT_KEY, DONE_KEY
from ivr.dialogue.turn import (
    AfterTalk,
    BecomeCaller,
    Dictate,
    DictateAgain,
    EnterRoom,
    Gate,
    Gone,
    HangUp,
    Hold,
    Join,
    LeaveQueue,
    LegTurn,
    Listen,
    News,
    Offer,
    OutOfRoom,
    Playback,
    Record,
    RingOne,
    Said,
    SendKeys,
    Turn,
    Visit,
    Wait,
    WaitInRoom,
    Words,
)
from ivr.twilio.links import Links
from prompts import Piece, Play, Prompts, Say
from prompts.music import HOLD, MOMENT, SOUNDS, TONE
from prompts.recordings import fingerprints, words_recorded
from prompts.speech import PAUSE
from routing.needs import UNKNOWN

TALK_SECONDS = 4 * 60 * 60
MOST_IN_ROOM = 8
ROOM_REGION = "us1"
"""Where talks are mixed: never abroad (twilio.com/docs/voice/twiml/conference, `region`)."""
ROOM_EVENTS = "start end join leave announcement"
OUT_OF_ROOM_SECONDS = {"menu": 4, "text": 5, "language": 5, "hour": 6}
TONE_SECONDS = 1
MOMENT_SECONDS = 2
RESCUE_RING_SECONDS = 15
ANSWER_SECONDS = 8
LISTEN_SECONDS = 30
STATIC_ROUNDS = 2
LARGEST_DOCUMENT = 64 * 1024
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Speaker(Protocol):
    def say(self, message: str, voice: str, language: str) -> object: ...
    def play(self, url: str) -> object: ...


@dataclass(frozen=True)
class Speech:
    """What speaking a turn needs: the prompts, the links, and our number as caller ID."""

    live_prompts: LivePrompts
    links: Links
    number: str

    @property
    def prompts(self) -> Prompts:
        """Every prompt as it is spoken now."""
        return self.live_prompts.now.prompts

    def caller(self, turn: Turn, language: str, number: int) -> str:
        """The document for a caller's leg; `number` counts the answers of the call."""
        return str(self._turn(turn, language, number))

    def leg(self, turn: LegTurn) -> str:
        """The document for a responder's leg."""
        return str(self._leg(turn))

    def announcement(self, says: tuple[Words, ...]) -> str:
        """Words into a talk. The carrier allows only Play, Say, Pause and Redirect in it."""
        response = VoiceResponse()
        self._say(response, says)
        return str(response)

    def nothing(self) -> str:
        """An empty document: nobody is there to hear anything."""
        return str(VoiceResponse())

    def moment(self, language: str, again: str) -> str:
        """Ask the caller to hold, then ask the same question again."""
        response = VoiceResponse()
        self._words(response, language, "trouble.please_hold")
        response.pause(length=MOMENT_SECONDS)
        response.redirect(again)
        return str(response)

    def moment_on_leg(self, again: str, *, silent: bool) -> str:
        """The same for a leg whose document may not redirect: a timeout repeats the question.

        A called-back person must hear nothing about the hotline before they press the key.
        """
        response = VoiceResponse()
        words = () if silent else (Words("en", "trouble.please_hold"),)
        self._ask(response, words, again, MOMENT_SECONDS)
        return str(response)

    def leave_queue(self) -> str:
        """End the wait; the queue's own action answers next."""
        response = VoiceResponse()
        response.leave()
        return str(response)

    def rescue(
        self, language: str, number: str, *, offered_in: str | None, then: str, is_first: bool
    ) -> str:
        """Apologise and connect the caller with somebody. Needs neither database nor tree.

        `offered_in` is the language of the offer that asks for a key; None connects at once.
        """
        response = VoiceResponse()
        self._words(response, language, "trouble.apology" if is_first else "hold.still_trying")
        dial = Dial(
            action=then,
            caller_id=self.number,
            timeout=RESCUE_RING_SECONDS,
            time_limit=TALK_SECONDS,
            answer_on_bridge=True,
        )
        if offered_in:
            dial.number(number, url=self.links.rescue_offer(language, offered_in))
        else:
            joined = self.links.rescue_joined(language)
            dial.number(number, status_callback=joined, status_callback_event="answered")
        response.append(dial)
        return str(response)

    def rescue_offer(self, language: str, offered_in: str) -> str:
        """Ask a responder to take a rescued caller."""
        response = VoiceResponse()
        about = (("language", language), ("need", UNKNOWN), ("key", ACCEPT_KEY))
        answer = self.links.rescue_offer(language, offered_in, "answer")
        self._ask(response, (Words(offered_in, "offer.about", about),), answer, ANSWER_SECONDS)
        return str(response)

    def static_fallback(self, rescue_number: str) -> str:
        """A document that runs without us: no URL of ours, no recorded prompts.

        It apologises in every language with a voice, dials the rescue number, and otherwise takes a
        message, which stays at the carrier until the worker finds it. A caller who is still there
        afterwards hears it from the start. It dials and records twice, because a carrier that takes
        silence for no recording goes on with the next verb.
        """
        response = VoiceResponse()
        by_voice = replace(self.prompts, own_takes={})
        voiced = [code for code, each in by_voice.languages.items() if not each.recorded]
        for code in voiced:
            self._pieces(response, by_voice.pieces(code, "trouble.apology"))
        for _ in range(STATIC_ROUNDS):
            response.dial(rescue_number, caller_id=self.number, timeout=30)
            for code in voiced:
                self._pieces(response, by_voice.pieces(code, "trouble.leave_message"))
            response.record(max_length=300, timeout=Record.silence_seconds, play_beep=True)
        return str(response)

    def last_resort(self, language: str) -> str:
        """Record a message that stays at the carrier until the worker finds it."""
        response = VoiceResponse()
        self._words(response, language, "trouble.leave_message")
        recorded = self.links.rescue_recorded(language)
        response.record(
            max_length=Record.seconds, timeout=Record.silence_seconds, play_beep=True,
            trim="do-not-trim", action=recorded,
        )  # fmt: skip
        response.redirect(recorded)
        return str(response)

    def listening(self) -> str:
        """The drill phone picks up, says nothing, and listens."""
        response = VoiceResponse()
        response.pause(length=LISTEN_SECONDS)
        return str(response)

    def silent_end(self) -> str:
        """Hang up without a word."""
        response = VoiceResponse()
        response.hangup()
        return str(response)

    def farewell(self, language: str) -> str:
        """The end of a rescued call."""
        response = VoiceResponse()
        self._words(response, language, "ending.goodbye")
        response.hangup()
        return str(response)

    def sorry_to_responder(self) -> str:
        """What a responder hears when we fail: their leg ends, and the search continues."""
        response = VoiceResponse()
        self._words(response, "en", "offer.over")
        response.hangup()
        return str(response)

    def calls_only(self) -> str:
        """The answer to a text, in the two languages that most callers read."""
        response = MessagingResponse()
        number = {"number": self.number}
        both = (self.prompts.sentence(code, "texts.calls_only", number) for code in ("en", "es"))
        response.message(" ".join(both))
        return str(response)

    def reply(self, language: str, name: str, values: Mapping[str, str]) -> str:
        """The reply to a text of a registered phone."""
        response = MessagingResponse()
        response.message(self.prompts.sentence(language, name, values))
        return str(response)

    def words_in(self, file: str) -> str | None:
        """The transcript of a recorded prompt."""
        if file.startswith(f"{LIVE}/"):
            return self.live_prompts.now.words_in(file)
        if file in SOUNDS:
            return "" if file == PAUSE else "\u266a"
        return words_recorded(self.prompts.recordings).get(file)

    def _turn(self, turn: Turn, language: str, number: int) -> VoiceResponse:
        response = VoiceResponse()
        match turn:
            case Listen(says=says, reply_to=reply_to, seconds=seconds, keys=keys):
                gather = Gather(
                    input="dtmf",
                    action=self.links.answer(language, reply_to, number),
                    timeout=seconds,
                    action_on_empty_result=True,
                    **({"num_digits": keys, "finish_on_key": ""} if keys else {}),
                )
                self._say(gather, says)
                response.append(gather)
            case SendKeys():
                self._send_keys(response, turn, self.links.answer(language, turn.reply_to, number))
            case Wait(says=says, queue=queue, reply_to=reply_to):
                self._say(response, says)
                response.enqueue(
                    queue,
                    action=self.links.answer(language, reply_to, number),
                    wait_url=self.links.hold(language, reply_to, number, 0),
                )
            case Hold():
                self._hold(response, turn, language, number)
            case LeaveQueue():
                response.leave()
            case Record():
                self._record(response, turn, language, number)
            case RingOne():
                self._ring_one(response, turn, language, number)
            case EnterRoom(visit=visit):
                self._enter_room(response, turn, self._callers_links(language, visit))
            case WaitInRoom(visit=visit):
                self._wait_in_room(response, turn, self._callers_links(language, visit))
            case HangUp(says=says):
                self._say(response, says)
                response.hangup()
            case Gone():
                pass
            case _:
                assert_never(turn)
        return response

    def _send_keys(self, response: VoiceResponse, turn: SendKeys, then: str) -> None:
        """Outside of <Gather>, which may not send keys (twilio.com/docs/voice/twiml/play)."""
        if turn.seconds:
            response.pause(length=turn.seconds)
        if turn.keys:
            response.play(digits=turn.keys)
        response.redirect(then)

    def _hold(self, response: VoiceResponse, turn: Hold, language: str, number: int) -> None:
        gather = Gather(
            input="dtmf",
            action=self.links.held(language, turn.position, number, turn.stretch),
            timeout=1,
            num_digits=1,
            finish_on_key="",
        )
        self._say(gather, turn.says)
        if turn.music != "none":
            gather.play(self._sound(HOLD if turn.music == "long" else MOMENT))
        response.append(gather)
        follows = turn.stretch + 1 if turn.next_stretch is None else turn.next_stretch
        response.redirect(self.links.hold(language, turn.position, number, follows))

    def _record(self, response: VoiceResponse, turn: Record, language: str, number: int) -> None:
        """Record, and ask the same question where the carrier takes silence for no recording.

        It then asks no action and goes on with the next verb.
        """
        self._say(response, turn.says)
        answer = self.links.answer(language, turn.reply_to, number)
        response.record(
            action=answer,
            max_length=turn.seconds,
            timeout=turn.silence_seconds,
            play_beep=True,
            trim="do-not-trim",
            recording_status_callback=self.links.recording(turn.recording),
            recording_status_callback_event="completed absent",
        )
        response.redirect(answer)

    def _ring_one(self, response: VoiceResponse, turn: RingOne, language: str, number: int) -> None:
        self._say(response, turn.says)
        dial = Dial(
            action=self.links.answer(language, turn.reply_to, number),
            caller_id=self.number,
            timeout=turn.seconds,
            hangup_on_star=True,
            time_limit=TALK_SECONDS,
            answer_on_bridge=True,
        )
        dial.number(
            turn.number,
            url=self.links.leg(turn.ring),
            status_callback=self.links.leg(turn.ring, "status"),
            status_callback_event="ringing answered completed",
        )
        response.append(dial)

    def _leg(self, turn: LegTurn) -> VoiceResponse:
        response = VoiceResponse()
        match turn:
            case Offer(says=says, ring=ring, repeats=repeats, seconds=seconds):
                self._ask(response, says, self.links.leg(ring, "answer", str(repeats)), seconds)
            case Gate(says=says, ring=ring, seconds=seconds):
                self._ask(response, says, self.links.leg(ring, "gate", "answer"), seconds)
            case AfterTalk(says=says, ring=ring, is_repeated=is_repeated, seconds=seconds):
                step = ("after", "again") if is_repeated else ("after",)
                self._ask(response, says, self.links.leg(ring, *step), seconds)
            case EnterRoom(visit=visit):
                self._enter_room(response, turn, self._seats_links(visit))
            case WaitInRoom(visit=visit):
                self._wait_in_room(response, turn, self._seats_links(visit))
            case OutOfRoom(seat=seat, visit=number, asked=asked):
                self._ask_out_of_room(response, turn, self.links.seat(seat, asked, number))
            case BecomeCaller():
                response.redirect(self.links.resumed())
            case Dictate():
                self._dictate(response, turn)
            case DictateAgain(says=says, ring=ring, part=part, seconds=seconds):
                again = self.links.leg(ring, "dictated", str(part), "again")
                self._ask(response, says, again, seconds)
            case HangUp(says=says):
                self._say(response, says)
                response.hangup()
            case Join():
                pass
            case _:
                assert_never(turn)
        return response

    def _callers_links(self, language: str, visit: Visit) -> tuple[str, str]:
        """Where a caller's leg asks on: after the room, and while it waits inside."""
        at = (language, visit.seat)
        exit_ = self.links.callers_seat(*at, "exit", visit.number)
        return exit_, self.links.callers_seat(*at, "wait", visit.number)

    def _seats_links(self, visit: Visit) -> tuple[str, str]:
        """The same for any other leg."""
        exit_ = self.links.seat(visit.seat, "exit", visit.number)
        return exit_, self.links.seat(visit.seat, "wait", visit.number)

    def _enter_room(self, response: VoiceResponse, turn: EnterRoom, links: tuple[str, str]) -> None:
        """Every leg sends the same attributes: those of the first one in hold for all."""
        self._say(response, turn.says)
        visit, (exit_, wait) = turn.visit, links
        if visit.pauses:
            response.pause(length=1)
        dial = Dial(action=exit_, hangup_on_star=visit.star, time_limit=visit.seconds)
        dial.conference(
            f"r-{visit.room}",
            start_conference_on_enter=visit.starts,
            end_conference_on_exit=visit.ends,
            beep="onEnter" if visit.beeps else "false",
            participant_label=f"{visit.seat}-{visit.number}",
            max_participants=MOST_IN_ROOM,
            record="do-not-record",
            region=ROOM_REGION,
            jitter_buffer_size="small",
            wait_url=wait,
            wait_method="POST",
            status_callback=self.links.room_events(visit.room),
            status_callback_event=ROOM_EVENTS,
        )
        response.append(dial)

    def _wait_in_room(
        self, response: VoiceResponse, turn: WaitInRoom, links: tuple[str, str]
    ) -> None:
        """The carrier plays it once and allows only these verbs, so it must ask for itself."""
        self._say(response, turn.says)
        response.play(self._sound(MOMENT))
        response.redirect(links[1])

    def _ask_out_of_room(self, response: VoiceResponse, turn: OutOfRoom, action: str) -> None:
        gather = Gather(
            input="dtmf",
            action=action,
            timeout=OUT_OF_ROOM_SECONDS[turn.asked] if turn.says else TONE_SECONDS,
            num_digits=2 if turn.asked == "hour" else 1,
            finish_on_key="",
            action_on_empty_result=True,
        )
        self._say(gather, turn.says)
        if not turn.says:
            gather.play(self._sound(TONE))
        response.append(gather)

    def _ask(
        self, response: VoiceResponse, says: tuple[Said, ...], action: str, seconds: int
    ) -> None:
        """Ask for one key; `action` also receives silence.

        A document that just ended would join a voicemail.
        """
        gather = Gather(
            input="dtmf",
            action=action,
            timeout=seconds,
            num_digits=1,
            finish_on_key="",
            action_on_empty_result=True,
        )
        self._say(gather, says)
        response.append(gather)

    def _dictate(self, response: VoiceResponse, turn: Dictate) -> None:
        """The carrier trims nothing; our own code cuts every recording the same way."""
        self._say(response, turn.says)
        dictated = self.links.leg(turn.ring, "dictated", str(turn.part))
        response.record(
            action=dictated,
            max_length=turn.seconds,
            timeout=turn.silence_seconds,
            finish_on_key=DONE_KEY,
            play_beep=True,
            trim="do-not-trim",
            recording_status_callback=self.links.dictation(turn.ring, turn.part),
            recording_status_callback_event="completed absent",
        )
        response.redirect(dictated)

    def _say(self, speaker: _Speaker, says: tuple[Said, ...]) -> None:
        for said in says:
            match said:
                case Playback(message=message):
                    speaker.play(self.links.message(message))
                case News():
                    self._news(speaker, said)
                case Words(language=language, name=name, values=values):
                    self._words(speaker, language, name, dict(values))
                case _:
                    assert_never(said)

    def _news(self, speaker: _Speaker, news: News) -> None:
        language = self.prompts.languages[news.language]
        if news.sound:
            speaker.play(self._sound(f"{LIVE}/{news.sound}.wav"))
        elif language.voice and language.say:
            speaker.say(speakable(news.text), voice=language.voice, language=language.say)

    def _words(
        self, speaker: _Speaker, language: str, name: str, values: dict[str, str] | None = None
    ) -> None:
        self._pieces(speaker, self.prompts.pieces(language, name, values or {}))

    def _sound(self, file: str) -> str:
        return self.links.prompt(file, fingerprints(self.prompts.recordings).get(file))

    def _pieces(self, speaker: _Speaker, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            match piece:
                case Say(text=text, voice=voice, say=say):
                    speaker.say(speakable(text), voice=voice, language=say)
                case Play(file=file):
                    speaker.play(self._sound(file))
                case _:
                    assert_never(piece)


class Unsendable(Exception):
    """A document that the carrier would not run; the caller must hear another one."""


def sendable(document: str) -> str:
    """Return the document unchanged. Raises Unsendable where Twilio would answer 11750 or 12100."""
    if len(document.encode("utf-8", "surrogatepass")) >= LARGEST_DOCUMENT:
        raise Unsendable("64 kB or more")
    if _NOT_XML.search(document):
        raise Unsendable("a character that XML 1.0 does not have")
    return document


def speakable(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold."""
    return "".join(
        mark for mark in text if mark in "\t\n" or (mark.isprintable() and mark != "\ufffe")
    )
