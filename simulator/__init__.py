"""A simulated carrier: plays Twilio over HTTP, for any hotline."""

from simulator.base.clock import Clock, RealClock, VirtualClock
from simulator.base.records import Event, Problem, RestEntry, Spoken, Text, WebhookEntry
from simulator.delivery.faults import Faults
from simulator.simulated_carrier import Carrier
from simulator.telephony.legs import Leg
from simulator.telephony.phones import Phone

__all__ = [
    "Carrier",
    "Clock",
    "Event",
    "Faults",
    "Leg",
    "Phone",
    "Problem",
    "RealClock",
    "RestEntry",
    "Spoken",
    "Text",
    "VirtualClock",
    "WebhookEntry",
]
