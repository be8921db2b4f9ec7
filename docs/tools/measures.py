"""Measures the product's source for the table in docs/architecture.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from statistics import median

from docs.tools import code_map
from docs.tools.code_map import Graph, Module

ONE_EACH = ("__init__.py", "__main__.py")
IN_EACH_WING = ("views.py", "forms.py", "queries.py", "actions.py")
"""File names that every wing of the console may have."""


def twins(modules: Mapping[str, Module]) -> dict[str, list[str]]:
    """File names that occur more than once, and where."""
    named: dict[str, list[str]] = {}
    for module in modules.values():
        in_a_wing = module.name.startswith("console.") and module.path.name in IN_EACH_WING
        if module.path.name not in ONE_EACH and not in_a_wing:
            named.setdefault(module.path.name, []).append(module.place)
    return {name: places for name, places in named.items() if len(places) > 1}


def table() -> Iterator[str]:
    """The lines of both tables."""
    modules = code_map.product()
    graph = code_map.imports(modules)
    yield from _sizes(modules)
    yield ""
    yield "Migrations are left out of these figures:"
    yield ""
    yield from _figures({n: m for n, m in modules.items() if m.package != "migrations"}, graph)


def _sizes(modules: Mapping[str, Module]) -> Iterator[str]:
    yield "| package | files | lines |"
    yield "|---|---|---|"
    for name in code_map.PACKAGES:
        inside = [each for each in modules.values() if each.package == name]
        yield _size(f"**{name}**", inside)
        rooms = Counter(each.room for each in inside if each.room != name)
        for room in sorted(room for room, files in rooms.items() if files > 1):
            yield _size(room, [each for each in inside if each.room == room])
    yield _size("at the top", [modules[name] for name in code_map.SINGLE])
    yield _size("**all**", list(modules.values()))


def _size(label: str, modules: Sequence[Module]) -> str:
    lines = round(sum(module.lines for module in modules), -2)
    return f"| {label} | {len(modules)} | {lines:,} |"


def _figures(modules: Mapping[str, Module], graph: Graph) -> Iterator[str]:
    lines = [module.lines for module in modules.values()]
    functions = [size for module in modules.values() for size in module.function_lines]
    graph = {name: {each for each in graph[name] if each in modules} for name in modules}
    widest = max(graph, key=lambda name: (len(graph[name]), name))
    aliased = [alias for each in modules.values() for alias in code_map.aliases(each, modules)]
    rooms = code_map.between_rooms(modules, graph)
    yield "| measure | figure |"
    yield "|---|---|"
    yield f"| lines of a module: median, p95, most | {_spread(lines)} |"
    yield f"| lines of a function: median, p95, most | {_spread(functions)} |"
    yield f"| most modules of ours that one imports | {len(graph[widest])} (`{widest}`) |"
    yield f"| import cycles between modules | {len(code_map.cycles(graph))} |"
    yield f"| import cycles between sub-packages | {len(code_map.cycles(rooms))} |"
    yield f"| file names that occur twice | {len(twins(modules))} |"
    yield f"| imports of our own names under an alias | {len(aliased)} |"


def _spread(sizes: Sequence[int]) -> str:
    ranked = sorted(sizes)
    p95 = ranked[ceil(0.95 * len(ranked)) - 1]
    return f"{median(ranked):.0f}, {p95}, {ranked[-1]}"
