"""The checker finds each fault in an invented history, and nothing in a correct one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prompts import load
from simulator.base.records import LegEntry, RestEntry, WebhookEntry, as_json
from tests.crash import bugs, history, report
from tests.crash.checker import (
    CallbackRow,
    CallRow,
    Evidence,
    Leg,
    MessageRow,
    Recorded,
    RingRow,
    Silence,
    check,
    open_callbacks,
)
from tests.crash.history import Did
from tests.crash.siege import Orders, Outcome
from tests.crash.truth import Journal

NOON = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)
LUZ, OMAR, ANA, BEN = "+19175550150", "+19175550151", "+17185550110", "+17185550111"


def at(seconds: float) -> datetime:
    """That many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def did(leg: str, what: str, how: str, seconds: float = 60, detail: str = "") -> Did:
    return Did(at(seconds), leg, LUZ, what, how, detail)


def called(sid: str = "CA1", number: str = LUZ, ended_by: str = "<Hangup>") -> Leg:
    return Leg(sid, number, "inbound", "", at(0), ended_at=at(90), ended_by=ended_by)


def rung(sid: str, token: str, number: str = ANA) -> Leg:
    return Leg(sid, number, "outbound-api", "", at(10), token=token, ended_at=at(80))


def ended(sid: str = "CA1", outcome: str | None = "left", promised: bool = False) -> CallRow:
    return CallRow(f"id of {sid}", sid, "ended", outcome, promised)


def promised(state: str = "open", closed_at: datetime | None = None) -> CallbackRow:
    return CallbackRow("cb1", "id of CA1", LUZ, state, at(50), closed_at)


def dialled(sid: str = "CA8", number: int = 8, seconds: float = 120) -> Leg:
    talk = (at(seconds + 9), at(seconds + 30), ANA)
    leg = rung(sid, f"t{number}", LUZ)
    return replace(leg, created_at=at(seconds), ended_at=talk[1], talks=(talk,))


A_TALK = Evidence(
    legs=[
        replace(called(ended_by="hung up"), talks=((at(20), at(80), ANA),)),
        replace(
            rung("CA2", "t1"),
            talks=((at(20), at(80), LUZ),),
            was_given=((at(19), "id of CA1"),),
        ),
        rung("CA3", "t2", BEN),
    ],
    deeds=[
        did("CA1", history.PERSON, history.OK, 20),
        did("CA1", history.LEAVE, history.OK, 80),
    ],
    calls=[ended(outcome="person")],
    rings=[
        RingRow("r1", "t1", "CA2", "finished", None),
        RingRow("r2", "t2", "CA3", "taken", None),
    ],
)
A_CALLBACK = Evidence(
    legs=[called(), rung("CA2", "t1"), dialled()],
    deeds=[did("CA1", history.CALLBACK, history.OK)],
    calls=[ended(outcome="callback", promised=True)],
    callbacks=[promised("reached", at(130))],
    rings=[
        RingRow("r1", "t1", "CA2", "finished", None),
        RingRow("r8", "t8", "CA8", "finished", "cb1"),
    ],
)
A_MESSAGE = Evidence(
    legs=[called()],
    deeds=[did("CA1", history.MESSAGE, history.OK, detail="RE1")],
    calls=[ended(outcome="message")],
    messages=[MessageRow("m1", "id of CA1", "RE1", "stored", "digest")],
    recordings=[Recorded("RE1", "CA1", 5.0, "digest", deleted=True)],
)


@pytest.mark.parametrize("sound", [Evidence(), A_TALK, A_CALLBACK, A_MESSAGE])
def test_nothing_is_found_where_nothing_is_wrong(sound: Evidence) -> None:
    assert check(sound).is_clean


def found(evidence: Evidence) -> set[str]:
    """The names of the findings."""
    return {name for name, count in check(evidence).counts().items() if count}


def test_a_caller_who_stayed_and_got_nothing_is_lost() -> None:
    apology = called(ended_by="an application error")
    assert found(Evidence(legs=[apology], calls=[ended()])) == {"lost callers"}


