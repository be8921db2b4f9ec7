"""Windows of callers from detention: promised, met, missed; and the case codes.

docs/decisions/0049-calls-from-detention.md gives the reasons.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import Appointment
from ivr.responders import shift_confirmations
from ivr.search import pursued_items
from models.calls import calls, open_items, outbox
from models.calls.calls import Call
from models.casework import call_windows
from models.casework.call_windows import CallWindow
from models.people import people
from models.schedule import duty_rules
from routing import needs
from routing.dispatch import next_window
from routing.dispatch.next_window import Sought, Window
from routing.duty import wall_clock
from routing.needs import UNKNOWN

EARLY = timedelta(minutes=10)
"""A caller counts as expected so long before their window begins."""
MOST_TRIES = 3
"""Wrong codes in one call."""
MOST_TRIES_OF_ALL = 20
"""Wrong codes on the whole line within an hour; then no code is looked up for a while."""
_TRIES_WITHIN = timedelta(hours=1)
_MOST_RACES = 5


def promise(unit: UnitOfWork, call: Call) -> Appointment | None:
    """The window of this call, or a new one; None if no cleared attorney is on duty in time."""
    known = call_windows.of_call(unit.session, call.id)
    window = known or _book(unit, call)
    return _as_told(unit, window) if window else None


def _as_told(unit: UnitOfWork, window: CallWindow) -> Appointment:
    zone = people.zone(unit.session, unit.app.timezone)
    begins, now = wall_clock.wall(window.starts_at, zone), wall_clock.wall(unit.now, zone)
    code = call_windows.code_of(unit.session, window)
    return Appointment(begins.date() == now.date(), begins.hour, code)


def next_start(unit: UnitOfWork, hour: int) -> datetime:
    """The next time that this hour begins on the hotline's clock."""
    return next_window.next_start(hour, people.zone(unit.session, unit.app.timezone), unit.now)


def book(unit: UnitOfWork, call: Call, person_id: str, starts_at: datetime) -> Appointment | None:
    """This person expects the caller then, whether or not they are on duty.

    A window that the call has is moved and keeps its code. None if it is over by then, or if they
    expect another caller at that time. The caller of this function holds the call.
    """
    at = (person_id, starts_at, starts_at + next_window.LASTS)
    if starts_at <= unit.now:
        return None
    known = call_windows.held(unit.session, call.id)
    window = (
        call_windows.move(unit.session, known, *at)
        if known
        else call_windows.write_down(unit.session, call, *at)
    )
    if window is None:
        return None
    _hand_to_attorney(unit, call, window)
    return _as_told(unit, window)


def _book(unit: UnitOfWork, call: Call) -> CallWindow | None:
    for _ in range(_MOST_RACES):
        found = _next(unit, call)
        if found is None:
            return None
        at = (found.person, found.start, found.end)
        window = call_windows.write_down(unit.session, call, *at)
        if window is not None:
            _hand_to_attorney(unit, call, window)
            return window
    return None


def _next(unit: UnitOfWork, call: Call) -> Window | None:
    session, languages = unit.session, (call.language, *may_speak_too(unit, call))
    there = people.as_responders(people.rung(session, unit.now))
    plan = duty_rules.duty(session, unit.app.timezone)
    booked = call_windows.booked(session, unit.now)
    sought = Sought(call.need or UNKNOWN, languages)
    return next_window.find(sought, there, plan, booked, unit.now)


def _hand_to_attorney(unit: UnitOfWork, call: Call, window: CallWindow) -> None:
    """Who expects the caller owns the open item until the window is over, and is told by text."""
    calls.note(unit.session, call.id, unit.now, "window promised", person=window.person_id)
    item = pursued_items.expected(unit.session, call, window.person_id, window.ends_at, unit.now)
    person = people.with_id(unit.session, window.person_id)
    if item is None or person is None:
        return
    values = {
        "time": shift_confirmations.stretch(unit, window.starts_at, window.ends_at, person),
        "item": str(item.number),
        "address": unit.app.site.page_of_call(call.id),
    }
    about = f"window:{window.id}:{window.starts_at:%d%H%M}"
    outbox.alert(unit.session, person, about, "texts.window_yours", values, unit.now)


def expected_by(unit: UnitOfWork, call: Call) -> frozenset[str]:
    """The attorneys who are rung first for this call: of its case, or of the present windows."""
    if call.case_of is not None:
        window = call_windows.of_call(unit.session, call.case_of)
        return frozenset({window.person_id} if window else ())
    if not needs.of(call.need).in_custody:
        return frozenset()
    return frozenset(each.person_id for each in _present(unit))


def _present(unit: UnitOfWork) -> list[CallWindow]:
    return call_windows.expected_between(unit.session, unit.now, unit.now + EARLY)


def answered(unit: UnitOfWork, call: Call, person_id: str) -> None:
    """An attorney took a call: from detention in their window, or with the code of their case."""
    for window in _present(unit) if needs.of(call.need).in_custody else []:
        if window.person_id == person_id:
            window.met_at = unit.now
            calls.note(unit.session, window.call_id, unit.now, "window met", person=person_id)
            _act(unit, window.call_id, person_id)
    if call.case_of is not None:
        _act(unit, call.case_of, person_id)


def _act(unit: UnitOfWork, call_id: str, person_id: str) -> None:
    item = open_items.of_call(unit.session, call_id)
    if item is not None and item.owner_person == person_id:
        pursued_items.act(item, unit.now)


def may_speak_too(unit: UnitOfWork, call: Call) -> tuple[str, ...]:
    """The languages beside the default one that a caller may speak who could not choose one."""
    return () if call.could_choose_language else (unit.app.script.tree.second_language,)


def case_of(unit: UnitOfWork, call: Call, code: str) -> str | None:
    """The call whose case this code names; None for a wrong code, or after too many of them."""
    if call.code_tries >= MOST_TRIES:
        return None
    tried = call_windows.tries_since(unit.session, unit.now - _TRIES_WITHIN)
    is_open = tried < MOST_TRIES_OF_ALL
    window = call_windows.with_code(unit.session, code, unit.now) if is_open else None
    if window is None:
        call.code_tries += 1
        return None
    return window.call_id


def join(unit: UnitOfWork, call: Call, case: str) -> None:
    """This call belongs to that case; both stories say so."""
    if call.case_of is None:
        call.case_of = case
        calls.note(unit.session, case, unit.now, "case code used")
        calls.note(unit.session, call.id, unit.now, "case joined")
