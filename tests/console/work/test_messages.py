"""Messages as work: one user claims a message, listens, adds a note and marks it done."""

from __future__ import annotations

from datetime import timedelta

from tests.coordinator import Coordinator
from tests.faults.keeping import leaves_message, raw_files, rows, run
from tests.faults.test_d_recordings import leaves_a_message
from tests.hotline import Hotline
from tests.responder import Responder

SECRET = "Her brother is held in Elizabeth"


def opens_the_message(user: Coordinator, call_name: str) -> Coordinator:
    """Open a message from the list."""
    return user.opens("/messages").follows(call_name)


def has_responder(hotline: Hotline, name: str, speaks: str, role: str = "responder") -> Coordinator:
    """A person of the roster who is also a user."""
    hotline.knows(f"{name} Example", speaks=speaks)
    return hotline.has_user(name, role, person=f"{name} Example").signs_in()


def main_button(visitor: Coordinator) -> str:
    """The one button that leads, of a page that has exactly one."""
    (leads,) = visitor.page.css("[aria-labelledby=actions] .main, [aria-labelledby=notes] .main")
    return leads.text(strip=True)


def test_a_coordinator_hears_a_message_notes_something_and_is_done(hotline: Hotline) -> None:
    call = leaves_message(hotline)
    name = call.row.pseudonym
    cora = hotline.has_user("Cora").signs_in()
    listed = cora.opens("/messages").reads
    assert all(words in listed for words in (name, "English", "detained", " Dec, ", "unheard"))
    assert call.number[2:] not in cora.answer.text
    assert main_button(opens_the_message(cora, name)) == "Claim"
    assert "You claimed the message." in cora.presses("Claim").reads
    assert main_button(cora) == "I heard it"
    assert cora.presses("I heard it").section("Listen")
    assert main_button(cora) == "Call them back now"
    assert hotline.messages[0].state == "heard"
    cora.fills("New note", SECRET).presses("Save the note")
    assert SECRET in cora.section("Notes")
    cora.presses("Done")
    assert "All messages are done." in cora.reads
    assert name in cora.opens("/messages?shown=done").reads
    assert [deed for who, deed in hotline.audit_log if who == "Cora"][1:] == [
        *("message claimed", "message heard", "note written", "message done"),
    ]  # fmt: skip
    exported = run(hotline, "export", "messages").stdout
    assert '"state": "done"' in exported
    assert SECRET not in exported


def test_the_sound_is_given_in_parts_never_kept_by_a_cache_and_never_a_download(
    hotline: Hotline,
) -> None:
    leaves_message(hotline)
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, hotline.calls[0].pseudonym)
    audio = cora.page.css_first("audio")
    assert audio is not None
    assert "nodownload" in (audio.attributes["controlslist"] or "")
    address, base = audio.attributes["src"] or "", hotline.settings.base_url
    whole = cora.client.get(address, base_url=base)
    assert whole.data == hotline.sound_of(hotline.messages[0])
    assert whole.headers["Content-Disposition"] == "inline"
    assert whole.headers["Cache-Control"] == "no-store"
    part = cora.client.get(address, base_url=base, headers={"Range": "bytes=44-143"})
    assert part.status_code == 206
    assert part.data == whole.data[44:144]
    assert part.headers["Cache-Control"] == "no-store"
    assert hotline.audit_log.count(("Cora", "message played")) == 1


def test_the_waveform_is_louder_where_somebody_speaks(hotline: Hotline) -> None:
    leaves_message(hotline)
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, hotline.calls[0].pseudonym)
    heights = [float(bar.attributes["height"] or 0) for bar in cora.page.css(".wave rect")]
    assert len(heights) == 160
    assert max(heights) > 20


def test_a_message_goes_back_to_the_queue_of_another_language(hotline: Hotline) -> None:
    leaves_message(hotline)
    name = hotline.calls[0].pseudonym
    luz = has_responder(hotline, "Luz", "es")
    assert name not in luz.opens("/messages").reads
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, name).presses("Claim").presses("I heard it")
    assert "Hand over" in cora.follows("Hand over to a person").section("Hand over")
    opens_the_message(cora, name).presses("Hand over")
    assert cora.error_at("Which language it needs").endswith("Choose the language that it needs.")
    cora.fills("Which language it needs", "es").presses("Hand over")
    (message,) = hotline.messages
    assert (message.language, message.state, message.claimed_by) == ("es", "stored", None)
    assert name in luz.opens("/messages").reads


