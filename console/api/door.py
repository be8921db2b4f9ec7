"""Who asks: a token, or somebody who is signed in on a page of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import g, request

from console.api import problems, scopes, token_actions
from console.api.call_rate import CallRate
from console.api.scopes import Scope
from console.api.token_actions import Shown
from console.auth import cookies, guard, rate_limits, sessions
from console.base.current_user import Visitor
from console.web.sign_in_request import browser
from ivr.core.context import AppContext

_BEARER = "bearer "


@dataclass(frozen=True)
class Caller:
    """Who asks, for what they may ask, and through which token if through one."""

    visitor: Visitor
    scopes: frozenset[Scope]
    shown: Shown | None

    @property
    def ends_at(self) -> datetime | None:
        """When the token ends."""
        return self.shown.ends_at if self.shown else None


def enter(app: AppContext, rate: CallRate, scope: Scope | None) -> Caller:
    """Let somebody in for one request; raises Problem."""
    found = _by_token(app) if "Authorization" in request.headers else _by_session(app)
    key = found.shown.token_id if found.shown else found.visitor.session_id
    if wait := rate.must_wait(key, app.clock()):
        raise problems.too_many(wait)
    if scope is not None and scope not in found.scopes:
        raise problems.no_scope(scope)
    g.visitor = found.visitor
    return found


def _by_token(app: AppContext) -> Caller:
    given = request.headers["Authorization"]
    if not given.lower().startswith(_BEARER):
        raise problems.no_token()
    try:
        shown = token_actions.look_up(app, given[len(_BEARER) :].strip(), browser().network)
    except rate_limits.TooMany:
        raise problems.too_many(rate_limits.REST) from None
    if shown is None:
        raise problems.no_token()
    return Caller(shown.visitor, shown.scopes, shown)


def _by_session(app: AppContext) -> Caller:
    """A page of ours; what changes something must come from it, as with every form."""
    cookie = request.cookies.get(cookies.name(app))
    visitor = sessions.visitor(app, cookie) if cookie else None
    if visitor is None or not visitor.is_in:
        raise problems.no_token()
    if request.method not in guard.SAFE:
        guard.check_origin(app)
    return Caller(visitor, frozenset(scopes.open_to(visitor)), None)
