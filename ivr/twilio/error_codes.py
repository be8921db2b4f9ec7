"""Whose fault each of the carrier's error codes is, what ends it, and what to do about it.

Source: twilio.com/docs/api/errors, one page for each code; the comments name the exceptions. The
carrier changes its codes (changelog of 10 July 2024), so a code that is not listed counts as
passing: what is not understood is held against nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ivr.core.carrier import Blame, Trouble

_ACCOUNT: Mapping[int, str] = {
    10001: "the account is not active: see its status and its balance",
    10002: "a trial account cannot do this: upgrade the account",
    10003: "the account is not active, so calls to the hotline are refused: see its status",
    10004: "the account makes as many calls at once as it may: have its business profile approved",
    20003: "the account's credentials are refused or it is suspended: see its status",
    20005: "the account is not active: see its status and its balance",
    20006: "the credentials may not do this: use the account's own token or a main key",
    22005: "too many calls wait at the carrier: have the calls per second raised",
    30002: "the account is suspended: see its status and its balance",
    30037: "the account may not send texts: ask the carrier's support",
    90010: "the account is not active: see its status and its balance",
}
"""The account as a whole."""
_TRIAL: Mapping[int, str] = {
    14111: "a trial account calls only verified numbers: upgrade the account",
    21219: "a trial account calls only verified numbers: upgrade the account",
    21608: "a trial account texts only verified numbers: upgrade the account",
    573005: "a trial account reaches only verified numbers: upgrade the account",
}
_REGISTRATION: Mapping[int, str] = {
    30007: "the phone companies filter the hotline's texts as unwanted: see the registration",
    30023: "the day's limit of texts is used up at a phone company: raise it with A2P 10DLC",
    30024: "the hotline's number is not registered with the phone company: see A2P 10DLC",
    30032: "the hotline's toll-free number is not verified: see the toll-free verification",
    30033: "the registration of the hotline's texts is suspended: see A2P 10DLC",
    30034: "the hotline's number is not registered for texts: see A2P 10DLC",
    30035: "the hotline's number is being registered for texts: wait a day, and do not remove it",
}
"""Senders in the United States: A2P 10DLC for local numbers, verification for toll-free ones."""
_SETTINGS: Mapping[int, str] = {
    13227: "the account may not call this country: allow it in the geographic permissions",
    21210: "the hotline's number may not place calls: see its page",
    21212: "the hotline's number is not a number of this account: see TWILIO_PHONE_NUMBER",
    21215: "the account may not call this country: allow it in the geographic permissions",
    21216: "the account may not call this number: see the carrier's list of blocked numbers",
    21408: "the account may not text this country: allow it in the geographic permissions",
    21606: "the hotline's number cannot send texts: see its capabilities",
    21612: "the hotline's number cannot text this destination",
    21659: "the hotline's number is not a number of this account: see TWILIO_PHONE_NUMBER",
    21660: "the hotline's number belongs to another account: see TWILIO_ACCOUNT_SID",
    21661: "the hotline's number cannot send texts: see its capabilities",
    21703: "the messaging service has no number: put the hotline's number into it",
    21704: "the messaging service has no number: put the hotline's number into it",
    30010: "the price of a text is above the account's limit",
}
_OURS = {**_ACCOUNT, **_TRIAL, **_REGISTRATION, **_SETTINGS}
"""What hits every phone. Coordinators get one alarm a day, and `hotline check` says the words."""
_BLOCKED_FOR = timedelta(days=7)
_PHONE: Mapping[int, timedelta | None] = {
    **dict.fromkeys((21211, 21214, 21217, 13223, 13224, 13226)),  # not a number to be called
    **dict.fromkeys((21614, 21635, 30005, 30006)),  # does not exist, or is a landline
    # the phone or its company blocks texts, which its owner can undo without telling anybody
    30004: _BLOCKED_FOR,
}
"""What is wrong with one phone: how long that is held against it, None for until it is proven."""
_OPTED_OUT = 21610
_NO_CREDENTIALS = frozenset({10001, 20003, 20005, 20403, 90010})
"""With a status of 403: nothing at all is accepted from us. Other codes refuse one request."""


def trouble(code: str) -> Trouble:
    """Whose fault this code is; an empty or unknown code is a passing trouble."""
    number = _number(code)
    if number == _OPTED_OUT:
        return Trouble(code, Blame.OPTED_OUT)
    if number in _PHONE:
        return Trouble(code, Blame.PHONE, _PHONE[number])
    return Trouble(code, Blame.OURS if number in _OURS else Blame.PASSING)


def in_words(code: str) -> str:
    """What is wrong with our side of the account, and what to do."""
    return _OURS.get(_number(code), "see the carrier's list of errors")


def locks_out(status: int, code: str) -> bool:
    """Whether this answer means that the carrier accepts none of our requests."""
    return status == 401 or (status == 403 and _number(code or "20003") in _NO_CREDENTIALS)


def _number(code: str) -> int:
    return int(code) if code.isdecimal() else 0
