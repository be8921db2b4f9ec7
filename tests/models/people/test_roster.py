"""The roster file: what it may contain, and what a coordinator reads when it is wrong."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from models.people import roster
from models.people.roster import Roster, RosterFacility, RosterPerson
from models.people.roster_text import RosterError
from routing.duty.coverage import gaps
from routing.duty.duty import Rotation, Weekly, on_duty
from routing.needs import CODES
from routing.person import Pursued, Responder

LANGUAGES = tuple(prompts.load().languages)
SAMPLE = Path(__file__).parents[3] / "commands" / "sample_roster.yaml"
NO_CODE = "which is no language code of ISO 639, such as es or mam"
NEW_YORK = ZoneInfo("America/New_York")

SMALL = """\
timezone: America/New_York
partners:
  - name: Chhaya CDC
    phone: 718 555 0106
    zips: [11372, "11368-11370", 00501]
people:
  - name: Ana Torres
    phone: (718) 555-0121
    partner: Chhaya CDC
    languages: [es, en]
    pin: 012345
  - name: Cora
    phone: +1 212 555 0134
    role: coordinator
rules:
  - {kind: weekly, days: [mon], start: 22:00, end: 06:00, person: Ana Torres, priority: 2}
"""


def read(text: str) -> Roster:
    return roster.read(text, languages=LANGUAGES)


def complaints(text: str) -> list[str]:
    with pytest.raises(RosterError) as refused:
        read(text)
    return str(refused.value).split("\n")


def with_changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)


def test_an_office_has_hours_visits_and_days() -> None:
    facts = 'hours: ["Mon-Fri 9:00-17:00", Sat 10 am-1 pm]\n    visits: walk-in\n    '
    days = "closed_until: 2027-01-31\n    checked_on: 2026-12-01\n    needs: [family]\n    zips: "
    (office,) = read(with_changed("zips: ", facts + days)).partners
    assert office.hours == "Mon-Fri 9:00-17:00; Sat 10 am-1 pm"
    assert office.visits == "walk-in"
    assert office.needs == ("family",)
    assert (office.closed_until, office.checked_on) == (date(2027, 1, 31), date(2026, 12, 1))


def test_any_language_of_iso_639_is_read_with_its_level() -> None:
    listed = read(with_changed("[es, en]", "[mam, spa, wo]")).people[0]
    assert (listed.languages, listed.levels) == (("mam", "es", "wo"), ())

    graded = "{mam: native, es: professional, fr: some}"
    found = read(with_changed("[es, en]", graded)).people[0]
    assert found.languages == ("mam", "es")
    assert dict(found.levels) == {"mam": "native", "es": "professional", "fr": "some"}


def test_a_director_is_of_tier_four_unless_the_file_says_otherwise() -> None:
    found = read(with_changed("role: coordinator", "role: director"))

    assert [(person.role, person.tier) for person in found.people if person.role == "director"] == [
        ("director", 4)
    ]


FACILITY = """\
facilities:
  - number: (973) 555-0143
    label: Hudson County
    accept_digits: 5
    wait_seconds: 9
    recorded: false
    limit_minutes: 15
