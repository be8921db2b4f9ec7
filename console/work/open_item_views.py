"""Page: what still needs a person, and who owns it."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs, Refused
from console.base.routes import bp, context
from console.web.render import go_to, show
from console.work import open_item_actions
from console.work.open_item_actions import CLOSED_BY_HAND
from models.calls.open_items import CloseReason, ItemKind

KINDS = {
    ItemKind.CALLBACK: later("callback"),
    ItemKind.MESSAGE: later("message"),
    ItemKind.MISSED_EMERGENCY: later("missed emergency"),
    ItemKind.SILENT_CALLER: later("silent caller"),
}
LEVELS = (
    later("on duty"),
    later("on duty, with an interpreter"),
    later("backup and coordinators on duty"),
    later("coordinators off duty"),
    later("directors"),
)
REASONS = {
    CloseReason.DONE: later("Everything is done"),
    CloseReason.REACHED_BY_TALK: later("I talked with the caller"),
    CloseReason.GAVE_UP: later("The caller cannot be helped or reached"),
}
_NO_REASON = later("Choose why the item is closed.")


@bp.get("/open-items")
def open_items() -> AnyResponse:
    return _page()


@bp.post("/open-items/<item_id>/take")
def take_item(item_id: str) -> AnyResponse:
    try:
        open_item_actions.take(context(), current_user.current(), item_id)
    except NotTheirs:
        abort(404)
    except Refused as refusal:
        return _page(409, refused=str(refusal))
    return go_to("console.open_items", later("It is yours. Nobody else is rung for it."))


@bp.post("/open-items/<item_id>/close")
def close_item(item_id: str) -> AnyResponse:
    typed = request.form.get("reason", "")
    if typed not in CLOSED_BY_HAND:
        return _page(422, refused=say(_NO_REASON))
    try:
        open_item_actions.close(context(), current_user.current(), item_id, CloseReason(typed))
    except NotTheirs:
        abort(404)
    return go_to("console.open_items", later("The item is closed."))


def _page(status: int = 200, *, refused: str | None = None) -> AnyResponse:
    return show(
        "work/open_items.html", status,
        items=open_item_actions.listed(context(), current_user.current()),
        kinds={kind: say(words) for kind, words in KINDS.items()},
        levels=[say(words) for words in LEVELS],
        reasons=[(reason, say(words)) for reason, words in REASONS.items()],
        refused=refused,
    )  # fmt: skip
