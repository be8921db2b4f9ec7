"""What staff note about a call on its page: note, result, referrals, and a day to follow up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.caller import Caller
from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.responder import Responder

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def has_talked(hotline: Hotline, ana: Responder, key: str = "3") -> Caller:
    """A caller was helped by this responder."""
    call = hotline.is_called().press("1").press(key)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(30)
    call.hangs_up()
    return call


def has_partners(hotline: Hotline) -> None:
    for number, name in ((170, "Bronx Legal"), (171, "Queens Aid"), (172, "Harbor Law")):
        hotline.has_partner(name, "1 Main St", f"+17185550{number}", ["10001"])


def opens(user: Coordinator, call: Caller) -> Coordinator:
    return user.opens(f"/calls/{call.row.id}")


def test_note_result_two_partners_and_a_day_are_saved_together(hotline: Hotline) -> None:
    has_partners(hotline)
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana)
    cora = opens(hotline.has_user("Cora").signs_in(), call)
    cora.chooses("Result", "referred").fills("New note", "Asked about a work permit.")
    cora.ticks("Bronx Legal").ticks("Queens Aid").fills("Follow up on", "2026-12-15")
    cora.presses("Save")
    assert "Saved." in cora.reads
    summary = cora.section("Summary")
    assert "referred to a partner" in summary
    assert "Bronx Legal, Queens Aid" in summary
    assert "15 Dec" in summary
    assert "Asked about a work permit." in cora.section("Notes")
    assert cora.value_of("New note") == ""
    assert [entry for entry in hotline.audit_log if "call" in entry[1] or "note" in entry[1]] == [
        ("Cora", "call wrapped up"),
        ("Cora", "note written"),
    ]
    cora.presses("Save")
    assert hotline.rows_of("notes") == 1, "an empty note is none"


def test_bad_input_keeps_what_was_typed_and_saves_nothing(hotline: Hotline) -> None:
    has_partners(hotline)
    call = has_talked(hotline, hotline.has_on_duty("Ana"))
    cora = opens(hotline.has_user("Cora").signs_in(), call)
    cora.chooses("Result", "everything").fills("New note", "Kept.").ticks("Harbor Law")
    cora.fills("Follow up on", "2026-12-01").presses("Save")
    assert cora.answer.status_code == 422
    assert "This day is over" in cora.error_at("Follow up on")
    assert cora.value_of("New note") == "Kept."
    assert cora.value_of("Follow up on") == "2026-12-01"
    assert "checked" in cora.page.css_first("input[id^=partner_][checked]").attributes
    cora.fills("Follow up on", "next week").presses("Save")
    assert "2026-12-08" in cora.error_at("Follow up on")
    cora.fills("Follow up on", "2027-03-01").presses("Save")
    assert "deleted before that day" in cora.error_at("Follow up on")
    cora.fills("Follow up on", "").fills("New note", "x" * 4001).presses("Save")
    assert "4000 characters" in cora.error_at("New note")
    assert hotline.rows_of("wrap_ups") == hotline.rows_of("notes") == 0
    assert hotline.rows_of("referrals") == 0


def test_a_responder_writes_about_their_own_calls_only(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.knows("Ben")
    call = has_talked(hotline, ana)
    own = hotline.has_user("Ana", "responder", person="Ana").signs_in()
    opens(own, call).chooses("Result", "everything").presses("Save")
    assert "everything is done" in own.section("Summary")
    other = hotline.has_user("Ben", "responder", person=ben.name).signs_in()
    assert opens(other, call).answer.status_code == 404
    other.opens("/account")
    sent = other.posts(f"/calls/{call.row.id}/wrap-up", csrf=other.token, result="abusive")
    assert sent.status_code == 404
    admin = opens(hotline.has_user("Ada", "admin").signs_in(), call)
    assert "everything is done" in admin.section("Summary")
    assert not admin.can_press("Save"), "an administrator reads no notes and writes none"


def test_the_responder_of_a_callback_may_open_its_call(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("3").hears("call you back").press("1")
    call.hears("calling from").press("1").hears("saved").hangs_up()
    ana = hotline.has_on_duty("Ana")
    user = hotline.has_user("Ana", "responder", person="Ana").signs_in()
    assert opens(user, call).answer.status_code == 404
    ana.accepts(within=120)
    assert opens(user, call).answer.status_code == 200


def test_a_privileged_note_is_read_by_attorneys_of_the_call_only(hotline: Hotline) -> None:
    call = has_talked(hotline, hotline.has_on_duty("Ana"))
    own = opens(hotline.has_user("Ana", "responder", person="Ana").signs_in(), call)
    own.fills("New note", "Told me in confidence.").ticks("Privileged: between attorney and client")
    own.presses("Save")
    assert "Told me in confidence." in own.section("Notes")
    cora = opens(hotline.has_user("Cora").signs_in(), call)
    assert "these words are not shown to you" in cora.section("Notes")


def test_to_be_called_back_is_a_real_callback(hotline: Hotline) -> None:
    call = has_talked(hotline, hotline.has_on_duty("Ana"))
    cora = opens(hotline.has_user("Cora").signs_in(), call)
    cora.chooses("Result", "to be called back").presses("Save").presses("Save")
    assert hotline.promised_callbacks == [call.number]
    assert hotline.rows_of("callbacks") == 1


def test_nobody_is_promised_a_callback_without_a_number(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called(shown="anonymous").press("1").press("3")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    cora = opens(hotline.has_user("Cora").signs_in(), call)
    cora.chooses("Result", "to be called back").presses("Save")
    assert "no number" in cora.error_at("Result")
    assert hotline.callbacks == []


def test_a_note_typed_in_a_session_that_ran_out_is_there_after_signing_in(
    hotline: Hotline,
) -> None:
    call = has_talked(hotline, hotline.has_on_duty("Ana"))
    cora = opens(hotline.has_user("Cora").signs_in(), call).fills("New note", "Nearly lost.")
    hotline.later(timedelta(hours=1))
    cora.presses("Save").signs_in_again()
    assert cora.address == f"/calls/{call.row.id}"
    assert cora.value_of("New note") == "Nearly lost."


def test_a_follow_up_is_listed_told_by_text_and_done(hotline: Hotline) -> None:
    ana, dee = hotline.has_on_duty("Ana"), hotline.knows("Dee", tier=3)
    call = has_talked(hotline, ana)
    own = hotline.has_user("Ana", "responder", person="Ana").signs_in()
    opens(own, call).fills("Follow up on", "2026-12-10").presses("Save")
    own.opens("/follow-ups")
    assert call.row.pseudonym in own.section("Later")
    hotline.waits_quietly(2 * 24 * 3600 - 7000)  # before nine on the morning of the tenth
    hotline.waits(70)
    assert not any("follow-up" in text for text in ana.texts), "nobody is woken"
    hotline.waits_quietly(9 * 3600)
    hotline.waits(70)
    told = [text for text in ana.texts if "follow-up is due today" in text]
    assert len(told) == 1
    assert f"/calls/{call.row.id}" in told[0]
    assert not any("follow-up" in text for text in dee.texts)
    own = own.elsewhere().signs_in().opens("/follow-ups")
    assert call.row.pseudonym in own.section("Due today or late")
    own.presses("Done")
    assert "Nothing is due" in own.section("Due today or late")
    assert "done" in opens(own, call).section("Summary")


def test_a_follow_up_of_somebody_without_a_phone_is_told_to_coordinators(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = has_talked(hotline, hotline.has_on_duty("Ana"))
    cora = opens(hotline.has_user("Cora").signs_in(), call)
    cora.fills("Follow up on", "2026-12-09").presses("Save")
    hotline.waits_quietly(34 * 3600)
    hotline.waits(70)
    assert sum("follow-up is due today" in text for text in dee.texts) == 1
    board = cora.elsewhere().signs_in().opens("/board")
    assert "1 follow-up is due" in board.reads


def test_a_referral_asked_for_by_key_waits_for_a_partner(hotline: Hotline) -> None:
    has_partners(hotline)
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana)
    ana.presses("3")
    cora = hotline.has_user("Cora").signs_in().opens("/follow-ups")
    assert call.row.pseudonym in cora.section("Referrals without a partner")
    cora.follows(call.row.pseudonym).ticks("Harbor Law").presses("Save").opens("/follow-ups")
    assert "Every referral has a partner" in cora.section("Referrals without a partner")


def test_the_page_speaks_spanish(hotline: Hotline) -> None:
    call = has_talked(hotline, hotline.has_on_duty("Ana"))
    cora = hotline.has_user("Cora").signs_in()
    cora.opens("/calls").presses("Español")
    opens(cora, call).chooses("Resultado", "todo").fills("Día del seguimiento", "nunca")
    cora.presses("Guardar")
    assert "2026-12-08" in cora.error_at("Día del seguimiento")
    assert "Seguimientos" in cora.reads
