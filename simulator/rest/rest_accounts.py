"""REST: credentials, the account, its incoming numbers and its messages."""

import hmac

from flask import Blueprint, request
from werkzeug.wrappers import Response

from simulator.base.json_answers import Refusal, answer, missing
from simulator.base.numbers import Line, is_e164
from simulator.base.records import Problem
from simulator.calling.account import Account
from simulator.rest import resources
from simulator.rest.resources import page
from simulator.telephony.messages import Message

LONGEST_BODY = 1600
SETTINGS = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "VoiceApplicationSid": "voice_application_sid",
    "TrunkSid": "trunk_sid",
    "SmsApplicationSid": "sms_application_sid",
    "VoiceReceiveMode": "voice_receive_mode",
    "FriendlyName": "friendly_name",
}


def account_blueprint(carrier: Account, name: str) -> Blueprint:
    """Routes below the account; they require its credentials."""
    routes = Blueprint(name, __name__, url_prefix="/2010-04-01/Accounts/<account>")

    @routes.url_value_preprocessor
    def take_account(_: str | None, values: dict[str, str] | None) -> None:
        account = (values or {}).pop("account", "")
        check_credentials(carrier)
        if account != carrier.account_sid:
            raise missing(request.path)

    return routes


def check_credentials(carrier: Account) -> None:
    """Raise Refusal 401 unless the request has the account's Basic credentials."""
    given = request.authorization
    name, secret = (given.username, given.password) if given else (None, None)
    known = {carrier.account_sid: carrier.auth_token, **carrier.standing.api_keys}
    if not hmac.compare_digest(secret or "", known.get(name or "", "")) or not secret:
        raise Refusal(401, 20003, "Authenticate")
    if carrier.standing.status != "active":
        raise Refusal(403, 20005, "Account not active")


def check_url(name: str) -> str:
    """An absolute http(s) URL of the request, or nothing. Raises Refusal 21205 for others."""
    url = request.form.get(name, "")
    host = url.partition("://")[2]
    if url and not (url.startswith(("http://", "https://")) and host and " " not in url):
        raise Refusal(400, 21205, f"{name} is not a valid URL: {url}")
    return url


def check_parameters(carrier: Account, known: frozenset[str]) -> None:
    """Report parameters that Twilio does not know: it ignores them, so nobody would notice."""
    for name in sorted(request.form.keys() - known):
        carrier.report(Problem(20001, f"{request.method} {request.path} has no parameter {name}"))


def blueprint(carrier: Account) -> Blueprint:
    """The routes."""
    routes = account_blueprint(carrier, "accounts")
    _number_routes(carrier, routes)
    _message_routes(carrier, routes)
    return routes


def account(carrier: Account, sid: str) -> Response:
    """The account itself."""
    check_credentials(carrier)
    if sid != carrier.account_sid:
        raise missing(request.path)
    standing = carrier.standing
    return answer(
        {"sid": sid, "status": standing.status, "type": standing.type, "friendly_name": "simulated"}
    )


def _number_routes(carrier: Account, routes: Blueprint) -> None:
    def find(sid: str) -> Line:
        for line in carrier.lines.values():
            if line.sid == sid:
                return line
        raise missing(sid)

    @routes.get("/IncomingPhoneNumbers.json")
    def numbers() -> Response:
        asked = request.args.get("PhoneNumber", "")
        found = [line for line in carrier.lines.values() if asked in line.number]
        return page("incoming_phone_numbers", found, lambda line: resources.line(carrier, line))

    @routes.get("/IncomingPhoneNumbers/<sid>.json")
    def number(sid: str) -> Response:
        return answer(resources.line(carrier, find(sid)))

    @routes.post("/IncomingPhoneNumbers/<sid>.json")
    def update_number(sid: str) -> Response:
        line = find(sid)
        asked = {name: value for name, value in request.form.items() if name in SETTINGS}
        for name in asked:
            if name.endswith(("Url", "Callback")):
                check_url(name)
        if asked.get("VoiceFallbackUrl") and not (asked.get("VoiceUrl") or line.voice_url):
            raise Refusal(400, 21405, "VoiceFallbackUrl needs a VoiceUrl")
        for name, value in asked.items():
            setattr(line, SETTINGS[name], value)
        return answer(resources.line(carrier, line))


def _message_routes(carrier: Account, routes: Blueprint) -> None:
    def find(sid: str) -> Message:
        message = carrier.messages.find(sid)
        if message is None:
            raise missing(sid)
        return message

    @routes.post("/Messages.json")
    def send() -> Response:
        _check_message(carrier)
        form = request.form
        callback = check_url("StatusCallback")
        sent = carrier.messages.send(form["From"], form["To"], form["Body"], callback)
        return answer(resources.message(carrier, sent), 201)

    @routes.get("/Messages.json")
    def messages() -> Response:
        asked = {"to": request.args.get("To"), "from_": request.args.get("From")}
        found = [
            message
            for message in carrier.messages
            if all(value in {None, getattr(message, name)} for name, value in asked.items())
            and resources.in_time("DateSent", message.created_at)
        ]
        return page("messages", reversed(found), lambda kept: resources.message(carrier, kept))

    @routes.get("/Messages/<sid>.json")
    def message(sid: str) -> Response:
        return answer(resources.message(carrier, find(sid)))

    @routes.post("/Messages/<sid>.json")
    def redact(sid: str) -> Response:
        kept = find(sid)
        if "Body" in request.form:
            kept.body = request.form["Body"]
        return answer(resources.message(carrier, kept))

    @routes.delete("/Messages/<sid>.json")
    def delete(sid: str) -> Response:
        find(sid)
        carrier.messages.delete(sid)
        return Response(status=204)


def _check_message(carrier: Account) -> None:
    to, from_ = request.form.get("To", ""), request.form.get("From", "")
    body = request.form.get("Body", "")
    if not is_e164(to):
        raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if not from_:
        raise Refusal(400, 21603, "A 'From' phone number is required")
    if not carrier.owns(from_):
        raise Refusal(400, 21606, f"The 'From' phone number {from_} is not a valid sender")
    if not body:
        raise Refusal(400, 21602, "Message body is required")
    if len(body) > LONGEST_BODY:
        raise Refusal(400, 21617, "The concatenated message body exceeds 1600 characters")
    if not carrier.standing.may_reach(to):
        raise Refusal(400, 21608, f"The number {to} is unverified")
    if carrier.messages.has_stopped(to, from_):
        raise Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
