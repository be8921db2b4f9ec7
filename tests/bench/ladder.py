"""The steps of a call, one after the other for many callers, so that each step can be timed alone.

A webhook that is sent twice is answered from memory. So each step is taken by fresh callers, who
took the steps before it; the worker works between two steps and rests while one is timed.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice
from urllib.parse import urldefrag, urljoin

from ivr.search.rounds import LEG_LINGERS
from models.calls.rings import Ring
from models.core.database import Database
from models.people.people import Person
from tests.bench.carrier import Ordered, Orders
from tests.bench.load import Batch, Webhook
from tests.crash import numbers

STEPS = (
    *("arrive", "language", "menu", "into the queue", "hold", "status", "offer", "accept"),
    *("recording", "end"),
)
UNTIMED = "untimed"
QUIET_SECONDS = 0.6
"""Longer than the worker's own pauses between two looks."""
_ENDED = {"CallStatus": "completed", "CallDuration": "60"}

Send = Callable[[str, Sequence[Webhook]], Batch]
"""Sends the webhooks of one step."""


@dataclass
class Leg:
    """A caller's or responder's call, and the last document that it was given."""

    fields: dict[str, str]
    document: str = ""


@dataclass(frozen=True)
class Line:
    """The hotline as the carrier knows it."""

    base: str
    account: str
    database: Database
    tick: Callable[[], bool]
    """Lets the worker work; False when nothing was due."""
    orders: Orders
    callers: Iterator[str]
    """Numbers to call from."""


class Climb:
    """All steps, by so many callers; at the end nobody is on the line."""

    def __init__(self, line: Line, send: Send) -> None:
        self._line, self._send = line, send

    def run(self, count: int) -> None:
        """Take every step."""
        self._ordered()  # a worker whose heart beats
        callers = [self._caller(number) for number in islice(self._line.callers, count)]
        self._take("arrive", callers, lambda _: "/voice/incoming")
        for caller in callers:
            caller.fields["CallStatus"] = "in-progress"
        self._press("language", callers, "1")
        self._press("menu", callers, "3")
        self._press("into the queue", callers, "7")
        left_by = {id(each): _found(each.document, "Enqueue", "action") for each in callers}
        self._take("hold", callers, lambda each: _found(each.document, "Enqueue", "waitUrl"))
        self._offer(self._ordered())
        self._record(callers[: count // 2], left_by)
        self._ordered()
        self._take("end", callers, lambda _: "/voice/status", **_ENDED)
        self._ordered()
        self._frees_everybody()

    def _frees_everybody(self) -> None:
        """A minute passes for phones that were rung, so that the next callers find them free."""
        with self._line.database.transaction() as session:
            for ring in session.query(Ring):
                ring.ended_at = ring.ended_at and ring.ended_at - LEG_LINGERS
            for person in session.query(Person):
                person.resting_until = None

    def _caller(self, number: str) -> Leg:
        inbound = {"Direction": "inbound", "CallStatus": "ringing"}
        sid = f"CA{secrets.token_hex(16)}"
        return Leg({**fields_of(self._line.account, sid, number, numbers.HOTLINE), **inbound})

    def _ordered(self) -> list[Ordered]:
        """The worker does what is due, until it orders nothing more; the calls that it ordered."""
        ordered, quiet_since = 0, time.monotonic()
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            did_work = self._line.tick()
            if len(self._line.orders.waiting) > ordered:
                ordered, quiet_since = len(self._line.orders.waiting), time.monotonic()
            elif not did_work:
                time.sleep(QUIET_SECONDS / 20)
        return list(self._line.orders.take())

    def _offer(self, ordered: list[Ordered]) -> None:
        legs = {each.sid: self._rung(each) for each in ordered}
        every, status = list(legs.values()), {id(legs[each.sid]): each for each in ordered}
        self._take("status", every, lambda leg: status[id(leg)].status_url, CallStatus="ringing")
        asked = [legs[each.sid] for each in self._one_for_each_caller(ordered)]
        self._take("offer", asked, lambda leg: status[id(leg)].url)
        self._press("accept", asked, "1")
        self._take(UNTIMED, every, lambda leg: status[id(leg)].status_url, **_ENDED)

    def _rung(self, order: Ordered) -> Leg:
        outbound = {"Direction": "outbound-api", "CallStatus": "in-progress"}
        legs_own = fields_of(self._line.account, order.sid, numbers.HOTLINE, order.to)
        return Leg({**legs_own, **outbound})

    def _one_for_each_caller(self, ordered: list[Ordered]) -> list[Ordered]:
        with self._line.database.reading() as session:
            call_of = {ring.sid: ring.call_id for ring in session.query(Ring)}
        first: dict[str, Ordered] = {}
        for each in ordered:
            if call := call_of.get(each.sid):  # none for a weekly test of a phone
                first.setdefault(call, each)
        return list(first.values())

    def _record(self, callers: list[Leg], left_by: dict[int, str]) -> None:
        """Those of these callers who still wait leave a message."""
        self._press(UNTIMED, callers, "2")
        leave = [caller for caller in callers if "<Leave" in caller.document]
        self._take(UNTIMED, leave, lambda each: left_by[id(each)], QueueResult="leave")
        for leg in leave:
            while "<Record" not in leg.document:
                self._press(UNTIMED, [leg], "1")
        recording = {
            "RecordingUrl": f"{self._line.base}/none",
            "RecordingSid": f"RE{secrets.token_hex(16)}",
            "RecordingDuration": "8",
            "Digits": "#",
        }
        record = [caller for caller in leave if "<Record" in caller.document]
        self._take(
            "recording", record, lambda each: _found(each.document, "Record", "action"), **recording
        )

    def _press(self, step: str, legs: list[Leg], key: str) -> None:
        self._take(step, legs, lambda leg: _found(leg.document, "Gather", "action"), Digits=key)

    def _take(self, step: str, legs: list[Leg], address: Callable[[Leg], str], **more: str) -> None:
        """Each leg asks for its next document."""
        base = self._line.base
        urls = (urldefrag(urljoin(base, address(leg))).url for leg in legs)
        webhooks = [
            Webhook(url, {**leg.fields, **more}) for url, leg in zip(urls, legs, strict=True)
        ]
        for leg, answer in zip(legs, self._send(step, webhooks).answers, strict=True):
            leg.document = answer


def fields_of(account: str, sid: str, caller: str, called: str) -> dict[str, str]:
    """What the carrier says in every webhook about a call: 28 fields, with a key."""
    places = {
        f"{who}{what}": value
        for who in ("Caller", "From", "Called", "To")
        for what, value in {"City": "NEW YORK", "State": "NY", "Zip": "", "Country": "US"}.items()
    }
    return {
        **places,
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallToken": secrets.token_hex(120),
        "Caller": caller,
        "From": caller,
        "Called": called,
        "To": called,
        "StirVerstat": "TN-Validation-Passed-A",
    }


def _found(document: str, tag: str, name: str) -> str:
    found = re.search(rf'<{tag} [^>]*?{name}="([^"]+)"', document)
    if found is None:
        raise ValueError(f"no {name} of <{tag}> in {document}")
    return unescape(found[1])