def test_a_responder_must_claim_before_they_hear_and_sees_nobody_elses(hotline: Hotline) -> None:
    leaves_a_message(hotline).hangs_up()
    hotline.waits(30)
    leaves_message(hotline)
    spanish, english = (call.pseudonym for call in hotline.calls)
    luz, ben = has_responder(hotline, "Luz", "es"), has_responder(hotline, "Ben", "es en")
    assert english not in luz.opens("/messages").reads
    base, first = hotline.settings.base_url, hotline.messages[0]
    sound = f"/messages/{first.id}/sound"
    opens_the_message(luz, spanish)
    assert "Claim the message to listen to it" in luz.reads
    assert luz.client.get(sound, base_url=base).status_code == 404
    luz.presses("Claim")
    assert luz.client.get(sound, base_url=base).status_code == 200
    assert spanish not in ben.opens("/messages").reads
    assert ben.opens(f"/messages/{first.id}").answer.status_code == 404
    assert ben.client.get(sound, base_url=base).status_code == 404
    assert ("Ben", "message refused") in hotline.audit_log


def test_a_translator_can_take_only_what_was_passed_on_to_them(hotline: Hotline) -> None:
    leaves_message(hotline)
    name = hotline.calls[0].pseudonym
    samira = has_responder(hotline, "Samira", "en ar", "translator")
    assert name not in samira.opens("/messages").reads
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, name).fills("Which language it needs", "ar").presses("Hand over")
    assert name in samira.opens("/messages").reads
    assert opens_the_message(samira, name).presses("Claim").can_press("I heard it")
    assert not samira.can_press("Call them back now")


def test_a_privileged_note_is_for_the_attorney_alone(hotline: Hotline) -> None:
    leaves_message(hotline)
    name = hotline.calls[0].pseudonym
    ana, cora = has_responder(hotline, "Ana", "en"), hotline.has_user("Cora").signs_in()
    opens_the_message(ana, name).presses("Claim").fills("New note", SECRET)
    ana.fills("Privileged: between attorney and client", "on").presses("Save the note")
    assert SECRET in ana.section("Notes")
    opens_the_message(cora, name)
    assert SECRET not in cora.reads
    assert "not shown to you" in cora.section("Notes")
    assert "Privileged:" not in cora.reads
    ana.presses("Release")
    assert "New note" not in opens_the_message(ana, name).reads


def test_notes_and_drafts_are_sealed_and_go_with_their_call(hotline: Hotline) -> None:
    call = leaves_message(hotline)
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, call.row.pseudonym).fills("New note", SECRET).presses("Save the note")
    (message,) = hotline.messages
    cora.posts(f"/messages/{message.id}/draft", csrf=cora.token, note="typing")
    assert [rows(hotline)[table] for table in ("notes", "drafts")] == [1, 1]
    told = run(hotline, "holdings", call.number).stdout
    assert "2 notes by staff" in told
    if hotline.context.database.engine.dialect.name == "sqlite":
        assert SECRET.encode() not in raw_files(hotline)
    hotline.later(timedelta(days=8))
    assert [rows(hotline)[table] for table in ("notes", "drafts")] == [1, 0]
    hotline.later(timedelta(days=23))
    assert rows(hotline)["notes"] == 0


def test_a_claimed_message_keeps_its_sound_until_a_day_after_it_is_done(hotline: Hotline) -> None:
    leaves_message(hotline)
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, hotline.calls[0].pseudonym).presses("Claim").presses("I heard it")
    hotline.later(timedelta(hours=30))
    assert hotline.sound_of(hotline.messages[0]) is not None
    cora = cora.elsewhere().signs_in()
    opens_the_message(cora, hotline.calls[0].pseudonym).presses("Done")
    hotline.later(timedelta(hours=25))
    assert hotline.sound_of(hotline.messages[0]) is None
    assert rows(hotline)["sounds"] == 0


def told_of_unheard(coordinator: Responder) -> int:
    """How many texts said that a message is unheard."""
    return sum("nobody has heard a message" in text for text in coordinator.texts)


