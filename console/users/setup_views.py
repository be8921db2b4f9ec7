"""Page: what is left of a new hotline's first hour, and what the last check found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from werkzeug.wrappers import Response as AnyResponse

from console.base.routes import bp, context
from console.web import setup_list
from console.web.render import show
from ivr.core.context import AppContext
from models.operations import maintenance_state


@dataclass(frozen=True)
class Checked:
    """What `hotline check` found the last time, but for the steps, which stand above it."""

    at: datetime
    wrong: list[str]
    notes: list[str]


@bp.get("/setup")
def setup() -> AnyResponse:
    app = context()
    return show("users/setup.html", setup=setup_list.look(app), checked=_checked(app))


def _checked(app: AppContext) -> Checked | None:
    with app.database.reading() as session:
        kept = maintenance_state.last_check(session)
    if kept is None:
        return None
    at, found = kept
    words: dict[str, list[str]] = {"wrong": [], "note": []}
    for each in found:
        if not each["step"]:
            words[each["kind"]].append(each["words"])
    return Checked(at, words["wrong"], words["note"])
