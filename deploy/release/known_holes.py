"""Looks for known holes in what requirements/run.txt names: python -m deploy.release.known_holes.

pip-audit asks for the advisories of each package over the network. Exit codes: 0 no known hole in
any package, 1 a hole is known, 3 the advisories of at least one package could not be had.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from deploy.release.locked_parts import RUN, TOP

NO_HOLE, A_HOLE, NO_ADVISORIES = 0, 1, 3
_PATIENCE_SECONDS = 300
_COMMAND = (
    sys.executable, "-m", "pip_audit", "--requirement", str(RUN), "--require-hashes",
    "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What is known of all packages together."""

    code: int
    words: tuple[str, ...]


def main() -> int:
    """Ask, and say what is known."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            _COMMAND, cwd=TOP, env=os.environ, capture_output=True, text=True, check=False,
            timeout=_PATIENCE_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        verdict = without_advisories("no answer in five minutes")
    else:
        verdict = _of_run(done)
    sys.stdout.write("".join(f"{line}\n" for line in verdict.words))
    return verdict.code


def of_report(packages: Iterable[dict[str, Any]]) -> Verdict:
    """The verdict on what pip-audit found about each package.

    A package that it could not look up counts as unknown: pip-audit itself calls that a success.
    """
    every = list(packages)
    holes = [(each, hole) for each in every for hole in each.get("vulns", ())]
    unknown = [each["name"] for each in every if "skip_reason" in each]
    words = [
        f"{each['name']} {each['version']}: {hole['id']}, repaired in "
        f"{', '.join(hole['fix_versions']) or 'no version yet'}"
        for each, hole in holes
    ]
    if unknown:
        lacking = without_advisories(f"{len(unknown)} of {len(every)} packages were not found")
        words += lacking.words
    if holes:
        return Verdict(A_HOLE, tuple(words))
    if unknown or not every:
        return Verdict(NO_ADVISORIES, tuple(words))
    return Verdict(NO_HOLE, (f"no known hole in {len(every)} packages of requirements/run.txt",))


def without_advisories(why: str) -> Verdict:
    """Nothing is known, which is not the same as no hole."""
    words = f"NOT AUDITED: no advisories could be had ({why}). Run this again with a network."
    return Verdict(NO_ADVISORIES, (words,))


def _of_run(done: subprocess.CompletedProcess[str]) -> Verdict:
    try:
        return of_report(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        said = done.stderr.strip().splitlines()
        return without_advisories(said[-1].partition(":")[0] if said else "pip-audit said nothing")


if __name__ == "__main__":
    sys.exit(main())
