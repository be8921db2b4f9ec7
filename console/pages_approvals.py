"""Pages: what waits for a second person to agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from console import accounts, approvals, sessions, stories, visitors, words
from console.approvals import Request
from console.desk import Desk
from console.pages import show
from console.visitors import Visitor
from console.words import later, say
from models.calls import call_log
from models.calls.call_log import Sought
from models.core.database import Session
from models.people import people

_OVER = later("This request is over, or is not yours to decide.")
_NAME_TAKEN = later("Somebody else has this name by now, so nothing was changed.")


@dataclass(frozen=True)
class Shown:
    """A request in words."""

    request: Request
    title: str
    details: tuple[tuple[str, str], ...]
    is_lonely: bool
    """Nobody else could agree to it."""


def add(console: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @console.get("/approvals", endpoint="approvals")
    def approvals_page() -> AnyResponse:
        visitor = visitors.current()
        with desk.database.reading() as session:
            found = approvals.standing(session, visitor, desk.clock())
            shown = [
                Shown(
                    each,
                    _title(each),
                    tuple(_details(desk, session, each)),
                    each.is_own and not _may_agree(session, each, visitor),
                )
                for each in found
            ]
        return show("approvals.html", shown=shown)

    @console.post("/approvals/<approval_id>/agree")
    def agree(approval_id: str) -> AnyResponse:
        visitor, now = visitors.current(), desk.clock()
        with desk.database.transaction() as session:
            agreed = approvals.agree(session, visitor, approval_id, now)
            notice = None if agreed else _OVER
            if agreed and agreed.kind == approvals.RESET:
                accounts.reset(session, visitor, agreed, now)
            if agreed and agreed.kind == approvals.ROLE:
                done = accounts.grant_role(session, visitor, agreed, now)
                notice = None if done else _NAME_TAKEN
        return _back(desk, notice or later("Agreed."))

    @console.post("/approvals/<approval_id>/end")
    def end_approval(approval_id: str) -> AnyResponse:
        with desk.database.transaction() as session:
            done = approvals.end(session, visitors.current(), approval_id, desk.clock())
        return _back(desk, later("The request is ended.") if done else _OVER)


def _back(desk: Desk, notice: str) -> AnyResponse:
    sessions.leave_notice(desk, visitors.current(), notice)
    return redirect(url_for("console.approvals"), 303)


def _may_agree(session: Session, request: Request, visitor: Visitor) -> bool:
    lost = request.facts["user"] if request.kind == approvals.RESET else None
    return approvals.may_agree(session, request.kind, visitor, but_not=lost)


def _title(request: Request) -> str:
    if request.kind == approvals.CALLS_EXPORT:
        return say("Export of the call log")
    if request.kind == approvals.RESET:
        return say("A new start for %(name)s, who lost the way in", name=request.facts["name"])
    if request.facts.get("user"):
        return say("Another role for %(name)s", name=request.facts["name"])
    return say("A new user: %(name)s", name=request.facts["name"])


def _details(desk: Desk, session: Session, request: Request) -> Iterator[tuple[str, str]]:
    if request.kind in (approvals.ROLE, approvals.RESET):
        role = request.facts["role"]
        yield say("Role"), say(words.ROLES[role])
        person = people.with_id(session, request.facts.get("person") or "")
        if person:
            yield say("Person on the roster"), people.name_of(session, person)
        return
    sought = Sought.from_facts(request.facts["sought"])
    yield say("Calls"), str(call_log.count(session, sought))
    yield say("Why"), request.facts["why"]
    yield from _filters(desk, session, sought)


def _filters(desk: Desk, session: Session, sought: Sought) -> Iterator[tuple[str, str]]:
    if sought.since or sought.until:
        yield say("When"), _times(desk, sought.since, sought.until)
    if sought.language:
        yield say("Language"), words.language_name(desk, sought.language)
    if sought.need:
        yield say("Need"), words.need_name(sought.need)
    if sought.outcome:
        yield say("Outcome"), say(stories.OUTCOMES[sought.outcome])
    if sought.answered_by:
        person = people.with_id(session, sought.answered_by)
        names = {person.id: people.name_of(session, person)} if person else {}
        yield say("Answered by"), stories.name_of(sought.answered_by, names)
    if sought.partner:
        partners = {each.id: each.name for each in people.every_partner(session)}
        yield say("Partner"), partners.get(sought.partner, "-")


def _times(desk: Desk, since: datetime | None, until: datetime | None) -> str:
    clock = words.clock(desk)
    begins = clock.at(since) if since else say("the beginning")
    return f"{begins} - {clock.at(until) if until else say('now')}"
