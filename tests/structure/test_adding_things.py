"""Common additions touch few files, and a check reports whatever is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

import migrations
from tests.structure.scratch_copy import ScratchCopy

RECORDED = ("ht", "ur", "ne")
"""Left out: a synthesiser would have to record their words, which takes minutes and no edit."""
MOST_FILES = 6
IN_SPANISH = {
    "Search for a person: social worker": "Se busca a alguien: trabajo social",
    "a social worker": "trabajo social",
    "social": "trabajo social",
}

A_HOTLINE = """
import logging, tempfile
from pathlib import Path
import migrations
from models.core.database import Database
from models.core.vault import Vault
from tests.hotline import Hotline

KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="

logging.disable(logging.CRITICAL)
file = Path(tempfile.mkdtemp()) / "hotline.db"
database = Database(f"sqlite:///{file}", Vault.from_setting(KEY))
migrations.upgrade(database.engine)
database.close()
hotline = Hotline(f"sqlite:///{file}", folder=file.parent / "standby")
"""


@pytest.fixture
def copy(tmp_path: Path) -> ScratchCopy:
    """A fresh copy of the repository."""
    return ScratchCopy(tmp_path)


def languages_of(copy: ScratchCopy) -> list[str]:
    return [path.stem for path in sorted((copy.folder / "prompts").glob("*.toml"))]


def add_social_worker(copy: ScratchCopy) -> None:
    """Add a key to the main menu that leads to people who take a new need."""
    tree, labels = "ivr/dialogue/call_tree.py", "ivr/dialogue/place_labels.py"
    copy.insert_after(
        tree,
        'Option("5", "main_menu.offices", "offices"),',
        '                Option("6", "main_menu.social", "social"),',
    )
    copy.insert_after(tree, '("question", "question"),', '                ("social", "social"),')
    needs = copy.read("routing/needs.py")
    row = needs[
        needs.index('    Need(\n        "question"') : needs.index(
            '    Need(\n        "court_soon"'
        )
    ]
    social = row.replace('"question"', '"social"')
    copy.write("routing/needs.py", needs.replace(row, row + social))
    copy.insert_after(
        labels,
        '"question": "Search for a person: question",',
        '    "social": "Search for a person: social worker",',
    )
    copy.insert_after(
        labels,
        '"main_menu.question": "an immigration question",',
        '    "main_menu.social": "a social worker",',
    )
    entries = (f'\nmsgid "{text}"\nmsgstr "{said}"\n' for text, said in IN_SPANISH.items())
    catalogue = "console/translations/es.po"
    copy.write(catalogue, copy.read(catalogue) + "".join(entries))


def say_social_worker(copy: ScratchCopy, path: str) -> None:
    """Add the words of the new key in one language."""
    texts = copy.read(path).replace(
        "[texts.main_menu]\n",
        '[texts.main_menu]\nsocial = "For a social worker, press {key}."\n',
    )
    said = texts.replace("[staff.needs]\n", '[staff.needs]\nsocial = "A social worker"\n')
    copy.write(path, said)


def test_a_menu_option_with_a_need_of_its_own(copy: ScratchCopy) -> None:
    copy.without(*(f"prompts/{code}.toml" for code in RECORDED))
    add_social_worker(copy)
    words = {f"prompts/{code}.toml" for code in languages_of(copy)}
    for path in words:
        say_social_worker(copy, path)

    copy.runs(
        """
        from tests.console.base import test_translations
        from tests.ivr.dialogue import test_place_labels

        test_place_labels.test_every_place_has_a_label_and_no_label_is_left_over()
        test_place_labels.test_every_option_has_a_label_and_no_label_is_left_over()
        test_translations.test_everything_is_said_in_this_language("es")
        """
    )
    copy.runs(
        A_HOTLINE
        + """
