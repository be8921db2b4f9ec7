"""A call that the account makes to a number of its own: two legs, one at each end."""

from typing import TYPE_CHECKING

from simulator.calling import call_setup
from simulator.telephony.scripts import Script, wait

if TYPE_CHECKING:
    from simulator.telephony.legs import Leg

PAUSES = {"w": 0.5, "W": 1.0}
"""Seconds that a letter in SendDigits waits (twilio.com/docs/voice/api/call-resource)."""


def arrive(leg: "Leg") -> None:
    """Let the number at the far end take the call; the two legs answer and end together."""
    carrier = leg.carrier
    far = call_setup.arrive(carrier, carrier.phone(leg.from_), leg.to, leg.from_, {})
    far.twin, leg.twin = leg, far


def send_keys(leg: "Leg", keys: str) -> Script[None]:
    """Press keys at the far end, with their pauses."""
    for key in keys:
        if key in PAUSES:
            yield from wait(PAUSES[key])
        elif leg.twin is not None and leg.twin.is_live:
            leg.twin.note("pressed", key)
            leg.twin.routine.press(key)
