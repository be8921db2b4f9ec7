"""Pages: the languages that callers are offered."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later
from console.base.routes import bp, context
from console.prompts import actions, queries
from console.prompts.forms import REFUSALS
from console.web.render import go_to, show

_IS_OFFERED = later("The menu offers this language within seconds.")
_IS_LEFT_OUT = later("The menu leaves this language out within seconds.")


@bp.get("/prompts/languages")
def prompt_languages() -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        return show("prompts/languages.html", states=queries.languages(app, session))


@bp.post("/prompts/languages/<code>")
def offer_language(code: str) -> AnyResponse:
    app = context()
    if code not in app.shipped_prompts.languages:
        abort(404)
    on = request.form.get("offered") == "yes"
    refused = actions.offer(app, current_user.current(), code, on=on)
    done = _IS_OFFERED if on else _IS_LEFT_OUT
    return go_to("console.prompt_languages", REFUSALS[refused] if refused else done)
