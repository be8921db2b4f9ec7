"""Small faults that a program makes in our code, by the operators of Cosmic Ray."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator

CODE = Path(__file__).resolve().parents[2]
OPERATORS = (
    *("AddNot", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ZeroIterationForLoop"),
    *("ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ExceptionReplacer"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ReplaceUnaryOperator_Delete_Not"),
    *("ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add"),
    *("ReplaceBinaryOperator_Mul_Add", "ReplaceBinaryOperator_Div_Mul"),
    *("ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq"),
    *("ReplaceComparisonOperator_Lt_GtE", "ReplaceComparisonOperator_LtE_Gt"),
    *("ReplaceComparisonOperator_Gt_LtE", "ReplaceComparisonOperator_GtE_Lt"),
    *("ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is"),
)
"""Without those whose faults do not even load, such as a decorator that is removed."""
LEFT_OUT = re.compile(
    r"^[A-Z_]+ = |repr=False|mapped_column\(|\bWord\(|sa\.(String|Index|ForeignKey)\(|^@"
    r"|^(from|import) "
)
"""Lines that only migrations, imports and logs read, and limits: one more breaks no promise."""


@dataclass(frozen=True)
class Mutant:
    """One fault."""

    module: str
    operator: str
    occurrence: int
    line: int

    def source(self) -> str:
        """The source of the module with the fault."""
        text = file_of(self.module).read_text(encoding="utf-8")
        operator = get_operator(f"core/{self.operator}")()
        mutated: str = MutationVisitor.mutate_code(text, operator, self.occurrence)
        return mutated

    def __str__(self) -> str:
        before = file_of(self.module).read_text(encoding="utf-8").splitlines()
        after = self.source().splitlines()
        return f"{self.module}:{self.line} {self.operator}: {_changed(before, after)}"


def file_of(module: str) -> Path:
    """The file of a module of ours."""
    return CODE / f"{module.replace('.', '/')}.py"


def sample(module: str, many: int, dice: Random) -> list[Mutant]:
    """So many mutants of a module, each on a line of its own while there are lines."""
    every = list(_every(module))
    dice.shuffle(every)
    by_line = {mutant.line: mutant for mutant in every}
    first = list(by_line.values())
    ordered = [*first, *(mutant for mutant in every if mutant not in first)]
    return list(islice(filter(_loads, ordered), many))


def _loads(mutant: Mutant) -> bool:
    try:
        compile(mutant.source(), mutant.module, "exec")
    except SyntaxError:
        return False
    return True


def _every(module: str) -> Iterator[Mutant]:
    text = file_of(module).read_text(encoding="utf-8")
    lines = text.splitlines()
    for name in OPERATORS:
        places = _Places(get_operator(f"core/{name}")())
        places.walk(get_ast(text))
        for occurrence, line in enumerate(places.lines):
            if not LEFT_OUT.search(lines[line - 1].strip()):
                yield Mutant(module, name, occurrence, line)


class _Places(Visitor):  # type: ignore[misc]  # the library ships no types
    """The lines at which an operator applies."""

    def __init__(self, operator: object) -> None:
        self.operator = operator
        self.lines: list[int] = []

    def visit(self, node: object) -> object:
        """Note the places inside of a node."""
        self.lines += [start[0] for start, _ in self.operator.mutation_positions(node)]  # type: ignore[attr-defined]
        return node


def _changed(before: list[str], after: list[str]) -> str:
    pairs = zip(before, after, strict=False)
    return next((f"`{new.strip()}`" for old, new in pairs if old != new), "")
