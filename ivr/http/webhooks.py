"""What the carrier asks over HTTP: hear, take a turn, speak."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, g, request, send_from_directory
from werkzeug.exceptions import HTTPException

from ivr.callers import arrivals, call_endings, caller_turns, hold_loop, offers, voicemail
from ivr.core.context import AppContext
from ivr.core.live_prompts import LIVE
from ivr.dialogue import phone_numbers
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import Position
from ivr.http import twilio_requests
from ivr.http.rescue import MOMENTS, Failed, Hears, Rescue
from ivr.responders import prompt_dictation, shift_confirmations, sms
from ivr.twilio import signature
from ivr.twilio.links import Links
from ivr.twilio.rest_client import SID
from ivr.twilio.signature import MAX_FIELDS, Fields, text, whole
from ivr.twilio.twiml import Speech, Unsendable, sendable
from models.calls import voicemails
from models.core.database import Away, Broken
from models.prompts import announcements, prompt_versions

log = logging.getLogger("hotline.webhooks")

LARGEST_BODY = 64 * 1024
_ID = re.compile("[0-9a-f]{32}")
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_CARRIER_SIDE = ("/voice/", "/leg/", "/sms/", "/text/")
_REFUSALS = (400, 404, 405, 413)
_VOICE = "/voice/<name:language>"
_DICTATED = "/leg/<name:token>/dictated/<count:part>"
_View = Callable[..., str]


@dataclass(frozen=True)
class Webhooks:
    """The views, and what they need."""

    app: AppContext
    speech: Speech
    links: Links
    tokens: tuple[str, ...]
    rescue_number: str
    account: str
    if_broken: Callable[[], None]
    """Ends this process, because nothing it holds of the database can be trusted any more."""

    def blueprint(self) -> Blueprint:
        """Every route of the carrier's side, exact: a redirect would break the signature."""
        routes: tuple[tuple[str, _View, Hears], ...] = (
            ("/voice/incoming", self.incoming, "caller"),
            (f"{_VOICE}/at/<name:place>/<count:turn>/<count:misses>", self.answered, "caller"),
            (f"{_VOICE}/hold/<name:place>/<count:turn>/<count:stretch>", self.hold, "waiting"),
            (f"{_VOICE}/held/<name:place>/<count:turn>/<count:stretch>", self.held, "waiting"),
            (f"{_VOICE}/rescue/<name:why>/<count:step>", self.rescued, "caller"),
            (f"{_VOICE}/rescue-offer/<name:offered_in>", self.rescue_offer, "responder"),
            (f"{_VOICE}/rescue-offer/<name:offered_in>/answer", self.rescue_accepted, "responder"),
            (f"{_VOICE}/rescue-joined", self.rescue_joined, "nobody"),
            (f"{_VOICE}/rescued", self.rescue_recorded, "caller"),
            ("/voice/status", self.status, "nobody"),
            ("/voice/fallback", self.fallback, "caller"),
            ("/voice/drill", self.drill_phone, "nobody"),
            ("/voice/recording/<name:message>", self.recording, "nobody"),
            ("/leg/<name:token>", self.offer, "responder"),
            ("/leg/<name:token>/answer/<count:repeats>", self.offer_answered, "responder"),
            ("/leg/<name:token>/status", self.leg_status, "nobody"),
            ("/leg/<name:token>/done", self.leg_done, "leaving"),
            ("/leg/<name:token>/after", self.leg_after, "leaving"),
            ("/leg/<name:token>/connecting/<name:language>/<name:how>", self.connecting, "nobody"),
            ("/leg/<name:token>/gate", self.gate, "called back"),
            ("/leg/<name:token>/gate/answer", self.gate_answered, "called back"),
            (_DICTATED, self.dictated, "responder"),
            (f"{_DICTATED}/again", self.dictated_again, "responder"),
            (f"{_DICTATED}/status", self.dictated_status, "nobody"),
            ("/sms/incoming", self.sms, "nobody"),
            ("/text/<name:token>/status", self.text_status, "nobody"),
        )
        blueprint = Blueprint("webhooks", __name__)
        for rule, view, hears in routes:
            blueprint.add_url_rule(
                rule,
                view.__name__,
                self._guarded(view, hears),
                methods=["POST"],
                strict_slashes=True,
                provide_automatic_options=False,
            )
        blueprint.add_url_rule("/audio/prompt/<path:file>", "prompt", self.prompt)
        blueprint.add_url_rule("/audio/message/<token>", "message", self.message)
        blueprint.add_url_rule("/fallback.xml", "static_fallback", self.fallback_document)
        return blueprint

    # --- the caller's leg

    def incoming(self) -> str:
        """A call begins."""
        return caller_turns.begin(self.app, self._arrival(), self.speech.caller)

    def answered(self, language: str, place: str, turn: int, misses: int) -> str:
        """The caller answered a question, by keys, by silence, or by having waited or spoken."""
        return caller_turns.carry_on(
            self.app,
            self._arrival(),
            Position(place, misses),
            turn,
            twilio_requests.heard(twilio_requests.form()),
            self.speech.caller,
            self._known(language),
        )

    def hold(self, language: str, place: str, turn: int, stretch: int) -> str:
        """The caller waits on."""
        at = Position(place)
        return hold_loop.hold(
            self.app, twilio_requests.call_sid(), at, stretch, self.speech.caller, turn
        )

    def held(self, language: str, place: str, turn: int, stretch: int) -> str:
        """The caller pressed a key while waiting."""
        at = Position(place)
        return hold_loop.hear_while_waiting(
            self.app,
            twilio_requests.call_sid(),
            at,
            stretch,
            twilio_requests.key(),
            self.speech.caller,
            turn,
        )

    def status(self) -> str:
        """The number's status callback: the caller's line is closed."""
        if text(twilio_requests.form(), "CallStatus") in twilio_requests.ENDED:
            call_endings.end(self.app, self._arrival())
        return _EMPTY

    def fallback(self) -> str:
        """The carrier could not use our last answer: begin again where the call stands."""
        return caller_turns.resume(self.app, self._arrival(), self.speech.caller)

    def drill_phone(self) -> str:
        """The drill number is rung: it picks up and listens."""
        return self.speech.listening()

    def rescued(self, language: str, why: str, step: int) -> str:
        """A rescued caller has talked, or goes on to the next one; the line itself if it is back.

        A `<Dial>` of the rescue number, which need not press a key, reports no bridge of its own.
        """
        fields, known = twilio_requests.form(), self._known(language)
        if twilio_requests.was_joined(fields, step):
            return self.speech.farewell(known)
        if why == "away":
            try:
                return caller_turns.resume(self.app, self._arrival(), self.speech.caller)
            except Away:
                log.warning("still away", extra={"step": step})
        return self.rescue.dial(known, why, step)

    def rescue_offer(self, language: str, offered_in: str) -> str:
        """A responder is asked to take a rescued caller."""
        return self.speech.rescue_offer(self._known(language), self._known(offered_in))

    def rescue_accepted(self, language: str, offered_in: str) -> str:
        """Only the key joins them."""
        if text(twilio_requests.form(), "Digits") != ACCEPT_KEY:
            return self.speech.silent_end()
        return self.rescue_joined(language)

    def rescue_joined(self, language: str) -> str:
        """A rescued caller has somebody to talk to: the responder, or the rescue number."""
        caller = {"CallSid": text(twilio_requests.form(), "ParentCallSid")}
        self.rescue.note("rescue_joined", {"language": self._known(language)}, caller)
        return self.speech.nothing()

    def rescue_recorded(self, language: str) -> str:
        """The message of a rescued call is at the carrier; the worker takes it in from there."""
        known = self._known(language)
        self.rescue.note(
            "rescue_recorded", {"language": known}, twilio_requests.plain(twilio_requests.form())
        )
        return self.speech.farewell(known)

    def recording(self, message: str) -> str:
        """News of a recording; where it lies is built from its SID, never taken from the form."""
        fields = twilio_requests.form()
        sid = text(fields, "RecordingSid")
        voicemail.hear_status(
            self.app,
            message,
            sid if SID.match(sid) else "",
            text(fields, "RecordingStatus"),
            whole(fields, "RecordingDuration"),
        )
        return _EMPTY

    # --- the responder's leg

    def offer(self, token: str) -> str:
        """A responder's phone picked up."""
        return self.speech.leg(
            offers.offer(self.app, token, text(twilio_requests.form(), "CallSid"))
        )

    def offer_answered(self, token: str, repeats: int) -> str:
        """A responder pressed a key, or none."""
        return self.speech.leg(offers.answer(self.app, token, twilio_requests.key(), repeats))

    def leg_status(self, token: str) -> str:
        """News of a responder's leg."""
        fields = twilio_requests.form()
        offers.hear_status(self.app, token, text(fields, "CallStatus"), text(fields, "CallSid"))
        return _EMPTY

    def leg_done(self, token: str) -> str:
        """The conversation is over."""
        ended = text(twilio_requests.form(), "DialCallStatus")
        return self.speech.leg(offers.leave(self.app, token, ended))

    def leg_after(self, token: str) -> str:
        """A responder pressed a key after the conversation, or none."""
        return self.speech.leg(offers.after_talk(self.app, token, twilio_requests.key()))

    def connecting(self, token: str, language: str, how: str) -> str:
        """The waiting caller is about to be joined."""
        offers.join(self.app, token)
        return self.speech.connecting(self._known(language), interpreter=how == "interpreter")

    def gate(self, token: str) -> str:
        """Somebody picked up a callback."""
        return self.speech.leg(
            offers.gate(self.app, token, text(twilio_requests.form(), "CallSid"))
        )

    def gate_answered(self, token: str) -> str:
        """Whoever picked up pressed a key, or none."""
        return self.speech.leg(offers.open_gate(self.app, token, twilio_requests.key()))

    # --- the leg of somebody who records a prompt

    def dictated(self, token: str, part: int) -> str:
        """A prompt was read aloud, or nothing was said."""
        fields = twilio_requests.form()
        return self.speech.leg(
            prompt_dictation.hear(self.app, token, part, twilio_requests.taken(fields))
        )

    def dictated_again(self, token: str, part: int) -> str:
        """Whoever read it wants to read it again, or not."""
        return self.speech.leg(
            prompt_dictation.hear_again(self.app, token, part, twilio_requests.key())
        )

    def dictated_status(self, token: str, part: int) -> str:
        """News of the recording of a prompt."""
        fields = twilio_requests.form()
        status = text(fields, "RecordingStatus")
        prompt_dictation.hear_status(self.app, token, part, status, twilio_requests.taken(fields))
        return _EMPTY

    # --- texts and sounds

    def sms(self) -> str:
        """A text came in: the line takes calls only, and says so, unless it was asked for a yes."""
        fields = twilio_requests.form()
        said = (text(fields, name) for name in ("From", "Body", "OptOutType"))
        match sms.hear(self.app, *said):
            case sms.OptedOut(language=language):
                return self.speech.opted_out(language)
            case shift_confirmations.Expected(language=language, time=time):
                return self.speech.expected(language, time)
            case True:
                return self.speech.calls_only()
            case _:
                return _EMPTY

    def text_status(self, token: str) -> str:
        """What became of a text of ours."""
        fields = twilio_requests.form()
        sid = text(fields, "MessageSid")
        sms.hear_delivery(
            self.app,
            token,
            sid if SID.match(sid) else "",
            text(fields, "MessageStatus"),
            text(fields, "ErrorCode"),
        )
        return _EMPTY

    def prompt(self, file: str) -> Response:
        """A recorded prompt, with its words for whoever cannot hear it."""
        folder, inner = self.speech.prompts.recordings, file.removeprefix(f"{LIVE}/")
        answer = (
            send_from_directory(folder.resolve(), file, mimetype="audio/wav", max_age=86_400)
            if inner == file
            else self._made_here(inner.removesuffix(".wav"))
        )
        words = self.speech.words_in(file)
        if words:
            answer.headers["X-Transcript"] = quote(words)
            if len(Path(file).parts) > 1 and inner == file:
                answer.headers["Content-Language"] = Path(file).parts[0]
        return answer

    def _made_here(self, sound_id: str) -> Response:
        """A recording of ours, from this host's disk, else from the database."""
        words = None
        audio = self.app.live_prompts.sound_at_hand(sound_id) if _ID.fullmatch(sound_id) else None
        if audio is None:
            with self.app.database.reading() as session:
                audio = prompt_versions.sound(session, sound_id)
                words = announcements.words_of(session, sound_id)
        if audio is None:
            abort(404)
        cached = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
        if words:
            cached["X-Transcript"] = quote(words)
        return Response(audio, mimetype="audio/wav", headers=cached)

    def message(self, token: str) -> Response:
        """A stored message, opened for the one who was given this link."""
        message_id = self.links.message_in(token)
        if message_id is None:
            abort(404)
        with self.app.database.reading() as session:
            audio = voicemails.sound_of(session, message_id)
        if audio is None:
            abort(404)
        return Response(audio, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

    def fallback_document(self) -> Response:
        """The static document, for whoever keeps a copy of it elsewhere."""
        return _twiml(self.static_fallback())

    def static_fallback(self) -> str:
        """What the carrier does with a call when nothing of ours answers."""
        return self.speech.static_fallback(self.rescue_number)

    # --- around every webhook

    def _guarded(self, view: _View, hears: Hears) -> Callable[..., Response]:
        """A forged request touches nothing; a true one is always answered with TwiML."""

        @wraps(view)
        def guarded(**where: str | int) -> Response:
            self._check_signature()
            try:
                return _twiml(sendable(view(**where)))
            except Exception as error:  # whatever fails, the caller stays on the line
                failed = self._failed(view.__name__, hears, where, error)
                return _twiml(self.rescue.answer(failed))

        return guarded

    def _failed(
        self, view: str, hears: Hears, where: Mapping[str, str | int], error: Exception
    ) -> Failed:
        if isinstance(error, Away):
            log.error("the database is away", extra={"view": view, "why": str(error)})
        elif isinstance(error, arrivals.CallIsOver):
            log.warning("a caller was heard on a line that was closed", extra={"view": view})
        else:
            log.exception("a webhook failed", extra={"view": view})
        if isinstance(error, Broken):
            self.if_broken()
        fields = twilio_requests.plain(twilio_requests.form())
        again = request.args.get("again", "0")
        tried = int(again) if again.isdigit() else 0
        if isinstance(error, arrivals.CallIsOver | Unsendable):
            tried = MOMENTS  # asking once more would change nothing
        return Failed(
            view=view,
            hears=hears,
            path=request.path,
            again=tried,
            language=self._known(str(where.get("language", ""))),
            where=where,
            fields=fields,
            gone=twilio_requests.is_gone(fields),
            why="away" if isinstance(error, Away) else "fault",
        )

    def _check_signature(self) -> None:
        body = request.get_data(cache=True)
        if body.count(b"&") >= MAX_FIELDS:
            abort(413)
        fields, target = signature.fields_in(body), twilio_requests.target()
        given = request.headers.get("X-Twilio-Signature", "")
        ours = target.startswith("/") and signature.holds(
            self.tokens, self.links.base + target, fields, given
        )
        if not ours:
            log.warning("a forged request was refused", extra={"rule": str(request.url_rule)})
            abort(Response(status=403))
        before = self.rescue.answered_before(request.args.get("said", ""))
        told = {name.encode(): [value.encode()] for name, value in before.items()}
        g.fields = told | {name: said for name, said in fields.items() if any(said)}

    @property
    def rescue(self) -> Rescue:
        """What answers when a view fails."""
        return Rescue(self.app, self.speech, self.rescue_number)

    def _arrival(self) -> arrivals.Arrival:
        fields = twilio_requests.form()
        given = text(fields, "From")
        return arrivals.Arrival(
            twilio_requests.call_sid(),
            given,
            shown_as=phone_numbers.shown_as(given, self.app.numbers.hotline),
            attested=twilio_requests.attested(text(fields, "StirVerstat")),
            known_line=self._is_ours(fields),
        )

    def _is_ours(self, fields: Fields) -> bool:
        """Whether the call came to our number of our account, as far as the carrier says."""
        to, account = text(fields, "To"), text(fields, "AccountSid")
        return to in ("", self.app.numbers.hotline) and account in ("", self.account)

    def _known(self, language: str) -> str:
        known = language in self.speech.prompts.languages
        return language if known else self.app.script.tree.default_language


def register(flask_app: Flask, webhooks: Webhooks) -> None:
    """Put the webhooks into an app."""
    flask_app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    flask_app.url_map.converters |= {"count": twilio_requests.Count, "name": twilio_requests.Name}
    flask_app.register_blueprint(webhooks.blueprint())


def is_for_carrier(path: str) -> bool:
    """Whether an address is on the carrier's side, also where no webhook of ours is."""
    return path.startswith(_CARRIER_SIDE)


def refused(error: HTTPException) -> Response | HTTPException:
    """The carrier is refused with an empty document, and never redirected."""
    if error.code not in _REFUSALS:
        return error
    answer = _twiml(_EMPTY)
    astray = error.code == 404 and request.path.endswith("/")
    answer.status_code = 405 if astray else error.code or 400
    return answer


def _twiml(document: str) -> Response:
    return Response(
        document, content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
