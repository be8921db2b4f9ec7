"""Users of the console: added, given a role or a new start by two people, invited, locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from console.auth import passwords, rate_limits, sign_in
from console.auth.sign_in import Browser
from console.base.current_user import Visitor
from console.web import two_person_rule
from ivr.core.context import AppContext
from models.core import slow_hash
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.staff import api_tokens, approvals, audit, invitations, staff_sessions, users
from models.staff.approvals import Approval, ApprovalState
from models.staff.audit import Deed
from models.staff.users import Role, User

LONGEST_NAME = 80


class Trouble(Enum):
    """Why something is not done."""

    NO_NAME = auto()
    NAME_TAKEN = auto()
    PERSON_TAKEN = auto()
    NOBODY_TO_AGREE = auto()
    SAME_ROLE = auto()
    LAST_ADMIN = auto()
    ONESELF = auto()
    OWN_SIGN_IN = auto()
    INVITED = auto()


@dataclass(frozen=True)
class Newcomer:
    """Who is to be let in."""

    name: str
    role: Role
    person: str | None
    """Their id on the roster, if they are on it."""


def ask_for_user(app: AppContext, visitor: Visitor, new: Newcomer) -> Trouble | None:
    """Ask another administrator to let somebody in: until then there is no such user."""
    with app.database.transaction() as session:
        trouble = _trouble_with(session, visitor, new)
        if trouble is None:
            facts = {"user": None, "name": new.name, "role": new.role, "person": new.person}
            two_person_rule.ask(session, visitor, two_person_rule.ROLE, facts, app.clock())
        return trouble


def _trouble_with(session: Session, visitor: Visitor, new: Newcomer) -> Trouble | None:
    if not 0 < len(new.name) <= LONGEST_NAME:
        return Trouble.NO_NAME
    if users.named(session, new.name):
        return Trouble.NAME_TAKEN
    if new.person and not _is_free(session, new.person):
        return Trouble.PERSON_TAKEN
    return _lonely(session, visitor)


def _is_free(session: Session, person_id: str) -> bool:
    person = people.with_id(session, person_id)
    return person is not None and users.of_person(session, person_id) is None


def _lonely(session: Session, visitor: Visitor, about: str | None = None) -> Trouble | None:
    """Two administrators grant a role; for a lone one, the command line is the second."""
    can_be = two_person_rule.may_agree(session, two_person_rule.ROLE, visitor, but_not=about)
    return None if can_be else Trouble.NOBODY_TO_AGREE


def ask_for_role(app: AppContext, visitor: Visitor, user_id: str, role: Role) -> Trouble | None:
    """Ask another administrator to give a user another role."""
    with app.database.transaction() as session:
        user = users.held(session, user_id)
        if user.role == role:
            return Trouble.SAME_ROLE
        if _is_last_admin(session, user):
            return Trouble.LAST_ADMIN
        trouble = _lonely(session, visitor)
        if trouble is None:
            name = users.name_of(session, user)
            facts = {"user": user.id, "name": name, "role": role, "person": None}
            two_person_rule.ask(session, visitor, two_person_rule.ROLE, facts, app.clock())
        return trouble


def ask_for_reset(app: AppContext, visitor: Visitor, user_id: str) -> Trouble | None:
    """Ask another administrator to reset the sign-in of somebody who lost theirs."""
    with app.database.transaction() as session:
        user = users.held(session, user_id)
        if user.id == visitor.user_id:
            return Trouble.OWN_SIGN_IN
        if user.invited:
            return Trouble.INVITED
        trouble = _lonely(session, visitor, about=user.id)
        if trouble is None:
            facts = {"user": user.id, "name": users.name_of(session, user), "role": user.role}
            two_person_rule.ask(session, visitor, two_person_rule.RESET, facts, app.clock())
        return trouble


def reset(session: Session, visitor: Visitor, agreed: Approval, now: datetime) -> None:
    """Do what was agreed to: out everywhere, and only a new one-time code lets them in."""
    agreed.state = ApprovalState.DONE
    user = users.held(session, approvals.facts_of(session, agreed)["user"])
    entry = start_over(session, user, slow_hash.NOBODYS, now)
    user.invited = True
    audit.write(session, visitor.user_id, entry, now)


def start_over(session: Session, user: User, password_hash: str, now: datetime) -> Deed:
    """Nothing that somebody signed in with before is of use any more; what is to be audited."""
    users.start_over(session, user, password_hash)
    invitations.spend(session, user.id)
    return Deed("sign-in reset", f"user {user.id}", after=_shut_out(session, user, now))


def grant_role(session: Session, visitor: Visitor, agreed: Approval, now: datetime) -> bool:
    """Do what was agreed to; False, and nothing changes, when it cannot be done any more."""
    facts = approvals.facts_of(session, agreed)
    agreed.state = ApprovalState.DONE
    role = Role(facts["role"])
    if facts["user"] is None:
        return _let_in(session, visitor, Newcomer(facts["name"], role, facts["person"]), now)
    user = users.held(session, facts["user"])
    if _is_last_admin(session, user):
        return False
    before, user.role = user.role, role
    entry = Deed("role granted", f"user {user.id}", before={"role": before}, after={"role": role})
    audit.write(session, visitor.user_id, entry, now)
    return True


def _let_in(session: Session, visitor: Visitor, new: Newcomer, now: datetime) -> bool:
    if users.named(session, new.name) or (new.person and not _is_free(session, new.person)):
        return False
    user = users.add(
        session, name=new.name, role=new.role, password_hash=slow_hash.NOBODYS, now=now,
        person_id=new.person,
    )  # fmt: skip
    user.invited = True
    told = {"name": new.name, "role": new.role, "person": new.person}
    audit.write(session, visitor.user_id, Deed("user added", f"user {user.id}", after=told), now)
    return True


def invite(app: AppContext, visitor: Visitor, user_id: str) -> str | None:
    """A one-time code for somebody who has no password yet; shown once and kept nowhere."""
    code, now = passwords.made_up(), app.clock()
    with app.database.transaction() as session:
        user = users.held(session, user_id)
        if not user.invited or user.disabled:
            return None
        invitations.write(session, user.id, code, now)
        audit.write(session, visitor.user_id, Deed("user invited", f"user {user.id}"), now)
    return code


def join(app: AppContext, name: str, code: str, password: str, browser: Browser) -> str | None:
    """A new user's own password in the place of their code; a token for the sign-in goes on.

    The code is fast to compare, so only a right one costs a slow hash. Raises `slow_hash.Busy`.
    """
    now = app.clock()
    with app.database.reading() as session:
        account, user = users.mark_of(session, name), users.named(session, name)
        if not rate_limits.may_try(session, account, browser.network, now):
            return None
        fits = user is not None and _may_join(session, user, code, now)
    stored = passwords.hash_of(password) if fits else slow_hash.NOBODYS
    with app.database.transaction() as session:
        held = users.held(session, user.id) if user else None
        if held is None or not fits or not _may_join(session, held, code, now):
            rate_limits.was_wrong(session, account, browser.network, held, now)
            return None
        held.password_hash, held.invited = stored, False
        invitations.spend(session, held.id)
        audit.write(session, held.id, Deed("user joined", f"user {held.id}"), now)
        return sign_in.enter_half(app, session, held, browser, now)


def _may_join(session: Session, user: User, code: str, now: datetime) -> bool:
    is_open = user.invited and not user.disabled and not rate_limits.is_locked(user)
    return is_open and invitations.holds(session, user.id, code, now)


def link(app: AppContext, visitor: Visitor, user_id: str, person_id: str | None) -> Trouble | None:
    """Say who on the roster a user is, or that they are nobody there."""
    now = app.clock()
    with app.database.transaction() as session:
        user = users.held(session, user_id)
        if person_id and person_id != user.person_id and not _is_free(session, person_id):
            return Trouble.PERSON_TAKEN
        before, user.person_id = user.person_id, person_id
        entry = Deed("user linked", f"user {user.id}", {"person": before}, {"person": person_id})
        audit.write(session, visitor.user_id, entry, now)
        return None


def lock(app: AppContext, visitor: Visitor, user_id: str) -> Trouble | None:
    """Out at once, everywhere."""
    now = app.clock()
    with app.database.transaction() as session:
        user = users.held(session, user_id)
        if user.id == visitor.user_id:
            return Trouble.ONESELF
        if _is_last_admin(session, user):
            return Trouble.LAST_ADMIN
        user.disabled, user.left_at = True, now
        entry = Deed("user locked", f"user {user.id}", after=_shut_out(session, user, now))
        audit.write(session, visitor.user_id, entry, now)
        return None


def _shut_out(session: Session, user: User, now: datetime) -> dict[str, int]:
    return {
        "sessions ended": staff_sessions.end(session, user.id, now),
        "tokens revoked": api_tokens.revoke_all(session, now, user.id),
    }


def unlock(app: AppContext, visitor: Visitor, user_id: str) -> None:
    """Let somebody sign in again, also after a hundred wrong tries."""
    now = app.clock()
    with app.database.transaction() as session:
        user = users.held(session, user_id)
        before = {"locked": user.disabled, "wrong tries": user.wrong_tries}
        user.disabled, user.left_at, user.wrong_tries = False, None, 0
        entry = Deed("user unlocked", f"user {user.id}", before=before)
        audit.write(session, visitor.user_id, entry, now)


def end_sessions(app: AppContext, visitor: Visitor, user_id: str) -> int:
    """Sign somebody out everywhere; says from how many browsers."""
    now = app.clock()
    with app.database.transaction() as session:
        ended = staff_sessions.end(session, user_id, now)
        entry = Deed("sessions ended", f"user {user_id}", after={"ended": ended})
        audit.write(session, visitor.user_id, entry, now)
        return ended


def _is_last_admin(session: Session, user: User) -> bool:
    """The line must not be left without anybody who runs it."""
    if user.role != Role.ADMIN or user.disabled:
        return False
    others = (each for each in users.all_of_them(session) if each.id != user.id)
    return not any(each.role == Role.ADMIN and not each.disabled for each in others)


def unlinked(session: Session) -> list[Person]:
    """People of the roster who are no user yet."""
    taken = {user.person_id for user in users.all_of_them(session)}
    return [person for person in people.everybody(session) if person.id not in taken]
