"""Build a release: python -m deploy.release.build, from the top of a checkout (`make release`).

dist/sanctuary-line-VERSION/ and its .tar.gz hold the wheel, its exact requirements with hashes, the
files of deploy/, a list of the software inside, and checksums. All three doors install from it.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from deploy.release import sbom
from deploy.release.locked_parts import RUN, TOP

DIST = TOP / "dist"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".env", "release")


def main() -> None:
    """Build the wheel from the source distribution, then collect the release."""
    shutil.rmtree(DIST, ignore_errors=True)
    subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(DIST), str(TOP)],
        check=True,
    )
    (wheel,) = DIST.glob("*.whl")
    version = wheel.name.split("-")[1]
    folder = DIST / f"sanctuary-line-{version}"
    collect(folder, wheel)
    archive = pack(folder)
    sys.stdout.write(f"{archive}\n{folder}\n")


def collect(folder: Path, wheel: Path) -> None:
    """Put everything that an installation needs into a new folder."""
    folder.mkdir()
    shutil.copy2(wheel, folder)
    shutil.copy2(RUN, folder / "requirements.txt")
    shutil.copytree(TOP / "deploy", folder / "deploy", ignore=_LEFT_OUT)
    for name in ("LICENSE", "CHANGELOG.md"):
        shutil.copy2(TOP / name, folder)
    shutil.copy2(TOP / "deploy" / "README.md", folder / "README.md")
    parts = sbom.written(RUN.read_text(encoding="utf-8"), wheel.name.split("-")[1])
    (folder / "sbom.json").write_text(parts, encoding="utf-8")
    sums = "".join(f"{_digest(file)}  {file.relative_to(folder)}\n" for file in _files(folder))
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")


def pack(folder: Path) -> Path:
    """The folder as an archive that is the same for the same content."""
    archive = folder.with_name(f"{folder.name}.tar.gz")
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for file in _files(folder):
            tar.add(file, f"{folder.name}/{file.relative_to(folder)}", filter=_nobodys)
    return archive


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = 0
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
