"""Guards every webhook: checks its signature, limits its form, and rescues its caller.

A forged request changes nothing; a genuine one is always answered with TwiML.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TypeVar

from flask import Blueprint, Response, abort, g, request
from werkzeug.exceptions import HTTPException

from ivr.callers.arrivals import CallIsOver
from ivr.http import metrics, parts, twilio_requests, web_sides
from ivr.http.rescue import MOMENTS, Failed, Hears
from ivr.http.web_sides import Side
from ivr.twilio import signature
from ivr.twilio.signature import MAX_FIELDS
from ivr.twilio.twiml import Unsendable, sendable
from models.core.database import Away, Broken, Shut

log = logging.getLogger("hotline.webhooks")

View = Callable[..., str]
_AnyView = TypeVar("_AnyView", bound=View)

LARGEST_BODY = 64 * 1024
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_REFUSALS = (400, 404, 405, 413)

blueprint = Blueprint("webhooks", __name__)
"""The carrier's routes. The view modules add theirs when they are imported."""
hears_failure: dict[str, Hears] = {}
"""Who hears the answer when a webhook fails, by the name of its view."""


def webhook(rule: str, hears: Hears) -> Callable[[_AnyView], _AnyView]:
    """Register a view under this exact address, because a redirect would break the signature.

    The view itself stays unchanged, so it can be called without a request's guard.
    """

    def add(view: _AnyView) -> _AnyView:
        name = view.__name__
        hears_failure[name] = hears
        blueprint.add_url_rule(
            rule,
            name,
            guarded(view, hears),
            methods=["POST"],
            strict_slashes=True,
            provide_automatic_options=False,
        )
        return view

    return add


def guarded(view: View, hears: Hears) -> Callable[..., Response]:
    """The view behind its guard; `hears` says who is on the line when it fails."""

    @wraps(view)
    def answer(**where: str | int) -> Response:
        _check_signature()
        began, is_failed = time.perf_counter(), True
        try:
            document = sendable(view(**where))
            is_failed = False
        except Exception as error:  # on any failure the caller stays on the line
            document = parts.current().rescue.answer(_failed(view.__name__, hears, where, error))
        took = time.perf_counter() - began
        metrics.times().note(view.__name__, took, failed=is_failed)
        return as_twiml(document)

    return answer


def as_twiml(document: str) -> Response:
    """A document for the carrier that no cache may keep."""
    return Response(
        document, content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def is_for_carrier(path: str) -> bool:
    """Whether the carrier owns this path, even if no webhook of ours is there."""
    return web_sides.side_of(path) is Side.CALLERS


def refused(error: HTTPException) -> Response | HTTPException:
    """Refuse the carrier with an empty document, and never redirect it."""
    if error.code not in _REFUSALS:
        return error
    answer = as_twiml(EMPTY)
    astray = error.code == 404 and request.path.endswith("/")
    answer.status_code = 405 if astray else error.code or 400
    return answer


def _check_signature() -> None:
    """Abort a forged request. Otherwise keep its fields, merged with those of an earlier try."""
    body = request.get_data(cache=True)
    if body.count(b"&") >= MAX_FIELDS:
        abort(413)
    ours, fields = parts.current(), signature.fields_in(body)
    target = twilio_requests.target()
    holds = target.startswith("/") and signature.holds(
        ours.secrets,
        ours.links.base + target,
        fields,
        request.headers.get(signature.HEADER, ""),
        request.headers.get(signature.SETTINGS_HEADER, ""),
    )
    if not holds:
        log.warning("a forged request was refused", extra={"rule": str(request.url_rule)})
        abort(Response(status=403))
    before = ours.rescue.answered_before(request.args.get("said", ""))
    told = {name.encode(): [value.encode()] for name, value in before.items()}
    g.fields = told | {name: said for name, said in fields.items() if any(said)}


def _failed(view: str, hears: Hears, where: Mapping[str, str | int], error: Exception) -> Failed:
    _log(view, error)
    if isinstance(error, Broken):
        parts.current().if_broken()
    fields = twilio_requests.plain(twilio_requests.form())
    again = request.args.get("again", "0")
    tried = int(again) if again.isdigit() else 0
    if isinstance(error, CallIsOver | Unsendable):
        tried = MOMENTS  # another try would change nothing
    return Failed(
        view=view,
        hears=hears,
        path=request.path,
        again=tried,
        language=parts.current().known_language(str(where.get("language", ""))),
        where=where,
        fields=fields,
        gone=twilio_requests.is_gone(fields),
        why="away" if isinstance(error, Away) else "fault",
    )


def _log(view: str, error: Exception) -> None:
    match error:
        case Shut():
            log.info("the line is locked", extra={"view": view})
        case Away():
            log.error("the database is away", extra={"view": view, "why": str(error)})
        case CallIsOver():
            log.warning("a caller was heard on a closed call", extra={"view": view})
        case _:
            log.exception("a webhook failed", extra={"view": view})
