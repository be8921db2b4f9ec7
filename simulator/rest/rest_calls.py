"""REST: calls are created, read, redirected, ended and deleted."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from simulator.base.json_answers import Refusal, answer, missing
from simulator.base.numbers import is_e164
from simulator.calling import call_setup
from simulator.calling.account import Account
from simulator.calling.call_setup import Order
from simulator.calling.interpreter import Redirected
from simulator.rest import resources
from simulator.rest.resources import page
from simulator.rest.rest_accounts import account_blueprint, check_parameters, check_url
from simulator.telephony.legs import Leg
from simulator.telephony.network import Fallback, StatusPlan
from simulator.twiml.steps import Goto
from simulator.twiml.twiml_rules import words

LONGEST_TWIML = 4000
LONGEST_RING = 600
LONGEST_CALL = 86_400
MOST_KEYS = 32
KEYS_TO_SEND = frozenset("0123456789*#wW")
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
CALL_PARAMETERS = words("""
    To From Url Twiml ApplicationSid Method FallbackUrl FallbackMethod StatusCallback
    StatusCallbackEvent StatusCallbackMethod SendDigits Timeout Record RecordingChannels
    RecordingStatusCallback RecordingStatusCallbackMethod RecordingStatusCallbackEvent
    RecordingTrack
    SipAuthUsername SipAuthPassword MachineDetection MachineDetectionTimeout
    MachineDetectionSpeechThreshold MachineDetectionSpeechEndThreshold
    MachineDetectionSilenceTimeout Trim CallerId AsyncAmd AsyncAmdStatusCallback
    AsyncAmdStatusCallbackMethod Byoc CallReason CallToken TimeLimit
