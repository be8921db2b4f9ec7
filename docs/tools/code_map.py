"""What the source is made of: modules, imports and functions, as `ast` reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PACKAGES = (
    "ivr", "console", "models", "routing", "prompts", "commands", "simulator", "demo", "migrations",
)  # fmt: skip
SINGLE = ("app", "settings", "web_app", "wiring")
"""The modules at the top of the repository."""

Graph = Mapping[str, set[str]]
"""Each name, and the names that it needs."""


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    """Dotted; a package stands for its `__init__.py`."""
    path: Path

    @property
    def place(self) -> str:
        """The path below the top of the repository."""
        return self.path.relative_to(TOP).as_posix()

    @property
    def folder(self) -> str:
        """The folder below the top of the repository; `.` is the top."""
        return self.path.parent.relative_to(TOP).as_posix()

    @property
    def package(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]

    @property
    def room(self) -> str:
        """The sub-package, such as `ivr.http`; the module itself where it is in none."""
        parts = self.path.relative_to(TOP).parts
        return ".".join(parts[:2]) if len(parts) > 2 else self.name

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.path.read_text(encoding="utf-8").splitlines())

    @cached_property
    def function_lines(self) -> list[int]:
        """How many lines each function has, without its decorators."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        found = (node for node in ast.walk(self.tree) if isinstance(node, kinds))
        return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in found]


def product() -> dict[str, Module]:
    """Every module of the product, by name."""
    packages = (file for name in PACKAGES for file in sorted((TOP / name).rglob("*.py")))
    files = [*(TOP / f"{name}.py" for name in SINGLE), *packages]
    return {name_of(file): Module(name_of(file), file) for file in files}


def tests() -> dict[str, Module]:
    """Every module of the tests and of the documents, by name."""
    files = [file for name in ("tests", "docs") for file in sorted((TOP / name).rglob("*.py"))]
    return {name_of(file): Module(name_of(file), file) for file in files}


def name_of(file: Path) -> str:
    """The dotted name of a source file."""
    parts = file.relative_to(TOP).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(modules: Mapping[str, Module]) -> dict[str, set[str]]:
    """The modules that each one imports: at its top, in functions and under TYPE_CHECKING."""
    return {
        name: {target for target, _ in _imported(module.tree, modules)} - {name}
        for name, module in modules.items()
    }


def aliases(module: Module, ours: Mapping[str, Module]) -> list[str]:
    """The imports of our own modules and names under another name."""
    return [alias for _, alias in _imported(module.tree, ours) if alias]


def _imported(tree: ast.Module, ours: Mapping[str, Module]) -> Iterator[tuple[str, str]]:
    """Each of our modules that is imported, with the alias it gets; empty without one."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                wanted = [(each.name, each) for each in names]
            case ast.ImportFrom(module=source, names=names):
                wanted = [
                    (target, each)
                    for each in names
                    for target in (f"{source}.{each.name}", str(source))
                    if target in ours
                ]
            case _:
                continue
        seen: set[ast.alias] = set()
        for target, each in wanted:
            if target in ours and each not in seen:
                seen.add(each)
                alias = f"{target}: {each.name} as {each.asname}" if each.asname else ""
                yield target, alias


def between_rooms(modules: Mapping[str, Module], graph: Graph) -> dict[str, set[str]]:
    """The same imports, from sub-package to sub-package."""
    rooms: dict[str, set[str]] = {module.room: set() for module in modules.values()}
    for name, needed in graph.items():
        here = modules[name].room
        rooms[here] |= {modules[each].room for each in needed} - {here}
    return rooms


def cycles(graph: Graph) -> list[list[str]]:
    """Each group of names that need each other."""
    reached = {name: _reached(name, graph) for name in graph}
    groups = {
        frozenset(each for each in reached[name] if name in reached[each])
        for name in graph
        if name in reached[name]
    }
    return sorted(sorted(group) for group in groups)


def _reached(name: str, graph: Graph) -> set[str]:
    found: set[str] = set()
    waiting = [*graph[name]]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += graph[each]
    return found
