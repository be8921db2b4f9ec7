"""Whose fault each of the carrier's error codes is; twilio.com/docs/api/errors describes them.

A code that is not listed counts as passing: what is not understood is held against nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.core.carrier import Blame

_OURS: Mapping[int, str] = {
    10004: "the account makes as many calls at once as it may: have its business profile approved",
    20003: "the account's credentials are refused or it is suspended: see its status",
    21210: "the hotline's number may not place calls: see its page",
    21215: "the account may not call this country: allow it in the geographic permissions",
    21216: "the account may not call this number: see the carrier's list of blocked numbers",
    21219: "a trial account calls only verified numbers: upgrade the account",
    21408: "the account may not text this country: allow it in the geographic permissions",
    21606: "the hotline's number cannot send texts: see its capabilities",
    21608: "a trial account texts only verified numbers: upgrade the account",
    21612: "the hotline's number cannot text this destination",
    30001: "too many texts wait at the carrier",
    30002: "the account is suspended: see its status",
    30007: "the phone companies filter the hotline's texts as unwanted: see the registration",
    30010: "the price of a text is above the account's limit",
    30032: "the hotline's toll-free number is not verified: see the toll-free verification",
    30034: "the hotline's number is not registered for texts: see A2P 10DLC",
    13227: "the account may not call this country: allow it in the geographic permissions",
}
"""The account, its registration or its settings. Each is said in `hotline check`."""
_PHONE = frozenset(
    {
        *(21211, 21214, 21217, 13223, 13224, 13226),  # not a number that can be called
        *(21614, 30004, 30005, 30006),  # does not exist, takes no texts, or is a landline
    }
)
_OPTED_OUT = 21610


def blame_for(code: str) -> Blame:
    """Whose fault this code is; an empty or unknown code is a passing trouble."""
    number = int(code) if code.isdecimal() else 0
    if number == _OPTED_OUT:
        return Blame.OPTED_OUT
    if number in _PHONE:
        return Blame.PHONE
    return Blame.OURS if number in _OURS else Blame.PASSING


def in_words(code: str) -> str:
    """What is wrong with our side of the account, and what to do."""
    return _OURS.get(int(code) if code.isdecimal() else 0, "see the carrier's list of errors")
