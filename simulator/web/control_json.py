"""Legs and phones as JSON, for pages, terminals and tests on other machines."""

import json

from simulator.base.json_answers import Json
from simulator.base.records import as_json
from simulator.calling.call_recordings import Recordings
from simulator.telephony.behaviours import ByHand
from simulator.telephony.legs import Leg
from simulator.telephony.phones import Phone


def leg(recordings: Recordings, leg: Leg, since: int) -> Json:
    """A leg, with its timeline from a position on."""
    return {
        **state(recordings, leg),
        "next": len(leg.timeline),
        "events": [json.loads(as_json(event)) for event in leg.timeline[since:]],
    }


def state(recordings: Recordings, leg: Leg) -> Json:
    """The state of a leg; `shows` is the number on the phone's screen."""
    others = [other.phone.number for other in leg.talks_with]
    alone_since = leg.meter.alone_since
    return {
        "leg": leg.sid,
        "number": leg.phone.number,
        "from": leg.from_,
        "to": leg.to,
        "direction": leg.direction,
        "status": leg.status,
        "live": leg.is_live,
        "serial": leg.serial,
        "ended_by": leg.ended_by,
        "in_queue": leg.in_queue,
        "talks_with": others,
        "alone_since": alone_since.isoformat() if alone_since else None,
        "shows": leg.to if leg.direction == "inbound" else leg.caller_id_shown,
        "records": recordings.hear(leg),
        "is_machine": leg.is_machine,
    }


def phone(phone: Phone) -> Json:
    """A phone, what it does when it rings, and its texts."""
    ringing, live = phone.ringing, phone.live_leg
    return {
        "number": phone.number,
        "behaviour": type(phone.behaviour).__name__,
        "ringing": ringing.sid if ringing else None,
        "shows": ringing.caller_id_shown if ringing else None,
        "live": live.sid if live else None,
        "texts": [json.loads(as_json(text)) for text in phone.texts],
    }


def habits(phones: dict[str, Phone]) -> dict[str, str]:
    """The phones that act without a person, and what each does."""
    return {
        number: type(phone.behaviour).__name__
        for number, phone in phones.items()
        if not isinstance(phone.behaviour, ByHand)
    }
