"""The worker's step for an open item: ring the next people, alert, or end a lapsed ownership."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.search import call_limits, pursued_items, rounds, search
from models.calls import calls, open_items, outbox, rings
from models.calls.open_items import OpenItem
from models.calls.rings import Purpose, Ring, RingState
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules
from routing import needs
from routing.dispatch import pursuit
from routing.dispatch.policies import Invitation
from routing.dispatch.pursuit import Crew, Item, Step

RING_TEXT, OWNER_TEXT = "texts.open_item", "texts.open_item_yours"
_LAPSED_TEXT, _ALERT_TEXT = "texts.open_item_lapsed", "texts.open_item_nobody"


def pursue(app: AppContext, item_id: str) -> None:
    """Take the next step of an item, if it is still due."""
    with app.transaction() as unit:
        item = pursued_items.held(unit.session, item_id)
        if item is None or item.closed_at is not None or item.next_step_at > unit.now:
            return  # another worker was faster
        if item.is_owned:
            _end_lapsed(unit, item)
        else:
            _take_step(unit, item)


def _end_lapsed(unit: UnitOfWork, item: OpenItem) -> None:
    """The owner did nothing for too long: tell them, and ring the level after theirs."""
    person = people.with_id(unit.session, item.owner_person) if item.owner_person else None
    if person is not None:
        minutes = str(int(pursuit.LAPSES_AFTER.total_seconds() // 60))
        _text(unit, item, person, _LAPSED_TEXT, minutes=minutes)
    calls.note(unit.session, item.call_id, unit.now, "item lapsed", person=item.owner_person)
    item.owner_person = item.owner_user = item.owned_at = item.last_act_at = None
    item.level += 1
    item.level_since = item.round_since = item.next_step_at = unit.now


def _take_step(unit: UnitOfWork, item: OpenItem) -> None:
    made = _rings_that_count(unit, item)
    last = max((ring.created_at for ring in made), default=item.last_ring_at)
    sought = Item(item.language, item.need, item.level, item.level_since, item.round_since, last)
    step = pursuit.next_step(sought, _crew(unit, item, made), unit.now)
    item.next_step_at, item.round_since = step.next_at, step.round_since
    if step.nobody:
        _alert(unit, item)
    if step.invited:
        _ring(unit, item, step, step.invited[: _share(unit, item)])


def _rings_that_count(unit: UnitOfWork, item: OpenItem) -> list[Ring]:
    """The rings of this round, and those that a person refused a short while ago."""
    since = min(item.round_since, unit.now - pursuit.SPARED_AFTER_REFUSAL)
    return open_items.rings_of(unit.session, item, since)


def _share(unit: UnitOfWork, item: OpenItem) -> int | None:
    """How many people a flooding exchange may have rung for this item; an emergency gets one."""
    room = call_limits.room_for(unit, calls.exchange_of(unit.session, item.call_id))
    if room is None:
        return None
    return max(room, 1 if needs.of(item.need).may_be_danger else 0)


def _ring(unit: UnitOfWork, item: OpenItem, step: Step, some: Sequence[Invitation]) -> None:
    """Ring the invited people that no other transaction holds."""
    wanted = {invitation.person for invitation in some}
    got = people.hold_unheld(unit.session, wanted)
    got -= rings.engaged(unit.session, got)
    if not got:
        item.next_step_at = unit.now + pursuit.RECHECK
        return
    item.level, item.level_since, item.last_ring_at = step.level, step.level_since, unit.now
    for invitation in some:
        if invitation.person in got:
            _invite(unit, item, invitation)
    calls.note(
        unit.session, item.call_id, unit.now, "item pursued", level=step.level, people=sorted(got)
    )


def _invite(unit: UnitOfWork, item: OpenItem, invitation: Invitation) -> None:
    ring = rounds.invite(unit.session, Purpose.PURSUIT, invitation, unit.now)
    # one of the two, so that the ring of a callback can become the callback itself
    ring.callback_id = item.callback_id
    ring.call_id = None if item.callback_id else item.call_id
    person = people.with_id(unit.session, invitation.person)
    if person is not None and not _was_texted(unit, person):
        _text(unit, item, person, RING_TEXT)


def _was_texted(unit: UnitOfWork, person: Person) -> bool:
    last = outbox.last_text(unit.session, person.id, (RING_TEXT,))
    return last is not None and last.since > unit.now - pursuit.NOT_TEXTED_TWICE_WITHIN


def _text(unit: UnitOfWork, item: OpenItem, person: Person, words: str, **more: str) -> None:
    if person.takes_texts:
        values = {"language": item.language, "need": item.need, **more}
        outbox.text(unit.session, person.id, _about(item, words, unit.now), words, values, unit.now)


def ring_nobody_else(unit: UnitOfWork, item: OpenItem, ring: Ring) -> None:
    """The item has an owner: the other phones stop ringing."""
    others = open_items.rings_of(unit.session, item, item.round_since)
    search.cancel(unit.session, others, unit.now, but=ring.id)


def tell_owner(unit: UnitOfWork, item: OpenItem, person_id: str) -> None:
    """Text the new owner the address of the call's page."""
    person = people.with_id(unit.session, person_id)
    if person is not None:
        address = unit.app.site.page_of_call(item.call_id)
        _text(unit, item, person, OWNER_TEXT, address=address)


