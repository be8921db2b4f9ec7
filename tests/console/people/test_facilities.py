"""Detention phones: what a coordinator adds counts for the next call from that number."""

from __future__ import annotations

import pytest

from commands.base import roster_file
from commands.records import roster_commands
from tests.coordinator import Coordinator
from tests.hotline import CHEAP_HASHER, Hotline

NUMBER = "+19735550143"


def adds(cora: Coordinator, **fields: str) -> Coordinator:
    """Fill in the form of a new phone."""
    cora.opens("/facilities").follows("Add a phone")
    for label, words in {"Name": "Hudson County", "Number": "(973) 555-0143", **fields}.items():
        cora.fills(label, words)
    return cora.presses("Save")


def test_a_phone_that_is_added_changed_and_removed_counts_for_the_next_call(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana", needs=("question",))
    cora = hotline.has_user("Cora").signs_in()
    adds(cora, **{"Minutes until it ends a call": "15"})
    assert "Nobody of the roster takes such calls" in cora.reads
    assert "15 min" in cora.section("Places of detention")
    hotline.is_called(NUMBER).hears("may record this call").hears("No one can answer").hangs_up()
    assert ana.times_rung == 0
    cora.opens("/facilities").follows("Hudson County").fills("Name", "Hudson").presses("Save")
    assert "Hudson" in cora.opens(f"/calls/{hotline.calls[-1].id}").section("Summary")
    cora.opens("/facilities").follows("Hudson").presses("Remove this phone")
    hotline.is_called(NUMBER).hears("press one")
    assert [deed for _, deed in hotline.audit_log if "facility" in deed] == [
        *("facility added", "facility changed", "facility removed"),
    ]


@pytest.mark.parametrize(
    ("label", "typed", "why"),
    [
        ("Name", " ", "Write a name"),
        ("Number", "ask inside", "cannot be dialled"),
        ("Number", "+17185550110", "somebody of the roster"),
        ("Keys that accept", "five", "0 to 9"),
        ("Seconds before they are sent", "61", "from 0 to 60"),
        ("Minutes until it ends a call", "0", "from 1 to 240"),
    ],
)
def test_each_field_says_what_is_wrong_with_it_and_keeps_what_was_typed(
    hotline: Hotline, label: str, typed: str, why: str
) -> None:
    hotline.knows("Ana")
    cora = hotline.has_user("Cora").signs_in()
    adds(cora, **{label: typed})
    assert cora.answer.status_code == 422
    assert why in cora.error_at(label)
    assert cora.value_of(label) == typed


def test_the_roster_file_brings_its_phones_and_a_second_import_changes_nothing(
    hotline: Hotline,
) -> None:
    database, sample = hotline.context.database, roster_file.read(roster_file.SAMPLE)
    first = roster_commands.bring_in(database, sample, CHEAP_HASHER.hash)
    assert "1 facility changed" in roster_commands.in_words(first)
    again = roster_commands.bring_in(database, sample, lambda _: "")
    assert not again.facilities
    assert hotline.rows_of("facilities") == 1
    cora = hotline.has_user("Cora").signs_in()
    emptied = roster_file.SAMPLE.read_text().replace("facilities:", "facilities: []\nx:", 1)
    assert (
        "which is not one of"
        in cora.opens("/import")
        .uploads("File", "roster.yaml", emptied)
        .presses("Preview the import")
        .reads
    )