""")
"""The parameters of POST Calls (twilio-oai, twilio_api_v2010)."""


def blueprint(carrier: Account) -> Blueprint:
    """The routes."""
    routes = account_blueprint(carrier, "calls")

    @routes.post("/Calls.json")
    def create() -> Response:
        check_parameters(carrier, CALL_PARAMETERS)
        if not carrier.has_room_for_a_call:
            raise Refusal(400, 10004, "Call concurrency limit exceeded")
        return answer(resources.call(call_setup.place(carrier, _order(carrier))), 201)

    @routes.get("/Calls.json")
    def listed() -> Response:
        found = [leg for leg in carrier.legs.values() if _is_asked_for(leg)]
        return page("calls", reversed(found), resources.call)

    @routes.get("/Calls/<sid>.json")
    def fetch(sid: str) -> Response:
        return answer(resources.call(find_leg(carrier, sid)))

    @routes.post("/Calls/<sid>.json")
    def update(sid: str) -> Response:
        leg = find_leg(carrier, sid)
        _update(leg)
        return answer(resources.call(leg))

    @routes.delete("/Calls/<sid>.json")
    def delete(sid: str) -> Response:
        leg = find_leg(carrier, sid)
        if leg.is_live:
            raise Refusal(400, 20009, "a call that is under way cannot be deleted")
        leg.forgotten = True
        return Response(status=204)

    return routes


def find_leg(carrier: Account, sid: str) -> Leg:
    """A call that was not deleted. Raises Refusal 404."""
    leg = carrier.legs.get(sid)
    if leg is None or leg.forgotten:
        raise missing(f"/Calls/{sid}.json")
    return leg


def _is_asked_for(leg: Leg) -> bool:
    asked = request.args
    parent = asked.get("ParentCallSid")
    return (
        not leg.forgotten
        and asked.get("To", leg.to) == leg.to
        and asked.get("From", leg.from_) == leg.from_
        and asked.get("Status", leg.status) == leg.status
        and (parent is None or (leg.parent is not None and leg.parent.sid == parent))
        and resources.in_time("StartTime", leg.created_at)
        and (leg.ended_at is None or resources.in_time("EndTime", leg.ended_at))
    )


def _order(carrier: Account) -> Order:
    """The call that the request asks for. Raises Refusal if Twilio would not make it."""
    form = request.form
    to, from_ = form.get("To", ""), form.get("From", "")
    if not to:
        raise Refusal(400, 21201, "No 'To' number is specified")
    if not is_e164(to):
        raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if (refusal := carrier.faults.refusal_of(to)) is not None:
        raise Refusal(*refusal, f"This 'To' Phone Number cannot be called: {to}")
    if not carrier.standing.may_reach(to) and not carrier.owns(to):
        raise Refusal(400, 21219, f"The number {to} is unverified")
    if not from_:
        raise Refusal(400, 21213, "'From' phone number is required")
    if not is_e164(from_):
        raise Refusal(400, 21212, f"Invalid 'From' Phone Number: {from_}")
    if not carrier.owns(from_):
        raise Refusal(400, 21210, f"'From' phone number {from_} is not verified")
    fallback = Fallback(check_url("FallbackUrl"), _method("FallbackMethod"))
    return Order(
        to,
        from_,
        _document(),
        fallback,
        _plan(),
        timeout=_seconds("Timeout", 60, LONGEST_RING),
        time_limit=_seconds("TimeLimit", 14_400, LONGEST_CALL),
        detects_machines=form.get("MachineDetection", "") in {"Enable", "DetectMessageEnd"},
        send_digits=_keys_to_send(),
    )


def _keys_to_send() -> str:
    keys = request.form.get("SendDigits", "")
    if len(keys) > MOST_KEYS or not set(keys) <= KEYS_TO_SEND:
        raise Refusal(400, 21219, f"Invalid SendDigits {keys}")
    return keys


def _document() -> Goto:
    """Url or Twiml of the request; Twilio requires one of them."""
    twiml, url = request.form.get("Twiml"), check_url("Url")
    if twiml and len(twiml) > LONGEST_TWIML:
        raise Refusal(400, 21205, f"Twiml is over {LONGEST_TWIML} characters")
    if twiml and not url:
        return Goto("", twiml=twiml)
    if not url:
        raise Refusal(400, 21205, "Url or Twiml is required")
    return Goto(url, _method("Method"))


def _plan() -> StatusPlan | None:
    url = check_url("StatusCallback")
    if not url:
        return None
    events = frozenset(request.form.getlist("StatusCallbackEvent")) or frozenset({"completed"})
    if not events <= EVENTS:
        # Twilio only warns; here an unknown event is refused, so that a test finds the mistake.
        raise Refusal(400, 21626, f"Invalid StatusCallbackEvent: {sorted(events - EVENTS)}")
    return StatusPlan(url, _method("StatusCallbackMethod"), events)


def _method(name: str) -> str:
    method = request.form.get(name, "POST")
    if method not in {"GET", "POST"}:
        raise Refusal(400, 21403, f"{name} must be GET or POST, not {method}")
    return method


def _seconds(name: str, default: int, most: int) -> float:
    text = request.form.get(name, str(default))
    if not text.isdigit() or not 0 < int(text) <= most:
        raise Refusal(400, 20001, f"{name} must be a whole number 1..{most}, not {text}")
    return float(text)


def _update(leg: Leg) -> None:
    """End or redirect a live call. Raises Refusal 21220 if its state does not allow it."""
    status = request.form.get("Status", "")
    if status not in {"", "completed", "canceled"}:
        raise Refusal(400, 21218, f"Invalid Status {status}")
    if not leg.is_live:
        raise Refusal(400, 21220, f"Call {leg.sid} is not in-progress: it is {leg.status}")
    if status:
        _end(leg, status)
    elif "Url" in request.form or "Twiml" in request.form:
        if leg.answered_at is None and leg.direction != "inbound":
            raise Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
        leg.routine.interrupt(Redirected(_document()))
    else:
        raise Refusal(400, 20001, "nothing to update: Status, Url or Twiml is needed")


def _end(leg: Leg, status: str) -> None:
    """End a call: `completed` any call, `canceled` only an unanswered one."""
    if leg.answered_at is None:
        leg.end("canceled", f"ended over REST: {status}")
    elif status == "completed":
        leg.end("completed", "ended over REST")
