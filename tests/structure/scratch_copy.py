"""A copy of the repository that a test changes: it counts changed files, and runs stories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = (
    *("app.py", "pyproject.toml", "settings.py", "web_app.py", "wiring.py"),
    *("commands", "console", "demo", "deploy", "docs", "ivr", "requirements"),
    *("migrations", "models", "prompts", "routing", "simulator", "tests"),
)
_LEFT_OUT = shutil.ignore_patterns("vendor", "screenshots", "node_modules")


class ScratchCopy:
    """The repository in another folder, and which of its files were changed or added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.touched: set[str] = set()
        self.folder.mkdir()
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, self.folder / part, ignore=_LEFT_OUT)
            else:
                shutil.copy2(source, self.folder / part)

    def without(self, *paths: str) -> None:
        """Remove files before the change begins; this does not count as a change."""
        for path in paths:
            (self.folder / path).unlink()

    def insert_after(self, path: str, line: str, new: str) -> None:
        """Add lines after the only line that ends with these words."""
        content = self.read(path)
        found = [each for each in content.splitlines(keepends=True) if each.rstrip().endswith(line)]
        assert len(found) == 1, (path, line, found)
        self.write(path, content.replace(found[0], f"{found[0]}{new}\n"))

    def read(self, path: str) -> str:
        """The content of a file in the copy."""
        return (self.folder / path).read_text(encoding="utf-8")

    def write(self, path: str, content: str) -> None:
        """Change or add a file."""
        self.touched.add(path)
        (self.folder / path).write_text(content, encoding="utf-8")

    def writes_by(self, story: str) -> None:
        """Run code that writes documents, and count the documents that changed."""
        before = self._documents()
        self.runs(story)
        self.touched |= {path for path, text in self._documents().items() if text != before[path]}

    def _documents(self) -> dict[str, str]:
        found = (self.folder / "docs").rglob("*.*")
        return {
            path.relative_to(self.folder).as_posix(): path.read_text(encoding="utf-8")
            for path in found
            if path.suffix in (".md", ".svg")
        }

    def runs(self, story: str) -> str:
        """The output of this code in the copy; fails if the code fails."""
        surroundings = {**os.environ, "PYTHONPATH": str(self.folder)}
        told = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", textwrap.dedent(story)],
            cwd=self.folder,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr[-3000:]
        return told.stdout