def test_coordinators_are_told_once_for_each_step_that_a_message_waits(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = leaves_message(hotline)  # the need is "detained", so ten minutes
    cora = hotline.has_user("Cora").signs_in()
    hotline.later(timedelta(minutes=8))
    assert told_of_unheard(dee) == 0
    hotline.later(timedelta(minutes=3))
    assert told_of_unheard(dee) == 1
    assert "11 minutes" in dee.texts[-1]
    assert "overdue" in cora.opens("/messages").reads
    hotline.later(timedelta(minutes=5))
    assert told_of_unheard(dee) == 1
    hotline.later(timedelta(minutes=30))  # past twice and four times the limit: one text
    assert told_of_unheard(dee) == 2
    cora = cora.elsewhere().signs_in()
    opens_the_message(cora, call.row.pseudonym).presses("I heard it")
    hotline.later(timedelta(days=2))
    assert told_of_unheard(dee) == 2


def test_how_long_a_message_may_wait_is_a_setting(hotline: Hotline) -> None:
    hotline.restarts(messages_heard_within_minutes=90)
    dee = hotline.knows("Dee", tier=3)
    leaves_message(hotline)
    hotline.later(timedelta(minutes=25))
    assert told_of_unheard(dee) == 0
    hotline.later(timedelta(minutes=6))
    assert told_of_unheard(dee) == 1


def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(hotline: Hotline) -> None:
    leaves_message(hotline)
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, hotline.calls[0].pseudonym).fills("New note", "x" * 4001)
    cora.presses("Save the note")
    assert "too long" in cora.error_at("New note")
    assert len(cora.value_of("New note")) == 4001
    cora.fills("New note", "  ").presses("Save the note")
    assert "Write something" in cora.error_at("New note")


def test_a_number_is_shown_once_with_a_reason_that_stands_in_the_audit_log(
    hotline: Hotline,
) -> None:
    call = leaves_message(hotline)
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, call.row.pseudonym).follows("Show the number, with a reason")
    cora.presses("Show the number")
    assert "Give the reason" in cora.error_at("Why you need it")
    cora.fills("Why you need it", "A judge wants to call her").presses("Show the number")
    shown = "".join(mark for mark in cora.reads if mark.isdigit())
    assert call.number[1:] in shown
    assert ("Cora", "caller's number shown") in hotline.audit_log
    assert call.number[-4:] not in cora.follows("Back").reads


def test_a_caller_is_called_back_from_their_message_with_one_click(hotline: Hotline) -> None:
    call = leaves_message(hotline)
    elena = hotline.knows("Elena Example", tier=3)
    cora = hotline.has_user("Cora", person="Elena Example").signs_in()
    opens_the_message(cora, call.row.pseudonym).presses("Call them back now")
    assert "Your phone rings." in cora.reads
    assert hotline.promised_callbacks == [call.number]
    elena.accepts()
    caller = hotline.carrier.phone(call.number)
    hotline.waits(8)
    assert caller.ringing
    assert call.number[2:] not in elena.said


def test_a_hidden_number_cannot_be_called_back_and_the_page_says_so(hotline: Hotline) -> None:
    hotline.knows("Elena Example", tier=3)
    call = hotline.is_called(shown="anonymous").press("1").press("2")
    call.hears("leave a message").press("2").hears("After the tone").hears_the_tone()
    call.speaks(8).hangs_up()
    hotline.waits(30)
    cora = hotline.has_user("Cora", person="Elena Example").signs_in()
    opens_the_message(cora, call.row.pseudonym).presses("Call them back now")
    assert "nobody can call back" in cora.reads
    assert hotline.callbacks == []


def test_a_hidden_caller_who_named_a_safe_number_is_called_back_there(hotline: Hotline) -> None:
    hotline.knows("Elena Example", tier=3)
    call = hotline.is_called(shown="anonymous").press("1").press("2")
    call.hears("leave a message").press("2").hears("safe to call you").press("7185550162#")
    call.hears_the_tone().speaks(8).hangs_up()
    hotline.waits(30)
    cora = hotline.has_user("Cora", person="Elena Example").signs_in()
    opens_the_message(cora, call.row.pseudonym).presses("Call them back now")
    assert hotline.promised_callbacks == ["+17185550162"]


def test_a_recording_that_is_no_sound_is_never_played(hotline: Hotline) -> None:
    hotline.carrier.faults.recordings.garbled = True
    call = leaves_message(hotline)
    hotline.waits(1200)
    assert [message.state for message in hotline.messages] == ["quarantined"]
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, call.row.pseudonym)
    assert "set aside" in cora.section("Listen")
    base, message = hotline.settings.base_url, hotline.messages[0]
    assert cora.client.get(f"/messages/{message.id}/sound", base_url=base).status_code == 404
    assert hotline.audit_log.count(("Cora", "message played")) == 0
    cora.presses("Done")
    assert hotline.messages[0].state == "done"
