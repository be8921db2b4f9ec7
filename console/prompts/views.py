"""Pages: what callers hear, as a tree and prompt by prompt."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import i18n
from console.base.routes import bp, context
from console.prompts import (
    announcement_views,
    language_views,
    law_views,
    phone_views,
    queries,
    text_views,
    tree_wording,
)
from console.web.place_words import place_name
from console.web.render import show
from ivr.core.live_prompts import marked
from ivr.dialogue import tree_checks

__all__ = ["announcement_views", "language_views", "law_views", "phone_views", "text_views"]


@bp.get("/prompts")
def prompts() -> AnyResponse:
    app = context()
    code = request.args.get("language", i18n.language())
    if code not in app.shipped_prompts.languages:
        abort(404)
    tree = app.script.tree
    with app.database.reading() as session:
        spoken = marked(app.shipped_prompts, session)
        texts = queries.at_a_glance(app, session, code)
        state = queries.languages(app, session)
    return show(
        "prompts/prompts.html",
        code=code,
        chosen=app.shipped_prompts.languages[code],
        states=state,
        branches=tree_wording.drawn(tree, spoken, code),
        texts=texts,
        anywhere=[name for name, _ in tree_checks.everywhere()],
        place_name=place_name,
    )


@bp.get("/prompts/<name>")
def prompt(name: str) -> AnyResponse:
    app = context()
    if name not in queries.names(app):
        abort(404)
    with app.database.reading() as session:
        found = queries.in_every_language(app, session, name)
    return show(
        "prompts/prompt.html", name=name, prompts=found, known=app.shipped_prompts.languages
    )


@bp.get("/hear")
@bp.get("/hear/<first>")
@bp.get("/hear/<first>/<second>")
@bp.get("/hear/<first>/<second>/<third>")
def old_prompts_address(**parts: str) -> AnyResponse:
    """The address that these pages had before, for bookmarks."""
    below = [parts[name] for name in ("first", "second", "third") if name in parts]
    if below[:1] == ["prompts"]:
        below = below[1:]
    address, query = "/".join([url_for("console.prompts"), *below]), request.query_string.decode()
    return redirect(f"{address}?{query}" if query else address, HTTPStatus.MOVED_PERMANENTLY)
