"""Puts the API below /api/v1 of the console's app; it is loaded when it is first asked for."""

from __future__ import annotations

import threading
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
bp = Blueprint("api", __name__)
_one_at_a_time = threading.Lock()
_BUILT = "hotline_api"


@bp.route("/api/v1/", defaults={"rest": ""}, methods=METHODS)
@bp.route("/api/v1/<path:rest>", methods=METHODS)
def version_1(rest: str) -> AnyResponse:  # noqa: ARG001  # the API routes the whole path itself
    return Response.from_app(app_of(current_app), request.environ)


def app_of(around: Flask) -> Flask:
    """The API of this app."""
    with _one_at_a_time:
        if _BUILT not in around.extensions:
            from console.api import api_routes  # loads its models, which only the API needs

            around.extensions[_BUILT] = api_routes.build(around.extensions)
        found: Flask = around.extensions[_BUILT]
        return found


def document(around: Flask) -> dict[str, Any]:
    """The OpenAPI document of this app's API."""
    found: dict[str, Any] = app_of(around).api_doc  # type: ignore[attr-defined]  # an OpenAPI
    return found
