"""THE access table: what each role may do, and what each page needs.

A page whose endpoint is not in `ROUTES` is open to nobody. `console.auth.guard` asks here before
every view, so no view can forget to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from models.staff.users import Role


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
    PROMPTS = "what callers hear: write, record, review"
    LINE = "what goes live, languages, announcements, surge, panic lock and purge"


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
    Power.PROMPTS: {_ADMIN: _YES, _COORDINATOR: _YES, _TRANSLATOR: _OWN},
    Power.LINE: {_ADMIN: _YES, _COORDINATOR: _YES},
}
"""An administrator runs the system and cannot hear callers: no role has every power."""


@dataclass(frozen=True)
class Anybody:
    """Open without a sign-in."""

    is_same_for_all: bool = False
    """Nobody is looked up for it, so it is shown while the database is away too."""


@dataclass(frozen=True)
class HalfWay:
    """Open to users who showed the right password, and to those who are signed in."""


@dataclass(frozen=True)
class Needs:
    """Open to those whose role has this power."""

    power: Power
    whole: bool = False
    """Whether the power over what is their own is not enough."""
    fresh: bool = False
    """Whether they must have proved who they are within the last minutes."""
    passive: bool = False
    """A page asks for it by itself, so it does not keep a session alive."""
    largest_body: int | None = None
    """In bytes, where something is uploaded; else the 64 KiB that hold for every request."""
    keeps_words: bool = False
    """What was typed is kept as a draft if the session ran out meanwhile."""

    def admits(self, role: Role) -> bool:
        """Whether somebody with this role may come in."""
        right = right_to(role, self.power)
        return right is not None and not (self.whole and right is Right.OWN)


Door: TypeAlias = Anybody | HalfWay | Needs

ROUTES: Mapping[str, Door] = {
    "console.static": Anybody(),
    "console.language": Anybody(),
    "console.public_status": Anybody(is_same_for_all=True),
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
    "console.choose_own_language": Needs(Power.OWN_ACCOUNT),
    "console.choose_own_mail": Needs(Power.OWN_ACCOUNT),
    "console.turn_on_browser": Needs(Power.OWN_ACCOUNT),
    "console.turn_off_browser": Needs(Power.OWN_ACCOUNT),
    "console.end_session": Needs(Power.OWN_ACCOUNT),
    "console.end_all_sessions": Needs(Power.OWN_ACCOUNT),
    "console.password": Needs(Power.OWN_ACCOUNT, fresh=True),
    "console.change_password": Needs(Power.OWN_ACCOUNT, fresh=True),
    "console.remove_passkey": Needs(Power.OWN_ACCOUNT, fresh=True),
    "console.tokens": Needs(Power.OWN_ACCOUNT),
    "console.make_token": Needs(Power.OWN_ACCOUNT, fresh=True),
    "console.revoke_token": Needs(Power.OWN_ACCOUNT),
    "console.api_page": Needs(Power.OWN_ACCOUNT),
    "console.styles": Needs(Power.OWN_ACCOUNT),
    "console.board": Needs(Power.BOARD),
    "console.board_now": Needs(Power.BOARD, passive=True),
    "console.board_news": Needs(Power.BOARD, passive=True),
    "console.take_caller": Needs(Power.ANSWER),
    "console.audit": Needs(Power.AUDIT),
    "console.schedule": Needs(Power.SCHEDULE),
    "console.schedule_change": Needs(Power.SCHEDULE, whole=True),
    "console.change_schedule": Needs(Power.SCHEDULE, whole=True),
    "console.undo_schedule_change": Needs(Power.SCHEDULE, whole=True),
    "console.schedule_rules": Needs(Power.SCHEDULE, whole=True),
    "console.schedule_shift": Needs(Power.SCHEDULE, whole=True),
    "console.schedule_who": Needs(Power.SCHEDULE, whole=True),
    "console.shifts": Needs(Power.SCHEDULE),
    "console.confirm_shift": Needs(Power.SCHEDULE),
    "console.offer_form": Needs(Power.SCHEDULE),
    "console.offer_shift": Needs(Power.SCHEDULE),
    "console.withdraw_offer": Needs(Power.SCHEDULE),
    "console.take_shift": Needs(Power.SCHEDULE),
    "console.assign_shift": Needs(Power.SCHEDULE),
    "console.put_in": Needs(Power.SCHEDULE),
    "console.approve_shift": Needs(Power.SCHEDULE),
    "console.refuse_shift": Needs(Power.SCHEDULE),
    "console.hole_form": Needs(Power.SCHEDULE),
    "console.fill_hole": Needs(Power.SCHEDULE),
    "console.time_off": Needs(Power.SCHEDULE),
    "console.take_time_off": Needs(Power.SCHEDULE),
    "console.end_time_off": Needs(Power.SCHEDULE),
    "console.off_duty": Needs(Power.SCHEDULE),
    "console.go_off_duty": Needs(Power.SCHEDULE),
    "console.make_feed": Needs(Power.SCHEDULE),
    "console.revoke_feed": Needs(Power.SCHEDULE),
    "console.calendar": Anybody(),
    "console.calls": Needs(Power.BOARD),
    "console.call": Needs(Power.BOARD),
    "console.save_wrap_up": Needs(Power.NOTES, keeps_words=True),
    "console.save_caller_language": Needs(Power.NOTES),
    "console.set_call_again": Needs(Power.NOTES),
    "console.language_sound": Needs(Power.BOARD),
    "console.keep_call_draft": Needs(Power.NOTES, keeps_words=True),
    "console.follow_ups": Needs(Power.NOTES),
    "console.finish_follow_up": Needs(Power.NOTES),
    "console.ask_for_export": Needs(Power.EXPORT),
    "console.download_calls": Needs(Power.EXPORT, fresh=True),
    "console.ask_for_intake": Needs(Power.EXPORT),
    "console.download_intake": Needs(Power.EXPORT, fresh=True),
    "console.approvals": Needs(Power.EXPORT, fresh=True),
    "console.agree": Needs(Power.EXPORT, fresh=True),
    "console.end_approval": Needs(Power.EXPORT),
    "console.people": Needs(Power.SCHEDULE),
    "console.new_person": Needs(Power.SCHEDULE),
    "console.add_person": Needs(Power.SCHEDULE),
    "console.person": Needs(Power.SCHEDULE),
    "console.edit_person": Needs(Power.SCHEDULE),
    "console.change_person": Needs(Power.SCHEDULE),
    "console.pause_person": Needs(Power.SCHEDULE),
    "console.resume_person": Needs(Power.SCHEDULE),
    "console.retire_person": Needs(Power.SCHEDULE),
    "console.bring_person_back": Needs(Power.SCHEDULE),
    "console.number_is_checked": Needs(Power.SCHEDULE),
    "console.try_texts": Needs(Power.SCHEDULE),
    "console.begin_tests": Needs(Power.SCHEDULE),
    "console.end_tests": Needs(Power.SCHEDULE),
    "console.set_pin": Needs(Power.SCHEDULE),
    "console.enter_number": Needs(Power.SCHEDULE),
    "console.enter_code": Needs(Power.SCHEDULE),
    "console.withdraw_number": Needs(Power.SCHEDULE),
    "console.persons_number": Needs(Power.RESPONDERS_PHONE, fresh=True),
    "console.reveal_number": Needs(Power.RESPONDERS_PHONE, fresh=True),
    "console.partners": Needs(Power.SCHEDULE),
    "console.new_partner": Needs(Power.SCHEDULE),
    "console.add_partner": Needs(Power.SCHEDULE),
    "console.partner": Needs(Power.SCHEDULE),
    "console.change_partner": Needs(Power.SCHEDULE),
    "console.retire_partner": Needs(Power.SCHEDULE),
    "console.bring_partner_back": Needs(Power.SCHEDULE),
    "console.facilities": Needs(Power.SCHEDULE),
    "console.new_facility": Needs(Power.SCHEDULE),
    "console.add_facility": Needs(Power.SCHEDULE),
    "console.facility": Needs(Power.SCHEDULE),
    "console.change_facility": Needs(Power.SCHEDULE),
    "console.remove_facility": Needs(Power.SCHEDULE),
    "console.sent_notices": Needs(Power.SYSTEM),
    "console.try_notice": Needs(Power.SYSTEM),
    "console.setup": Needs(Power.SYSTEM),
    "console.users": Needs(Power.SYSTEM),
    "console.add_user": Needs(Power.ROLES),
    "console.user": Needs(Power.SYSTEM),
    "console.change_role": Needs(Power.ROLES),
    "console.link_user": Needs(Power.SYSTEM),
    "console.invite_user": Needs(Power.SYSTEM),
    "console.reset_user": Needs(Power.ROLES),
    "console.end_users_sessions": Needs(Power.SYSTEM),
    "console.lock_user": Needs(Power.SYSTEM),
    "console.unlock_user": Needs(Power.SYSTEM),
    "console.join": Anybody(),
    "console.join_by_code": Anybody(),
    "console.reports": Needs(Power.TOTALS),
    "console.report_table": Needs(Power.TOTALS),
    "console.staffing": Needs(Power.TOTALS),
    "console.import_file": Needs(Power.SCHEDULE, whole=True, fresh=True),
    "console.upload": Needs(Power.SCHEDULE, whole=True, fresh=True, largest_body=600_000),
    "console.import_template_csv": Needs(Power.SCHEDULE, whole=True),
    "console.import_template_xlsx": Needs(Power.SCHEDULE, whole=True),
    "console.import_preview": Needs(Power.SCHEDULE, whole=True),
    "console.import_columns": Needs(Power.SCHEDULE, whole=True),
    "console.apply_import": Needs(Power.SCHEDULE, whole=True),
    "console.prompts": Needs(Power.PROMPTS),
    "console.old_prompts_address": Needs(Power.PROMPTS),
    "console.prompt": Needs(Power.PROMPTS),
    "console.prompt_text": Needs(Power.PROMPTS),
    "console.write_prompt": Needs(Power.PROMPTS),
    "console.record_prompt": Needs(Power.PROMPTS, largest_body=6_100_000),
    "console.call_to_record": Needs(Power.PROMPTS),
    "console.recording_call": Needs(Power.PROMPTS, passive=True),
    "console.review_prompt": Needs(Power.PROMPTS),
    "console.approve_prompt": Needs(Power.LINE),
    "console.put_prompt_live": Needs(Power.LINE),
    "console.put_prompt_back": Needs(Power.LINE),
    "console.prompt_languages": Needs(Power.PROMPTS),
    "console.offer_language": Needs(Power.LINE),
    "console.announcements": Needs(Power.LINE),
    "console.announcement": Needs(Power.LINE),
    "console.announce": Needs(Power.LINE, largest_body=20_000_000),
    "console.end_announcement": Needs(Power.LINE),
    "console.unlock": Anybody(is_same_for_all=True),
    "console.panic": Needs(Power.LINE),
    "console.panic_lock": Needs(Power.LINE),
    "console.panic_purge": Needs(Power.LINE, fresh=True),
    "console.panic_purge_confirm": Needs(Power.LINE, fresh=True),
    "console.panic_purge_stop": Needs(Power.LINE),
    "console.surge": Needs(Power.LINE),
    "console.surge_on": Needs(Power.LINE),
    "console.surge_off": Needs(Power.LINE),
    "console.team_texts": Needs(Power.MESSAGES, whole=True),
    "console.finish_team_text": Needs(Power.MESSAGES, whole=True),
    "console.open_items": Needs(Power.MESSAGES),
    "console.open_item": Needs(Power.MESSAGES),
    "console.take_item": Needs(Power.MESSAGES),
    "console.close_item": Needs(Power.MESSAGES),
    "console.hand_item_over": Needs(Power.MESSAGES),
    "console.note_item": Needs(Power.NOTES, keeps_words=True),
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
    "console.item_number": Needs(Power.CALLERS_NUMBER, whole=True, fresh=True),
    "console.reveal_item_number": Needs(Power.CALLERS_NUMBER, whole=True, fresh=True),
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
    "api": "each request shows a token, or comes from a page of somebody who is signed in",
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
        case Needs() as needed:
            return needed.admits(role)
