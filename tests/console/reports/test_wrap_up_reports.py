"""Reports count what came of talks and where callers were referred to, and hide the few."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.casework import referrals, wrap_ups
from models.casework.wrap_ups import Result
from models.people import people
from models.staff import users
from tests.caller import Caller
from tests.coordinator import Coordinator
from tests.hotline import Hotline

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTNERS = ("Bronx Legal", "Queens Aid")


def notes(hotline: Hotline, call: Caller, result: Result, *partners: str) -> None:
    """Cora noted this about a call."""
    with hotline.context.database.transaction() as session:
        ids = {partner.name: partner.id for partner in people.every_partner(session)}
        cora = users.named(session, "Cora")
        assert cora
        row = wrap_ups.held(session, call.row.id)
        row.result, row.as_of, row.user_id = result, hotline.clock.now(), cora.id
        chosen = [ids[name] for name in partners]
        referrals.choose(session, call.row.id, chosen, cora.id, hotline.clock.now())


@pytest.fixture
def cora(hotline: Hotline) -> Coordinator:
    """Twelve calls: six were referred to Bronx Legal, six more are done."""
    for number, name in enumerate(PARTNERS):
        hotline.has_partner(name, "1 Main St", f"+1718555017{number}", ["10001"])
    user = hotline.has_user("Cora")
    for number in range(12):
        call = hotline.is_called(f"+19175550{120 + number}").press("1").hangs_up()
        if number < 6:
            notes(hotline, call, Result.REFERRED, "Bronx Legal")
        else:
            notes(hotline, call, Result.DONE)
    return user


def counted(user: Coordinator, table: str) -> dict[str, str]:
    """A table of the report of last week, as its file."""
    user.elsewhere()
    answer = user.opens(f"/reports/{table}.csv?days=30").answer.text
    return dict(line.split(",") for line in answer.splitlines()[1:])


def test_results_and_referrals_are_counted_and_stay_when_calls_are_forgotten(
    hotline: Hotline, cora: Coordinator
) -> None:
    hotline.later(timedelta(days=1))
    cora = cora.elsewhere().signs_in()
    expected = {"everything is done": "6", "referred to a partner": "6"}
    assert counted(cora, "results") == expected
    assert counted(cora, "referrals") == {"Bronx Legal": "6"}
    assert "0 open, 0 of them late" in cora.opens("/reports").section("What came of the talks")
    hotline.later(timedelta(days=8))
    cora = cora.elsewhere().signs_in()
    assert counted(cora, "results") == expected, "the day was totalled"


def test_what_is_noted_after_the_day_was_totalled_is_counted_once(
    hotline: Hotline, cora: Coordinator
) -> None:
    call = hotline.calls[0].id
    hotline.later(timedelta(days=9))
    cora = cora.elsewhere().signs_in().opens(f"/calls/{call}")
    cora.chooses("Result", "everything").ticks("Queens Aid").presses("Save").presses("Save")
    assert counted(cora, "results") == {
        "everything is done": "7", "referred to a partner": "5",
    }  # fmt: skip
    hidden = {"Bronx Legal": "hidden", "Queens Aid": "hidden"}
    assert counted(cora, "referrals") == hidden, "one alone could be somebody in particular"


def test_the_few_are_hidden_together_with_another(hotline: Hotline, cora: Coordinator) -> None:
    notes(hotline, hotline.is_called("+19175550199").hangs_up(), Result.ABUSIVE)
    hotline.later(timedelta(days=1))
    cora = cora.elsewhere().signs_in()
    assert set(counted(cora, "results").values()) == {"hidden"}
