"""Sets up calls: incoming ones, and those ordered over REST."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from simulator.base.numbers import WITHHELD, is_e164
from simulator.calling import interpreter, say_and_gather
from simulator.telephony.behaviours import Busy, Unreachable
from simulator.telephony.exchange import Exchange
from simulator.telephony.legs import Leg
from simulator.telephony.network import Fallback, StatusPlan
from simulator.telephony.phones import Phone
from simulator.telephony.scripts import Gone, Script, wait
from simulator.telephony.standing import TRIAL_WORDS
from simulator.twiml.documents import parse_text
from simulator.twiml.steps import Goto

_TRIAL = (
    f'<Response><Gather numDigits="1" timeout="10"><Say>{TRIAL_WORDS}</Say></Gather></Response>'
).encode()
PAUSES = {"w": 0.5, "W": 1.0}
"""Seconds that a letter in SendDigits waits (twilio.com/docs/voice/api/call-resource)."""


@dataclass(frozen=True)
class Order:
    """A call ordered over REST; times in seconds."""

    to: str
    from_: str
    goto: Goto
    fallback: Fallback
    plan: StatusPlan | None
    timeout: float = 60.0
    time_limit: float = 14_400.0
    detects_machines: bool = False
    send_digits: str = ""


def arrive(
    exchange: Exchange, phone: Phone, number: str, shown: str, extra: Mapping[str, str]
) -> Leg:
    """A phone calls a number; the call fails unless the number goes to a voice URL."""
    line = exchange.line(number)
    stamp = {"StirVerstat": "TN-Validation-Passed-A"} if _is_attested(shown) else {}
    leg = Leg(
        exchange, phone, "inbound", shown, number, "ringing", line=line, extra=stamp | dict(extra)
    )
    has_room = exchange.has_room_for_a_call
    exchange.remember(leg)
    is_active = exchange.standing.status == "active"
    if line is None or not line.answers_calls_here or not has_room or not is_active:
        leg.begin(interpreter.live(leg, _fails("failed" if has_room else "busy")))
        return leg
    if line.status_callback:
        leg.plan = StatusPlan(line.status_callback, line.status_callback_method)
    leg.fallback = Fallback(line.voice_fallback_url, line.voice_fallback_method)
    goto = Goto(line.voice_url, line.voice_method)
    leg.begin(interpreter.live(leg, _arriving(exchange, leg, goto)))
    return leg


def _arriving(exchange: Exchange, leg: Leg, goto: Goto) -> Script[None]:
    if exchange.standing.is_trial:
        leg.pick_up()
        yield from _trial_message(leg)
    yield from interpreter.follow(leg, goto)


def _trial_message(leg: Leg) -> Script[None]:
    """What a trial account's calls hear first; nothing else happens until a key is pressed."""
    document = parse_text(_TRIAL, "", "call")
    pressed = yield from say_and_gather.gather(leg, document.verbs[0], document)
    if pressed is None:
        raise Gone("completed")


def _is_attested(shown: str) -> bool:
    return is_e164(shown) and shown not in WITHHELD


def _fails(status: str) -> Script[None]:
    yield from ()
    raise Gone(status)


def place(exchange: Exchange, order: Order) -> Leg:
    """Make an ordered call, at once or when the account's calls per second allow it."""
    leg = exchange.new_leg(order.to, "outbound-api", order.from_, plan=order.plan)
    leg.fallback = order.fallback
    leg.detects_machines = order.detects_machines and not order.send_digits
    leg.time_limit = order.time_limit
    delay = exchange.wait_for_start()
    leg.queue_time_ms = round(delay * 1000)
    leg.begin(interpreter.live(leg, _outgoing(exchange, leg, order, delay)))
    return leg


def _outgoing(exchange: Exchange, leg: Leg, order: Order, delay: float) -> Script[None]:
    if delay:
        yield from wait(delay)
    ring(exchange, leg)
    rings_until = leg.carrier.clock.now() + timedelta(seconds=order.timeout)
    while leg.answered_at is None:
        left = (rings_until - leg.carrier.clock.now()).total_seconds()
        if left <= 0:
            leg.ended_by = "rang out"
            raise Gone("no-answer")
        yield from wait(left, nudges=True)
    if exchange.standing.is_trial:
        yield from _trial_message(leg)
    yield from _send_keys(leg, order.send_digits)
    yield from interpreter.follow(leg, order.goto)


def ring(exchange: Exchange, leg: Leg) -> None:
    """Initiate a leg and let its phone ring, unless it is busy or unreachable."""
    leg.status = "initiated"
    leg.note("initiated")
    leg.tell("initiated")
    if not isinstance(leg.phone.behaviour, Busy | Unreachable):
        leg.status = "ringing"
        leg.note("ringing")
        leg.tell("ringing")
    if exchange.owns(leg.to):
        _loop_back(exchange, leg)
    else:
        leg.phone.is_called(leg)


def _loop_back(exchange: Exchange, leg: Leg) -> None:
    """Let a number of the account take the call; the two legs answer and end together."""
    far = arrive(exchange, exchange.phone(leg.from_), leg.to, leg.from_, {})
    far.twin, leg.twin = leg, far


def _send_keys(leg: Leg, keys: str) -> Script[None]:
    """Press keys at the far end, before the document of the call; w and W pause."""
    for key in keys:
        if key in PAUSES:
            yield from wait(PAUSES[key])
            continue
        leg.note("sent key", key)
        if leg.twin is not None and leg.twin.is_live:
            leg.twin.note("pressed", key)
            leg.twin.routine.press(key)
