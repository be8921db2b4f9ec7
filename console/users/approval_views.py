"""Pages: what waits for a second person to agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.users import actions
from console.web import call_words, two_person_rule
from console.web.render import go_to, show
from console.web.two_person_rule import Request
from models.calls import call_log
from models.calls.call_log import Sought
from models.core.database import Session
from models.operations import counted_calls
from models.people import people
from routing.reporting.intakes import Form

_OVER = later("This request is over, or is not yours to decide.")
_NAME_TAKEN = later("Somebody else now has this name, so nothing was changed.")


@dataclass(frozen=True)
class Shown:
    """A request in words."""

    request: Request
    title: str
    details: tuple[tuple[str, str], ...]
    is_intake: bool
    """It ends in the file of one caller, not of many calls."""
    is_lonely: bool
    """Nobody else could agree to it."""


@bp.get("/approvals")
def approvals() -> AnyResponse:
    app = context()
    visitor = current_user.current()
    with app.database.reading() as session:
        found = two_person_rule.standing(session, visitor, app.clock())
        shown = [
            Shown(
                each,
                _title(session, each),
                tuple(_details(session, each)),
                each.kind == two_person_rule.INTAKE,
                each.is_own and not _may_agree(session, each, visitor),
            )
            for each in found
        ]
    return show("users/approvals.html", shown=shown)


@bp.post("/approvals/<approval_id>/agree")
def agree(approval_id: str) -> AnyResponse:
    app = context()
    visitor, now = current_user.current(), app.clock()
    with app.database.transaction() as session:
        agreed = two_person_rule.agree(session, visitor, approval_id, now)
        notice = None if agreed else _OVER
        if agreed and agreed.kind == two_person_rule.RESET:
            actions.reset(session, visitor, agreed, now)
        if agreed and agreed.kind == two_person_rule.ROLE:
            done = actions.grant_role(session, visitor, agreed, now)
            notice = None if done else _NAME_TAKEN
    return _back(notice or later("Approved."))


@bp.post("/approvals/<approval_id>/end")
def end_approval(approval_id: str) -> AnyResponse:
    app = context()
    with app.database.transaction() as session:
        done = two_person_rule.end(session, current_user.current(), approval_id, app.clock())
    return _back(later("The request was closed.") if done else _OVER)


def _back(notice: str) -> AnyResponse:
    return go_to("console.approvals", notice)


def _may_agree(session: Session, request: Request, visitor: Visitor) -> bool:
    lost = request.facts["user"] if request.kind == two_person_rule.RESET else None
    return two_person_rule.may_agree(session, request.kind, visitor, but_not=lost)


def _title(session: Session, request: Request) -> str:
    if request.kind == two_person_rule.CALLS_EXPORT:
        return say("Export of the call log")
    if request.kind == two_person_rule.INTAKE:
        call = call_log.with_id(session, request.facts["call"])
        return say("Hand-off of %(name)s", name=call.pseudonym if call else "-")
    if request.kind == two_person_rule.RESET:
        return say("Reset of the sign-in of %(name)s", name=request.facts["name"])
    if request.facts.get("user"):
        return say("Role change for %(name)s", name=request.facts["name"])
    return say("A new user: %(name)s", name=request.facts["name"])


def _details(session: Session, request: Request) -> Iterator[tuple[str, str]]:
    if request.kind in (two_person_rule.ROLE, two_person_rule.RESET):
        role = request.facts["role"]
        yield say("Role"), say(i18n.ROLES[role])
        person = people.with_id(session, request.facts.get("person") or "")
        if person:
            yield say("Person on the roster"), people.name_of(session, person)
        return
    if request.kind == two_person_rule.INTAKE:
        yield from _hand_off(request)
        return
    sought = Sought.from_facts(request.facts["sought"])
    found = counted_calls.resolved(session, sought, context().clock())
    yield say("Calls"), str(call_log.count(session, found))
    yield say("Why"), request.facts["why"]
    yield from _filters(session, sought)


def _hand_off(request: Request) -> Iterator[tuple[str, str]]:
    facts = request.facts
    yield say("Which office gets it"), facts["to"]
    yield say("Why"), facts["why"]
    yield say("Form of the file"), say(call_words.INTAKE_FORMS[Form(facts["form"])])
    yield say("With the caller's number"), say("yes") if facts["with_number"] else say("no")


def _filters(session: Session, sought: Sought) -> Iterator[tuple[str, str]]:
    if sought.since or sought.until:
        yield say("When"), _times(sought.since, sought.until)
    if sought.language:
        yield say("Language"), i18n.language_name(context(), sought.language)
    if sought.need:
        yield say("Need"), i18n.need_name(sought.need)
    if sought.outcome:
        yield say("Outcome"), say(call_words.OUTCOMES[sought.outcome])
    if sought.fates:
        fates = (say(call_words.FATES[each]) for each in sought.fates)
        yield say("Asked for a person"), ", ".join(fates)
    if sought.answered_by:
        person = people.with_id(session, sought.answered_by)
        names = {person.id: people.name_of(session, person)} if person else {}
        yield say("Answered by"), call_words.name_of(sought.answered_by, names)
    if sought.partner:
        partners = {each.id: each.name for each in people.every_partner(session)}
        yield say("Partner"), partners.get(sought.partner, "-")


def _times(since: datetime | None, until: datetime | None) -> str:
    clock = i18n.clock(context())
    begins = clock.at(since) if since else say("the beginning")
    return f"{begins} - {clock.at(until) if until else say('now')}"
