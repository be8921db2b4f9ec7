"""Shows a page: the template, what the header says, and where each role can go from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from itertools import chain
from typing import Any

from flask import (
    Flask,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from console.auth import cookies, sessions
from console.base import current_user, faces, i18n, icons, permissions
from console.base.current_user import Visitor
from console.base.hosts import host_in
from console.base.i18n import later
from console.base.permissions import Power, Right
from console.base.routes import context
from console.web import board_cache
from ivr.core.context import AppContext
from models.core.slow_hash import Busy


@dataclass(frozen=True)
class Place:
    """A page that the navigation leads to."""

    endpoint: str
    label: str
    short: str = ""
    """Its name in the bar of a phone, if the label does not fit there."""


@dataclass(frozen=True)
class Group:
    """Pages that somebody looks for together; one page alone stands under its own name."""

    label: str
    icon: str
    """Of the sprite, without "i-"."""
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Entry:
    """A group as it stands in the navigation of one visitor, on one page."""

    label: str
    icon: str
    places: tuple[Place, ...]
    is_here: bool


NAVIGATION = (
    Group(
        later("Hotline"),
        "layout-dashboard",
        (
            Place("console.board", later("Board")),
            Place("console.surge", later("Surge")),
            Place("console.panic", later("In a raid")),
        ),
    ),
    Group(
        later("Callers"),
        "phone-incoming",
        (
            Place("console.open_items", later("Open items"), later("Items")),
            Place("console.messages", later("Messages")),
            Place("console.callbacks", later("Callbacks")),
            Place("console.follow_ups", later("Follow-ups")),
            Place("console.calls", later("Calls")),
        ),
    ),
    Group(
        later("Planning"),
        "calendar-days",
        (
            Place("console.schedule", later("Schedule")),
            Place("console.shifts", later("Shifts")),
        ),
    ),
    Group(
        later("Team"),
        "users",
        (
            Place("console.people", later("People")),
            Place("console.partners", later("Partners")),
            Place("console.facilities", later("Detention phones")),
            Place("console.team_texts", later("Texts from the team")),
        ),
    ),
    Group(
        later("What callers hear"),
        "audio-lines",
        (
            Place("console.prompts", later("Call tree and prompts"), later("Prompts")),
            Place("console.prompt_languages", later("Languages")),
            Place("console.announcements", later("Announcements")),
        ),
    ),
    Group(
        later("Statistics"),
        "chart-column",
        (
            Place("console.reports", later("Reports")),
            Place("console.staffing", later("Staffing")),
        ),
    ),
    Group(
        later("Administration"),
        "settings",
        (
            Place("console.users", later("Users")),
            Place("console.approvals", later("Approvals")),
            Place("console.import_file", later("Import")),
            Place("console.audit", later("Audit log")),
            Place("console.sent_notices", later("Notices sent")),
            Place("console.setup", later("Setting up")),
        ),
    ),
)
"""In this order; each page is shown to those who may open it. One's own account is at the name."""

_BOM = "\ufeff"
"""By which spreadsheets know that a table is UTF-8."""
_WITHOUT_FRAME = ("console.board_now", "console.board_news", "console.recording_call")
_TROUBLE = {
    400: later("This request could not be understood."),
    401: later("You are signed out. Sign in again to go on."),
    403: later("You may not open this page, or it has expired. Go back and try again."),
    404: later("There is nothing at this address."),
    405: later("This address does not accept this kind of request."),
    409: later("Somebody else changed this before you."),
    413: later("The request is too large."),
}
_BUSY = later(
    "Too many people are signing in at this moment. Nothing was changed. Wait a few seconds and "
    "try again, or sign in with a passkey."
)
_OUR_FAULT = later(
    "Something went wrong on our side. Go back and try again in a minute. If it happens "
    "again, tell the server administrator."
)


def show(template: str, status: int = HTTPStatus.OK, **facts: object) -> Response:
    """A page of the console."""
    return make_response(render_template(template, **facts), status)


def sound(audio: bytes) -> Response:
    """A WAV that the page plays and no cache keeps; its player may ask for parts of it."""
    answer = send_file(BytesIO(audio), "audio/wav", conditional=True, etag=False, max_age=0)
    answer.headers["Content-Disposition"] = "inline"
    return answer


