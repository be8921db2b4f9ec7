"""What the hotline is made of: its list, its licences, and what is known of holes in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.release import known_holes, locked_parts, sbom
from deploy.release.locked_parts import Misfit, Part

LOCK = locked_parts.RUN.read_text(encoding="utf-8")
HOLE = {"id": "CVE-2026-0001", "fix_versions": ["1.0.1"]}
NOWHERE = "http://127.0.0.1:9"


def test_the_list_of_software_is_cyclonedx_and_has_every_pinned_part() -> None:
    made = sbom.written(LOCK, "1.2.3")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made) is None
    assert made == sbom.written(LOCK, "1.2.3")
    listed = json.loads(made)
    parts = {part["name"]: part for part in listed["components"]}
    assert {"flask", "twilio", "psycopg-binary"} <= set(parts)
    assert len(parts) == len(re.findall(r"^\S+==", LOCK, re.MULTILINE))
    assert all(part["externalReferences"][0]["hashes"] for part in parts.values())
    assert all(part["licenses"] for part in parts.values())
    needs = {each["ref"]: each.get("dependsOn", []) for each in listed["dependencies"]}
    assert "flask" in needs["sanctuary-line"]
    assert "werkzeug" in needs["flask"]


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_a_licence_fits_ours_or_is_refused(licence: str, fits: bool) -> None:
    assert locked_parts.fits(licence) is fits


def test_a_part_that_is_not_installed_as_locked_has_no_licence_to_show() -> None:
    with pytest.raises(Misfit, match=r"flask 0\.1 is not installed"):
        locked_parts.licence_of(Part("flask", "0.1", (), ()))


def test_no_known_hole_is_a_success() -> None:
    verdict = known_holes.of_report([{"name": "flask", "version": "3.1.3", "vulns": []}])
    assert verdict.code == 0
    assert verdict.words == ("no known hole in 1 packages of requirements/run.txt",)


def test_a_known_hole_is_named_with_its_repair() -> None:
    verdict = known_holes.of_report(
        [
            {"name": "flask", "version": "1.0", "vulns": [HOLE]},
            {"name": "rich", "skip_reason": "Dependency not found"},
        ]
    )
    assert verdict.code == 1
    assert verdict.words[0] == "flask 1.0: CVE-2026-0001, repaired in 1.0.1"
    assert "1 of 2 packages were not found" in verdict.words[1]


@pytest.mark.parametrize("report", [[], [{"name": "rich", "skip_reason": "not found"}]])
def test_what_could_not_be_looked_up_is_no_success(report: list[dict[str, object]]) -> None:
    assert known_holes.of_report(report).code == 3


def test_without_a_network_the_audit_says_that_it_knows_nothing() -> None:
    away = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), NOWHERE)
    done = subprocess.run(
        [sys.executable, "-m", "deploy.release.known_holes"],
        cwd=Path(__file__).parents[2], env=os.environ | away | {"NO_PROXY": "", "no_proxy": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stdout.startswith("NOT AUDITED: no advisories could be had (")
