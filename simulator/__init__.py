"""A carrier of our own: plays Twilio over HTTP, for anyone's hotline."""

from simulator.carrier import Carrier
from simulator.clock import Clock, RealClock, VirtualClock
from simulator.faults import Faults
from simulator.legs import Leg
from simulator.phones import Phone
from simulator.records import Event, Problem, RestEntry, Spoken, Text, WebhookEntry

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
