"""Calendars from outside: who is on duty when, what is left out, and what is refused.

The numbers in brackets are findings of public bug reports (docs/decisions/0039).
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from models.imports import shift_calendars
from models.imports.shift_frame import Frame
from models.people.readings import Reading, Why
from models.people.roster_text import RosterError
from routing.duty.duty import Override
from tests.models.imports.calendar_examples import (
    FLOATING,
    NIGHT,
    calendar,
    event,
    invites,
    moved,
)

ZONE = ZoneInfo("America/New_York")
FRAME = Frame(
    ("Ana Torres", "Ben Okafor", "Dana O'Neil", "José Núñez"),
    ZONE,
    datetime(2026, 12, 1, 15, tzinfo=UTC),
    frozenset({"english", "spanish"}),
)
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3\n"


def read(content: bytes) -> Reading:
    return shift_calendars.read(content, FRAME)


def on(content: bytes) -> list[str]:
    """Each shift as "Ana 04 22:00", by its local start."""
    rules = read(content).rules
    return [
        f"{rule.person.split()[0]} {rule.start.astimezone(ZONE):%d %H:%M}"
        for rule in rules
        if isinstance(rule, Override) and rule.person
    ]


def left_out(content: bytes) -> list[tuple[Why, str]]:
    return [(each.why, each.who) for each in read(content).left_out]


def refusal(content: bytes) -> str:
    with pytest.raises(RosterError) as refused:
        read(content)
    return str(refused.value)


@pytest.mark.parametrize(
    "title",
    [
        "Ana Torres",
        "ana  torres",
        "Ana Torres (English, Spanish)",
        "On Call - Ana Torres - Night line",
        "On-Call Shift: Night line - Ana Torres",
        "[L1] Ana Torres",
        "Ana Torres - on call",
        "Night shift: Ana Torres",
    ],
)
def test_titles_of_calendars_and_on_call_tools_name_the_person(title: str) -> None:  # F22
    assert on(calendar(event(title))) == ["Ana 04 22:00"]


@pytest.mark.parametrize(
    "title", ["Ana Torres & Ben Okafor", "Ana Torres\\, Ben Okafor", "Ana Torres and Ben Okafor"]
)
def test_a_title_can_name_several(title: str) -> None:
    assert on(calendar(event(title))) == ["Ana 04 22:00", "Ben 04 22:00"]


@pytest.mark.parametrize(
    "title",
    [
        "Ana Torres off",
        "Ana Torres (off)",
        "NOT Ana Torres",
        "On Call - Ana Torres - vacation",
        "Ben Okafor instead of Ana Torres",
        "Ana Torres?",
        "Gone Person",
        "",
    ],
)
def test_a_word_beside_a_name_is_never_guessed_at(title: str) -> None:
    assert "is not on the roster" in refusal(calendar(event(title)))


def test_everybody_who_accepted_is_on_and_nobody_who_did_not() -> None:  # F3
    both = event(
        "Night", more=invites("Ana Torres", "ACCEPTED") + invites("Ben Okafor", "ACCEPTED")
    )
    assert on(calendar(both)) == ["Ana 04 22:00", "Ben 04 22:00"]
    for answer, why in (
        ("DECLINED", Why.DECLINED),
        ("TENTATIVE", Why.TENTATIVE),
        ("NEEDS-ACTION", Why.UNANSWERED),
        ("DELEGATED", Why.DELEGATED),
        ("X-PERHAPS", Why.UNANSWERED),
    ):
        lines = invites("Ana Torres", answer) + invites("Ben Okafor", "ACCEPTED")
        asked = calendar(event("Night", more=lines))
        assert on(asked) == ["Ben 04 22:00"], answer
        assert left_out(asked) == [(why, "Ana Torres")]


def test_rooms_and_people_who_are_only_informed_take_no_shift() -> None:
    lines = (
        invites("Room 4", "ACCEPTED", ";CUTYPE=ROOM")
        + invites("Ana Torres", "ACCEPTED", ";ROLE=NON-PARTICIPANT")
        + 'ATTENDEE;CN="Okafor, Ben";PARTSTAT=ACCEPTED:mailto:b@example.org\n'
    )
    assert on(calendar(event("Night", more=lines))) == ["Ben 04 22:00"]


def test_a_title_and_the_answers_must_not_contradict_each_other() -> None:
    declined = event(more=invites("Ana Torres", "DECLINED"))
    assert left_out(calendar(declined, event("Ben Okafor"))) == [(Why.DECLINED, "Ana Torres")]
    assert on(calendar(event(more=invites("Ana Torres", "NEEDS-ACTION")))) == ["Ana 04 22:00"]
    other = calendar(event(more=invites("Ben Okafor", "ACCEPTED")))
    assert "Ben Okafor will be there too" in refusal(other)
    away = calendar(event("Vacation", more=invites("Ana Torres", "ACCEPTED")))
    assert "does not say clearly" in refusal(away)
    stranger = invites("Zed Q", "ACCEPTED") + invites("Ben Okafor", "ACCEPTED")
    assert "'Zed Q' is not on the roster" in refusal(calendar(event("Night", more=stranger)))


def test_an_answer_to_one_day_of_a_series_counts_for_that_day() -> None:
    series = event("Night", more=invites("Ana Torres", "ACCEPTED") + WEEKLY, uid="s")
    no = event("Night", when=moved(NIGHT.replace("1204", "1211").replace("1205", "1212")),
               more=invites("Ana Torres", "DECLINED"), uid="s")  # fmt: skip
    assert on(calendar(series, no)) == ["Ana 04 22:00", "Ana 18 22:00"]
    assert left_out(calendar(series, no)) == [(Why.DECLINED, "Ana Torres")]


@pytest.mark.parametrize(
    ("off", "why"),
    [
        (event(more="STATUS:CANCELLED\n"), Why.CANCELLED),
        (event("Canceled: Gone Person"), Why.CANCELLED),
        (event(more="STATUS:TENTATIVE\n"), Why.TENTATIVE),
        (event("Gone", more="X-MICROSOFT-CDO-BUSYSTATUS:OOF\n"), Why.AWAY),
        ("BEGIN:VTODO\nUID:t\nSUMMARY:Call Ana\nEND:VTODO\n", Why.NO_EVENT),
        (event("Gone", when="DTSTART:20240104T220000\nDURATION:PT8H\n"), Why.PAST),
        (event("Gone", when="DTSTART;TZID=Nowhere:20240104T220000\nDURATION:PT8H\n"), Why.PAST),
        (event("Gone", when="DTSTART:20240104T220000\nDURATION:PT8H\n", more=WEEKLY), Why.PAST),
        (event("Gone", when="DTSTART:20240104T220000\nDURATION:PT8H\n",
               more="RRULE:FREQ=WEEKLY;UNTIL=20240401T000000Z\n"), Why.PAST),
        (event("Gone", when="DTSTART:20280104T220000\nDURATION:PT8H\n"), Why.LATER),
    ],
)  # fmt: skip
def test_what_is_over_or_cancelled_is_said_and_not_checked_for_people(
    off: str, why: Why
) -> None:  # F3, F11
    assert on(calendar(off, event("Ben Okafor"))) == ["Ben 04 22:00"]
    assert left_out(calendar(off, event("Ben Okafor"))) == [(why, "")]


@pytest.mark.parametrize(
    ("method", "why"),
    [("CANCEL", Why.CANCELLED), ("REPLY", Why.REPLY), ("COUNTER", Why.REPLY)],
)
def test_a_message_about_an_event_is_no_calendar(method: str, why: Why) -> None:  # F3
    asked = calendar(event("Gone"), head=f"METHOD:{method}\n")
    assert (on(asked), left_out(asked)) == ([], [(why, "")])


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;UNTIL=20261218;BYDAY=FR",
        "FREQ=WEEKLY;UNTIL=20261218T220000",
        "FREQ=WEEKLY;UNTIL=20261219T030000Z",
        "FREQ=WEEKLY;COUNT=3",
    ],
)
def test_the_last_day_of_a_series_counts_however_it_is_written(rule: str) -> None:  # F7
    asked = calendar(event(more=f"RRULE:{rule}\n"))
    assert on(asked) == ["Ana 04 22:00", "Ana 11 22:00", "Ana 18 22:00"]


def test_all_day_events_are_whole_days_whatever_form_their_end_has() -> None:
    days = "DTSTART;VALUE=DATE:20261204\nDTEND;VALUE=DATE:20261206\n"
    (rule,) = read(calendar(event(when=days))).rules
    assert isinstance(rule, Override)
    assert rule.end.astimezone(ZONE) == datetime(2026, 12, 6, tzinfo=ZONE)
    until = "RRULE:FREQ=WEEKLY;UNTIL=20261211T045959Z\n"
    weekly = calendar(event(when="DTSTART;VALUE=DATE:20261204\n", more=until))
    assert on(weekly) == ["Ana 04 00:00", "Ana 11 00:00"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=FRI;COUNT=2\n", "its RRULE cannot be read"),  # F14
        ("RRULE:nonsense\n", "no FREQ"),
        ("RRULE:FREQ=HOURLY\n", "repeats by the clock"),
        ("RRULE:FREQ=DAILY;BYHOUR=1,2\n", "repeats by the clock"),
        ("RRULE:FREQ=MONTHLY;BYDAY=6FR\n", "BYDAY"),
        ("RRULE:FREQ=WEEKLY;BYDAY=2FR\n", "BYDAY"),
        ("RRULE:FREQ=YEARLY;BYMONTHDAY=32\n", "BYMONTHDAY"),
        ("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n", "no month of it has"),
        ("RRULE:FREQ=MONTHLY;BYYEARDAY=366\n", "by years"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=0\n", "INTERVAL"),
        ("RRULE:FREQ=WEEKLY;COUNT=-1\n", "COUNT"),
        ("RRULE:FREQ=WEEKLY;COUNT=3;UNTIL=20261218\n", "keep one of them"),
        ("RRULE:FREQ=WEEKLY;SKIP=OMIT\n", "'SKIP'"),
        (f"{WEEKLY}EXRULE:FREQ=WEEKLY;INTERVAL=2\n", "EXRULE"),
        (f"{WEEKLY}EXDATE:2026\n", "its EXDATE cannot be read"),
        ("RDATE:tomorrow\n", "its RDATE cannot be read"),
        ("DURATION:PT8H\n", "DTEND and DURATION"),
        ("STATUS CANCELLED\n", "a line of the event cannot be read"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_its_line(lines: str, words: str) -> None:
    said = refusal(calendar(event(more=lines)))
    assert said.startswith("line 4: ")
    assert words in said


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("DTSTART:20261204T220000\nDTEND:20261204T210000\n", "ends no later than it starts"),
        ("DTSTART:20261204T220000\nDURATION:-PT8H\n", "ends no later than it starts"),
        ("DTSTART:20261204T220000\n", "ends no later than it starts"),
        ("DTSTART;VALUE=DATE:20261204\nDTEND:20261205T060000\n", "no times that can be read"),
        ("DTSTART:soon\nDTEND:20261205T060000\n", "its DTSTART cannot be read"),
        ("DTEND:20261205T060000\n", "no times that can be read"),
    ],
)
def test_times_that_make_no_shift_are_refused(when: str, words: str) -> None:
    assert words in refusal(calendar(event(when=when)))


@pytest.mark.parametrize("name", ["Customized Time Zone", "Microsoft/Custom", "EST"])
def test_a_zone_nobody_knows_is_not_the_hotlines(name: str) -> None:  # F8, F25
    when = NIGHT.replace("America/New_York", name)
    assert f"'{name}'" in refusal(calendar(event(when=when)))
    dates = f"{WEEKLY}EXDATE;TZID={name}:20261211T220000\n"
    assert f"'{name}'" in refusal(calendar(event(more=dates)))


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Eastern Standard Time", "Ana 04 22:00"),
        ('"Central Standard Time"', "Ana 04 23:00"),
        ("/mozilla.org/20050126_1/America/Chicago", "Ana 04 23:00"),
        ("UTC", "Ana 04 17:00"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_windows_names_and_vendor_prefixes_are_places(name: str, start: str) -> None:
    when = NIGHT.replace("America/New_York", name)
    assert on(calendar(event(when=when))) == [start]


def test_the_zone_of_the_calendar_is_that_of_its_floating_times() -> None:
    assert on(calendar(event(when=FLOATING))) == ["Ana 04 22:00"]
    chicago = calendar(event(when=FLOATING), head="X-WR-TIMEZONE:America/Chicago\n")
    assert on(chicago) == ["Ana 04 23:00"]
    for name in ("EST", "Gotham"):
        asked = calendar(event(when=FLOATING), head=f"X-WR-TIMEZONE:{name}\n")
        assert f"line 1: the calendar's time zone: '{name}'" in refusal(asked)


def test_one_day_of_a_series_can_move_end_or_be_left_out() -> None:
    series = event(more=WEEKLY, uid="s")
    later = "DTSTART;TZID=America/New_York:20261212T220000\nDURATION:PT2H\n"
    to_ben = event("Ben Okafor", when=moved(later), uid="s")
    assert on(calendar(series, to_ben)) == ["Ana 04 22:00", "Ben 12 22:00", "Ana 18 22:00"]
    cancelled = event(when=moved(later), more="STATUS:CANCELLED\n", uid="s")
    assert on(calendar(series, cancelled)) == ["Ana 04 22:00", "Ana 18 22:00"]
    out = event(more=f"{WEEKLY}EXDATE;VALUE=DATE:20261211\n")
    assert on(calendar(out)) == ["Ana 04 22:00", "Ana 18 22:00"]
    also = event(more="RDATE;TZID=America/New_York:20261206T220000\n")
    assert on(calendar(also)) == ["Ana 04 22:00", "Ana 06 22:00"]
    from_now = event("Ben Okafor", when=moved(later, ";RANGE=THISANDFUTURE"), uid="s")
    assert on(calendar(series, from_now)) == ["Ana 04 22:00", "Ben 12 22:00", "Ben 19 22:00"]
    before = event("Ben Okafor", when=moved(later, ";RANGE=THISANDPRIOR"), uid="s")
    assert "THISANDPRIOR" in refusal(calendar(series, before))


def test_the_newest_version_of_an_event_counts_and_two_that_differ_are_refused() -> None:
    old = event(uid="v", more="SEQUENCE:0\n")
    new = event("Ben Okafor", uid="v", more="SEQUENCE:1\n")
    assert on(calendar(new, old)) == ["Ben 04 22:00"]
    assert left_out(calendar(new, old)) == [(Why.REPLACED, "")]
    assert on(calendar(event(uid="v"), event(uid="v"))) == ["Ana 04 22:00"]
    assert "has the UID of another" in refusal(
        calendar(event(uid="v"), event("Ben Okafor", uid="v"))
    )
    nameless = [
        event(name, uid="none").replace("UID:none\n", "") for name in ("Ana Torres", "Ben Okafor")
    ]
    assert on(calendar(*nameless)) == ["Ana 04 22:00", "Ben 04 22:00"]


def test_lines_are_unfolded_before_they_are_decoded() -> None:  # F20
    folded = calendar(event("José Núñez")).replace("José".encode(), b"Jos\xc3\r\n \xa9")
    assert on(folded) == ["José 04 22:00"]
    for ends in (b"\n", b"\r"):
        assert on(calendar(event()).replace(b"\r\n", ends)) == ["Ana 04 22:00"]


def test_encodings_that_say_so_are_read_and_others_are_refused() -> None:
    content = calendar(event("José Núñez"))
    assert on(b"\xef\xbb\xbf" + content) == ["José 04 22:00"]
    assert on(content.decode().encode("utf-16")) == ["José 04 22:00"]
    assert "line 6: the file is not UTF-8" in refusal(content.decode().encode("latin-1"))


def test_several_calendars_in_one_file_are_all_read() -> None:  # F24
    assert on(calendar(event()) + calendar(event("Ben Okafor"))) == ["Ana 04 22:00", "Ben 04 22:00"]


@pytest.mark.parametrize("content", [b"", b"hello", b"BEGIN:VCARD\r\nEND:VCARD\r\n"])
def test_what_is_no_calendar_is_said_in_plain_words(content: bytes) -> None:
    assert refusal(content) == "line 1: this is not a calendar"


def test_a_file_that_was_cut_off_is_refused() -> None:
    whole = calendar(event(), event("Ben Okafor"))
    for cut in (5, 20, 40, 120):
        assert "cut off" in refusal(whole[:-cut]) or "not a calendar" in refusal(whole[:-cut])


def test_alarms_and_broken_descriptions_do_not_matter() -> None:
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM\n"
    assert on(calendar(event(more=f"DESCRIPTION:one\nsecond line\n{alarm}"))) == ["Ana 04 22:00"]
