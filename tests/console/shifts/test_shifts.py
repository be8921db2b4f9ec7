"""Shifts that change hands on the page, and whose phone rings then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.schedule import duty_rules, shift_offers
from models.schedule.shift_offers import AlreadyTaken
from routing.duty.duty import Shift
from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.responder import Responder

BEFORE_YOU = "Somebody else took this shift first."


def page_of(hotline: Hotline, responder: Responder) -> Coordinator:
    """A responder on the page of shifts, in their phone's browser."""
    user = hotline.has_user(responder.name, "responder", person=responder.name)
    return user.signs_in().opens("/shifts")


def again(page: Coordinator) -> Coordinator:
    """The same page later, after the session has ended."""
    return page.signs_in().opens("/shifts")


def offers(page: Coordinator) -> Coordinator:
    """Offer the whole first shift."""
    return page.follows("Offer this shift").presses("Offer it")


def rings_next(hotline: Hotline, responder: Responder) -> bool:
    """Whether this phone rings when a caller chooses Spanish."""
    before = responder.times_rung
    call = hotline.is_called().press("2").press("2")
    hotline.waits(3)
    rang = responder.times_rung > before
    call.hangs_up()
    hotline.waits(5)
    return rang


def test_an_offered_shift_stays_with_its_holder_until_somebody_takes_it(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8)
    rafiq = hotline.knows("Rafiq", "es")
    giver, taker = page_of(hotline, nadia), page_of(hotline, rafiq)
    assert "It stays yours" in offers(giver).section("My shifts of the next four weeks")
    assert rings_next(hotline, nadia)
    taker.opens("/shifts").presses("Take it", within="offered by Nadia")
    assert "The shift is yours. Thank you." in taker.reads
    assert "now" in taker.section("My shifts of the next four weeks")
    assert rings_next(hotline, rafiq)
    assert not rings_next(hotline, nadia)
    assert any("otra persona tomó su turno" in text for text in nadia.texts)
    assert ("Nadia", "shift offered") in hotline.audit_log
    assert ("Rafiq", "shift taken") in hotline.audit_log


def test_a_call_in_progress_stays_with_whom_it_is_when_the_shift_is_taken(
    hotline: Hotline,
) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8)
    rafiq = hotline.knows("Rafiq", "es")
    offers(page_of(hotline, nadia))
    call = hotline.is_called().press("2").press("2")
    nadia.accepts()
    assert call.is_joined_with(nadia.number)
    page_of(hotline, rafiq).presses("Take it")
    hotline.waits(5)
    assert call.talks_to == nadia.number


def test_a_taken_shift_is_that_one_and_not_next_weeks(hotline: Hotline) -> None:
    nadia, rafiq = hotline.has_on_duty("Nadia", "es"), hotline.knows("Rafiq", "es")
    page = page_of(hotline, nadia).follows("Offer this shift")
    page.fills("Until", "2026-12-08T06:00").presses("Offer it")
    page_of(hotline, rafiq).presses("Take it")
    assert hotline.is_on_duty(rafiq)
    hotline.later(timedelta(days=7))
    assert hotline.is_on_duty(nadia)
    assert not hotline.is_on_duty(rafiq)


def test_a_part_of_a_shift_is_offered_and_the_rest_stays(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8, starts_in=2)
    rafiq = hotline.knows("Rafiq", "es")
    page = page_of(hotline, nadia).follows("Offer this shift")
    assert page.value_of("From") == "2026-12-08T04:04"
    assert page.value_of("Until") == "2026-12-08T12:04"
    page.fills("From", "2026-12-08T08:00").fills("Until", "2026-12-08T10:00").presses("Offer it")
    page_of(hotline, rafiq).presses("Take it")
    shown = page.opens("/shifts").section("My shifts of the next four weeks")
    assert "04:04-08:00" in shown
    assert "10:00-12:04" in shown


