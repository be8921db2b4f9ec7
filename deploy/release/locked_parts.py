"""The packages that a lock file of requirements/ names, and the licence that each one states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

TOP = Path(__file__).resolve().parents[2]
RUN = TOP / "requirements" / "run.txt"
"""What a hotline in service installs."""
OURS = "sanctuary-line"
OUR_LICENCE = "Apache-2.0"
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_WANTED_BY = re.compile(r"^ +#(?: via|  ) +([\w.-]+)(?: \(pyproject\.toml\))?$", re.MULTILINE)

_SPELLINGS: Mapping[str, str] = MappingProxyType({
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
})  # fmt: skip
"""What packages write in place of an identifier of SPDX (spdx.org/licenses)."""
_NOT_STATED: Mapping[str, str] = MappingProxyType({
    "pyrage": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "sqlcipher3": "Zlib",
})  # fmt: skip
"""What the licence file of a package says whose metadata does not."""
_FITS = frozenset((
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-2.1-only",
    "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Zlib",
))  # fmt: skip
"""What software under our licence may use unchanged, and be passed on with."""


class Misfit(Exception):
    """A package whose licence is unknown or does not go with ours."""


@dataclass(frozen=True)
class Part:
    """One pinned package; `wanted_by` names the packages that need it, or ours."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of each file that may be installed."""
    wanted_by: tuple[str, ...]


def parts_of(lock: str) -> Iterator[Part]:
    """Every package of a lock file, in its order."""
    found = list(_PINNED.finditer(lock))
    ends = [each.start() for each in found[1:]] + [len(lock)]
    for each, end in zip(found, ends, strict=True):
        said = lock[each.end() : end]
        hashes, wanted_by = _HASH.findall(said), _WANTED_BY.findall(said)
        yield Part(each[1], each[2], tuple(hashes), tuple(wanted_by))


def licence_of(part: Part) -> str:
    """The licence of an installed package as an expression of SPDX. Raises Misfit."""
    about = metadata.metadata(part.name)
    if about["Version"] != part.version:
        raise Misfit(f"{part.name} {part.version} is not installed: run `make quick` first")
    licence = about.get("License-Expression") or _NOT_STATED.get(part.name) or _written(about)
    if not fits(licence):
        raise Misfit(
            f"{part.name} {part.version} is under {licence!r}, which is not known to go with "
            f"{OUR_LICENCE}: use another package, or say why in deploy/release/locked_parts.py"
        )
    return licence


def fits(licence: str) -> bool:
    """Whether each licence that must be kept goes with ours; of alternatives, one is enough."""
    needed = licence.split(" AND ")
    return all(_FITS.intersection(each.split(" OR ")) for each in needed)


def _written(about: metadata.PackageMetadata) -> str:
    classes = about.get_all("Classifier") or []
    named = [each.rpartition(" :: ")[2] for each in classes if each.startswith("License ::")]
    said = about.get("License", "").strip() or " AND ".join(named)
    return _SPELLINGS.get(said, said)
