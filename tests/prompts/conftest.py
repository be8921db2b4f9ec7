"""Small prompt files that tests break, and the prompts that the hotline ships."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import prompts
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import HOTLINE
from prompts import Prompts
from prompts.prompt_files import FOLDER

ENGLISH = """
language = "en"
name = "English"
english_name = "English"
direction = "ltr"
status = "reviewed"
menu = {page = 1, key = "1"}
voice = "Polly.Joanna-Neural"
say = "en-US"
digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
keys = {"*" = "star", "#" = "the pound key"}
stop = ["stop", "cancel"]
start = ["start"]
yes = ["yes", "ok"]
take = ["take"]
done = ["done"]
stop_alone = []
polite = []
no = ["no"]
on = ["on"]
off = ["off"]
hours = ["h"]
who = ["who"]
mine = ["mine"]
swap = ["swap"]
surge = ["surge"]
help = ["help"]

[texts.language_menu]
choose = "For English, press {key}."
more = "English, {key}."

[texts.main_menu]
detained = "If someone has been detained, press {key}."
danger = "If you are in danger, call 911."

[texts.callback]
read_back = "You entered {number}. Is it right?"

[texts.offices]
office = "{name}. {address}."

[staff.offer]
details = "{language}. {need}. Waiting {minutes} minutes."

[staff.needs]
detained = "Someone has been detained"

"""

SPANISH = """
language = "es"
name = "Español"
english_name = "Spanish"
direction = "ltr"
status = "draft"
menu = {page = 1, key = "2"}
voice = "Polly.Lupe-Neural"
say = "es-US"
digits = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
keys = {"*" = "asterisco", "#" = "signo de número"}
stop = ["alto", "pare"]
start = ["iniciar"]
yes = ["sí"]
take = ["tomar"]
done = ["listo"]
stop_alone = []
polite = []
no = ["no"]
on = ["activo"]
off = ["libre"]
hours = ["horas"]
who = ["quien"]
mine = ["mios"]
swap = ["cambio"]
surge = ["aumento"]
help = ["ayuda"]

[texts.language_menu]
choose = "Para español, oprima el {key}."
more = "Español, {key}."

[texts.main_menu]
detained = {text = "Si alguien está en detención, oprima el {key}.", status = "reviewed"}
danger = "Si está en peligro, llame al 911."

[texts.callback]
read_back = "Usted marcó {number}. ¿Es correcto?"

[texts.offices]
office = "{name}. {address}."

[staff.offer]
details = "{language}. {need}. Espera: {minutes} minutos."

[staff.needs]
detained = "Alguien está en detención"

[staff.languages]
en = "inglés"
es = "español"
ht = "criollo haitiano"
"""

CREOLE = """
language = "ht"
name = "Kreyòl ayisyen"
english_name = "Haitian Creole"
direction = "ltr"
status = "draft"
menu = {page = 2, key = "1"}
digits = ["zewo", "en", "de", "twa", "kat", "senk", "sis", "sèt", "uit", "nèf"]
keys = {"*" = "bouton zetwal la", "#" = "bouton dyèz la"}
stop = ["sispann"]
start = ["kòmanse"]
yes = ["wi"]
take = ["pran"]
done = ["fini"]
stop_alone = []
polite = []
no = ["non"]
on = ["aktif"]
off = ["konje"]
hours = ["edtan"]
who = ["kiyes"]
mine = ["pam"]
swap = ["chanje"]
surge = ["foul"]
help = ["ed"]

[texts.language_menu]
choose = "Pou kreyòl ayisyen, peze {key}."
more = "Kreyòl, {key}."

[texts.main_menu]
detained = "Si yo mete yon moun nan detansyon, peze {key}."
danger = "Si ou an danje, rele 911."

[texts.callback]
read_back = "Nimewo a se {number}. Èske li bon?"

[texts.offices]
office = "{name}. {address}."

[staff.needs]
detained = "Yon moun nan detansyon"

[staff.languages]
en = "angle"
es = "panyòl"
ht = "kreyòl ayisyen"
"""


class Shelf:
    """A folder of prompt files in English, Spanish and Haitian Creole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recordings = folder / "recordings"
        for code, content in {"en": ENGLISH, "es": SPANISH, "ht": CREOLE}.items():
            self._path(code).write_text(content, encoding="utf-8")

    def change(self, code: str, old: str, new: str) -> None:
        """Replace words that the file contains exactly once."""
        content = self._path(code).read_text(encoding="utf-8")
        assert content.count(old) == 1
        self._path(code).write_text(content.replace(old, new), encoding="utf-8")

    def add(self, code: str, table: str, entry: str) -> None:
        """Add a text in a table of its own."""
        content = self._path(code).read_text(encoding="utf-8")
        self._path(code).write_text(f"{content}\n[{table}]\n{entry}\n", encoding="utf-8")

    def rename(self, code: str, new: str) -> None:
        """Give a language another code, as if its file had been copied."""
        content = self._path(code).read_text(encoding="utf-8")
        self.remove(code)
        for other in ("en", "es"):
            path = self._path(other)
            kept = path.read_text(encoding="utf-8").replace(f"\n{code} = ", f"\n{new} = ")
            path.write_text(kept, encoding="utf-8")
        content = content.replace(f'language = "{code}"', f'language = "{new}"')
        content = content.replace(f"\n{code} = ", f"\n{new} = ")
        self._path(new).write_text(content, encoding="utf-8")

    def remove(self, code: str) -> None:
        self._path(code).unlink()

    def read(self) -> Prompts:
        return prompts.read(self.folder)

    def refusal(self) -> str:
        """The error that refuses the files."""
        with pytest.raises(prompts.PromptError) as refused:
            self.read()
        return str(refused.value)

    def _path(self, code: str) -> Path:
        return self.folder / f"{code}.toml"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@cache
def with_every_language() -> Prompts:
    """The prompts of the hotline, with each language that is ready but not offered."""
    with TemporaryDirectory() as folder:
        for file in (*FOLDER.glob("*.toml"), *FOLDER.glob("optional/*.toml")):
            shutil.copy(file, folder)
        (Path(folder) / "recordings").symlink_to(FOLDER / "recordings")
        return replace(prompts.load(Path(folder)), recordings=FOLDER / "recordings")


@pytest.fixture(scope="session")
def shipped() -> Prompts:
    """The prompts of the hotline, with each language that is ready but not offered."""
    return with_every_language()


@pytest.fixture(scope="session")
def every_text_for_callers() -> list[tuple[str, Mapping[str, str]]]:
    """All texts and keys of the standard call tree, except the lines of the language menu."""
    return list(tree_checks.spoken(HOTLINE))