def _alert(unit: UnitOfWork, item: OpenItem) -> None:
    """Nobody can be rung: text every coordinator, at the pace of the rings."""
    values = {"language": item.language, "need": item.need}
    about = _about(item, _ALERT_TEXT, unit.now)
    tell_coordinators(unit.session, about, _ALERT_TEXT, values, unit.now)


def _about(item: OpenItem, words: str, now: datetime) -> str:
    """The subject of one text; the same text at another time is another subject."""
    return f"{words.removeprefix('texts.')}:{item.id}:{now:%Y%m%dT%H%M%S}"


def _crew(unit: UnitOfWork, item: OpenItem, made: list[Ring]) -> Crew:
    session, now = unit.session, unit.now
    call = calls.held(session, item.call_id)
    caller = call.responder if call else None
    rung = [person for person in people.rung(session, now) if person.id != caller]
    alive = [person for person in rung if not person.is_dead_number] or rung
    on_duty = duty_rules.on_duty_at(session, unit.app.timezone, now)
    return Crew(
        people=people.as_responders(alive),
        on_duty=on_duty,
        refused={ring.person_id for ring in made if _refused_lately(ring, now)},
        busy=_busy(unit, item, alive, on_duty),
        asked={ring.person_id for ring in made if ring.created_at >= item.round_since},
        is_ringing=any(ring.is_open for ring in made),
    )


def _refused_lately(ring: Ring, now: datetime) -> bool:
    if ring.state != RingState.DECLINED or ring.ended_at is None:
        return False
    return ring.ended_at > now - pursuit.SPARED_AFTER_REFUSAL


def _busy(
    unit: UnitOfWork, item: OpenItem, alive: list[Person], on_duty: frozenset[str]
) -> set[str]:
    """Who cannot be rung now; while callers wait, half of those on duty are left to them."""
    session, now = unit.session, unit.now
    busy = rings.engaged(session)
    busy |= open_items.pursued_since(session, now - pursuit.NOT_TWICE_WITHIN)
    busy |= {each.id for each in alive if each.resting_until and each.resting_until > now}
    there = {each.id for each in alive if each.id in on_duty}
    taken = there & open_items.ringing_for_items(session)
    callers_wait = calls.count_waiting(session) > 0
    half_is_taken = callers_wait and 2 * (len(taken) + pursuit.TOGETHER) > len(there)
    if half_is_taken or call_limits.callback_must_wait(unit, item.need, there - busy):
        busy |= there
    return busy