def download(name: str, content: str | Iterable[str]) -> Response:
    """A file to save, which no cache keeps: a table or JSON, by the end of its name.

    Its pieces, if it comes in pieces, are made while the browser reads.
    """
    is_table = name.endswith(".csv")
    kind = "text/csv" if is_table else "application/json"
    pieces = (content,) if isinstance(content, str) else content
    answer = Response(chain((_BOM,), pieces) if is_table else pieces)
    answer.headers["Content-Type"] = f"{kind}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def go_to(endpoint: str, notice: str = "", **where: Any) -> AnyResponse:
    """On to a page of ours, by GET; it shows the notice, a sentence marked with `i18n.later`."""
    if notice:
        sessions.leave_notice(context(), current_user.current(), notice)
    return redirect(url_for(endpoint, **where), HTTPStatus.SEE_OTHER)


def go_back(endpoint: str, notice: str = "", **where: Any) -> AnyResponse:
    """As `go_to`; to the board's open item instead, if the form stood there."""
    if item := request.form.get("desk", ""):
        return go_to("console.board", notice, item=item, _anchor="item")
    return go_to(endpoint, notice, **where)


def prepare(flask_app: Flask, app: AppContext) -> None:
    """Give every template what the frame around the page shows."""
    flask_app.register_error_handler(Busy, _busy)
    i18n.learn(flask_app, app)
    flask_app.jinja_env.globals["icon_shapes"] = icons.shapes()
    flask_app.jinja_env.filters.update(hue=faces.hue, initials=faces.initials)
    flask_app.jinja_env.trim_blocks = flask_app.jinja_env.lstrip_blocks = True

    @flask_app.context_processor
    def frame() -> dict[str, object]:
        visitor = None if g.get("asks_nothing") else current_user.present()
        is_in = visitor is not None and visitor.is_in
        return {
            "visitor": visitor,
            "is_demo": app.site.is_demo,
            "takes_passkeys": host_in(request.host) == app.site.passkey_domain,
            "csrf": lambda: cookies.csrf(app),
            "standing_at": (here := _here(visitor)),
            "entries": _entries(visitor, here),
            "notices": _notices(app, visitor) if is_in else (),
            "line_state": (line := board_cache.boards().now() if is_in else None),
            "waits": len(line.waiting) if line and _sees_the_line(visitor) else 0,
            "clock_zone": i18n.zone(app).key if is_in else None,
            "asked": _asked(),
        }


def first_place(visitor: Visitor) -> str:
    """Where somebody begins: the first page of the navigation that is theirs."""
    return next(_places(visitor), Place("console.account", "")).endpoint


def _places(visitor: Visitor | None) -> Iterator[Place]:
    return (place for group in NAVIGATION for place in _open_in(group, visitor))


def _open_in(group: Group, visitor: Visitor | None) -> tuple[Place, ...]:
    return tuple(each for each in group.places if visitor and visitor.may_open(each.endpoint))


def _entries(visitor: Visitor | None, here: Place | None) -> list[Entry]:
    groups = [(group, _open_in(group, visitor)) for group in NAVIGATION]
    return [
        Entry(
            group.label if len(places) > 1 else places[0].label, group.icon, places, here in places
        )
        for group, places in groups
        if places
    ]


def _here(visitor: Visitor | None) -> Place | None:
    """The place whose page this is, or that this page lies below."""
    above = [
        (len(address), place)
        for place in _places(visitor)
        for address in [url_for(place.endpoint)]
        if f"{request.script_root}{request.path}/".startswith(f"{address.rstrip('/')}/")
    ]
    return max(above, key=lambda pair: pair[0])[1] if above else None


def _sees_the_line(visitor: Visitor | None) -> bool:
    return visitor is not None and visitor.right_to(Power.BOARD) is Right.YES


def _notices(app: AppContext, visitor: Visitor | None) -> tuple[str, ...]:
    if visitor is None or request.endpoint in _WITHOUT_FRAME:
        return ()  # the page around it shows them
    return tuple(i18n.say(notice) for notice in sessions.take_notices(app, visitor))


def _asked() -> str:
    """Where to come back to after the language was switched."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _busy(_error: Busy) -> Response:
    """What a person reads when no password could be compared in time."""
    g.asks_nothing = True
    answer = show("problem.html", HTTPStatus.SERVICE_UNAVAILABLE, words=i18n.say(_BUSY))
    answer.headers["Retry-After"] = "5"
    return answer


def in_trouble(error: HTTPException) -> Response | HTTPException:
    """What a person reads; the carrier and the probes get what they always got."""
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if request.blueprint in permissions.OTHER_DOORS or code < HTTPStatus.BAD_REQUEST:
        return error
    g.asks_nothing = code >= HTTPStatus.INTERNAL_SERVER_ERROR  # perhaps the database is away
    said = _OUR_FAULT if g.asks_nothing else _TROUBLE.get(code, _TROUBLE[400])
    return show("problem.html", code, words=i18n.say(said))
