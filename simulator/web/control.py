"""The control API: use the phones as people do, with JSON over HTTP.

Not part of Twilio: it serves the terminal, the browser and test programs on other machines.
"""

from dataclasses import asdict

from flask import Blueprint, request
from werkzeug.wrappers import Response

from simulator.audio import telephone_sound
from simulator.base.json_answers import Json, Refusal, answer, missing
from simulator.calling.account import Account
from simulator.scenario.stage import Stage
from simulator.telephony.behaviours import ByHand
from simulator.telephony.gates import Gate
from simulator.telephony.legs import Leg
from simulator.telephony.phones import Phone
from simulator.twiml.twiml_rules import words
from simulator.web import control_json


def blueprint(stage: Stage) -> Blueprint:
    """The routes."""
    routes = Blueprint("control", __name__, url_prefix="/simulator")
    _leg_routes(stage, routes)
    _phone_routes(stage.carrier, routes)
    _fault_routes(stage.carrier, routes)
    return routes


def _body() -> Json:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _leg_routes(stage: Stage, routes: Blueprint) -> None:
    carrier = stage.carrier

    def find(sid: str) -> Leg:
        leg = carrier.legs.get(sid)
        if leg is None:
            raise missing(f"leg {sid}")
        return leg

    @routes.post("/calls")
    def dial() -> Response:
        body = _body()
        phone = carrier.phone(_word(body, "from"))
        if isinstance(body.get("gate"), dict):
            phone.gate = _gate(body["gate"])
        leg = phone.dials(_word(body, "to"), caller_id=body.get("caller_id"))
        return answer({"leg": leg.sid}, 201)

    @routes.get("/legs/<sid>")
    def look(sid: str) -> Response:
        return answer(
            control_json.leg(carrier.recordings, find(sid), request.args.get("since", 0, type=int))
        )

    @routes.post("/legs/<sid>/<act>")
    def act(sid: str, act: str) -> Response:
        leg = find(sid)
        try:
            _act(stage, leg, act, _body())
        except (RuntimeError, ValueError) as error:
            raise Refusal(409, 0, str(error)) from error
        return answer(control_json.leg(carrier.recordings, leg, len(leg.timeline)))


def _gate(body: Json) -> Gate:
    """{"keys": "5", "speaks_seconds": 9, "limit_minutes": 15}; only the keys must be there."""
    minutes = body.get("limit_minutes")
    limit = float(minutes) * 60 if minutes else None
    speaks = float(body.get("speaks_seconds", Gate.speaks_seconds))
    return Gate(_word(body, "keys"), speaks, limit_seconds=limit)


def _act(stage: Stage, leg: Leg, act: str, body: Json) -> None:
    match act:
        case "press":
            leg.presses(str(body.get("digits", "")))
        case "answer":
            leg.answers()
        case "decline":
            leg.declines()
        case "voicemail":
            stage.carrier.phone(leg.phone.number).goes_to_voicemail()
        case "hangup":
            leg.hangs_up()
        case "speak":
            leg.speaks(float(body.get("seconds", 8.0)), float(body.get("loudness", 0.5)))
        case "speak-a-sample":
            _speak_a_sample(stage, leg)
        case "begin-to-speak":
            leg.begins_to_speak()
        case "spoken":
            leg.has_spoken(telephone_sound.samples_in(request.get_data()))
        case _:
            raise missing(f"act {act}")


def _speak_a_sample(stage: Stage, leg: Leg) -> None:
    """Speak in the language last heard; without a synthesiser, only as a tone."""
    heard = next((spoken.language for spoken in reversed(leg.heard) if spoken.language), "en")
    sound = stage.voices.sample(heard.partition("-")[0])
    if sound:
        leg.says(sound)
    else:
        leg.speaks()


def _word(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(400, 0, f"{name} is needed")
    return value


def _phone_routes(carrier: Account, routes: Blueprint) -> None:
    @routes.get("/phones")
    def phones() -> Response:
        return answer({"phones": [control_json.phone(phone) for phone in carrier.phones.values()]})

    @routes.post("/phones/<number>/behaviour")
    def behave(number: str) -> Response:
        phone = carrier.phone(number)
        _behave(phone, _body())
        return answer(control_json.phone(phone))

    @routes.post("/phones/<number>/texts")
    def text(number: str) -> Response:
        body = _body()
        carrier.phone(number).texts_to(_word(body, "to"), str(body.get("body", "")))
        return answer(control_json.phone(carrier.phone(number)), 201)


def _behave(phone: Phone, body: Json) -> None:
    """`kind` names a behaviour; `after` and `greeting` are seconds."""
    after = float(body.get("after", 5.0))
    match body.get("kind"):
        case "by_hand":
            phone.behaviour = ByHand()
        case "off":
            phone.off = True
        case "busy":
            phone.busy = True
        case "unreachable":
            phone.unreachable()
        case "picks_up":
            phone.picks_up_after(after)
        case "declines":
            phone.declines_after(after)
        case "voicemail":
            phone.voicemail_after(after, float(body.get("greeting", 4.0)))
        case kind:
            raise Refusal(400, 0, f"no such behaviour: {kind}")


def _fault_routes(carrier: Account, routes: Blueprint) -> None:
    @routes.post("/faults")
    def turn() -> Response:
        _turn(carrier, _body())
        return answer({})

    @routes.get("/journal")
    def journal() -> Response:
        since = request.args.get("since", 0, type=int)
        entries = list(carrier.journal_file.since(since))
        return answer({"entries": entries, "next": since + len(entries)})

    @routes.get("/problems")
    def problems() -> Response:
        return answer({"problems": [asdict(problem) for problem in carrier.problems]})


KNOBS = words(
    "duplicate lose delay reorder voice_twice next_webhook next_rest rest_errors next_text clear"
)
VALUES = frozenset({"calls_per_second", "hang_seconds"})
RECORDING_VALUES = frozenset(
    {"missing_first", "short", "cut", "garbled", "drop_silent", "deletes_fail"}
)


def _turn(carrier: Account, body: Json) -> None:
    """Turn knobs: {"lose": {"chance": 0.1}, "calls_per_second": 1, "recordings": {...}}."""
    faults = carrier.faults
    for name, value in body.items():
        if name in KNOBS and isinstance(value, dict):
            try:
                getattr(faults, name)(**value)
            except TypeError as error:
                raise Refusal(400, 0, f"{name}: {error}") from error
        elif name in VALUES:
            setattr(faults, name, value)
        elif name == "recordings" and set(value) <= RECORDING_VALUES:
            for knob, to in value.items():
                setattr(faults.recordings, knob, to)
        else:
            raise Refusal(400, 0, f"no such knob: {name}")
