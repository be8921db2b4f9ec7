"""Writes the generated parts of the documents: `make docs-tables`.

A part stands between `<!-- generated: name -->` and `<!-- end -->`. Each has one source: the views'
docstrings, the settings' docstrings, the tables of `models/`, the source itself.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from pydantic import SecretStr

import settings
from deploy.release import locked_parts
from docs.tools import data_model, listening, measures, rooms
from docs.tools.code_map import TOP
from ivr.http import health, twilio_requests, webhook_guard, webhooks
from models.core import personal_data
from settings import Settings

DOCS = TOP / "docs"
_PICTURE = DOCS / "data-model.svg"
_SERVER_METHODS = {"HEAD", "OPTIONS"}


class Undocumented(Exception):
    """Something that a table needs words for has none."""


@dataclass(frozen=True)
class Route:
    """One address of `ivr.http`."""

    method: str
    path: str
    view: str
    module: str
    means: str
    called_by: str
    answers: str
    hears: str
    """Who hears a failure; empty where the view is no webhook."""


def routes() -> list[Route]:
    """Every route of `ivr.http`, in the order of its modules."""
    flask_app = Flask("documents", static_folder=None)
    flask_app.url_map.converters |= {"count": twilio_requests.Count, "name": twilio_requests.Name}
    for blueprint in (webhook_guard.blueprint, health.blueprint):
        flask_app.register_blueprint(blueprint)
    found = []
    for rule in flask_app.url_map.iter_rules():
        view = inspect.unwrap(flask_app.view_functions[rule.endpoint])
        means, called_by, answers = _words_of(view)
        found.append(
            Route(
                method=", ".join(sorted((rule.methods or set()) - _SERVER_METHODS)),
                path=re.sub(r"<\w+:", "<", rule.rule),
                view=view.__name__,
                module=view.__module__,
                means=means,
                called_by=called_by,
                answers=answers,
                hears=webhook_guard.hears_failure.get(view.__name__, ""),
            )
        )
    return found


def _words_of(view: Callable[..., object]) -> tuple[str, str, str]:
    said = inspect.getdoc(view) or ""
    words = re.search(r"\ACalled by: (.+?)\nAnswers: (.+)\Z", said.rpartition("\n\n")[2], re.DOTALL)
    if words is None:
        raise Undocumented(f"{view.__module__}.{view.__name__}: say 'Called by:' and 'Answers:'")
    means = " ".join(said.partition("\n\n")[0].split())
    called_by, answers = (" ".join(part.split()).rstrip(".") for part in words.groups())
    return means, called_by, answers


def _webhooks() -> Iterator[str]:
    found = routes()
    for module in (*webhooks.VIEWS, health):
        inside = [route for route in found if route.module == module.__name__]
        yield f"## {(module.__doc__ or '').strip().rstrip('.')}"
        yield ""
        yield f"`{module.__name__.replace('.', '/')}.py`"
        yield ""
        yield "| request | view | meaning | called by | answers | a failure is heard by |"
        yield "|---|---|---|---|---|---|"
        for route in inside:
            yield (
                f"| `{route.method} {route.path}` | `{route.view}` | {route.means} |"
                f" {route.called_by} | {route.answers} | {route.hears or '-'} |"
            )
        yield ""


def meanings() -> dict[str, str]:
    """What each setting means, by its name in the environment."""
    tree = ast.parse(Path(settings.__file__).read_text(encoding="utf-8"))
    of_settings = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    said = {}
    for field, after in zip(of_settings.body, of_settings.body[1:], strict=False):
        match field, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                said[name] = " ".join(words.split())
    missing = set(Settings.model_fields) - set(said)
    if missing:
        raise Undocumented(f"settings.py: no docstring below {', '.join(sorted(missing))}")
    return {name.upper(): said[name] for name in Settings.model_fields}


def _settings() -> Iterator[str]:
    problems = Settings.model_construct().problems()
    yield "| setting | default | meaning |"
    yield "|---|---|---|"
    for name, meaning in meanings().items():
        default = _written(Settings.model_fields[name.lower()].default)
        if any(problem.startswith(f"{name} ") for problem in problems):
            default = "required"
        yield f"| `{name}` | {default} | {meaning} |"


def _written(default: object) -> str:
    match default:
        case SecretStr():
            return "none"
        case bool():
            return f"`{str(default).lower()}`"
        case "":
            return "none"
        case _:
            return f"`{default}`"


def _data_model() -> Iterator[str]:
    tables = data_model.tables()
    yield f"![The tables by room, and the keys between them]({_PICTURE.name})"
    yield ""
    yield "| table | row | module |"
    yield "|---|---|---|"
    for table in tables:
        if not table.meaning:
            raise Undocumented(f"{table.module}: the class of table {table.name} has no docstring")
        yield f"| `{table.name}` | {table.meaning} | `{table.module.replace('.', '/')}.py` |"


def _licences() -> Iterator[str]:
    """Each package that a hotline in service installs; raises Misfit."""
    yield "| package | version | licence | needed by |"
    yield "|---|---|---|---|"
    for part in locked_parts.parts_of(locked_parts.RUN.read_text(encoding="utf-8")):
        needed_by = ", ".join(each for each in part.wanted_by)
        yield f"| {part.name} | {part.version} | {locked_parts.licence_of(part)} | {needed_by} |"


PARTS: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "webhooks": ("webhooks.md", _webhooks),
    "settings": ("settings.md", _settings),
    "data-model": ("architecture.md", _data_model),
    "rooms": ("architecture.md", rooms.tables),
    "measures": ("architecture.md", measures.table),
    "listening": ("benchmarks.md", listening.table),
    "personal data": ("personal-data.md", personal_data.as_markdown),
    "licences": ("licences.md", _licences),
}
"""Each generated part: the document it stands in, and its lines."""


def files() -> dict[Path, str]:
    """Every file with generated parts, as it should be now."""
    made: dict[Path, str] = {_PICTURE: data_model.svg(data_model.tables())}
    for name, (document, lines) in PARTS.items():
        file = DOCS / document
        text = made.get(file) or file.read_text(encoding="utf-8")
        made[file] = with_part(text, name, "\n".join(lines()).strip())
    return made


def with_part(text: str, name: str, part: str) -> str:
    """A document with its part of this name replaced. Raises Undocumented without its markers."""
    begin, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
    before, found, after = text.partition(begin)
    if not found or end not in after:
        raise Undocumented(f"no {begin.strip()} followed by {end}")
    return f"{before}{begin}{part}\n{end}{after.partition(end)[2]}"


def main() -> None:
    """Write them."""
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
