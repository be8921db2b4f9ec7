"""What another office's software gets about one caller."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ivr.dialogue import phone_numbers
from routing.reporting import intakes
from routing.reporting.intakes import TABLES, Form, Intake

CALLER = Intake(
    call="5f0c", pseudonym="Blue Heron 42", day=date(2026, 12, 8), language="Mam",
    second_language="Spanish", need="taken today", phone="(212) 555-0123", may_leave_message=False,
    is_detained=True, notes=("Hearing on Friday", "Has a son"),
)  # fmt: skip


def test_clio_gets_the_columns_of_its_template_and_a_name_in_both() -> None:
    fields = TABLES[Form.CLIO](CALLER)
    assert " ".join(fields) == (
        "title job_title first_name last_name company business_street business_city "
        "business_state business_postal_code email_address primary_phone"
    )
    told = {name: value for name, value in fields.items() if value}
    assert told == {
        "first_name": "Hotline caller", "last_name": "Blue Heron 42",
        "primary_phone": "(212) 555-0123",
    }  # fmt: skip


def test_legalserver_is_told_whether_the_phone_is_safe_and_an_interpreter_needed() -> None:
    fields = TABLES[Form.LEGALSERVER](CALLER)
    assert (fields["mobile_phone_safe"], fields["interpreter"]) == ("No", "Yes")
    assert (fields["institutionalized"], fields["intake_date"]) == ("Yes", "2026-12-08")
    assert fields["notes"] == "Hearing on Friday\nHas a son"
    silent = replace(CALLER, may_leave_message=None, language="English")
    fields = TABLES[Form.LEGALSERVER](silent)
    assert (fields["mobile_phone_safe"], fields["interpreter"]) == ("", "No")


def test_what_is_not_known_is_null_in_json() -> None:
    told = intakes.as_data(replace(CALLER, phone="", second_language="", may_leave_message=None))
    assert (told["phone"], told["second_language"], told["may_leave_message"]) == (None, None, None)


def test_no_phone_begins_as_a_formula_would() -> None:
    assert phone_numbers.dialled_here("+12125550123") == "(212) 555-0123"
    assert phone_numbers.dialled_here("+525555550123").startswith("011 52 ")
