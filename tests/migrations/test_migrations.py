"""On both databases the migrations go up, down and up again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr

import migrations
from commands.base import command_database
from ivr.notices import web_push
from ivr.privacy import key_care
from models.core.base import Base
from models.core.database import Database
from models.core.vault import Vault
from models.operations import maintenance_state
from models.people import people
from models.prompts import prompt_versions
from models.schedule.duty_rules import DutyRule
from tests.browser_of_a_person import PushedBrowser
from tests.caller import Caller
from tests.conftest import KEY
from tests.console.api.test_api import ask, token_for
from tests.console.prompts.test_prompts_by_phone import CALL_ME, has_translator, reads_aloud
from tests.faults.keeping import leaves_message
from tests.hotline import NUMBER, Hotline, begins_its_keys
from tests.ivr.callers.test_callbacks import ask_for_callback
from tests.ivr.callers.test_calls_from_detention import calls_from, knows
from tests.mail_server import post_server


def test_there_is_one_head() -> None:
    folder = Path(migrations.__file__).parent
    assert len(ScriptDirectory(str(folder)).get_heads()) == 1


def test_up_down_and_up_again(empty_database_url: str) -> None:
    database = Database(empty_database_url, Vault.from_setting(KEY))
    migrations.upgrade(database.engine)
    assert migrations.is_current(database.engine)
    migrations.downgrade(database.engine, "base")
    assert sa.inspect(database.engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(database.engine)
    assert migrations.is_current(database.engine)
    database.close()


def test_the_tables_are_those_the_code_expects(database_url: str) -> None:
    database = Database(database_url, Vault.from_setting(KEY))
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_tables_that_hold_a_nights_rows_can_be_taken_back(database_url: str) -> None:
    hotline = Hotline(database_url)
    ana = hotline.has_on_duty("Ana")
    ana.phone.texts_to(NUMBER, "SWAP")
    ana.phone.texts_to(NUMBER, "I cannot come")
    hotline.is_called().press("1").press("2")
    hotline.waits(20)
    assert (hotline.rows_of("incoming_texts"), hotline.rows_of("shift_offers")) == (2, 1)
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "base")
    migrations.upgrade(engine)
    assert hotline.calls == []
    hotline.is_called()
    assert len(hotline.calls) == 1
    hotline.context.database.close()


def test_keys_of_days_begin_after_the_tables_and_every_pin_and_number_stays(
    database_url: str, tmp_path: Path
) -> None:
    state = str(tmp_path)
    hotline = Hotline(database_url, begins_keys=False, keys_folder="", state_folder=state)
    ana = hotline.has_on_duty("Ana", pin="482915")
    call = hotline.is_called().press("1").hangs_up()
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "needs_of_partners")
    assert "pin_sealed" not in {each["name"] for each in sa.inspect(engine).get_columns("people")}
    migrations.upgrade(engine)
    begins_its_keys(hotline.settings, hotline.clock.now)
    hotline.restarts()
    assert key_care.seal_everything(hotline.context.database, hotline.clock.now()) > 2
    assert key_care.seal_everything(hotline.context.database, hotline.clock.now()) == 0
    with hotline.context.database.reading() as session:
        (row,) = people.active(session)
        assert (row.pin_hash, row.has_pin) == (None, True)
    assert hotline.number_kept_of(call.row) == call.number
    hotline.is_called(ana.number).press("#").hears("PIN").press("482915#").hears("press")
    hotline.context.database.close()


def test_when_a_restore_was_tried_can_be_taken_back_and_calls_go_on(database_url: str) -> None:
    hotline = Hotline(database_url)
    call = hotline.is_called().press("1")
    with hotline.context.database.transaction() as session:
        row = maintenance_state.hold(session)
        row.restore_tried_at, row.restore_fault = hotline.clock.now(), "calls: other rows"
        row.backed_up_at = hotline.clock.now()
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "notices")
    assert "restore_fault" not in {
        each["name"] for each in sa.inspect(engine).get_columns("upkeep")
    }
    migrations.upgrade(engine)
    with hotline.context.database.reading() as session:
        row = maintenance_state.look(session)
        assert (row.restore_tried_at, row.restore_fault) == (None, None)
        assert row.backed_up_at is not None
    assert call.press("1").is_on_the_line
    hotline.context.database.close()


def test_what_forgets_can_be_taken_back_and_every_call_stays(database_url: str) -> None:
    hotline = Hotline(database_url)
    hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    hotline.waits(20)
    before = hotline.story_of(call.row)
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "remember_calls")
    assert "tombstones" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert hotline.story_of(call.row) == before
    assert call.press("1").hears("calling from").is_on_the_line
    hotline.context.database.close()


def test_the_console_can_be_taken_back_and_the_calls_stay(database_url: str) -> None:
    hotline = Hotline(database_url)
    hotline.has_user("Cora").signs_in()
    hotline.is_called()
    hotline.carrier.advance(1)
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "remember_calls")
    assert "audit" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert len(hotline.calls) == 1
    assert hotline.audit_log == []
    assert hotline.has_user("Cora").signs_in().heading == "Board"
    assert hotline.audit_log == [("Cora", "signed in")]
    hotline.context.database.close()


def test_calls_of_before_the_days_were_counted_are_counted_when_their_time_comes(
    database_url: str,
) -> None:
    hotline = Hotline(database_url)
    call = hotline.is_called().press("2").press("2")
    hotline.waits(20)
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "keep_and_forget")
    assert "day_totals" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    call.hangs_up()
    hotline.later(timedelta(days=9))
    with engine.connect() as connection:
        counted = connection.exec_driver_sql(
            "SELECT sum(count) FROM day_totals WHERE cut = 'language' AND value = 'es'"
        )
        assert counted.scalar() == 1
    assert len(hotline.calls) == 1
    hotline.context.database.close()


def test_what_coordinators_changed_can_be_taken_back_and_the_calls_stay(
    database_url: str,
) -> None:
    """After the downgrade, callers hear the shipped words."""
    hotline = Hotline(database_url)
    cora = hotline.has_user("Cora").signs_in().opens("/prompts/main_menu.detained/en")
    cora.fills("What is said", "Jail? Press {key}.").presses("Save, without going live")
    cora.presses("Make it live")
    hotline.waits(3)
    hotline.is_called().press("1").hears("Jail?").hangs_up()
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "keep_and_forget")
    assert "prompt_versions" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert len(hotline.calls) == 1
    hotline.waits(3)
    hotline.is_called().press("1").hears("has been detained")
    hotline.context.database.close()


def test_calls_remembered_before_floods_were_counted_are_kept_both_ways(
    empty_database_url: str,
) -> None:
    database = Database(empty_database_url, Vault.from_setting(KEY))
    migrations.upgrade(database.engine, "remember_calls")
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO heartbeats (name, at) VALUES ('worker', '2026-12-08 07:04:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO calls (id, sid, pseudonym, visible, language, place, turns, state,"
            " started_at, heard_at, searches, round, nobody_speaks, asked_for_callback, promised,"
            " said_nothing, informed) VALUES ('1', 'CA1', 'Blue Heron 42', true, 'en', 'emergency',"
            " 3, 'waiting', '2026-12-08 07:04:00', '2026-12-08 07:04:00', 1, 1, false, false,"
            " false, false, false)"
        )
    migrations.upgrade(database.engine)
    with database.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT limited, search_over, sid FROM calls").one()
        assert tuple(row) == (None, False, "CA1")
        assert not connection.exec_driver_sql("SELECT carrier_away FROM heartbeats").scalar()
    migrations.downgrade(database.engine, "remember_calls")
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT sid FROM calls").scalar() == "CA1"
    database.close()


def test_callers_from_before_are_not_taken_for_silent_nor_for_asking_again(
    database_url: str,
) -> None:
    hotline = Hotline(database_url)
    call = hotline.is_called().press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").hears("safe to leave").press("1").hears("saved")
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "remember_calls")
    assert "asked" not in {column["name"] for column in sa.inspect(engine).get_columns("callbacks")}
    migrations.upgrade(engine)
    assert call.row.pressed
    assert [card.asked for card in hotline.callbacks] == [1]
    assert hotline.promised_callbacks == [call.number]
    hotline.context.database.close()


def test_changes_of_the_schedule_can_be_taken_back_and_who_is_on_duty_stays(
    database_url: str,
) -> None:
    hotline = Hotline(database_url)
    ana, bo = hotline.has_on_duty("Ana"), hotline.has_on_duty("Bo")
    hotline.has_shift("Dee", hours=8)
    cora = hotline.has_user("Cora").signs_in()
    cora.opens("/schedule/change?kind=off").chooses("Who", "Bo").fills("How often", "weekly")
    cora.fills("Day", "2026-12-08").fills("From", "00:00").fills("To", "00:00")
    cora.presses("Preview the change").presses("Save")
    assert not hotline.is_on_duty(bo)
    engine = hotline.context.database.engine
    before = _reaches(hotline)
    assert {span for _, _, span in before} == {0, 8}
    migrations.downgrade(engine, "panic")
    migrations.upgrade(engine)
    assert _reaches(hotline) == before
    migrations.downgrade(engine, "keep_and_forget")
    assert "schedule_changes" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert hotline.is_on_duty(ana)
    hotline.context.database.close()


def _reaches(hotline: Hotline) -> list[tuple[datetime | None, datetime | None, int]]:
    with hotline.context.database.reading() as session:
        rows = session.query(DutyRule).order_by(DutyRule.id)
        return [(row.counts_from, row.counts_until, row.span) for row in rows]


def test_offers_can_be_taken_back_and_who_took_a_shift_stays_on_duty(database_url: str) -> None:
    hotline = Hotline(database_url)
    nadia, rafiq = hotline.has_shift("Nadia", hours=8), hotline.knows("Rafiq")
    giver = hotline.has_user("Nadia", "responder", person="Nadia").signs_in().opens("/shifts")
    giver.follows("Offer this shift").presses("Offer it")
    taker = hotline.has_user("Rafiq", "responder", person="Rafiq").signs_in().opens("/shifts")
    taker.presses("Take it")
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "change_the_schedule")
    assert "shift_offers" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert hotline.is_on_duty(rafiq)
    assert not hotline.is_on_duty(nadia)
    assert "now" in taker.opens("/shifts").section("My shifts of the next four weeks")
    hotline.context.database.close()


def test_people_from_before_are_of_the_roster_and_not_paused(database_url: str) -> None:
    hotline = Hotline(database_url)
    ana = hotline.has_on_duty("Ana")
    hotline.has_partner("Make the Road", "1 Old Street", "+17185550104", ["11368"])
    cora = hotline.has_user("Cora").signs_in().opens("/people").follows("Ana")
    cora.fills("Number", "+12125550177").chooses("How the code gets there", "by phone call")
    cora.presses("Send a code")
    hotline.works()
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "keep_and_forget")
    assert "number_proofs" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert hotline.rings == []
    assert (hotline.person(ana).source, hotline.person(ana).paused_at) == ("roster", None)
    hotline.is_called().press("1").press("1")
    ana.accepts()
    hotline.is_called().press("1").press("5").press("11368").hears("1 Old Street")
    assert hotline.has_user("Dan").signs_in().heading == "Board"
    hotline.context.database.close()


def test_work_on_messages_and_callbacks_can_be_taken_back_and_no_promise_opens_again(
    database_url: str,
) -> None:
    hotline = Hotline(database_url)
    leaves_message(hotline)
    ask_for_callback(hotline)
    cora = hotline.has_user("Cora").signs_in()
    cora.opens(f"/messages/{hotline.messages[0].id}").fills("New note", "She has two children.")
    cora.presses("Save the note").presses("Done")
    cora.opens(f"/callbacks/{hotline.callbacks[0].id}").fills(
        "Why nobody can call back", "A friend told us"
    )
    cora.presses("Close the callback")
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "what_callers_hear")
    assert "notes" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert [message.state for message in hotline.messages] == ["heard"]
    assert [owed.state for owed in hotline.callbacks] == ["unreached"]
    assert hotline.promised_callbacks == []
    hotline.context.database.close()


def test_prompts_read_by_phone_can_be_taken_back_and_what_was_read_stays(database_url: str) -> None:
    """No phone is rung for a prompt any more; an older worker meets no purpose unknown to it."""
    hotline = Hotline(database_url)
    tomas = has_translator(hotline, "Tomas", "es en").opens("/prompts/main_menu.detained/es")
    tomas.presses(CALL_ME)
    phone = hotline.phone_of("Tomas Vega")
    reads_aloud(hotline, phone)
    hotline.waits(10)
    tomas.opens("/prompts/main_menu.rights/es").presses(CALL_ME)
    assert [ring.purpose for ring in hotline.rings] == ["dictation", "dictation"]
    with hotline.context.database.transaction() as session:
        now = hotline.clock.now()
        text = hotline.context.shipped_prompts.text("es", "rights.silent")
        shipped = prompt_versions.shipped(session, "es", "rights.silent", text, now)
        prompt_versions.approve(shipped, "somebody", "ILRC", now.date(), now)
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "messages_and_callbacks_as_work")
    assert "dictations" not in sa.inspect(engine).get_table_names()
    columns = sa.inspect(engine).get_columns("prompt_versions")
    assert "review_by" not in {each["name"] for each in columns}
    migrations.upgrade(engine)
    assert hotline.rings == []
    assert hotline.rows_of("prompt_versions") == 2
    assert "fetch_dictated" not in hotline.open_carrier_tasks()
    hotline.waits(30)
    assert phone.times_rung == 1
    hotline.context.database.close()


def test_tests_of_phones_can_be_taken_back_and_nobody_is_left_ringing(database_url: str) -> None:
    hotline = Hotline(database_url, at=datetime(2026, 12, 7, 15, 0, tzinfo=UTC))
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("3")
    ana.accepts()
    hotline.has_a_test_due(ana)
    ben = hotline.knows("Ben")
    hotline.has_a_test_due(ben)
    hotline.waits_quietly(61)
    hotline.waits(2)
    assert ben.is_rung
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "prompts_read_by_phone")
    migrations.upgrade(engine)
    assert [ring.purpose for ring in hotline.rings] == ["caller"]
    assert (hotline.person(ana).heard_at, hotline.person(ben).missed_tests) == (None, 0)
    assert call.row.exchange_mark is None
    assert call.talks_to == ana.number
    ben.answers(within=1).hears("already taken")
    hotline.context.database.close()


def test_the_line_of_callers_can_be_taken_back_and_every_ring_stays(database_url: str) -> None:
    hotline = Hotline(database_url)
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert sorted(ring.place for ring in hotline.rings) == [0, 1]
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "weekly_tests_and_exchanges")
    columns = {column["name"] for column in sa.inspect(engine).get_columns("rings")}
    assert not {"place", "leg_over_at"} & columns
    migrations.upgrade(engine)
    assert [ring.place for ring in hotline.rings] == [0, 0]
    assert call.talks_to == ana.number
    hotline.is_called().press("1").press("1")
    ben.accepts(within=70)  # the news that his leg is over went with the column
    hotline.context.database.close()


def test_open_items_can_be_taken_back_and_no_older_worker_meets_their_rings(
    database_url: str,
) -> None:
    hotline = Hotline(database_url)
    cora = hotline.knows("Cora", tier=3)
    call = hotline.is_called().press("1").press("1").hears("No one can answer").hangs_up()
    hotline.waits(35)
    assert cora.is_rung
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "weekly_tests_and_exchanges")
    assert "open_items" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert hotline.rings == []
    assert hotline.open_items == []
    assert hotline.calls[0].sid == call.leg.sid
    hotline.is_called().press("1").press("1").hears("No one can answer").hangs_up()
    assert len(hotline.open_items) == 1
    hotline.context.database.close()


def test_third_voices_can_be_taken_back_and_no_older_worker_meets_their_rings(
    database_url: str,
) -> None:
    hotline = Hotline(database_url, interpreter_number="+18005550142")
    vera, ana = hotline.has_on_duty("Vera", "es en"), hotline.has_on_duty("Ana", "en")
    hotline.goes_off_duty(ana, hours=1)
    call = hotline.is_called().press("2").press("2")
    vera.accepts()
    hotline.owes_a_text_to(ana)
    hotline.loses_its_worker()
    hotline.waits(5)
    for key in ("1", "3"):
        vera.presses("*").hears("For an interpreter").presses(key)
        hotline.waits(2)
    vera.presses("1")
    hotline.waits(2)
    assert hotline.rows_of("room_requests") == 1
    texts = hotline.rows_of("texts")
    assert "guest" in {ring.purpose for ring in hotline.rings}
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "talk_in_rooms")
    assert "room_requests" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert "guest" not in {ring.purpose for ring in hotline.rings}
    assert hotline.rows_of("texts") == texts - 1, "those to responders stay"
    assert hotline.calls[0].sid == call.leg.sid
    hotline.has_the_network_back()
    assert call.is_joined_with(vera.number)
    vera.presses("*")
    hotline.waits(3)
    vera.presses("1")
    hotline.waits(3)
    assert hotline.rows_of("room_requests") == 1
    hotline.context.database.close()


def test_a_callback_in_a_room_can_be_taken_back_and_the_talk_goes_on(database_url: str) -> None:
    hotline = Hotline(database_url)
    caller = ask_for_callback(hotline)
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    phone = hotline.carrier.phone(caller.number)
    ana.accepts(within=90)
    assert hotline.waits_for(lambda: phone.ringing is not None, 10)
    assert phone.ringing
    phone.ringing.answers()
    phone.legs[-1].presses("1")
    called_back = Caller(hotline, phone.legs[-1], phone.number)
    assert called_back.is_joined_with(ana.number)
    assert "called" in {ring.purpose for ring in hotline.rings}
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "name_the_database")
    assert "calls_back" not in {each["name"] for each in sa.inspect(engine).get_columns("calls")}
    migrations.upgrade(engine)
    assert "called" not in {ring.purpose for ring in hotline.rings}
    assert [call.calls_back for call in hotline.calls] == [None, None], "a call like any other"
    hotline.waits(3)
    ana.hangs_up()
    called_back.hears("You were cut off")
    ben.accepts(within=8)
    assert called_back.is_joined_with(ben.number)
    hotline.context.database.close()


def test_an_item_of_an_older_release_is_numbered_and_pursued_as_before(database_url: str) -> None:
    """The columns of the newer release are empty, as older code leaves them."""
    hotline = Hotline(database_url)
    cora = hotline.knows("Cora", tier=3)
    hotline.is_called().press("1").press("1").hears("No one can answer").hangs_up()
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "pursue_open_items")
    assert "number" not in {each["name"] for each in sa.inspect(engine).get_columns("open_items")}
    migrations.upgrade(engine)
    (item,) = hotline.open_items
    assert (item.number, item.due_at, hotline.person(cora).pursued) == (None, None, None)
    cora.answers(within=60).presses("1").hears("is yours")
    (item,) = hotline.open_items
    assert item.number is not None
    hotline.context.database.close()


def test_the_columns_of_uploads_and_prices_can_be_taken_back_and_no_row_is_lost(
    database_url: str,
) -> None:
    hotline = Hotline(database_url)
    ask_for_callback(hotline)
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "pursue_open_items")
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT number_mark FROM callbacks")).scalar_one()
    migrations.upgrade(engine)
    assert (hotline.callbacks[0].number_mark, hotline.callbacks[0].cents_a_try) == (kept, None)
    hotline.context.database.close()


def test_spoken_alerts_can_be_taken_back_and_no_older_worker_meets_them(database_url: str) -> None:
    hotline = Hotline(database_url)
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.messages.stop(dee.number, NUMBER)
    hotline.alerts_coordinators()
    hotline.waits(5)
    assert {ring.purpose for ring in hotline.rings} == {"alert"}
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "name_the_database")
    with engine.connect() as connection:
        states = connection.execute(sa.text("SELECT DISTINCT state FROM texts")).scalars().all()
    assert states == ["failed"]
    migrations.upgrade(engine)
    assert hotline.rings == []
    dee.hangs_up()
    hotline.alerts_coordinators()
    dee.accepts(within=10)
    hotline.context.database.close()


def test_older_code_meets_no_language_that_it_does_not_know(database_url: str) -> None:
    hotline = Hotline(database_url)
    ximena, bo = hotline.knows("Ximena", "mam es"), hotline.knows("Bo", "mam")
    caller = hotline.is_called().press("9").press("9").hears_the_tone().speaks(1)
    caller.hears("speak in your language").hears_the_tone().speaks(5).hangs_up()
    assert [message.language for message in hotline.messages] == ["other"]
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "call_back_in_rooms")
    with engine.connect() as connection:
        heard = connection.execute(sa.text("SELECT language FROM messages")).scalars().all()
        tasks = connection.execute(sa.text("SELECT DISTINCT kind FROM errands"))
        assert "fetch_name" not in tasks.scalars().all()
    migrations.upgrade(engine)
    assert heard == [message.language for message in hotline.messages] == ["en"]
    assert [hotline.person(who).languages for who in (ximena, bo)] == [["es"], ["en"]]
    hotline.context.database.close()


def test_needs_of_partners_become_those_of_their_people(database_url: str) -> None:
    hotline = Hotline(database_url)
    office = ("1 Sample Street", "+17185550104", ["11368"])
    hotline.has_partner("Family Desk", *office, needs=["family"])
    ana = hotline.knows("Ana", partner="Family Desk")
    ben = hotline.knows("Ben", needs=("detained",), partner="Family Desk")
    cora = hotline.knows("Cora")
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "another_language")
    migrations.upgrade(engine)
    kept = [hotline.person(one) for one in (ana, ben, cora)]
    assert [one.needs for one in kept] == [["family"], ["detained"], []]
    assert [one.partner_needs for one in kept] == [[], [], None]
    hotline.context.database.close()


def test_windows_can_be_taken_back_and_the_caller_is_still_pursued(database_url: str) -> None:
    hotline = Hotline(database_url)
    knows(hotline)
    ana = hotline.has_on_duty("Ana", "en es", ("detained",))
    calls_from(hotline).hears("call this number again today").hangs_up()
    assert [item.kind for item in hotline.open_items] == ["call_again"]
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "call_back_in_rooms")
    assert not {"facilities", "call_windows"} & set(sa.inspect(engine).get_table_names())
    migrations.upgrade(engine)
    (item,) = hotline.open_items
    assert (item.kind, item.owner_person) == ("missed_emergency", hotline.person(ana).id)
    assert [call.facility for call in hotline.calls] == [None]
    hotline.is_called("+19735550143").hears("press one")
    hotline.context.database.close()


def test_a_log_of_older_code_is_sealed_by_the_command_and_counts_on(database_url: str) -> None:
    hotline = Hotline(database_url)
    hotline.has_user("Cora").signs_in()
    database = hotline.context.database
    migrations.downgrade(database.engine, "notices")
    command_database.bring_up_to_date(database, hotline.clock.now())
    command_database.bring_up_to_date(database, hotline.clock.now())
    assert hotline.audit_log == [("Cora", "signed in"), ("line", "end of the log sealed")]
    database.close()


def test_browsers_that_are_told_can_be_taken_back_and_texts_go_on(database_url: str) -> None:
    hotline = Hotline(database_url, vapid_private_key=SecretStr(web_push.drawn()))
    dee = hotline.knows("Dee", tier=3)
    with post_server() as service:
        hotline.restarts(push_to_this_machine=True)
        browser = PushedBrowser(service)
        browser.turned_on_by(hotline.has_user("dee", person="Dee").signs_in())
        hotline.alerts_coordinators()
        assert (hotline.rows_of("push_subscriptions"), hotline.rows_of("notices")) == (1, 2)
        engine = hotline.context.database.engine
        migrations.downgrade(engine, "notices")
        assert "push_subscriptions" not in sa.inspect(engine).get_table_names()
        assert hotline.rows_of("notices") == 0, "an older worker would not know the recipient"
        migrations.upgrade(engine)
        hotline.alerts_coordinators(
            "texts.message_waiting", language="es", need="detained", key="3"
        )
        hotline.waits(30)
        assert len(dee.texts) == 2
        assert service.posts == []
    hotline.context.database.close()


def test_notices_and_addresses_for_them_can_be_taken_back_and_calls_go_on(
    database_url: str,
) -> None:
    hotline = Hotline(database_url, alert_urls=SecretStr("mailto://line:word@127.0.0.1:9"))
    dee = hotline.knows("Dee", tier=3)
    page = hotline.has_user("dee", person="Dee").signs_in().opens("/account")
    page.fills("E-mail address", "dee@example.org").presses("Save the address")
    hotline.alerts_coordinators()
    assert hotline.rows_of("notices") == 3, "a first mail to Dee, an alarm to Dee, one to the team"
    call = hotline.is_called().press("1")
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "a_key_for_each_day")
    assert "notices" not in sa.inspect(engine).get_table_names()
    columns = {each["name"] for each in sa.inspect(engine).get_columns("people")}
    assert "alert_mail_sealed" not in columns
    migrations.upgrade(engine)
    assert hotline.rows_of("notices") == 0
    assert hotline.person(dee).alert_mail_sealed is None
    hotline.alerts_coordinators("texts.message_waiting", language="es", need="detained", key="3")
    assert hotline.rows_of("notices") == 1
    assert call.press("1").is_on_the_line
    hotline.context.database.close()


def test_tokens_and_the_last_check_can_be_taken_back_and_people_sign_in(database_url: str) -> None:
    hotline = Hotline(database_url)
    token = token_for(hotline.has_user("Cora").signs_in(), "Read who is on duty")
    with hotline.context.database.transaction() as session:
        told = [{"kind": "note", "words": "all is well", "step": ""}]
        maintenance_state.keep_check(session, told, hotline.clock.now())
    engine = hotline.context.database.engine
    migrations.downgrade(engine, "panic")
    assert not {"api_tokens", "last_check"} & set(sa.inspect(engine).get_table_names())
    migrations.upgrade(engine)
    assert ask(hotline, token, "duty").status_code == 401
    ada = hotline.has_user("Ada", "admin").signs_in().opens("/setup")
    assert "No check has run" in ada.reads
    hotline.context.database.close()
