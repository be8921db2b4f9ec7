"""H1: two coordinators change the schedule at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.waiting import PATIENCE_SECONDS

AT_ONCE = 8


def fills_in(who: Coordinator, person: str, end: str = "06:00") -> Coordinator:
    """Put a person on duty tonight, and open the preview."""
    who.opens("/schedule/change?kind=shift").chooses("Who", person)
    who.fills("Day", "2026-12-08").fills("From", "02:00").fills("To", end)
    return who.presses("Preview the change")


def test_h1_the_second_sees_what_the_first_changed_and_loses_nothing(hotline: Hotline) -> None:
    ana, bo = hotline.knows("Ana Example"), hotline.knows("Bo Example")
    cora = fills_in(hotline.has_user("Cora").signs_in(), "Ana Example")
    dora = fills_in(hotline.has_user("Dora").signs_in(), "Bo Example", end="07:00")
    assert "Somebody is on duty again" in dora.reads
    cora.presses("Save")
    dora.presses("Save")
    assert dora.answer.status_code == 409
    meanwhile = dora.section("The schedule was changed while you had this form open")
    assert "Cora" in meanwhile
    assert "Ana Example is on duty Tue 8 Dec, 02:00-06:00." in meanwhile
    assert dora.value_of("To") == "07:00"
    now = dora.section("Effect of this change")
    assert "Bo Example is on duty Tue 8 Dec, 02:04-07:00." in now
    assert "Somebody is on duty again Tue 8 Dec, 06:00-07:00." in now, "the rest is covered"
    assert not hotline.is_on_duty(bo)
    dora.presses("Save")
    assert hotline.is_on_duty(ana)
    assert hotline.is_on_duty(bo)


def test_h1_looking_again_says_that_the_roster_was_imported_meanwhile(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana Example")
    cora = fills_in(hotline.has_user("Cora").signs_in(), "Ana Example")
    hotline.adds_to_its_roster(ana)
    assert "while you had this form open" not in cora.presses("Preview again").reads, "nothing new"
    hotline.is_always_on_duty(ana)
    assert "The roster was imported." in cora.presses("Save").reads


def test_h1_of_many_who_save_at_the_same_instant_one_wins(hotline: Hotline) -> None:
    hotline.knows("Ana Example")
    cora = hotline.has_user("Cora").signs_in()
    sent = fills_in(cora, "Ana Example").would_send("Save")
    barrier = Barrier(AT_ONCE)

    def saves(_: int) -> int:
        barrier.wait(PATIENCE_SECONDS)
        return cora.posts("/schedule/change", **sent).status_code

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = sorted(threads.map(saves, range(AT_ONCE)))
    assert answers == [303] + [409] * (AT_ONCE - 1)
    assert [deed for _, deed in hotline.audit_log].count("schedule changed") == 1


def test_h1_a_responder_who_presses_a_key_is_no_other_coordinator(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz Example", pin="402817")
    cora = fills_in(hotline.has_user("Cora").signs_in(), "Luz Example")
    luz.asks_for_the_duty_line().presses("402817#").hears("go off duty").presses("2").hangs_up()
    assert not hotline.is_on_duty(luz)
    cora.presses("Save")
    assert "The change is saved" in cora.reads
    hotline.clock.move_to(hotline.clock.now() + timedelta(seconds=2))
    assert hotline.is_on_duty(luz)
