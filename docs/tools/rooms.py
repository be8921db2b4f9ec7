"""The rooms of each package, layer by layer, as the import contracts order them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from docs.tools import code_map
from docs.tools.code_map import TOP


def tables() -> Iterator[str]:
    """One table a package: layer, room, what lives there, and its modules."""
    for package, layers in _layers().items():
        yield f"### {package}"
        yield ""
        yield "| layer | room | holds | modules |"
        yield "|---|---|---|---|"
        for number, layer in enumerate(layers, 1):
            for room in sorted(part.strip() for part in layer.replace(":", "|").split("|")):
                yield _row(number, package, room)
        yield ""


def _row(number: int, package: str, room: str) -> str:
    name = room if room.startswith(package) else f"{package}.{room}"
    place = TOP / name.replace(".", "/")
    if not place.is_dir():
        return f"| {number} | `{name.replace('.', '/')}.py` | {_about(f'{place}.py')} | |"
    modules = sorted(each.stem for each in place.glob("*.py") if each.stem != "__init__")
    path = name.replace(".", "/")
    return f"| {number} | `{path}/` | {_about(f'{place}/__init__.py')} | {', '.join(modules)} |"


def _about(file: str) -> str:
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    words = ast.get_docstring(tree) or ""
    return " ".join(words.partition("\n\n")[0].split())


def _layers() -> dict[str, list[str]]:
    text = (TOP / "pyproject.toml").read_text(encoding="utf-8")
    found = {}
    for contract in tomllib.loads(text)["tool"]["importlinter"]["contracts"]:
        containers = contract.get("containers", [])
        if contract["type"] == "layers" and containers:
            (package,) = containers
            found[package] = contract["layers"]
    return {package: found[package] for package in code_map.PACKAGES if package in found}