def test_what_is_typed_wrong_is_said_at_its_field_and_kept(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8, starts_in=2)
    page = page_of(hotline, nadia).follows("Offer this shift")
    page.fills("From", "2026-12-08T01:00").presses("Offer it")
    assert "outside" in page.error_at("From")
    assert page.value_of("From") == "2026-12-08T01:00"
    page.fills("From", "2026-12-08T09:00").fills("Until", "2026-12-08T08:00").presses("Offer it")
    assert "after the start" in page.error_at("Until")
    page.fills("From", "soon").presses("Offer it")
    assert "a date and a time" in page.error_at("From")


def test_an_offer_is_taken_back_while_nobody_has_taken_it(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8)
    taker = page_of(hotline, hotline.knows("Rafiq", "es"))
    page = offers(page_of(hotline, nadia)).presses("Withdraw the offer")
    assert "The shift is yours" in page.reads
    assert "Nobody offers a shift that you could take." in taker.opens("/shifts").reads
    offers(page)
    taker.opens("/shifts").presses("Take it")
    assert "Withdraw the offer" not in page.opens("/shifts").reads


def test_two_who_take_one_and_only_one_has_it(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8)
    takers = [page_of(hotline, hotline.knows(f"Taker {at}", "es")) for at in range(4)]
    offers(page_of(hotline, nadia))
    for taker in takers:
        taker.opens("/shifts")
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda taker: taker.presses("Take it"), takers))
    winners = [taker for taker in takers if "The shift is yours" in taker.reads]
    losers = [taker for taker in takers if BEFORE_YOU in taker.reads]
    assert (len(winners), len(losers)) == (1, 3)
    hotline.waits(2)
    with hotline.context.database.reading() as session:
        assert len(duty_rules.from_source(session, "console")) == 1


def test_the_database_itself_refuses_the_second_taker(hotline: Hotline) -> None:
    """Two hosts may both have checked first; the constraint lets only one write the row."""
    nadia, now = hotline.person(hotline.knows("Nadia")), hotline.clock.now()
    part = Shift(nadia.id, now, now + timedelta(hours=1))
    with hotline.context.database.transaction() as session:
        shift_offers.take(session, "offer:1", part, now)
    other_host = hotline.another_database()
    with other_host.transaction() as session, pytest.raises(AlreadyTaken):
        shift_offers.take(session, "offer:1", part, now)
    other_host.close()


