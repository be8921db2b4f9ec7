"""Coordinators whose phones take no texts hear alerts in a call; the others learn of it."""

from __future__ import annotations

from datetime import timedelta

from tests.hotline import NUMBER, Hotline


def test_who_cannot_be_texted_is_rung_until_a_key_says_that_they_heard(hotline: Hotline) -> None:
    """One night with a landline: the failed alert itself, the next two, and texts again."""
    dee, cora = hotline.knows("Dee", "es", tier=3), hotline.knows("Cora", tier=3)
    hotline.carrier.standing.undeliverable[dee.number] = 30006
    hotline.alerts_coordinators()
    hotline.waits(4 * 60)
    assert not dee.is_rung, "the text is tried again first"
    dee.answers(within=150).hears("no podemos enviar mensajes").hears("oprima el uno").hangs_up()
    hotline.waits(4 * 60)
    assert dee.times_rung == 1
    dee.answers(within=90).hears("llamada de prueba").presses("1").hears("Gracias")
    hotline.alerts_coordinators()
    hotline.alerts_coordinators("texts.flood", count="40")
    dee.answers(within=6 * 60).hears("llamada de prueba").hears("40").presses("1")
    tried = [message for message in hotline.carrier.messages if message.to == dee.number]
    assert len(tried) == 2, "the phone is known to take no texts"
    hotline.waits(60 * 60)
    assert (dee.times_rung, len(cora.texts)) == (3, 3)
    hotline.carrier.standing.undeliverable.clear()
    admin = hotline.has_user("Ada", role="admin").signs_in()
    assert "30006" in admin.opens("/people").follows("Dee").reads
    assert "Texts reach it" in admin.presses("Try texts again").reads
    assert ("Ada", "texts tried again") in hotline.audit_log
    hotline.alerts_coordinators()
    hotline.waits(10)
    assert (dee.times_rung, len(dee.texts)) == (3, 1)


def test_an_alert_gives_way_to_a_caller_and_is_spoken_afterwards(hotline: Hotline) -> None:
    dee = hotline.has_on_duty("Dee", tier=3)
    hotline.carrier.messages.stop(dee.number, NUMBER)
    hotline.alerts_coordinators()
    hotline.waits(3)
    assert dee.is_rung
    call = hotline.is_called().press("1").press("1")
    hotline.waits(3)
    dee.accepts()
    assert call.is_joined_with(dee.number)
    call.hangs_up()
    dee.answers(within=20 * 60).hears("test call").presses("1")


def test_an_alert_is_spoken_without_the_address_of_its_page(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.messages.stop(dee.number, NUMBER)
    hotline.alerts_coordinators("texts.inbox_waiting", address="https://hotline.example.org/texts")
    dee.answers(within=20).hears("a text from the team waits").presses("1")
    assert "https" not in dee.said


def test_a_coordinator_who_stopped_the_texts_is_named_to_the_others_once(hotline: Hotline) -> None:
    dee, cora = hotline.knows("Dee", tier=3), hotline.knows("Cora", tier=3)
    for _ in range(2):
        dee.phone.texts_to(NUMBER, "STOP")
        hotline.works()
    assert sum("has stopped our texts" in text for text in cora.texts) == 1
    board = hotline.has_user("Ada").signs_in().opens("/board")
    assert "Dee" in board.section("Gets no texts")
    hotline.alerts_coordinators()
    dee.answers(within=20).hears("test call").presses("1")
    dee.phone.texts_to(NUMBER, "START")
    hotline.works()
    assert "Gets no texts" not in board.opens("/board").reads


def test_nobody_is_woken_for_what_can_wait(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.messages.stop(dee.number, NUMBER)
    hotline.alerts_coordinators("texts.certificate_ends", count="14")
    hotline.waits(60 * 60)
    assert dee.times_rung == 0
    hotline.later(timedelta(hours=9))
    dee.answers(within=40 * 60).hears("certificate").presses("1")


def test_an_error_of_the_account_marks_nobody_and_is_one_alarm_by_call(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.standing.checks_registration = True
    hotline.alerts_coordinators()
    hotline.alerts_coordinators("texts.flood", count="40")
    dee.answers(within=30).hears("because of our account").presses("1")
    assert hotline.person(dee).takes_texts
    hotline.waits(10 * 60)
    heard = " ".join(spoken.text for leg in dee.phone.legs for spoken in leg.heard)
    assert heard.count("because of our account") == 1


def test_a_phone_that_blocks_texts_is_tried_again_after_a_week(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.next_text(30004, times=2)
    hotline.alerts_coordinators()
    dee.accepts(within=6 * 60)
    assert not hotline.person(dee).takes_texts
    hotline.later(timedelta(days=7, minutes=12))
    assert hotline.person(dee).takes_texts
