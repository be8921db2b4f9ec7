"""The routes below /api/v1, each with what it needs, takes and gives.

The OpenAPI document is made from these declarations. Only the mount imports this module, when
somebody asks for the API: a process that answers webhooks does without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Flask, Response, g, jsonify, request
from flask_openapi3 import APIBlueprint, Info, OpenAPI
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from console.api import (
    door,
    duty_answers,
    item_answers,
    problems,
    schedule_answers,
    token_actions,
    totals_answers,
)
from console.api.api_models import (
    Duty,
    DutyChange,
    Item,
    ItemAt,
    Items,
    Me,
    NewOverride,
    Override,
    OwnDuty,
    ProblemDetails,
    Shifts,
    Stretch,
    Totals,
    TotalsQuery,
)
from console.api.call_rate import CallRate
from console.api.door import Caller
from console.api.problems import Problem
from console.api.scopes import Scope
from console.auth import guard
from console.base import url_converters
from console.base.routes import context
from ivr.core.context import AppContext
from models.core.database import Away

VERSION = "v1"
PREFIX = f"/api/{VERSION}"
LARGEST_BODY = 16 * 1024
_DESCRIPTION = (
    "The duty plan, open items and totals of the hotline, for programs of its own team. Nothing "
    "here holds a caller's number, words or pseudonym. A token acts for the user who made it, at "
    "most with the rights that their role has at that moment; it is made and revoked in the "
    "console. Times are instants (RFC 3339). Errors are problem details (RFC 9457). A token may "
    "ask 120 times a minute."
)
_TOKEN: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of the console."}
}
_ALWAYS = (401, 403, 422, 429, 503)
log = logging.getLogger("hotline.console")
_needed: dict[str, Scope | None] = {}
bp = APIBlueprint("v1", __name__, url_prefix=PREFIX)

View = Callable[..., BaseModel]


def _offers(
    method: str, rule: str, scope: Scope | None, gives: type[BaseModel],
    status: HTTPStatus = HTTPStatus.OK, also: tuple[int, ...] = (),
) -> Callable[[View], View]:  # fmt: skip
    """Declares a route; its first docstring line is its summary."""

    def declare(view: View) -> View:
        def answer(**given: Any) -> Response:
            said = Response(view(**given).model_dump_json(), status, mimetype="application/json")
            caller = _caller()
            if caller.shown and request.method not in guard.SAFE:
                token_actions.note_use(context(), caller.shown, view.__name__)
            return said

        answer.__name__, answer.__doc__ = view.__name__, view.__doc__
        answer.__annotations__ = {
            name: kind for name, kind in view.__annotations__.items() if name != "return"
        }
        answer.__module__ = view.__module__
        _needed[f"{bp.name}.{view.__name__}"] = scope
        told: dict[Any, Any] = {status.value: gives}
        told |= {code: _problem() for code in (*_ALWAYS, *also)}
        register: Callable[..., Callable[..., Any]] = getattr(bp, method)
        register(
            rule, responses=told, operation_id=view.__name__,
            security=[{"token": [scope.value] if scope else []}],
        )(answer)  # fmt: skip
        return view

    return declare


def _problem() -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    return {"content": {problems.KIND: {"schema": reference}}}


@_offers("get", "/me", None, Me)
def read_me() -> Me:
    """Who the token acts for, and what it may be used for."""
    caller = _caller()
    return Me(
        name=caller.visitor.name, role=caller.visitor.role, person=caller.visitor.person_id,
        scopes=sorted(caller.scopes), ends_at=caller.ends_at,
    )  # fmt: skip


@_offers("get", "/duty", Scope.DUTY_READ, Duty)
def read_duty() -> Duty:
    """Who is on duty now."""
    return duty_answers.now(context(), _caller().visitor)


@_offers("post", "/duty/on", Scope.DUTY_WRITE, OwnDuty, also=(409,))
def go_on_duty(body: DutyChange) -> OwnDuty:
    """The owner of the token goes on duty from now on."""
    return duty_answers.turn(context(), _caller().visitor, is_on=True, hours=body.hours)


@_offers("post", "/duty/off", Scope.DUTY_WRITE, OwnDuty, also=(409,))
def go_off_duty(body: DutyChange) -> OwnDuty:
    """The owner of the token goes off duty from now on."""
    return duty_answers.turn(context(), _caller().visitor, is_on=False, hours=body.hours)


@_offers("get", "/shifts", Scope.SCHEDULE_READ, Shifts)
def read_shifts(query: Stretch) -> Shifts:
    """Shifts: everybody's for those who may see them, else one's own."""
    return schedule_answers.shifts(context(), _caller().visitor, query)


@_offers(
    "post", "/overrides", Scope.SCHEDULE_WRITE, Override, HTTPStatus.CREATED, also=(409,)
)  # fmt: skip
def add_override(body: NewOverride) -> Override:
    """Put somebody on or off duty once; the console can undo it."""
    return schedule_answers.add_override(context(), _caller().visitor, body)


@_offers("get", "/items", Scope.ITEMS_READ, Items)
def read_items() -> Items:
    """The open items that the owner of the token may know of."""
    return item_answers.items(context(), _caller().visitor)


@_offers("post", "/items/<item_id>/take", Scope.ITEMS_WRITE, Item, also=(404, 409))
def take_item(path: ItemAt) -> Item:
    """Take an open item: nobody else is rung for it."""
    return item_answers.take(context(), _caller().visitor, path.item_id)


@_offers("get", "/totals", Scope.TOTALS_READ, Totals)
def read_totals(query: TotalsQuery) -> Totals:
    """How callers fared on whole days; small counts are null."""
    return totals_answers.totals(context(), query)


def build(extensions: dict[str, Any]) -> Flask:
    """The API as an app of its own, which works with the extensions of the app around it."""
    api = OpenAPI(
        "hotline_api",
        info=Info(title="Hotline", version=VERSION, description=_DESCRIPTION),
        security_schemes=_TOKEN,
        doc_ui=False,
        static_folder=None,
        validation_error_model=ProblemDetails,
        validation_error_callback=_unfit,
    )
    api.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    api.extensions.update(extensions)
    app: AppContext = extensions["hotline"]
    rate = CallRate()
    url_converters.keep_to_them(api)
    api.register_api(bp)
    api.add_url_rule(f"{PREFIX}/openapi.json", "openapi", lambda: jsonify(api.api_doc))

    @api.before_request
    def admit() -> None:
        if request.endpoint in _needed:
            g.caller = door.enter(app, rate, _needed[request.endpoint])

    @api.after_request
    def dress(answer: Response) -> Response:
        answer.headers.update(guard.headers(app))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    api.register_error_handler(Problem, Problem.answer)
    api.register_error_handler(Away, lambda _: problems.unavailable().answer())
    api.register_error_handler(HTTPException, _refused)
    api.register_error_handler(Exception, _broken)
    return api


def _caller() -> Caller:
    found: Caller = g.caller
    return found


def _unfit(error: ValidationError) -> NoReturn:
    """What does not fit, without the values that were sent."""
    told = [
        {"where": ".".join(str(part) for part in each["loc"]), "what": each["msg"]}
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    raise problems.unfit(told)


def _refused(error: HTTPException) -> Response:
    """What Flask refuses itself: an address that is not there, a method, a body."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = dict(error.get_headers())
    headers.pop("Content-Type", None)
    return Problem(status, error.description or status.phrase, headers).answer()


def _broken(_error: Exception) -> Response:
    log.exception("a request of the API failed")
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side.").answer()
