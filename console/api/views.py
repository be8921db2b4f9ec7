"""Pages: the tokens of the API, and what the API offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from console.api import mount, scopes, token_actions
from console.api.scopes import SCOPES, Scope
from console.api.token_actions import LONGEST_LABEL, Wanted
from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.web.render import go_to, show

LASTS = {
    "7": later("a week"), "30": later("30 days"), "90": later("90 days"), "365": later("a year"),
}  # fmt: skip
_USUAL = "90"
_NO_LABEL = later("Write what it is for, in a few words.")
_NO_SCOPE = later("Choose at least one thing that it may do.")
_REVOKED = later("The token is revoked: it opens nothing any more.")


@dataclass(frozen=True)
class Operation:
    """A route of the API, as the page shows it."""

    method: str
    path: str
    summary: str
    scope: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]


@bp.get("/tokens")
def tokens() -> AnyResponse:
    return _page({})


@bp.post("/tokens")
def make_token() -> AnyResponse:
    """The only page on which a token is ever shown."""
    label = request.form.get("label", "").strip()
    given = frozenset(scope for scope in Scope if request.form.get(f"may_{scope.name.lower()}"))
    lasts = request.form.get("lasts", _USUAL)
    errors = {}
    if not 0 < len(label) <= LONGEST_LABEL:
        errors["label"] = say(_NO_LABEL)
    if not scopes.of(current_user.current(), given):
        errors["scopes"] = say(_NO_SCOPE)
    if errors or lasts not in LASTS:
        return _page(errors, 422)
    wanted = Wanted(label, given, timedelta(days=int(lasts)))
    words = token_actions.make(context(), current_user.current(), wanted)
    return show("api/token.html", words=words)


@bp.post("/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> AnyResponse:
    if not token_actions.revoke(context(), current_user.current(), token_id):
        abort(404)
    return go_to("console.tokens", _REVOKED)


@bp.get("/api")
def api_page() -> AnyResponse:
    described = mount.document(current_app)
    return show(
        "api/api.html", base=context().site.base_url, about=described["info"]["description"],
        operations=list(_operations(described)),
    )  # fmt: skip


def _page(errors: dict[str, str], status: int = 200) -> Response:
    app, visitor = context(), current_user.current()
    return show(
        "api/tokens.html", status,
        tokens=token_actions.listed(app, visitor), sees_all=token_actions.runs_the_system(visitor),
        offered=[
            (scope.name.lower(), say(SCOPES[scope].words)) for scope in scopes.open_to(visitor)
        ],
        lasts=[(days, say(words)) for days, words in LASTS.items()], usual=_USUAL,
        errors=errors, typed=request.form,
    )  # fmt: skip


def _operations(described: dict[str, Any]) -> Iterator[Operation]:
    schemas = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            body = told.get("requestBody", {}).get("content", {}).get("application/json")
            asked = [each["name"] for each in told.get("parameters", ())]
            yield Operation(
                method.upper(), path, told["summary"],
                scope=", ".join(told["security"][0]["token"]),
                takes=(*asked, *(_fields(schemas, body) if body else ())),
                gives=tuple(_fields(schemas, _given(told["responses"]))),
            )  # fmt: skip


def _given(responses: dict[str, Any]) -> dict[str, Any]:
    """What is given when all went well."""
    found: dict[str, Any] = next(
        told["content"]["application/json"]
        for code, told in responses.items()
        if code.startswith("2")
    )
    return found


def _fields(schemas: dict[str, Any], content: dict[str, Any]) -> list[str]:
    name = content["schema"]["$ref"].rpartition("/")[2]
    return list(schemas[name].get("properties", ()))
