"""What used to stay: the carrier's copies of texts, people who left, a log that was being read."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from commands.findings import maintenance_findings
from ivr.privacy import purge
from models.people import people
from tests.hotline import NUMBER, Hotline

STRANGER = "+19175550187"


def has_texts(hotline: Hotline) -> None:
    """A stranger and a volunteer text, and both are answered."""
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.phone(STRANGER).texts_to(NUMBER, "they took my brother")
    hotline.carrier.phone(ana.number).texts_to(NUMBER, "HELP")
    hotline.works()
    assert {each.from_ for each in hotline.carrier.messages} == {STRANGER, ana.number, NUMBER}


def test_the_carriers_copies_of_texts_go_after_a_day_with_our_replies(hotline: Hotline) -> None:
    has_texts(hotline)
    hotline.later(timedelta(hours=23))
    assert list(hotline.carrier.messages)
    hotline.later(timedelta(hours=26))
    assert list(hotline.carrier.messages) == []


def test_a_legal_hold_keeps_the_carriers_copies_of_texts(hotline: Hotline) -> None:
    has_texts(hotline)
    database, ledger = hotline.context.database, hotline.context.ledger
    purge.hold_legally(database, ledger, hotline.clock.now(), on=True)
    hotline.later(timedelta(days=3))
    assert list(hotline.carrier.messages)


def test_name_and_phone_of_who_left_go_after_a_week_and_their_deeds_stay(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana", pin="482915"), hotline.has_on_duty("Ben")
    left = hotline.person(ana).id
    hotline.removes("Ana")
    hotline.later(timedelta(days=6))
    assert hotline.person(ana).id == left
    hotline.later(timedelta(days=2))
    with hotline.context.database.reading() as session:
        person = people.with_id(session, left)
        assert person
        assert people.with_name(session, "Ana") is None
        assert people.name_of(session, person) == f"Former volunteer {left[:8]}"
        assert people.phone_of(session, person) == ""
        assert not person.has_phone
        assert not person.has_pin
        assert people.name_of(session, hotline.person(ben)) == "Ben"
    assert hotline.holdings_of(ana.number) == []
    hotline.has_user("Cora").signs_in().opens("/people")


def test_who_comes_back_within_a_week_stays(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    cora = hotline.has_user("Cora").signs_in()
    page = f"/people/{hotline.person(ana).id}"
    cora.opens(page).presses("Remove from the roster")
    hotline.later(timedelta(days=3))
    cora.signs_in().opens(page).presses("Back on the roster")
    hotline.later(timedelta(days=20))
    assert hotline.person(ana).active


def test_a_purge_that_could_not_empty_the_log_tries_again_and_check_says_so(
    hotline: Hotline,
) -> None:
    database, ledger = hotline.context.database, hotline.context.ledger
    hotline.is_called(STRANGER).press("1").hangs_up()
    hotline.later(timedelta(hours=1))
    since = hotline.clock.now()
    with database.reading_engine.connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM calls"))
        hotline.is_called(STRANGER).press("1").hangs_up()
        done = purge.purge(database, ledger, since + timedelta(days=5), "UTC")
        if database.engine.dialect.name != "sqlite":
            assert done.clean
            return
        assert not done.clean
        again = purge.purge(database, ledger, since + timedelta(days=5, hours=1), "UTC")
        assert not again.clean, "it says clean without having looked"
        hotline.later(timedelta(hours=8))
        assert any("empty the database's log" in words for words in found(hotline))
    hotline.later(timedelta(hours=1))
    assert not any("empty the database's log" in words for words in found(hotline))


def found(hotline: Hotline) -> list[str]:
    """What `hotline check` finds in the database."""
    database = hotline.context.database
    with database.reading() as session:
        every = maintenance_findings.of_database(database, session, hotline.clock.now())
        return [each.words for each in every]
