"""Which faults are tried, and which tests meet them."""

from __future__ import annotations

from random import Random

from tests.mutants import shown_by
from tests.mutants.forks import Known
from tests.mutants.mutations import file_of, sample

MODULE = "ivr.search.rounds"


def test_equal_seeds_give_equal_faults_that_load_and_leave_limits_alone() -> None:
    found = sample(MODULE, 8, Random(1))
    assert found == sample(MODULE, 8, Random(1))
    assert len({mutant.line for mutant in found}) == 8
    text = file_of(MODULE).read_text(encoding="utf-8")
    for mutant in found:
        assert mutant.source() != text
        compile(mutant.source(), MODULE, "exec")
        assert not text.splitlines()[mutant.line - 1].partition(" =")[0].isupper()


def test_a_fault_meets_the_tests_that_run_its_line_the_fastest_first() -> None:
    (mutant,) = sample(MODULE, 1, Random(1))
    here, elsewhere = (str(file_of(MODULE)), mutant.line), (str(file_of(MODULE)), 1)
    seconds = {"slow": 9.0, "fast": 1.0, "elsewhere": 0.1}
    known = Known(seconds, {"slow": {here}, "fast": {here}, "elsewhere": {elsewhere}})
    assert known.tests_for(mutant, 5) == ["fast", "slow"]
    assert known.tests_for(mutant, 1) == ["fast"]
    at_import = Known(seconds, {"slow": {elsewhere}, "elsewhere": {elsewhere}, "fast": set()})
    assert at_import.tests_for(mutant, 5) == ["elsewhere", "slow"]


def test_what_runs_at_import_is_shown_by_the_functions_that_use_it() -> None:
    source = (
        "_A = 1\n_B = _A + 2\n\ndef sends(limit=20):\n    first = limit\n    return _B\n"
        "\nclass Row:\n    def is_due(self, now=3):\n        return now\n"
    )
    assert shown_by.lines(source, 1) == {6}
    assert shown_by.lines(source, 4) == {5, 6}
    assert shown_by.lines(source, 9) == {10}
    assert shown_by.lines(source, 3) == set()


def test_what_a_function_builds_once_is_shown_by_those_who_use_it() -> None:
    source = "def built():\n    return 1\n\n_C = built()\n\ndef asks():\n    return _C\n"
    assert shown_by.lines(source, 2) == {2, 7}
