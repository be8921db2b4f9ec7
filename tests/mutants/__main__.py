"""Mutation test of the promise: python -m tests.mutants --mutants 10 --seed 1.

Callbacks, messages, rings and the search are broken in small ways, one at a time. A break that no
test notices is a promise that no test keeps. It prints a row for each that survived.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.mutants import forks
from tests.mutants.mutations import CODE, Mutant, sample

MODULES = (
    *("ivr.search.callback_promises", "ivr.search.rounds", "ivr.search.search"),
    *("ivr.callers.voicemail", "ivr.worker.dialler", "ivr.worker.planner"),
    *("models.calls.callbacks", "models.calls.voicemails", "models.calls.rings"),
)
TESTS = (
    *("tests/ivr/[!p]*/test_*.py", "tests/ivr/privacy/test_[!s]*.py", "tests/ivr/test_c*.py"),
    *("tests/faults/test_[acdefgj]_*.py", "tests/faults/test_b_[dp]*.py"),
    *("tests/faults/test_h_*.py", "tests/faults/test_drills.py"),
    *("tests/console/work/*.py", "tests/console/calls/*.py", "tests/console/board/*.py"),
    "tests/models/*/test_*.py",
)
"""The files of tests that run these modules, but for those that take minutes."""
LONG = ("test_proof_of_pursuit.py", "test_pursued_together.py")
ENOUGH = 0.9
"""The share of faults that the tests must find."""
MOST_TESTS = 250
"""Of the tests that run a line: the fastest of each file, then the next; more would take hours."""
LOOK_SECONDS = 0.05


def main() -> None:
    """Print what survived; exit 1 if it is more than one in ten."""
    asked = _parser().parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    _say(f"{asked.mutants} of each module, seed {asked.seed}; logs: {folder}")
    importlib.import_module("tests.hotline")
    importlib.import_module("tests.conftest")
    forks.forget_our_modules()
    files = (file for pattern in TESTS for file in CODE.glob(pattern))
    tests = sorted(str(file) for file in files if file.name not in LONG)
    known = forks.watch(tests, MODULES, folder, asked.processes)
    _say(f"{len(known.seconds)} tests in {sum(known.seconds.values()):.0f} s")
    dice = Random(asked.seed)
    mutants = [each for module in MODULES for each in sample(module, asked.mutants, dice)]
    survivors = _survivors(mutants, known, folder, asked.processes)
    for mutant in survivors:
        _say(f"survived: {mutant}")
    for module, many in Counter(mutant.module for mutant in mutants).items():
        left = sum(mutant.module == module for mutant in survivors)
        _say(f"{module:36}{many - left:>5} of {many:>3} found")
    found = 1 - len(survivors) / len(mutants)
    _say(f"{'together':36}{len(mutants) - len(survivors):>5} of {len(mutants):>3}: {found:.1%}")
    sys.exit(0 if found >= ENOUGH else 1)


def _survivors(
    mutants: list[Mutant], known: forks.Known, folder: Path, processes: int
) -> list[Mutant]:
    waiting = list(enumerate(mutants))
    running: list[forks.Trial] = []
    survivors: list[Mutant] = []
    while waiting or running:
        while waiting and len(running) < processes:
            number, mutant = waiting.pop(0)
            tests = known.tests_for(mutant, MOST_TESTS)
            running.append(forks.Trial(mutant, tests, folder / f"{number}.log", known))
        time.sleep(LOOK_SECONDS)
        for trial in list(running):
            if (is_found := trial.is_over()) is None:
                continue
            running.remove(trial)
            if not is_found:
                survivors.append(trial.mutant)
    return survivors


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--mutants", type=int, default=4, help="of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
