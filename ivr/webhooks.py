"""What the carrier asks over HTTP: hear, take a turn, speak."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, g, request, send_from_directory
from werkzeug.exceptions import HTTPException

from ivr import calls, messages, numbers, rings, texts
from ivr.conversation import Heard
from ivr.line import Line
from ivr.turn import Position
from ivr.twilio import signature
from ivr.twilio.links import Links
from ivr.twilio.rest import SID
from ivr.twilio.signature import Fields, text, whole
from ivr.twilio.twiml import Speech
from models import messages as message_rows

log = logging.getLogger("hotline.webhooks")

LARGEST_BODY = 64 * 1024
ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
OPT_OUT = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
OPT_IN = frozenset({"start", "unstop", "yes"})
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_View = Callable[..., str]


@dataclass(frozen=True)
class Webhooks:
    """The views, and what they need."""

    line: Line
    speech: Speech
    links: Links
    tokens: tuple[str, ...]
    rescue_number: str

    def blueprint(self) -> Blueprint:
        """Every route of the carrier's side, exact: a redirect would break the signature."""
        routes: tuple[tuple[str, _View], ...] = (
            ("/voice/incoming", self.incoming),
            ("/voice/<language>/at/<place>/<int:turn>/<int:misses>", self.answered),
            ("/voice/<language>/hold/<place>/<int:turn>/<int:stretch>", self.hold),
            ("/voice/<language>/held/<place>/<int:turn>/<int:stretch>", self.held),
            ("/voice/<language>/rescue", self.rescue_ended),
            ("/voice/<language>/rescued", self.rescue_recorded),
            ("/voice/status", self.status),
            ("/voice/fallback", self.fallback),
            ("/voice/drill", self.drill_phone),
            ("/voice/recording/<message>", self.recording),
            ("/leg/<token>", self.offer),
            ("/leg/<token>/answer/<int:repeats>", self.offer_answered),
            ("/leg/<token>/status", self.leg_status),
            ("/leg/<token>/done", self.leg_done),
            ("/leg/<token>/connecting/<language>/<how>", self.connecting),
            ("/leg/<token>/gate", self.gate),
            ("/leg/<token>/gate/answer", self.gate_answered),
            ("/sms/incoming", self.sms),
        )
        blueprint = Blueprint("webhooks", __name__)
        for rule, view in routes:
            blueprint.add_url_rule(
                rule, view.__name__, self._guarded(view), methods=["POST"], strict_slashes=True
            )
        blueprint.add_url_rule("/audio/prompt/<path:file>", "prompt", self.prompt)
        blueprint.add_url_rule("/audio/message/<token>", "message", self.message)
        blueprint.add_url_rule("/fallback.xml", "static_fallback", self.fallback_document)
        return blueprint

    # --- the caller's leg

    def incoming(self) -> str:
        """A call begins."""
        return calls.begin(self.line, _arrival(), self.speech.caller)

    def answered(self, language: str, place: str, turn: int, misses: int) -> str:
        """The caller answered a question, by keys, by silence, or by having waited or spoken."""
        return calls.carry_on(
            self.line,
            _arrival(),
            Position(place, misses),
            turn,
            _heard(_fields()),
            self.speech.caller,
            self._known(language),
        )

    def hold(self, language: str, place: str, turn: int, stretch: int) -> str:
        """The caller waits on."""
        at = Position(place)
        return calls.hold(self.line, _arrival(), at, stretch, self.speech.caller, turn)

    def held(self, language: str, place: str, turn: int, stretch: int) -> str:
        """The caller pressed a key while waiting."""
        key = text(_fields(), "Digits")[:1]
        at = Position(place)
        return calls.hear_while_waiting(
            self.line, _arrival(), at, stretch, key, self.speech.caller, turn
        )

    def status(self) -> str:
        """The number's status callback: the caller's line is closed."""
        if text(_fields(), "CallStatus") in ENDED:
            calls.end(self.line, text(_fields(), "CallSid"))
        return _EMPTY

    def fallback(self) -> str:
        """The carrier could not use our last answer: begin again where the call stands."""
        return calls.resume(self.line, _arrival(), self.speech.caller)

    def drill_phone(self) -> str:
        """The drill number is rung: it picks up and listens."""
        return self.speech.listening()

    def rescue_ended(self, language: str) -> str:
        """The rescue number was dialled: goodbye if it answered, a message if not."""
        if text(_fields(), "DialCallStatus") in ("completed", "answered"):
            return self.speech.farewell(self._known(language))
        return self.speech.last_resort(self._known(language))

    def rescue_recorded(self, language: str) -> str:
        """The message of a rescued call is at the carrier; the worker finds it there."""
        return self.speech.farewell(self._known(language))

    def recording(self, message: str) -> str:
        """News of a recording; where it lies is built from its SID, never taken from the form."""
        fields = _fields()
        sid = text(fields, "RecordingSid")
        messages.hear_status(
            self.line,
            message,
            sid if SID.match(sid) else "",
            text(fields, "RecordingStatus"),
            whole(fields, "RecordingDuration"),
        )
        return _EMPTY

    # --- the responder's leg

    def offer(self, token: str) -> str:
        """A responder's phone picked up."""
        return self.speech.leg(rings.offer(self.line, token, text(_fields(), "CallSid")))

    def offer_answered(self, token: str, repeats: int) -> str:
        """A responder pressed a key, or none."""
        key = text(_fields(), "Digits")[:1]
        return self.speech.leg(rings.answer(self.line, token, key, repeats))

    def leg_status(self, token: str) -> str:
        """News of a responder's leg."""
        fields = _fields()
        rings.hear_status(self.line, token, text(fields, "CallStatus"), text(fields, "CallSid"))
        return _EMPTY

    def leg_done(self, token: str) -> str:
        """The conversation is over."""
        return self.speech.leg(rings.leave(self.line, token))

    def connecting(self, token: str, language: str, how: str) -> str:
        """The waiting caller is about to be joined."""
        return self.speech.connecting(self._known(language), interpreter=how == "interpreter")

    def gate(self, token: str) -> str:
        """Somebody picked up a callback."""
        return self.speech.leg(rings.gate(self.line, token, text(_fields(), "CallSid")))

    def gate_answered(self, token: str) -> str:
        """Whoever picked up pressed a key, or none."""
        key = text(_fields(), "Digits")[:1]
        return self.speech.leg(rings.open_gate(self.line, token, key))

    # --- texts and sounds

    def sms(self) -> str:
        """A text came in: the line takes calls only, and says so; opt-outs get no answer."""
        fields = _fields()
        number = numbers.callable_number(text(fields, "From"))
        word = text(fields, "Body").strip().lower()
        if word in OPT_OUT or text(fields, "OptOutType") == "STOP":
            texts.hear_opt_out(self.line, number or "")
            return _EMPTY
        if word in OPT_IN:
            texts.hear_opt_in(self.line, number or "")
            return _EMPTY
        return self.speech.calls_only()

    def prompt(self, file: str) -> Response:
        """A recorded prompt, with its words for whoever cannot hear it."""
        folder = self.speech.prompts.recordings
        answer = send_from_directory(folder.resolve(), file, mimetype="audio/wav", max_age=86_400)
        words = self.speech.words_in(file)
        if words:
            answer.headers["X-Transcript"] = quote(words)
            if len(Path(file).parts) > 1:
                answer.headers["Content-Language"] = Path(file).parts[0]
        return answer

    def message(self, token: str) -> Response:
        """A stored message, opened for the one who was given this link."""
        message_id = self.links.message_in(token)
        if message_id is None:
            abort(404)
        with self.line.database.reading() as session:
            audio = message_rows.sound_of(session, message_id)
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

    def _guarded(self, view: _View) -> Callable[..., Response]:
        """A forged request touches nothing; a true one is always answered with TwiML."""

        @wraps(view)
        def guarded(**where: str | int) -> Response:
            self._check_signature()
            try:
                return _twiml(view(**where))
            except Exception:  # whatever fails, the caller stays on the line
                log.exception("a webhook failed", extra={"view": view.__name__})
                return _twiml(self._rescue(view.__name__, str(where.get("language", ""))))

        return guarded

    def _check_signature(self) -> None:
        body = request.get_data(cache=True) if _fits() else b""
        g.fields = signature.fields_in(body)
        raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
        target = str(raw) if raw else _target()
        given = request.headers.get("X-Twilio-Signature", "")
        if not signature.holds(self.tokens, self.links.base + target, g.fields, given):
            log.warning("a forged request was refused", extra={"rule": str(request.url_rule)})
            abort(403)

    def _rescue(self, view: str, language: str) -> str:
        if view in ("leg_status", "status", "recording", "sms"):
            return _EMPTY
        if view.startswith(("offer", "leg", "gate")):
            return self.speech.sorry_to_responder()
        return self.speech.rescue(self._known(language), self.rescue_number)

    def _known(self, language: str) -> str:
        known = language in self.speech.prompts.languages
        return language if known else self.line.script.tree.default_language


