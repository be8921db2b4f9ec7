"""For `mkdocs build`: takes the documents at the top of the repository into the site."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

TOP = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
}
"""Each document at the top, and its page."""
_UP = re.compile(r"\]\((?:\.\./)+(" + "|".join(map(re.escape, TOP)) + r")")
_SAME = re.compile(r"\]\((" + "|".join(map(re.escape, TOP)) + r")")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the documents; their links into docs/ become links of the site."""
    top = Path(config.config_file_path).parent
    for name, page in TOP.items():
        text = (top / name).read_text(encoding="utf-8").replace("](docs/", "](")
        text = _SAME.sub(lambda found: "](" + TOP[found[1]], text)
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Lead links that go up to the top of the repository to those pages."""
    up = "../" * page.file.src_uri.count("/")
    return _UP.sub(lambda found: f"]({up}{TOP[found[1]]}", markdown)