def test_a_hole_is_filled_by_somebody_who_speaks_the_language(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana", "en")
    luz = hotline.knows("Luz", "es")
    stranger = page_of(hotline, hotline.knows("Bo", "pl"))
    assert "Nobody speaks Spanish" not in stranger.reads
    page = page_of(hotline, luz)
    assert "Nobody speaks Spanish" in page.section("Shifts you could take")
    page.follows("Take all or part of it")
    assert page.value_of("From") == "2026-12-08T02:04"
    assert page.value_of("Until") == "2026-12-08T06:04"
    page.presses("Take this")
    assert "The gap is filled" in page.reads
    assert rings_next(hotline, luz)
    assert ("Luz", "hole filled") in hotline.audit_log


def test_two_who_fill_one_hole_and_only_one_does(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana", "en")
    takers = [page_of(hotline, hotline.knows(f"Taker {at}", "es")) for at in range(3)]
    for taker in takers:
        taker.follows("Take all or part of it")
    with ThreadPoolExecutor(3) as hands:
        list(hands.map(lambda taker: taker.presses("Take this"), takers))
    losers = [taker for taker in takers if "The gap is filled" not in taker.reads]
    assert len(losers) == 2
    for loser in losers:
        assert "Somebody else filled" in loser.reads or "already filled" in loser.reads
    with hotline.context.database.reading() as session:
        assert len(duty_rules.from_source(session, "console")) == 1


def test_a_hole_that_opens_again_can_be_filled_again(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana", "en")
    luz = page_of(hotline, hotline.knows("Luz", "es"))
    sol = page_of(hotline, hotline.knows("Sol", "es"))
    luz.follows("Take all or part of it").presses("Take this")
    luz.opens("/shifts/time-off")
    luz.fills("From", "2026-12-08T02:00").fills("Until", "2026-12-08T07:00")
    luz.presses("Preview the effect").presses("Take this time off")
    sol.opens("/shifts").follows("Take all or part of it").presses("Take this")
    assert "The gap is filled" in sol.reads


def test_time_off_says_what_callers_would_miss_before_anything_changes(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana", "en")
    elena = hotline.knows("Elena", tier=3)
    luz = hotline.has_shift("Luz", "es", hours=8)
    page = page_of(hotline, luz).follows("Take time off")
    page.fills("From", "2026-12-08T04:00").fills("Until", "2026-12-08T06:00")
    page.presses("Preview the effect")
    assert "You are off Tue 8 Dec, 04:00-06:00." in page.reads
    assert "Spanish is uncovered Tue 8 Dec, 04:00-06:00." in page.reads
    assert hotline.is_on_duty(luz)
    page.presses("Take this time off")
    hotline.works()
    assert any("leaves a gap in the schedule" in text for text in elena.texts)
    assert "04:00-06:00" in page.section("Time off")
    hotline.later(timedelta(hours=2))
    assert not hotline.is_on_duty(luz)
    again(page).presses("I am back")
    assert hotline.is_on_duty(luz)
    done = [action for _, action in hotline.audit_log]
    assert done.index("time off set") < done.index("time off ended")


def test_a_time_that_was_changed_after_the_preview_is_shown_again_first(hotline: Hotline) -> None:
    luz = hotline.has_shift("Luz", "es", hours=8)
    page = page_of(hotline, luz).opens("/shifts/time-off")
    page.fills("From", "2026-12-08T04:00").fills("Until", "2026-12-08T06:00")
    page.presses("Preview the effect").fills("Until", "2026-12-08T08:00")
    page.presses("Take this time off")
    assert "04:00-08:00" in page.reads
    page.opens("/shifts")
    assert "04:00" not in page.section("Time off")


def test_who_would_leave_a_language_out_asks_and_a_coordinator_decides(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana", "en")
    elena = hotline.knows("Elena", tier=3)
    luz = hotline.has_shift("Luz", "es", hours=8)
    bo = page_of(hotline, hotline.knows("Bo", "pl"))
    giver = offers(page_of(hotline, luz))
    bo.opens("/shifts").presses("Request it", within="Callers would miss: Spanish")
    assert "A coordinator decides" in bo.reads
    assert hotline.is_on_duty(luz)
    hotline.works()
    assert any("needs your decision" in text for text in elena.texts)
    assert "Bo would take it; a coordinator decides." in giver.opens("/shifts").reads
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    assert "Bo would take it. Callers would miss: Spanish" in cora.section("Shifts on offer")
    cora.presses("Reject")
    bo.opens("/shifts").presses("Request it")
    cora.opens("/shifts").presses("Approve")
    assert not hotline.is_on_duty(luz)
    assert ("Cora", "shift approved") in hotline.audit_log
    assert "now" in bo.opens("/shifts").section("My shifts of the next four weeks")


def test_a_coordinator_puts_somebody_in_who_is_asked_by_text(hotline: Hotline) -> None:
    luz = hotline.has_shift("Luz", "es", hours=8, starts_in=2)
    sol = hotline.knows("Sol", "es en")
    offers(page_of(hotline, luz))
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    cora.presses("Assign")
    assert "Choose who takes it." in cora.reads
    cora.chooses("Replace Luz with", "Sol").presses("Assign")
    hotline.works()
    assert any("put you on duty: Tue 8 Dec 04:04-12:04" in text for text in sol.texts)
    doubt = cora.opens("/shifts").section("Late or not confirmed")
    assert "Sol" in doubt
    sol.phone.texts_to(hotline.settings.twilio_phone_number, "1")
    hotline.works()
    assert "Sol" not in cora.opens("/shifts").section("Late or not confirmed")
    assert ("Cora", "shift assigned") in hotline.audit_log


def test_a_coordinator_puts_somebody_in_for_one_who_does_not_confirm(hotline: Hotline) -> None:
    ana = hotline.has_shift("Ana", "en", hours=4, starts_in=0.4)
    bo = hotline.knows("Bo", "en")
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    assert "begins soon, not confirmed" in cora.section("Late or not confirmed")
    cora.chooses("Replace Ana with", "Bo").presses("Assign")
    assert "Replace Ana with" not in cora.section("Late or not confirmed")
    hotline.later(timedelta(minutes=30))
    assert (hotline.is_on_duty(bo), hotline.is_on_duty(ana)) == (True, False)
    assert any("someone else has taken your shift" in text for text in ana.texts)
    assert any("put you on duty" in text for text in bo.texts)


def test_a_coordinator_fills_a_hole_with_somebody_who_can(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana", "en")
    luz = hotline.knows("Luz", "es")
    hotline.knows("Bo", "pl")
    cora = hotline.has_user("Cora").signs_in()
    cora.opens("/shifts").follows_in("Nobody speaks Spanish", "Fill")
    assert cora.choices_of("Who") == ["Choose", "Luz"]
    cora.presses("Put on duty")
    assert "Choose who takes it." in cora.error_at("Who")
    cora.chooses("Who", "Luz").presses("Put on duty")
    assert hotline.is_on_duty(luz)
    assert ("Cora", "hole assigned") in hotline.audit_log


def test_an_offer_whose_shift_has_changed_since_cannot_be_taken(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8)
    taker = page_of(hotline, hotline.knows("Rafiq", "es"))
    offers(page_of(hotline, nadia))
    taker.opens("/shifts")
    hotline.goes_off_duty(nadia, hours=2)
    taker.presses("Take it")
    assert "This shift has changed since it was offered" in taker.reads


def test_what_is_somebody_elses_is_not_there(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=8)
    page = page_of(hotline, nadia)
    offers(page)
    other = page_of(hotline, hotline.knows("Rafiq", "es"))
    token = other.page.css_first("meta[name=csrf]").attributes["content"] or ""
    with hotline.context.database.reading() as session:
        offer = shift_offers.open_offers(session, hotline.clock.now())[0].id
    assert other.posts(f"/shifts/offers/{offer}/withdraw", csrf=token).status_code == 409
    for deed in ("assign", "approve", "refuse"):
        assert other.posts(f"/shifts/offers/{offer}/{deed}", csrf=token).status_code == 404
    start = hotline.clock.now().isoformat()
    whom = hotline.person(nadia).id
    answer = other.posts("/shifts/confirm", csrf=token, person=whom, start=start)
    assert answer.status_code == 404
    assert "On offer" in page.opens("/shifts").reads
    assert nadia.number[2:] not in other.answer.get_data(as_text=True)


def test_a_shift_is_confirmed_on_the_page(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=4, starts_in=20)
    hotline.has_shift("Sol", "en", hours=4, starts_in=3)
    page = page_of(hotline, nadia).presses("I will be there")
    assert "We count on you." in page.reads
    assert "confirmed" in page.section("My shifts of the next four weeks")
    cora = hotline.has_user("Cora").signs_in().opens("/shifts")
    doubt = cora.section("Late or not confirmed")
    assert "Nadia" not in doubt
    cora.presses("They will be there", within="Sol")
    assert "confirmed." in cora.section("Late or not confirmed")
    assert ("Cora", "shift confirmed") in hotline.audit_log


def test_a_page_in_spanish_says_it_in_spanish(hotline: Hotline) -> None:
    nadia = hotline.has_shift("Nadia", "es", hours=4, starts_in=20)
    page = page_of(hotline, nadia).presses("Español").opens("/shifts")
    assert page.heading == "Turnos"
    assert "Ahí estaré" in page.reads