ana = hotline.has_on_duty("Ana")
call = hotline.is_called().press("1").hears("For a social worker, press six").press("6")
ana.answers().hears("A social worker").presses("1")
assert call.is_joined_with(ana.number)
call.hangs_up()
assert hotline.calls[-1].need == "social"
assert list(hotline.closes()) == []
"""
    )
    assert len(copy.touched - words) <= MOST_FILES - 1, copy.touched - words


def test_a_menu_option_whose_need_has_no_row_does_not_start(copy: ScratchCopy) -> None:
    copy.insert_after(
        "ivr/dialogue/call_tree.py",
        '("detained", "detained"),',
        '                ("asylum_now", "asylum"),',
    )
    told = copy.runs(
        """
        import prompts
        from ivr.dialogue import tree_checks
        from ivr.dialogue.call_tree import HOTLINE

        try:
            tree_checks.check(HOTLINE, prompts.load())
        except tree_checks.BrokenTree as broken:
            print("\\n".join(broken.faults))
        """
    )
    assert "asylum_now asks for the need 'asylum', which has no row in routing/needs.py" in told


def test_a_language_is_one_file(copy: ScratchCopy) -> None:
    english = copy.read("prompts/en.toml")
    head = {
        'language = "en"': 'language = "tl"',
        '\nname = "English"': '\nname = "Tagalog"',
        'english_name = "English"': 'english_name = "Tagalog"',
        'menu = {page = 1, key = "1"}': 'menu = {page = 2, key = "5"}',
        'voice = "Polly.Joanna-Neural"': 'voice = "Google.fil-PH-Wavenet-A"',
        'say = "en-US"': 'say = "fil-PH"',
        "For English, press {key}.": "Para sa Tagalog, pindutin ang {key}.",
    }
    for old, new in head.items():
        assert english.count(old) == 1, old
        english = english.replace(old, new)
    lines = [
        'stop = ["tigil", "itigil"]' if line.startswith("stop = ") else line
        for line in english.splitlines()
    ]
    copy.write("prompts/tl.toml", "\n".join(lines) + "\n")

    copy.runs(
        A_HOTLINE
        + """
ana = hotline.has_on_duty("Ana", speaks="es tl")
call = hotline.is_called().press("9")
call.hears("Para sa Tagalog, pindutin ang five").press("5").press("2")
ana.answers().hears("Tagalog").presses("1")
assert call.is_joined_with(ana.number)
assert hotline.calls[-1].language == "tl"
call.hangs_up()
ana.phone.texts_to(hotline.settings.twilio_phone_number, "Itigil!")
hotline.works()
assert hotline.person(ana).no_texts
assert list(hotline.closes()) == []
"""
    )
    assert copy.touched == {"prompts/tl.toml"}


def test_a_sealed_column_of_a_person(copy: ScratchCopy) -> None:
    (head,) = ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads()
    copy.insert_after(
        "models/people/people.py",
        "phone_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)",
        "    preferred_name_sealed: Mapped[bytes | None]",
    )
    copy.insert_after(
        "models/core/personal_data.py",
        '"person.phone"),',
        '    PersonalData("people", ("preferred_name_sealed",), "preferred name", _SEALED,\n'
        '                 Sees.STAFF, Kept.BY_HAND, _PEOPLE, "person.preferred_name"),',
    )
    copy.write(
        "migrations/versions/2027_01_01_preferred_names.py",
        f'''"""What people want to be called."""

import sqlalchemy as sa
from alembic import op

revision = "preferred_names"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that older code does not look at."""
    op.add_column("people", sa.Column("preferred_name_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """The column goes, with what is in it."""
    op.drop_column("people", "preferred_name_sealed")
''',
    )
    copy.writes_by(
        "import runpy; runpy.run_module('docs.tools.generated_parts', run_name='__main__')"
    )
    assert "docs/personal-data.md" in copy.touched

    copy.runs(
        A_HOTLINE
        + """
from models.core import sealed_columns
from models.people import people
from ivr.privacy import subject_access
from tests.structure import test_personal_data

ana = hotline.knows("Ana")
with hotline.context.database.transaction() as session:
    person = people.with_name(session, "Ana")
    sealed_columns.write(session, person, "preferred_name_sealed", "Quetzal")
with hotline.context.database.reading() as session:
    person = people.with_name(session, "Ana")
    assert sealed_columns.read(session, person, "preferred_name_sealed") == "Quetzal"
    told = {each.kind: each for each in subject_access.of(session, ana.number, hotline.clock.now())}
assert "preferred name" in told["people on the roster"].sealed
assert all(b"Quetzal" not in part.read_bytes() for part in file.parent.glob("hotline.db*"))
test_personal_data.test_every_sealed_column_is_in_the_table()
"""
    )
    assert len(copy.touched) <= MOST_FILES, copy.touched
