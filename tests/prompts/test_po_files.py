"""A translator's way: texts leave as a PO file, and come back without a word lost."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import prompts
from commands.records.prompt_commands import prompts_group
from prompts import prompt_files
from tests.prompts.conftest import Shelf


class Translator:
    """Somebody with a folder of prompt files and a PO file of one language."""

    def __init__(self, folder: Path, code: str) -> None:
        self.prompt_file = folder / f"{code}.toml"
        self.po_file = folder / f"{code}.po"
        self._folder = str(folder)
        exported = self._runs("export", "--po", code)
        assert exported.exit_code == 0
        self.po_file.write_bytes(exported.stdout_bytes)

    def writes(self, old: str, new: str) -> None:
        """Replace words that the PO file contains exactly once."""
        content = self.po_file.read_text(encoding="utf-8")
        assert content.count(old) == 1
        self.po_file.write_text(content.replace(old, new), encoding="utf-8")

    def sends_it_back(self) -> Result:
        return self._runs("import", str(self.po_file))

    def line_of(self, words: str) -> int:
        """The line of the entry whose name or other words these are."""
        lines = self.po_file.read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if words in line)

    def _runs(self, *arguments: str) -> Result:
        return CliRunner().invoke(prompts_group, [*arguments, "--folder", self._folder])


def test_a_round_trip_changes_nothing_in_any_language(tmp_path: Path) -> None:
    for code in sorted(prompts.load().languages.keys() - {"en"}):
        folder = tmp_path / code
        folder.mkdir()
        for file in ("en.toml", f"{code}.toml"):
            shutil.copy(prompt_files.FOLDER / file, folder)
        translator = Translator(folder, code)
        before = translator.prompt_file.read_bytes()
        assert "has these texts already" in translator.sends_it_back().stdout
        assert translator.prompt_file.read_bytes() == before


def test_new_words_and_marks_come_back_and_nothing_else_changes(shelf: Shelf) -> None:
    translator = Translator(shelf.folder, "es")
    before = translator.prompt_file.read_text(encoding="utf-8").splitlines()
    translator.writes('msgstr "Si está en peligro, llame al 911."', 'msgstr "Llame al 911."')
    read_aloud = '#, fuzzy, python-brace-format\nmsgctxt "callback.read_back"'
    translator.writes(read_aloud, 'msgctxt "callback.read_back"')
    assert "2 texts changed, 1 of them marked as reviewed" in translator.sends_it_back().stdout

    after = translator.prompt_file.read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new for _, new in changed] == [
        'danger = "Llame al 911."',
        'read_back = {text = "Usted marcó {number}. ¿Es correcto?", status = "reviewed"}',
    ]


def test_words_that_changed_are_a_draft_whoever_says_that_they_are_right(shelf: Shelf) -> None:
    translator = Translator(shelf.folder, "es")
    assert shelf.read().status("es", "main_menu.detained") == "reviewed"
    translator.writes("Si alguien está en detención", "Si detuvieron a alguien")
    assert translator.sends_it_back().exit_code == 0
    assert shelf.read().status("es", "main_menu.detained") == "draft"


def test_a_translator_sees_when_a_text_is_heard_what_is_put_in_and_how_long_it_takes(
    shelf: Shelf,
) -> None:
    po = Translator(shelf.folder, "es").po_file.read_text(encoding="utf-8")
    (entry,) = (part for part in po.split("\n\n") if '"callback.read_back"' in part)
    assert entry.splitlines()[:4] == [
        "#. The caller asks us to call back.",
        "#. {number}: a phone number or a code, said digit by digit",
        "#. about 2 s aloud, at most 12",
        "#, fuzzy, python-brace-format",
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "fault"),
    [
        ("llame al 911.", "llame al {number}.", "main_menu.danger", "where English has"),
        ("llame al 911.", "llame " * 40, "main_menu.danger", "takes about 17 seconds to say"),
        ('"main_menu.danger"', '"main_menu.dagger"', "dagger", "there is no text"),
        ('msgid "If you are in danger, call 911."', 'msgid "Call."', "main_menu.danger", "English"),
        ('"main_menu.danger"', '"offices.office"', "offices.office", "is on line"),
        ('"Language: es\\n"', '"Language: xx\\n"', None, "there is no language 'xx'"),
        ('"Language: es\\n"', '"Language: en\\n"', "line 1", "English is the source"),
        (
            'msgstr "Si está en peligro, llame al 911."',
            'msgstr "Si está',
            'msgstr "Si está',
            "mend its quotes",
        ),
        ('msgctxt "main_menu.danger"\n', "", None, "has no msgctxt"),
    ],
)
def test_a_file_with_a_fault_changes_nothing_and_the_line_is_named(
    shelf: Shelf, old: str, new: str, at: str | None, fault: str
) -> None:
    translator = Translator(shelf.folder, "es")
    before = translator.prompt_file.read_bytes()
    translator.writes("Usted marcó", "Usted indicó")
    translator.writes(old, new)
    answer = translator.sends_it_back()
    assert answer.exit_code == 1
    assert fault in answer.stderr
    if at and at != "line 1":
        lines = translator.po_file.read_text(encoding="utf-8").splitlines()
        named = [number for number, line in enumerate(lines, 1) if at in line]
        assert {int(line) for line in re.findall(r"line (\d+):", answer.stderr)} <= set(named)
        assert "line " in answer.stderr
    assert translator.prompt_file.read_bytes() == before
