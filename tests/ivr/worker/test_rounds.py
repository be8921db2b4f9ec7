"""Rounds of the worker: a row that cannot be worked on holds nobody up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from ivr.search.callback_promises import ESCALATE_BEFORE
from models.calls.callbacks import Callback
from models.calls.calls import Call
from tests.faults.keeping import asks_for_callback
from tests.hotline import Hotline


def loses_its_key(hotline: Hotline, column: InstrumentedAttribute[bytes | None]) -> None:
    """What the first row keeps in this column cannot be opened any more."""
    with hotline.context.database.transaction() as session:
        first = session.scalars(sa.select(column.class_)).first()
        setattr(first, column.key, b"lost")


def test_a_row_that_cannot_be_worked_on_is_set_aside_after_five_tries_and_told_of(
    hotline: Hotline, caplog: pytest.LogCaptureFixture
) -> None:
    dee = hotline.knows("Dee", tier=3)
    asks_for_callback(hotline, "+17185550171")
    loses_its_key(hotline, Callback.number_sealed)
    asks_for_callback(hotline, "+17185550172")
    ana, _ = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    ana.accepts(within=90)
    assert hotline.waits_for(lambda: hotline.carrier.phone("+17185550172").ringing is not None, 20)

    def times_told() -> int:
        return sum("could not be worked on" in text for text in dee.texts)

    assert hotline.waits_for(lambda: times_told() > 0, 600)
    hotline.waits(120)
    assert times_told() == 1
    assert sum("could not be processed" in record.message for record in caplog.records) == 5


def test_an_emergency_is_pursued_though_its_number_cannot_be_opened(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.is_called().press("1").press("1").hangs_up()
    loses_its_key(hotline, Call.number_sealed)
    dee.answers(within=90).presses("1").hears("yours")
    assert not any("could not be worked on" in text for text in dee.texts)


def test_coordinators_hear_of_a_callback_a_few_minutes_before_it_is_due(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    asks_for_callback(hotline)
    (owed,) = hotline.callbacks
    early = owed.due_at - ESCALATE_BEFORE - timedelta(seconds=30)
    hotline.waits((early - hotline.clock.now()).total_seconds())
    assert not any("due soon" in text for text in dee.texts)
    hotline.waits(60)
    assert sum("due soon" in text for text in dee.texts) == 1