def test_a_caller_of_whom_only_silence_is_kept_is_lost() -> None:
    silence = replace(A_MESSAGE.messages[0], state="silent")
    said_nothing = replace(A_MESSAGE, messages=[silence], deeds=[])
    assert found(said_nothing) == {"lost callers"}


def test_a_caller_who_gave_up_waiting_is_lost_and_one_who_chose_to_go_is_not() -> None:
    gone = Evidence(legs=[called(ended_by="hung up")], calls=[ended()])
    gave_up = did("CA1", history.LEAVE, history.FAIL)
    chose = did("CA1", history.LEAVE, history.OK)
    assert found(replace(gone, deeds=[gave_up])) == {"lost callers"}
    assert found(replace(gone, deeds=[chose])) == set()


def test_a_message_that_is_not_here_is_lost() -> None:
    assert "lost messages" in found(replace(A_MESSAGE, messages=[]))


def test_a_message_of_which_only_half_is_here_is_lost() -> None:
    half = replace(A_MESSAGE.messages[0], digest="of the half")
    assert found(replace(A_MESSAGE, messages=[half])) == {"lost messages"}


def test_a_message_whose_sound_was_never_stored_is_lost_though_the_row_says_stored() -> None:
    empty = replace(A_MESSAGE.messages[0], digest=None)
    assert "lost messages" in found(replace(A_MESSAGE, messages=[empty]))


def test_a_recording_deleted_at_the_carrier_before_it_was_here_is_lost_even_if_silent() -> None:
    silent = replace(A_MESSAGE.recordings[0], spoken_seconds=0.0)
    gone = replace(A_MESSAGE, recordings=[silent], messages=[], deeds=[])
    assert "lost messages" in found(gone)
    assert "lost messages" not in found(replace(gone, recordings=[replace(silent, deleted=False)]))


def test_silence_may_be_dropped_only_once_it_was_here_whole() -> None:
    recorded = replace(A_MESSAGE.recordings[0], spoken_seconds=0.0)
    row = replace(A_MESSAGE.messages[0], state="silent", digest=None, silence=recorded.digest)
    dropped = replace(A_MESSAGE, recordings=[recorded], messages=[row], deeds=[])
    assert "lost messages" not in found(dropped)
    cut_off = replace(dropped, messages=[replace(row, silence="digest of a part")])
    assert "lost messages" in found(cut_off)
    spoken = replace(dropped, recordings=[replace(recorded, spoken_seconds=5.0)])
    assert "lost messages" in found(spoken)


def test_a_message_that_was_called_saved_and_never_recorded_is_lost() -> None:
    assert "lost messages" in found(replace(A_MESSAGE, recordings=[]))


def test_a_caller_who_only_kept_silent_and_heard_that_it_is_saved_is_found() -> None:
    silent = replace(A_MESSAGE.recordings[0], spoken_seconds=0.0)
    before = replace(A_MESSAGE.recordings[0], sid="RE0", deleted=False)
    assert "lost messages" in found(replace(A_MESSAGE, recordings=[silent]))
    parts = [MessageRow("m0", "id of CA1", "RE0", "stored", "digest"), *A_MESSAGE.messages]
    assert found(replace(A_MESSAGE, recordings=[before, silent], messages=parts)) == set()


def test_a_rescued_caller_is_helped_by_the_person_or_the_recording_and_by_nothing_less() -> None:
    rescued = Evidence(legs=[called()], calls=[ended()], moments=2, apologies=1)
    assert found(rescued) == {"lost callers"}
    assert found(replace(rescued, deeds=[did("CA1", history.PERSON, history.OK)])) == set()
    recorded = replace(rescued, recordings=A_MESSAGE.recordings)
    assert found(recorded) == {"lost callers", "lost messages"}
    assert found(replace(recorded, messages=A_MESSAGE.messages)) == set()