"""


def test_a_facility_is_read_with_how_its_calls_are_accepted() -> None:
    assert read(SMALL + FACILITY).facilities == (
        RosterFacility("+19735550143", "Hudson County", "5", 9, recorded=False, limit_minutes=15),
    )


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("(973) 555-0143", "inside", "line 18: Hudson County"),
        ("(973) 555-0143", "718 555 0121", "has the phone of a person"),
        ("label: Hudson County", "place: Hudson", "has 'place', which is not one of"),
        ("accept_digits: 5", "accept_digits: 5a", "line 20: Hudson County has the accept_digits"),
        ("wait_seconds: 9", "wait_seconds: 61", "a whole number from 0 to 60"),
        ("recorded: false", "recorded: maybe", "not one of true, false"),
        ("limit_minutes: 15", "limit_minutes: 0", "a whole number from 1 to 240"),
        (FACILITY, FACILITY + FACILITY.partition("\n")[2], "another facility has already"),
    ],
)
def test_a_wrong_facility_is_refused_with_its_line_and_reason(old: str, new: str, why: str) -> None:
    assert why in "\n".join(complaints(SMALL + FACILITY.replace(old, new)))


def test_the_file_says_who_is_rung_off_duty_or_leaves_it_to_the_tier() -> None:
    said = read(with_changed("role: coordinator", "role: coordinator\n    pursued: never"))

    assert [person.pursued for person in said.people] == [None, Pursued.NEVER]


def test_words_stay_as_they_are_written() -> None:
    small = read(SMALL)

    assert small.people[0].pin == "012345"
    assert small.partners[0].zips == ("11372", "11368", "11369", "11370", "00501")
    assert small.rules == (Weekly(("mon",), time(22), time(6), "Ana Torres", priority=2),)


def test_phones_become_international_and_ten_digits_are_american() -> None:
    small = read(SMALL)

    assert small.partners[0].phone == "+17185550106"
    assert [person.phone for person in small.people] == ["+17185550121", "+12125550134"]


def test_what_is_left_out_has_a_plain_meaning() -> None:
    assert read(SMALL).people[1] == RosterPerson(
        "Cora", "+12125550134", None, "coordinator", ("en",), (), 3, None
    )


def test_the_same_roster_in_json_even_with_tabs_is_the_same() -> None:
    data = {
        "timezone": "America/New_York",
        "people": [{"name": "Ana", "phone": "7185550121", "tier": 2, "partner": None}],
        "rules": [
            {
                "kind": "rotation",
                "people": ["Ana"],
                "handoff": "daily",
                "shift_length": 2,
                "start": "2026-06-01T08:00:00-04:00",
            }
        ],
    }
    found = read(json.dumps(data, indent="\t"))

    assert found == read(json.dumps(data))
    assert found.people[0].tier == 2
    assert isinstance(found.rules[0], Rotation)
    assert found.rules[0].shift_length == 2


def test_a_roster_is_read_from_a_file_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "roster.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())

    assert roster.read(file, languages=LANGUAGES) == read(SMALL)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "[es, en]",
            "[esp, en]",
            f"line 10: Ana Torres speaks 'esp', {NO_CODE}",
        ),
        (
            "[es, en]",
            "[English]",
            f"line 10: Ana Torres speaks 'English', {NO_CODE}",
        ),
        (
            "[es, en]",
            "{es: native, mam: fluent}",
            "line 10: Ana Torres speaks 'mam' at the level 'fluent', which is not one of native, "
            "professional, some",
        ),
        (
            "[es, en]",
            "{es: native, spa: some}",
            "line 10: Ana Torres speaks 'spa' twice",
        ),
        (
            "[es, en]",
            "{es: some}",
            "line 10: Ana Torres speaks no language well enough to take calls",
        ),
        ("[es, en]", "es", "line 10: Ana Torres has languages that are not a list"),
        (
            "partner: Chhaya CDC",
            "partner: Chaya CDC",
            "line 9: Ana Torres is with 'Chaya CDC', "
            "not on the list of partners; is it Chhaya CDC?",
        ),
        (
            "role: coordinator",
            "role: boss",
            "line 14: Cora has role 'boss', "
            "which is not one of attorney, volunteer, interpreter, coordinator, director",
        ),
        (
            "role: coordinator",
            "needs: [visa]",
            "line 14: Cora takes 'visa', which is not one of " + ", ".join(CODES),
        ),
        (
            "zips: ",
            "needs: [visa]\n    zips: ",
            "line 5: Chhaya CDC takes 'visa', which is not one of " + ", ".join(CODES),
        ),
        (
            "role: coordinator",
            "tier: 5",
            "line 14: Cora has tier '5', which is not one of 1, 2, 3, 4",
        ),
        (
            "role: coordinator",
            "tier: 4",
            "line 14: Cora is volunteer with tier 4; a director, and nobody else, has 4",
        ),
        (
            "role: coordinator",
            "pursued: sometimes",
            "line 14: Cora has pursued 'sometimes', which is not one of always, emergencies, never",
        ),
        (
            "role: coordinator",
            "tier: first",
            "line 14: Cora has tier 'first', which is not one of 1, 2, 3, 4",
        ),
        (
            "pin: 012345",
            "pin: 12345",
            "line 11: Ana Torres has a PIN that is not six or more digits",
        ),
        (
            "+1 212 555 0134",
            "555 0134",
            "line 13: Cora has a phone that cannot be dialled; write +1 and ten digits",
        ),
        (
            "+1 212 555 0134",
            "soon",
            "line 13: Cora has a phone that cannot be dialled; write +1 and ten digits",
        ),
        (
            "+1 212 555 0134",
            "718-555-0121",
            "line 13: Cora has a phone that somebody else has already (line 8)",
        ),
        (
            "name: Cora",
            "name: ana torres",
            "line 12: ana torres is twice on the list of people (line 7)",
        ),
        ("name: Cora", "name:", "line 12: person 2 has no name"),
        ("name: Cora", "name: [Cora]", "line 12: person 2 has name that should be plain words"),
        (
            "name: Cora",
            'name: "Co\\0ra"',
            "line 12: person 2 has a character in name that cannot be printed",
        ),
        (
            "role: coordinator",
            "colour: red",
            "line 14: person 2 has 'colour', which is not one of "
            "name, phone, partner, role, languages, needs, tier, pursued, pin, hotline_language",
        ),
        ("role: coordinator", "name: Dora", "line 14: person 2 has name twice"),
        (
            '"11368-11370"',
            "11370-11368",
            "line 5: Chhaya CDC has the zip '11370-11368'; write 11368, or a range 11368-11377",
        ),
        (
            "zips: ",
            "url: chhaya.example\n    zips: ",
            "line 5: Chhaya CDC has the url 'chhaya.example', which does not start with https://",
        ),
        (
            "zips: ",
            "hours: [9-5]\n    zips: ",
            "line 5: Chhaya CDC has hours nobody can read: "
            "'9-5'; write hours like Mon-Fri 09:00-17:00, with ; between",
        ),
        (
            "zips: ",
            "closed_until: soon\n    zips: ",
            "line 5: Chhaya CDC has the date 'soon'; write 2027-03-31",
        ),
        (
            "person: Ana Torres",
            "person: Ana Tores",
            "line 16: rule 1 names 'Ana Tores', not on the list of people; is it Ana Torres?",
        ),
        (
            "start: 22:00",
            "start: 25:00",
            "line 16: rule 1 cannot be kept: "
            "start is '25:00'; write a time of day like 08:30, and midnight as 00:00",
        ),
        (
            "days: [mon]",
            "days: [[[[[mon]]]]]",
            "line 16: rule 1 cannot be kept: days is nested too deeply",
        ),
        (
            "timezone: America/New_York",
            "timezone: Gotham",
            "line 1: the roster is in no zone we know: "
            "'Gotham' is not a time zone; write for example America/New_York",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, complaint: str) -> None:
    assert complaint in complaints(with_changed(old, new))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: the roster is empty"),
        ("# nothing\n", "line 1: the roster is empty"),
        ("{}", "line 1: the roster has no people"),
        ("roster.yaml", "line 1: the roster should have fields, each with its name and a colon"),
        ("people:\n  - Ana", "line 2: person 1 should have fields, each with its name and a colon"),
        ("people: Ana", "line 1: the roster has people that are not a list"),
        ("people:\n  - a\n b", "line 3: this is not YAML or JSON: expected"),
        ("people: []\n---\npeople: []", "line 2: this is not YAML or JSON: but found"),
        ("people: *all", "line 1: '*all' refers to another place; write it out instead"),
        ("people:\n  - \x00", "line 2: a character here cannot be printed"),
        ("[" * 5000, "line 1: this is nested too deeply for a roster"),
        ("people: &p [*p]", "line 1: '*p' refers to another place; write it out instead"),
        ("rules: &r [{kind: weekly, days: &d [*d]}]", "line 1: '*d' refers to another place"),
    ],
)
def test_a_file_of_another_shape_is_refused(text: str, complaint: str) -> None:
    assert any(words.startswith(complaint) for words in complaints(text))


def test_a_file_in_another_encoding_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "roster.yaml"
    file.write_bytes("people:\n  - name: José".encode("latin-1"))

    with pytest.raises(RosterError, match=r"line 2: roster.yaml is not UTF-8") as refused:
        roster.read(file, languages=LANGUAGES)
    assert refused.value.line == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"^roster.yaml cannot be read: No such file"):
        roster.read(tmp_path / "roster.yaml", languages=LANGUAGES)


def test_all_mistakes_are_reported_together_in_the_order_of_the_file() -> None:
    text = with_changed("[es, en]", "[esp]").replace("coordinator", "boss")

    assert [words.split(":")[0] for words in complaints(text)] == ["line 10", "line 14"]


def test_no_more_than_twenty_mistakes_are_reported() -> None:
    assert len(complaints("people:\n" + "  - Ana\n" * 30)) == 20


EMPTY_OVERRIDE = SMALL + (
    "  - {kind: override, start: 2026-06-01T08:00:00Z, end: 2026-06-01T08:00:00Z, person: Cora}\n"
)


def test_an_override_that_ends_at_its_start_is_refused() -> None:
    (complaint,) = complaints(EMPTY_OVERRIDE)

    assert complaint.startswith("line 17: rule 2 cannot be kept: the override ends at")


def test_an_empty_override_is_passed_over_when_the_file_is_only_asked() -> None:
    asked = roster.read(EMPTY_OVERRIDE, languages=LANGUAGES, forgive_empty=True)

    assert asked == read(SMALL)


@given(st.text(st.sampled_from("a:- \n[]{}&*!|>'\"%@`#,?\t\x00é"), max_size=60))
def test_no_scribble_is_a_roster_and_every_one_is_refused_at_a_line(text: str) -> None:
    with pytest.raises(RosterError) as refused:
        read(text)

    assert 1 <= refused.value.line <= text.count("\n") + 2


@pytest.fixture(name="sample", scope="module")
def read_sample() -> Roster:
    return roster.read(SAMPLE, languages=LANGUAGES)


def test_the_sample_speaks_every_language_and_gives_everybody_a_phone_and_a_pin(
    sample: Roster,
) -> None:
    spoken = {language for person in sample.people for language in person.languages}
    phones = [person.phone for person in sample.people]
    phones += [partner.phone for partner in sample.partners]

    assert spoken == {*LANGUAGES, "mam"}
    assert len(sample.partners) == 10
    assert len(set(phones)) == len(phones)
    assert all(phone[5:10] == "55501" for phone in phones)
    assert all(person.pin for person in sample.people)


def test_at_two_on_a_tuesday_morning_somebody_of_the_sample_speaks_spanish(
    sample: Roster,
) -> None:
    at = datetime(2026, 11, 24, 2, 0, tzinfo=NEW_YORK)
    speaks = {person.name: person.languages for person in sample.people}

    assert any("es" in speaks[name] for name in on_duty(sample.duty, at))


def test_the_sample_covers_english_and_spanish_in_every_hour_of_a_season(sample: Roster) -> None:
    people = [Responder(p.name, p.languages, frozenset(p.needs), p.tier) for p in sample.people]
    since = datetime(2026, 11, 24, tzinfo=NEW_YORK)
    needs = ("emergency", "detained", "question")

    assert not gaps(
        sample.duty,
        people,
        since=since,
        until=since + timedelta(days=120),
        languages=("en", "es"),
        needs=needs,
    )


def test_the_override_of_the_sample_puts_its_stand_in_on(sample: Roster) -> None:
    on = on_duty(sample.duty, datetime(2026, 11, 27, 12, 0, tzinfo=NEW_YORK))

    assert "Rosa Medina" in on
    assert "Mei Lin" not in on


def test_our_own_numbers_are_refused_for_people() -> None:
    with pytest.raises(RosterError, match="Ana Torres has one of the hotline's own numbers"):
        roster.read(SMALL, languages=LANGUAGES, ours=frozenset({"+17185550121"}))


@pytest.mark.parametrize("phone", ["718-555-0121 x23", "(718) 555-0121 ext. 7", "718 555 0121#7"])
def test_a_phone_with_an_extension_is_refused_in_words(phone: str) -> None:
    said = complaints(with_changed("phone: (718) 555-0121", f'phone: "{phone}"'))
    words = "has a phone with an extension, which we cannot dial; write a direct number"
    assert said == [f"line 8: Ana Torres {words}"]


def test_a_zone_that_is_an_offset_is_refused() -> None:
    said = complaints(with_changed("timezone: America/New_York", "timezone: EST"))
    assert "for example America/New_York" in said[0]
    in_a_rule = with_changed("priority: 2}", "priority: 2, timezone: Etc/GMT+5}")
    assert "Etc/GMT+5" in complaints(in_a_rule)[0]


def test_names_of_the_rules_are_those_of_the_people_however_they_are_typed() -> None:
    small = read(with_changed("person: Ana Torres", "person: ana  TORRES"))
    assert small.rules == read(SMALL).rules
    twice = with_changed("name: Cora", "name: ANA  Torres")
    assert "is twice on the list of people" in "".join(complaints(twice))
