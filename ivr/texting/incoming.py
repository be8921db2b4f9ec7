"""Takes in each incoming text once: does what it asks, or keeps it for the coordinators."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import assert_never

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.dialogue import phone_numbers, text_grammar
from ivr.dialogue.text_grammar import Act, Command
from ivr.responders import sms, staff_wording
from ivr.search import item_commands
from ivr.texting import duty_texts, swap_texts
from models.casework import incoming_texts
from models.casework.incoming_texts import IncomingText, Reply
from models.core.base import new_id
from models.people import people
from models.people.people import Person

CALLS_ONLY = "texts.calls_only"
"""Our one answer to a phone that is nobody's, in two languages at once."""
ANSWER_AGAIN_AFTER = timedelta(hours=1)
"""A phone that answers by itself must not make us answer without end."""
ANSWER_STRANGERS_AGAIN_AFTER = timedelta(hours=24)
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
LONGEST_KEPT = 1600
"""Of a text, as many signs are kept as the carrier puts into one."""


@dataclass(frozen=True)
class Incoming:
    """A text as the carrier delivers it."""

    sid: str
    """By which a repeated delivery is known; one that is not valid counts as none."""
    sender: str = field(repr=False)
    body: str = field(repr=False)
    opt_out_type: str = ""
    """STOP, START or HELP if the carrier has read it as that and answered it itself."""


def hear(app: AppContext, text: Incoming) -> Reply | None:
    """The reply to a text, if any. A repeated delivery gets the same and changes nothing."""
    number = phone_numbers.shown_number(text.sender) or ""
    with app.transaction() as unit:
        session = unit.session
        person = people.with_phone(session, number) if number else None
        row = IncomingText(sid=text.sid if _SID.fullmatch(text.sid) else new_id(), at=unit.now)
        if person:
            row.person_id = person.id
        else:
            row.number_mark = incoming_texts.mark_of(session, number or text.sender)
        if incoming_texts.take_in(session, row) is None:
            first = incoming_texts.with_sid(session, row.sid)
            return incoming_texts.reply_to(session, first) if first else None
        reply = _heard(unit, row, text, person, number)
        incoming_texts.answer(session, row, reply)
        return reply


def _heard(
    unit: UnitOfWork, row: IncomingText, text: Incoming, person: Person | None, number: str
) -> Reply | None:
    command = _command(unit, text, person)
    is_muted = bool(number) and people.has_opted_out(unit.session, number)
    if command and number and (command.act is Act.STOP or (is_muted and _starts(command))):
        return _stop_or_start(unit, command, person, number)
    if person is None:
        return _for_a_stranger(unit, row, command, is_muted=is_muted)
    if command and command.act is Act.START:
        sms.opt_in(unit, number)
        return None
    reply = _done(unit, person, command) if command and not is_muted else None
    if reply is not None:
        return reply
    if text.opt_out_type == "HELP":
        return None
    return _for_the_coordinators(unit, row, text, person, is_muted=is_muted)


def _command(unit: UnitOfWork, text: Incoming, person: Person | None) -> Command | None:
    """What the text asks for; the carrier's own reading of stop and start comes first."""
    own = staff_wording.language_of(unit, person) if person else "en"
    known = unit.app.shipped_prompts.languages.values()
    command = text_grammar.command_in(text.body, known, own)
    match text.opt_out_type:
        case "STOP":
            return Command(Act.STOP, carrier_answers=True)
        case "START" if command is None or command.act is not Act.YES:
            return Command(Act.START, carrier_answers=True)
    return command


def _starts(command: Command) -> bool:
    """Whether it lets texts in again; YES is also the carrier's word for that."""
    return command.act is Act.START or (command.act is Act.YES and command.carrier_answers)


def _stop_or_start(
    unit: UnitOfWork, command: Command, person: Person | None, number: str
) -> Reply | None:
    if command.act is not Act.STOP:
        sms.opt_in(unit, number)
        return _done(unit, person, command) if person and command.act is Act.YES else None
    is_new = sms.opt_out(unit, person, number)
    return Reply(command.language, "texts.opted_out") if is_new and _is_ours(command) else None


def _is_ours(command: Command) -> bool:
    return not command.carrier_answers


def _for_a_stranger(
    unit: UnitOfWork, row: IncomingText, command: Command | None, *, is_muted: bool
) -> Reply | None:
    """One neutral answer a day, whatever the text says."""
    since = unit.now - ANSWER_STRANGERS_AGAIN_AFTER
    mark = row.number_mark or ""
    if is_muted or (command and command.act is Act.START):
        return None
    if incoming_texts.was_answered_since(unit.session, mark, since, but=row.sid):
        return None
    return Reply("en", CALLS_ONLY)


def _done(unit: UnitOfWork, person: Person, command: Command) -> Reply | None:
    """Do what a registered phone asks. None: it answers nothing that we asked."""
    hours, act = command.number, command.act
    if act in (Act.ON, Act.OFF, Act.SURGE_ON) and not duty_texts.is_possible(hours):
        return staff_wording.reply(unit, person, "texts.hours_wrong")
    match act:
        case Act.ON:
            return duty_texts.go_on(unit, person, hours)
        case Act.OFF:
            return duty_texts.go_off(unit, person, hours)
        case Act.SURGE_ON | Act.SURGE_OFF:
            return duty_texts.turn_surge(unit, person, hours, on=act is Act.SURGE_ON)
        case Act.WHO:
            return duty_texts.who(unit, person)
        case Act.MINE:
            return duty_texts.mine(unit, person)
        case Act.SWAP:
            return swap_texts.swap(unit, person)
        case Act.YES:
            return swap_texts.yes(unit, person, command.number)
        case Act.NO:
            return swap_texts.no(unit, person, command.number)
        case Act.TAKE:
            return item_commands.take(unit, person, command.number or 0)
        case Act.DONE:
            return item_commands.close(unit, person, command.number or 0)
        case Act.HELP:
            return staff_wording.reply(unit, person, "texts.help")
        case Act.STOP | Act.START:
            return None
        case _:
            assert_never(act)


def _for_the_coordinators(
    unit: UnitOfWork, row: IncomingText, text: Incoming, person: Person, *, is_muted: bool
) -> Reply | None:
    """Keep the text for people to read, and say so, at most once an hour."""
    session = unit.session
    incoming_texts.keep_words(session, row, text.body.strip()[:LONGEST_KEPT] or "-")
    about = f"texts in:{unit.now:%Y-%m-%dT%H}"
    address = {"address": unit.app.site.page_of_texts}
    tell_coordinators(session, about, "texts.inbox_waiting", address, unit.now)
    since = unit.now - ANSWER_AGAIN_AFTER
    if is_muted or incoming_texts.was_kept_since(session, person.id, since, but=row.sid):
        return None
    return staff_wording.reply(unit, person, "texts.inbox")
