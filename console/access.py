"""THE access table: what each role may do, and what each page needs.

A page whose endpoint is not in `ROUTES` is open to nobody. `console.guard` asks here before every
view, so no view can forget to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from models.users import Role


class Right(StrEnum):
    """How far a power goes; without one it is denied."""

    YES = "yes"
    OWN = "own"
    """Only what is theirs or was assigned to them: the view narrows what it shows."""
    REVEAL = "reveal"
    """Hidden until a reason is given, which stands in the audit log."""
    OWN_REVEAL = "own and reveal"
    TWO = "two persons"
    """Another person who has this power must agree."""
    FOR_A_DAY = "for 24 hours"


class Power(Enum):
    """Something that a person may do on the hotline."""

    OWN_ACCOUNT = "own sign-in, language and sessions"
    ANSWER = "answer calls, set own availability"
    BOARD = "live board: pseudonym, language, wait"
    CALLERS_NUMBER = "caller's number"
    MESSAGES = "listen to messages"
    NOTES = "notes"
    PRIVILEGED_NOTES = "privileged notes"
    SCHEDULE = "schedule"
    RESPONDERS_PHONE = "responder's phone"
    BLOCK = "block a caller"
    SYSTEM = "users, keys, carrier settings"
    ROLES = "grant a role"
    EXPORT = "export, bulk delete, routing off"
    AUDIT = "audit log, read"
    AUDIT_CHECK = "audit log, verify"
    TOTALS = "aggregates"


_ADMIN, _COORDINATOR, _RESPONDER = Role.ADMIN, Role.COORDINATOR, Role.RESPONDER
_TRANSLATOR, _AUDITOR = Role.TRANSLATOR, Role.AUDITOR
_YES, _OWN, _REVEAL, _TWO = Right.YES, Right.OWN, Right.REVEAL, Right.TWO

RIGHTS: Mapping[Power, Mapping[Role, Right]] = {
    Power.OWN_ACCOUNT: dict.fromkeys(Role, _YES),
    Power.ANSWER: {_COORDINATOR: _YES, _RESPONDER: _YES, _TRANSLATOR: _YES},
    Power.BOARD: {_ADMIN: _YES, _COORDINATOR: _YES, _RESPONDER: _OWN, _TRANSLATOR: _OWN},
    Power.CALLERS_NUMBER: {_COORDINATOR: _REVEAL, _RESPONDER: Right.OWN_REVEAL},
    Power.MESSAGES: {_COORDINATOR: _YES, _RESPONDER: _OWN, _TRANSLATOR: _OWN},
    Power.NOTES: {_COORDINATOR: _YES, _RESPONDER: _OWN, _TRANSLATOR: _OWN},
    Power.PRIVILEGED_NOTES: {_RESPONDER: _OWN},
    Power.SCHEDULE: {_ADMIN: _YES, _COORDINATOR: _YES, _RESPONDER: _OWN, _TRANSLATOR: _OWN},
    Power.RESPONDERS_PHONE: {_ADMIN: _REVEAL, _RESPONDER: _OWN, _TRANSLATOR: _OWN},
    Power.BLOCK: {_ADMIN: _YES, _COORDINATOR: _YES, _RESPONDER: Right.FOR_A_DAY},
    Power.SYSTEM: {_ADMIN: _YES},
    Power.ROLES: {_ADMIN: _TWO},
    Power.EXPORT: {_ADMIN: _TWO, _COORDINATOR: _TWO},
    Power.AUDIT: {_AUDITOR: _YES},
    Power.AUDIT_CHECK: {_ADMIN: _YES, _AUDITOR: _YES},
    Power.TOTALS: {_ADMIN: _YES, _COORDINATOR: _YES, _AUDITOR: _YES},
}
"""An administrator runs the system and cannot hear callers: no role has every power."""


@dataclass(frozen=True)
class Anybody:
    """Open without a sign-in."""


@dataclass(frozen=True)
class HalfWay:
    """Open to whoever showed the right password, and to whoever is signed in."""


@dataclass(frozen=True)
class Needs:
    """Open to those whose role has this power."""

    power: Power
    fresh: bool = False
    """Whether they must have proved who they are within the last minutes."""
    passive: bool = False
    """A page asks for it by itself, so it does not keep a session alive."""
    largest_body: int | None = None
    """In bytes, where something is uploaded; else the 64 KiB that hold for every request."""
    keeps_words: bool = False
    """What was typed is kept as a draft if the session ran out meanwhile."""


Door: TypeAlias = Anybody | HalfWay | Needs

ROUTES: Mapping[str, Door] = {
    "console.static": Anybody(),
    "console.language": Anybody(),
    "console.sign_in": Anybody(),
    "console.sign_in_by_password": Anybody(),
    "console.passkey_question": Anybody(),
    "console.sign_in_by_passkey": Anybody(),
    "console.code": HalfWay(),
    "console.sign_in_by_code": HalfWay(),
    "console.enrol": HalfWay(),
    "console.enrol_code": HalfWay(),
    "console.new_passkey_question": HalfWay(),
    "console.add_passkey": HalfWay(),
    "console.sign_out": HalfWay(),
    "console.home": Needs(Power.OWN_ACCOUNT),
    "console.confirm": Needs(Power.OWN_ACCOUNT),
    "console.confirm_password": Needs(Power.OWN_ACCOUNT),
    "console.account": Needs(Power.OWN_ACCOUNT),
    "console.end_session": Needs(Power.OWN_ACCOUNT),
    "console.end_all_sessions": Needs(Power.OWN_ACCOUNT),
    "console.password": Needs(Power.OWN_ACCOUNT, fresh=True),
    "console.change_password": Needs(Power.OWN_ACCOUNT, fresh=True),
    "console.remove_passkey": Needs(Power.OWN_ACCOUNT, fresh=True),
    "console.board": Needs(Power.BOARD),
    "console.board_now": Needs(Power.BOARD, passive=True),
    "console.board_news": Needs(Power.BOARD, passive=True),
    "console.audit": Needs(Power.AUDIT),
    "console.messages": Needs(Power.MESSAGES),
    "console.message": Needs(Power.MESSAGES),
    "console.message_sound": Needs(Power.MESSAGES),
    "console.claim_message": Needs(Power.MESSAGES),
    "console.release_message": Needs(Power.MESSAGES),
    "console.hear_message": Needs(Power.MESSAGES),
    "console.finish_message": Needs(Power.MESSAGES),
    "console.pass_message_on": Needs(Power.MESSAGES),
    "console.note_message": Needs(Power.NOTES, keeps_words=True),
    "console.keep_draft": Needs(Power.NOTES, keeps_words=True),
    "console.call_caller_back": Needs(Power.CALLERS_NUMBER),
    "console.message_number": Needs(Power.CALLERS_NUMBER, fresh=True),
    "console.reveal_message_number": Needs(Power.CALLERS_NUMBER, fresh=True),
    "console.callbacks": Needs(Power.CALLERS_NUMBER),
    "console.callback": Needs(Power.CALLERS_NUMBER),
    "console.claim_callback": Needs(Power.CALLERS_NUMBER),
    "console.release_callback": Needs(Power.CALLERS_NUMBER),
    "console.call_now": Needs(Power.CALLERS_NUMBER),
    "console.put_callback_off": Needs(Power.CALLERS_NUMBER),
    "console.give_callback_up": Needs(Power.CALLERS_NUMBER),
    "console.callback_number": Needs(Power.CALLERS_NUMBER, fresh=True),
    "console.reveal_callback_number": Needs(Power.CALLERS_NUMBER, fresh=True),
}

OTHER_DOORS: Mapping[str, str] = {
    "webhooks": "the carrier signs every request",
    "health": "says nothing about anybody; /metrics answers this host only",
    "demo": "there in the demo alone, which serves this machine only",
}
"""Blueprints that are not pages of the console, and what guards them instead."""


def right_to(role: Role, power: Power) -> Right | None:
    """How far this role's power goes, if they have it."""
    return RIGHTS[power].get(role)


def may_open(role: Role, endpoint: str) -> bool:
    """Whether somebody with this role can open this page at all."""
    match ROUTES.get(endpoint):
        case None:
            return False
        case Anybody() | HalfWay():
            return True
        case Needs(power=power):
            return right_to(role, power) is not None