def register(app: Flask, webhooks: Webhooks) -> None:
    """Put the webhooks into an app, with the answers for what is not one."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.register_blueprint(webhooks.blueprint())
    app.register_error_handler(405, _not_allowed)


def _not_allowed(error: HTTPException) -> Response:
    answer = _twiml(_EMPTY)
    answer.status_code = 405
    return answer


def _fits() -> bool:
    return (request.content_length or 0) <= LARGEST_BODY


def _target() -> str:
    """The raw target, for servers that do not pass it on: path and query, quoted as they came."""
    path = quote(request.environ.get("SCRIPT_NAME", "") + request.environ.get("PATH_INFO", ""))
    query = request.environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _twiml(document: str) -> Response:
    return Response(
        document, content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def _fields() -> Fields:
    fields: Fields = g.fields
    return fields


def _arrival() -> calls.Arrival:
    fields = _fields()
    return calls.Arrival(text(fields, "CallSid")[:64], text(fields, "From"))


def _heard(fields: Fields) -> Heard:
    """What a caller's answer holds, whichever verb asked for it."""
    keys = text(fields, "Digits")
    recording = text(fields, "RecordingSid") or text(fields, "RecordingUrl").rpartition("/")[2]
    recorded = b"RecordingDuration" in fields or b"RecordingUrl" in fields
    dialled = b"DialCallStatus" in fields
    return Heard(
        keys="" if keys == "hangup" else keys[:20],
        waiting_ended=text(fields, "QueueResult") or None,
        dial_ended=dialled,
        dial_bridged=text(fields, "DialBridged") == "true",
        recorded_seconds=whole(fields, "RecordingDuration") if recorded else None,
        recording_sid=recording if SID.match(recording) else None,
        hung_up=keys == "hangup" or text(fields, "CallStatus") in ENDED,
    )
