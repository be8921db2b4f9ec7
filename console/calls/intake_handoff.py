"""One caller's intake as a file for another office: two people agree, and it is given once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from console.base import i18n
from console.base.current_user import Visitor
from console.base.permissions import Power, Right
from console.calls import queries
from console.web import two_person_rule
from ivr.core.context import AppContext
from ivr.dialogue import phone_numbers
from models.calls import call_log, calls, notes
from models.calls.calls import Call
from models.core import csv_safety
from models.core.database import Session
from models.staff import audit
from models.staff.audit import Deed
from routing import needs
from routing.needs import UNKNOWN
from routing.reporting import intakes
from routing.reporting.intakes import TABLES, Form, Intake


@dataclass(frozen=True)
class Wanted:
    """What is asked for, as the second person reads it."""

    call: str
    form: Form
    to: str
    """The office that gets it."""
    why: str
    with_number: bool


@dataclass(frozen=True)
class File:
    """The file, which is kept nowhere."""

    name: str
    content: str


def may_ask(visitor: Visitor) -> bool:
    """Whether this visitor may ask for such a file."""
    return visitor.right_to(Power.EXPORT) is Right.TWO


def may_have_number(visitor: Visitor) -> bool:
    """Whether this visitor may learn a caller's number, with a reason."""
    return visitor.right_to(Power.CALLERS_NUMBER) is Right.REVEAL


def ask(app: AppContext, visitor: Visitor, wanted: Wanted) -> bool:
    """Somebody else must agree before there is a file; False if the call is not there."""
    with app.database.transaction() as session:
        call = call_log.with_id(session, wanted.call)
        if call is None or not queries.is_theirs(session, visitor, call):
            return False
        with_number = wanted.with_number and may_have_number(visitor)
        facts = asdict(replace(wanted, with_number=with_number))
        two_person_rule.ask(session, visitor, two_person_rule.INTAKE, facts, app.clock())
    return True


def take(app: AppContext, visitor: Visitor, approval_id: str) -> File | None:
    """The file that was agreed to; from now on the approval is spent. None if there is none."""
    now = app.clock()
    with app.database.transaction() as session:
        kind = two_person_rule.INTAKE
        facts = two_person_rule.use(session, visitor, approval_id, kind, now)
        call = call_log.with_id(session, facts["call"]) if facts else None
        if facts is None or call is None:
            return None
        with_number = facts["with_number"] and may_have_number(visitor)
        file = _file(_intake(session, app, call, with_number=with_number), Form(facts["form"]))
        told = {"form": facts["form"], "to": facts["to"], "number": with_number}
        deed = Deed("intake handed off", f"call {call.id}", after=told | {"why": facts["why"]})
        audit.write(session, visitor.user_id, deed, now)
    return file


def _intake(session: Session, app: AppContext, call: Call, *, with_number: bool) -> Intake:
    number = calls.keyed_number(session, call) or calls.number_of(session, call)
    return Intake(
        call=call.id,
        pseudonym=call.pseudonym,
        day=call.started_at.astimezone(i18n.zone(app)).date(),
        language=app.shipped_prompts.text("en", f"languages.{call.spoken}"),
        second_language=_language(app, call.second),
        need=needs.of(call.need or UNKNOWN).label,
        phone=phone_numbers.dialled_here(number) if with_number and number else "",
        may_leave_message=call.may_leave_message,
        is_detained=call.facility is not None,
        notes=tuple(
            notes.words_of(session, note)
            for note in notes.of_calls(session, [call.id])
            if not note.privileged
        ),
    )


def _language(app: AppContext, code: str | None) -> str:
    return app.shipped_prompts.text("en", f"languages.{code}") if code else ""


def _file(intake: Intake, form: Form) -> File:
    name = f"intake-{form}"
    if form is Form.JSON:
        told = json.dumps(intakes.as_data(intake), ensure_ascii=False, indent=2)
        return File(f"{name}.json", told + "\n")
    fields = TABLES[form](intake)
    table = csv_safety.as_csv(list(fields), [list(fields.values())])
    return File(f"{name}.csv", table)