def test_an_apology_to_somebody_who_has_left_already_is_none(tmp_path: Path) -> None:
    created = as_json(LegEntry(at(0), "CA1", LUZ, "created", "inbound"))
    hung_up = as_json(LegEntry(at(9), "CA1", LUZ, "completed", "hung up"))
    asked = {"CallSid": "CA1"}
    apology = as_json(
        WebhookEntry(
            at(10), at(9), "voice", "POST", "/voice/en/at/main_menu/2/0", asked, 200, "/rescue"
        )
    )
    file = tmp_path / "journal.jsonl"
    file.write_text("\n".join([created, apology, hung_up]))
    assert Journal.read(file).apologies == 1
    assert Journal.read(file).webhooks == {"CA1": [(at(9), at(10))]}
    file.write_text("\n".join([created, hung_up, apology]))
    assert Journal.read(file).apologies == 0


def test_a_text_about_a_database_that_is_away_needs_no_row(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    for body, counted in ((load().sentence("en", "texts.database_away", {}), []), ("Hi", [ANA])):
        path = "/2010-04-01/Accounts/AC1/Messages.json"
        sent = RestEntry(
            at(1), "POST", path, {"To": ANA, "Body": body}, 201, '{"sid": "SM1"}', True
        )
        file.write_text(as_json(sent))
        assert Journal.read(file).texts == counted


def test_a_promise_that_was_heard_and_is_not_written_down_is_a_lost_callback() -> None:
    assert "lost callbacks" in found(replace(A_CALLBACK, callbacks=[]))


def test_a_promise_of_which_nothing_is_written_down_is_found_once() -> None:
    heard = Evidence(legs=[called()], calls=[ended()], deeds=[did("CA1", "callback", "ok")])
    assert len(check(heard).lost_callbacks) == 1


def test_a_promise_written_down_for_another_number_is_a_lost_callback() -> None:
    elsewhere = replace(A_CALLBACK.callbacks[0], number=OMAR)
    assert "lost callbacks" in found(replace(A_CALLBACK, callbacks=[elsewhere]))


def test_a_promise_that_joined_one_long_closed_is_a_lost_callback() -> None:
    closed = replace(A_CALLBACK.callbacks[0], promised_at=at(-900), closed_at=at(-600))
    assert found(replace(A_CALLBACK, callbacks=[closed])) == {"lost callbacks"}


def test_a_promise_that_nobody_dialled_is_a_lost_callback_only_if_somebody_was_free() -> None:
    never = replace(A_CALLBACK, legs=[called()], rings=[], callbacks=[promised()])
    assert found(never) == {"lost callbacks"}
    assert found(replace(never, somebody_was_free=False)) == set()


@pytest.mark.parametrize("state", ["open", "calling", "unreached"])
def test_a_callback_that_was_dialled_and_not_answered_is_open_and_lost_once_it_is_closed(
    state: str,
) -> None:
    unanswered = replace(dialled(), talks=())
    rang = replace(A_CALLBACK, legs=[*A_CALLBACK.legs[:2], unanswered])
    assert found(rang) == {"lost callbacks"}
    still = replace(rang, callbacks=[promised(state)])
    assert found(still) == set()
    assert open_callbacks(still) == 1
    assert open_callbacks(A_CALLBACK) == 0


def test_a_caller_who_hears_nothing_for_more_than_eight_seconds_is_found() -> None:
    quiet = [Silence("CA1", at(20), 8.0)]
    assert found(replace(A_TALK, silences=quiet)) == set()
    longer = replace(A_TALK, silences=[*quiet, Silence("CA1", at(40), 8.1)])
    assert found(longer) == {"long silences"}
    assert found(replace(longer, patience=2)) == set()


def test_a_phone_rung_twice_under_one_token_is_a_double_ring() -> None:
    again = [*A_TALK.legs, rung("CA4", "t2", BEN)]
    assert found(replace(A_TALK, legs=again)) == {"double rings"}


def test_a_phone_rung_under_an_attempt_that_was_given_up_is_a_double_ring() -> None:
    renamed = [A_TALK.rings[0], replace(A_TALK.rings[1], token="t9")]
    assert found(replace(A_TALK, rings=renamed)) == {"double rings"}


def test_a_callers_phone_rung_twice_for_one_attempt_is_a_double_ring() -> None:
    again = [*A_CALLBACK.legs, dialled("CA9", seconds=200)]
    assert found(replace(A_CALLBACK, legs=again)) == {"double rings"}


def test_a_caller_called_by_two_responders_at_once_is_a_double_callback() -> None:
    both = replace(
        A_CALLBACK,
        legs=[*A_CALLBACK.legs, dialled("CA9", 9, 125)],
        rings=[*A_CALLBACK.rings, RingRow("r9", "t9", "CA9", "no_answer", "cb1")],
    )
    assert found(both) == {"double callbacks"}
    later = [*both.legs[:-1], dialled("CA9", 9, 500)]
    assert found(replace(both, legs=later)) == set()


def test_a_text_sent_more_often_than_it_is_owed_is_a_double_text() -> None:
    texts = Evidence(texts_sent=[ANA, ANA, BEN], texts_owed=[ANA, BEN, BEN])
    assert check(texts).counts()["double texts"] == 1


@pytest.mark.parametrize(
    "row",
    [
        [],
        [replace(ended(), state="waiting", outcome=None)],
        [ended(outcome=None)],
    ],
)
def test_a_call_whose_end_is_not_known_has_no_end(row: list[CallRow]) -> None:
    assert "no end" in found(replace(A_TALK, calls=row))


def test_a_leg_that_is_still_up_has_no_end() -> None:
    for up in (0, 1):
        legs = [
            replace(leg, ended_at=None) if at_ == up else leg for at_, leg in enumerate(A_TALK.legs)
        ]
        assert found(replace(A_TALK, legs=legs)) == {"no end"}


def test_two_responders_given_one_caller_at_once_are_two_conversations() -> None:
    ben = replace(A_TALK.legs[2], was_given=((at(30), "id of CA1"),))
    assert found(replace(A_TALK, legs=[*A_TALK.legs[:2], ben])) == {"two conversations"}


def test_a_second_responder_after_the_first_has_gone_is_no_second_conversation() -> None:
    ben = replace(A_TALK.legs[2], was_given=((at(81), "id of CA1"),), ended_at=at(120))
    assert found(replace(A_TALK, legs=[*A_TALK.legs[:2], ben])) == set()


def test_one_webhook_answered_in_two_ways_is_found() -> None:
    answers = [("CA1 /voice/en/at/message/3/0", "one"), ("CA1 /voice/en/at/message/3/0", "two")]
    assert found(Evidence(answers=answers)) == {"answers that differ"}
    assert found(Evidence(answers=[answers[0], answers[0]])) == set()


def test_every_bug_that_can_be_planted_is_to_be_found_under_names_of_the_table() -> None:
    names = set(check(Evidence()).counts())
    assert {name for found_as in bugs.FOUND_AS.values() for name in found_as} <= names
    assert set(bugs.FOUND_AS) == {*bugs.PARTS, *bugs.WEBHOOKS}


def test_the_table_has_a_line_for_every_count_and_names_what_was_found() -> None:
    lost = check(Evidence(legs=[called(ended_by="an application error")], calls=[ended()]))
    outcome = Outcome("sqlite", Orders(calls=1, kills=1, seed=1), findings=lost)
    table = report.table(outcome)
    assert all(name in table for name in lost.counts())
    assert "lost callers: CA1 ended by an application error" in table
    assert not outcome.is_clean
    assert "NO VERDICT" not in table


def test_a_machine_that_was_too_busy_gets_no_verdict() -> None:
    calm = Outcome("sqlite", Orders(calls=1, kills=1, seed=1), control=0.9, restarts=[14.9])
    assert not calm.refusal
    for busy in (replace(calm, control=1.1), replace(calm, restarts=[3.0, 15.1])):
        assert f"NO VERDICT: {busy.refusal}" in report.table(busy)
        patient = replace(busy.orders, patience=2)
        assert not replace(busy, orders=patient).refusal
