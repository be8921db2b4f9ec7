"""H2, H3, H5: double presses, two claims at once, and a session that ends during typing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from werkzeug.test import TestResponse

from tests.console.work.test_callbacks import has_coordinator, opens_the_callback, owed
from tests.console.work.test_messages import has_responder, opens_the_message
from tests.coordinator import Coordinator
from tests.faults.keeping import asks_for_callback, leaves_message, rows
from tests.hotline import Hotline

TYPED = "She is in line 3,\nask for «Señora Ruiz»"


def at_once(*asks: Callable[[], TestResponse]) -> list[int]:
    """Send these requests at the same time; returns their answers."""
    ready = Barrier(len(asks))

    def ask(how: Callable[[], TestResponse]) -> int:
        ready.wait()
        return how().status_code

    with ThreadPoolExecutor(len(asks)) as browsers:
        return sorted(browsers.map(ask, asks))


def press_of(user: Coordinator) -> str:
    """The id of the ring that the page's button sends."""
    field = user.page.css_first("input[name=press]")
    assert field is not None
    return field.attributes["value"] or ""


def test_h2_call_now_pressed_twice_rings_once(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    opens_the_callback(cora, hotline)
    address, token, press = f"/callbacks/{owed(hotline).id}/call", cora.token, press_of(cora)

    def again() -> TestResponse:
        return cora.posts(address, csrf=token, press=press)

    assert at_once(again, again, again, again) == [303] * 4
    hotline.waits(3)
    phone = hotline.phone_of("Cora Example")
    phone.declines()
    assert again().status_code == 303  # the back button, and the same form a second time
    hotline.waits(30)
    assert phone.times_rung == 1
    assert [ring.purpose for ring in hotline.rings].count("callback") == 1
    assert hotline.audit_log.count(("Cora", "called back by hand")) == 1
    assert "Nothing was dialled again" in cora.opens("/callbacks").reads


def test_h2_two_windows_of_one_person_ring_once(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    address = f"/callbacks/{owed(hotline).id}/call"
    token = cora.opens("/callbacks").token
    presses = (f"{number:032x}" for number in range(4))
    asks = [
        lambda press=press: cora.posts(address, csrf=token, press=press)  # type: ignore[misc]
        for press in presses
    ]
    assert at_once(*asks) == [303] * 4
    hotline.waits(5)
    assert hotline.phone_of("Cora Example").times_rung == 1


def test_h2_of_two_people_who_call_now_one_rings_and_the_other_is_told(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora, dora = has_coordinator(hotline), has_coordinator(hotline, "Dora")
    address = f"/callbacks/{owed(hotline).id}/call"
    asks = [
        lambda user=user: user.posts(address, csrf=user.token, press=press_of(user))  # type: ignore[misc]
        for user in (opens_the_callback(cora, hotline), opens_the_callback(dora, hotline))
    ]
    assert at_once(*asks) == [303, 409]
    hotline.waits(5)
    phones = [hotline.phone_of(f"{name} Example") for name in ("Cora", "Dora")]
    assert sum(phone.times_rung for phone in phones) == 1
    loser = (cora, dora)[phones[0].times_rung]
    assert "claimed this callback on" in opens_the_callback(loser, hotline).reads


def test_h2_call_them_back_pressed_twice_makes_one_callback(hotline: Hotline) -> None:
    call = leaves_message(hotline)
    cora = has_coordinator(hotline)
    opens_the_message(cora, call.row.pseudonym)
    address, token = f"/messages/{hotline.messages[0].id}/call", cora.token
    press = press_of(cora)

    def again() -> TestResponse:
        return cora.posts(address, csrf=token, press=press)

    assert at_once(again, again) == [303, 303]
    hotline.waits(5)
    assert hotline.promised_callbacks == [call.number]
    assert hotline.phone_of("Cora Example").times_rung == 1


def test_h3_of_two_who_claim_one_message_the_second_is_told_who_has_it(hotline: Hotline) -> None:
    name = leaves_message(hotline).row.pseudonym
    cora, ana = hotline.has_user("Cora").signs_in(), has_responder(hotline, "Ana", "en")
    opens_the_message(cora, name)
    opens_the_message(ana, name).presses("Claim")
    cora.presses("Claim")
    assert cora.answer.status_code == 409
    assert "Ana has already claimed this" in cora.reads
    assert "Ana claimed this message on" in cora.section("What to do")
    for deed in ("I heard it", "Done", "Hand over", "Call them back now"):
        assert not cora.can_press(deed)
    address = f"/messages/{hotline.messages[0].id}/done"
    assert cora.posts(address, csrf=cora.token).status_code == 409
    assert hotline.messages[0].state == "stored"


def test_h3_of_eight_who_claim_at_the_same_instant_one_has_it(hotline: Hotline) -> None:
    leaves_message(hotline)
    address = f"/messages/{hotline.messages[0].id}/claim"
    users = [hotline.has_user(f"Cora {number}").signs_in() for number in range(8)]
    asks = [
        lambda user=user: user.posts(address, csrf=user.token)  # type: ignore[misc]
        for user in users
    ]
    assert at_once(*asks) == [303] + [409] * 7
    assert sum(deed == "message claimed" for _, deed in hotline.audit_log) == 1
    winner = next(who for who, deed in hotline.audit_log if deed == "message claimed")
    assert f"with {winner}" in users[0].opens("/messages").reads


def test_h3_of_two_who_claim_one_callback_the_second_is_told_who_has_it(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora, dora = has_coordinator(hotline), has_coordinator(hotline, "Dora")
    opens_the_callback(cora, hotline)
    opens_the_callback(dora, hotline).presses("Claim")
    cora.presses("Claim")
    assert cora.answer.status_code == 409
    assert "Dora has already claimed this" in cora.reads


def test_h5_a_session_that_ends_while_a_note_is_typed_loses_nothing(hotline: Hotline) -> None:
    name = leaves_message(hotline).row.pseudonym
    cora = hotline.has_user("Cora").signs_in()
    opens_the_message(cora, name).fills("New note", TYPED)
    hotline.later(timedelta(minutes=16))
    cora.presses("Save the note")
    assert cora.heading == "Sign in"
    assert TYPED not in cora.answer.text
    cora.signs_in_again()
    assert cora.heading == name
    assert cora.value_of("New note") == TYPED
    assert "not saved as a note yet" in cora.reads
    cora.presses("Save the note")
    assert "Señora Ruiz" in cora.section("Notes")
    assert cora.value_of("New note") == ""
    assert rows(hotline)["drafts"] == 0


def test_h5_that_a_note_is_privileged_is_kept_with_its_words(hotline: Hotline) -> None:
    name = leaves_message(hotline).row.pseudonym
    ana = has_responder(hotline, "Ana", "en")
    opens_the_message(ana, name).presses("Claim").fills("New note", TYPED)
    ana.fills("Privileged: between attorney and client", "on")
    hotline.later(timedelta(minutes=16))
    ana.presses("Save the note").signs_in_again().presses("Save the note")
    assert "privileged" in ana.section("Notes")
    assert "Ruiz" not in opens_the_message(hotline.has_user("Cora").signs_in(), name).reads


def test_h5_what_the_page_kept_while_somebody_typed_is_theirs_alone(hotline: Hotline) -> None:
    name = leaves_message(hotline).row.pseudonym
    cora, dora = hotline.has_user("Cora").signs_in(), hotline.has_user("Dora").signs_in()
    opens_the_message(cora, name)
    address = f"/messages/{hotline.messages[0].id}/draft"
    assert cora.posts(address, csrf=cora.token, note=TYPED).status_code == 204
    assert opens_the_message(dora, name).value_of("New note") == ""
    hotline.later(timedelta(seconds=31))  # the app's code is valid once
    assert opens_the_message(cora.elsewhere().signs_in(), name).value_of("New note") == TYPED


def test_h5_a_session_that_was_ended_on_purpose_writes_nothing(hotline: Hotline) -> None:
    name = leaves_message(hotline).row.pseudonym
    cora = hotline.has_user("Cora").signs_in()
    hotline.later(timedelta(seconds=31))  # the app's code is valid once
    thief = opens_the_message(cora.elsewhere().signs_in(), name)
    token, address = thief.token, f"/messages/{hotline.messages[0].id}/note"
    cora.opens("/account").presses("Sign out everywhere")
    assert thief.posts(address, csrf=token, note=TYPED).status_code == 401
    assert rows(hotline)["drafts"] == 0


def test_h5_words_from_another_site_are_not_kept(hotline: Hotline) -> None:
    name = leaves_message(hotline).row.pseudonym
    cora = opens_the_message(hotline.has_user("Cora").signs_in(), name)
    hotline.later(timedelta(minutes=16))
    address = f"/messages/{hotline.messages[0].id}/note"
    evil = cora.posts(address, csrf=cora.token, note=TYPED, origin="https://evil.example")
    assert evil.status_code == 403
    assert cora.posts(address, csrf="forged", note=TYPED).status_code == 403
    assert rows(hotline)["drafts"] == 0
