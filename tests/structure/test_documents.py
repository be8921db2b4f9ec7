"""The documents match the code: every route, setting and table is there, and every path exists."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from docs.tools import code_map, data_model, generated_parts
from docs.tools.code_map import TOP

DOCUMENTS = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")])
_KINDS = r"\.(?:py|md|toml|svg|html|css|js|po|txt|yaml|yml|json|wav)"
_PATH = re.compile(rf"`([\w.*-]+(?:/[\w.*-]+)*(?:/|{_KINDS}))`")
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
_NAMED_IN_CODE = re.compile(r"\bdocs/[\w./-]+\.(?:md|svg)\b")
_MADE_LATER = (
    "instance/",
    "build/site",
    "dist/",
    "xx.toml",
    "hi.toml",
    "requirements.txt",
    "sbom.json",
)
"""Beginnings and ends of paths that a run or a reader creates."""


def test_generated_parts_are_up_to_date() -> None:
    stale = [
        file.relative_to(TOP).as_posix()
        for file, text in generated_parts.files().items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make docs-tables`"


def test_every_route_is_documented() -> None:
    text = (TOP / "docs" / "webhooks.md").read_text(encoding="utf-8")
    routes = generated_parts.routes()
    assert routes
    assert [each for each in routes if f"`{each.method} {each.path}`" not in text] == []


def test_every_setting_is_documented() -> None:
    text = (TOP / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in generated_parts.meanings() if f"| `{name}` |" not in text] == []


def test_every_table_is_documented() -> None:
    text = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = [table.name for table in data_model.tables()]
    assert names
    assert [name for name in names if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(TOP).as_posix())
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert [path for path in _PATH.findall(text) if not _is_there(path)] == []
    links = [link for link in _LINK.findall(text) if not (document.parent / link).exists()]
    assert links == []


def test_every_document_that_the_code_names_exists() -> None:
    modules = {**code_map.product(), **code_map.tests()}
    assert sorted(set(_named_documents(modules))) == []


def _named_documents(modules: dict[str, code_map.Module]) -> Iterator[str]:
    for module in modules.values():
        for path in _NAMED_IN_CODE.findall(module.path.read_text(encoding="utf-8")):
            if not (TOP / path).exists():
                yield f"{module.place}: {path}"


def _is_there(path: str) -> bool:
    """Whether the path exists from the top, or is the name of some file or folder."""
    if path.startswith(_MADE_LATER) or path.endswith(_MADE_LATER):
        return True
    if "/" not in path.rstrip("/"):
        return (TOP / path).exists() or bool(fnmatch.filter(_file_names(), path))
    return any(TOP.glob(path))


@cache
def _file_names() -> frozenset[str]:
    folders = (*code_map.PACKAGES, "deploy", "docs", "tests", "requirements")
    return frozenset(file.name for folder in folders for file in (TOP / folder).rglob("*"))
