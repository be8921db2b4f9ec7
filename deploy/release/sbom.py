"""The software inside a release, in the form of CycloneDX: python -m deploy.release.sbom.

`make sbom` writes it to build/sbom.json.
"""

from __future__ import annotations

import json
import sys
import tomllib
import uuid

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from deploy.release import locked_parts
from deploy.release.locked_parts import OUR_LICENCE, OURS, TOP, Part


def main() -> None:
    """Write the list of what requirements/run.txt names."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    file = TOP / "build" / "sbom.json"
    file.parent.mkdir(exist_ok=True)
    lock = locked_parts.RUN.read_text(encoding="utf-8")
    file.write_text(written(lock, project["version"]), encoding="utf-8")
    sys.stdout.write(f"{file}\n")


def written(lock: str, version: str) -> str:
    """The list as JSON; the same for the same lock file and the same version of ours."""
    parts = list(locked_parts.parts_of(lock))
    licence = LicenseFactory().make_from_string(OUR_LICENCE)
    ours = Component(
        name=OURS, version=version, bom_ref=OURS, type=ComponentType.APPLICATION, licenses=[licence]
    )
    known = {OURS: ours} | {part.name: _component(part) for part in parts}
    bom = Bom(
        components=(known[part.name] for part in parts),
        metadata=BomMetaData(component=ours),
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"{OURS} {version} {lock}"),
    )
    for name, component in known.items():
        needs = [known[part.name] for part in parts if name in part.wanted_by]
        bom.register_dependency(component, needs)
    made = json.loads(JsonV1Dot6(bom).output_as_string())
    del made["metadata"]["timestamp"]  # a release is the same for the same content
    return json.dumps(made, indent=1) + "\n"


def _component(part: Part) -> Component:
    """A package; CycloneDX keeps the hashes of its files where they are distributed."""
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"https://pypi.org/project/{part.name}/{part.version}/#files"),
        hashes=(HashType(alg=HashAlgorithm.SHA_256, content=each) for each in part.hashes),
    )
    return Component(
        name=part.name,
        version=part.version,
        bom_ref=part.name,
        purl=PackageURL("pypi", name=part.name.lower(), version=part.version),
        licenses=[LicenseFactory().make_from_string(locked_parts.licence_of(part))],
        external_references=[files],
    )


if __name__ == "__main__":
    main()
