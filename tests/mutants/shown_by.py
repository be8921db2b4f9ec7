"""Which lines show what a line that runs at import does: those that use what it defines."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(source: str, line: int) -> set[int]:
    """The lines in functions that run because of this one; none if nobody can say.

    A default value is shown by the body of its function, and a query by the functions that send it,
    also if a function builds it.
    """
    tree = ast.parse(source)
    for node in _definitions(tree):
        if node.lineno <= line <= (node.end_lineno or node.lineno):
            return _of(tree, node, set())
    return set()


def _definitions(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in tree.body:
        yield from node.body if isinstance(node, ast.ClassDef) else [node]


def _of(tree: ast.Module, node: ast.stmt, seen: set[str]) -> set[int]:
    shown: set[int] = set()
    if isinstance(node, _Function):
        shown |= set(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1))
    names = _defined(node) - seen
    for user in _definitions(tree):
        if user is node or not names & _used(user):
            continue
        if isinstance(user, _Function) and not isinstance(node, _Function):
            shown |= {each.lineno for each in ast.walk(user)
                      if isinstance(each, ast.Name) and each.id in names}  # fmt: skip
        elif not isinstance(user, _Function):
            shown |= _of(tree, user, seen | names)
    return shown


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, _Function):
        return {node.name}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _used(node: ast.stmt) -> set[str]:
    return {each.id for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}  # fmt: skip
