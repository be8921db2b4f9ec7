"""The worker's step for an open item: ring the next people, alert, or end a lapsed ownership."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.responders import staff_wording
from ivr.search import call_limits, pursued_items, rounds, search
from models.calls import calls, open_items, outbox, rings
from models.calls.calls import BLOCKS, Call, Limited
from models.calls.open_items import OpenItem
from models.calls.rings import Purpose, Ring
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules
from routing.dispatch import pursuit
from routing.dispatch.policies import Invitation
from routing.dispatch.pursuit import Crew, Item, Step

OWNER_TEXT, HANDED_TEXT = "texts.open_item_yours", "texts.open_item_handed"
_LAPSED_TEXT = "texts.open_item_lapsed"
STANDS_IN_LIST = timedelta(days=1)
"""How often an item is looked at for which nobody is rung."""


def pursue(app: AppContext, item_id: str) -> None:
    """Take the next step of an item, if it is still due."""
    with app.transaction() as unit:
        item = pursued_items.held(unit.session, item_id)
        if item is None or item.closed_at is not None or item.next_step_at > unit.now:
            return  # another worker was faster
        open_items.give_number(unit.session, item, unit.now)
        if item.is_owned and pursued_items.awaits_window(unit.session, item, unit.now):
            return
        if item.is_owned:
            _end_lapsed(unit, item)
        elif pursued_items.ring_nobody(unit.session, [item]):
            item.next_step_at = unit.now + STANDS_IN_LIST
        elif _starts_are_spent(unit, item):
            item.next_step_at = unit.now + pursuit.pace(item.need).again
            _alert(unit, item)
        else:
            _take_step(unit, item)
            _spare_people(unit, item)


def _spare_people(unit: UnitOfWork, item: OpenItem) -> None:
    """After a ring for a blocked phone, nobody is rung for it again for a while."""
    call = calls.look(unit.session, item.call_id)
    if call and call.limited in BLOCKS and item.last_ring_at == unit.now:
        item.next_step_at = unit.now + call_limits.RINGS_AGAIN_AFTER


def starts_left(unit: UnitOfWork, *, for_emergency: bool) -> int:
    """How many calls to people about open items may start today; emergencies have a reserve."""
    limit = unit.app.limits.pursuit_starts_per_day
    made = open_items.starts_since(unit.session, unit.now - timedelta(days=1))
    return max(0, (limit if for_emergency else limit // 2) - made)


def _starts_are_spent(unit: UnitOfWork, item: OpenItem) -> bool:
    is_emergency = pursuit.is_emergency(item.need)
    return starts_left(unit, for_emergency=is_emergency) == 0


def _end_lapsed(unit: UnitOfWork, item: OpenItem) -> None:
    """The owner did nothing for too long: tell them, and ring the level after theirs."""
    person = people.with_id(unit.session, item.owner_person) if item.owner_person else None
    if person is not None:
        minutes = str(int(pursuit.LAPSES_AFTER.total_seconds() // 60))
        _text(unit, item, person, _LAPSED_TEXT, minutes=minutes)
    calls.note(unit.session, item.call_id, unit.now, "item lapsed", person=item.owner_person)
    pursued_items.tell_webhooks(unit.session, item, "lapsed", unit.now)
    item.owner_person = item.owner_user = item.owned_at = item.last_act_at = None
    item.handed_to = None
    item.level += 1
    item.level_since = item.round_since = item.next_step_at = unit.now


def _take_step(unit: UnitOfWork, item: OpenItem) -> None:
    since = min(item.round_since, unit.now - pursuit.SPARED_AFTER_REFUSAL)
    made = open_items.rings_of(unit.session, item, since)
    sister = people.sister_line(unit.session, unit.app.numbers.sister_line)
    to_people = [ring.due_at for ring in made if not sister or ring.person_id != sister.id]
    last = max(to_people, default=item.last_ring_at)
    due_at = item.due_at or item.opened_at
    sought = Item(
        item.language, item.need, due_at, item.level, item.level_since, item.round_since, last
    )
    zone = people.zone(unit.session, unit.app.timezone)
    morning = pursuit.morning_after(unit.now, zone)
    step = pursuit.next_step(sought, _crew(unit, item, made, sister), unit.now, morning)
    item.next_step_at, item.round_since = step.next_at, step.round_since
    if step.nobody:
        _alert(unit, item)
    if step.by_text:
        item.level_since = step.level_since
        _text_the_invited(unit, item, step)
    elif step.invited:
        _ring(unit, item, step, step.invited[: _share(unit, item)])
    else:
        item.level, item.level_since = step.level, step.level_since


def _share(unit: UnitOfWork, item: OpenItem) -> int | None:
    """How many people a flooding exchange may have rung for this item; an emergency gets one."""
    room = call_limits.room_for(unit, calls.exchange_of(unit.session, item.call_id))
    if room is None:
        return None
    return max(room, 1 if pursuit.is_emergency(item.need) else 0)


def _ring(unit: UnitOfWork, item: OpenItem, step: Step, some: Sequence[Invitation]) -> None:
    """Ring the invited people that no other transaction holds."""
    wanted = {invitation.person for invitation in some}
    got = people.hold_unheld(unit.session, wanted)
    got -= rings.engaged(unit.session, got)
    if not got:
        item.next_step_at = unit.now + pursuit.RECHECK
        return
    item.level, item.level_since = step.level, step.level_since
    if step.level != pursuit.Level.SISTER_LINE:
        item.last_ring_at = unit.now
    for invitation in some:
        if invitation.person in got:
            ring_about(unit, item, invitation)
            _text_list(unit, item, invitation.person, staff_wording.ITEMS_RING)
    calls.note(
        unit.session, item.call_id, unit.now, "item pursued", level=step.level, people=sorted(got)
    )


def ring_about(unit: UnitOfWork, item: OpenItem, invitation: Invitation) -> None:
    """Ring one person, who is held, about this item."""
    lead(rounds.invite(unit.session, Purpose.PURSUIT, invitation, unit.now), item)


def lead(ring: Ring, item: OpenItem) -> None:
    """Make this item the one that the ring offers.

    The ring names the call or the callback, so that the ring of a callback can become the callback
    itself.
    """
    ring.callback_id = item.callback_id
    ring.call_id = None if item.callback_id else item.call_id


def _text_the_invited(unit: UnitOfWork, item: OpenItem, step: Step) -> None:
    for invitation in step.invited:
        _text_list(unit, item, invitation.person, staff_wording.ITEMS_DUE)
    told = sorted(invitation.person for invitation in step.invited)
    calls.note(unit.session, item.call_id, unit.now, "item texted", people=told)


def _text_list(unit: UnitOfWork, item: OpenItem, person_id: str, words: str) -> None:
    """Text a person all that waits, unless they got such a list a short while ago."""
    person = people.with_id(unit.session, person_id)
    if person is None or not person.takes_texts:
        return
    last = outbox.last_text(unit.session, person.id, (words,))
    if last is not None and last.since > unit.now - pursuit.NOT_TEXTED_TWICE_WITHIN:
        return
    values = staff_wording.values_of_items(_waiting_with(unit, item))
    outbox.text(unit.session, person.id, _about(item, words, unit.now), words, values, unit.now)


def _waiting_with(unit: UnitOfWork, item: OpenItem) -> list[OpenItem]:
    """This item, and the urgent ones that wait beside it."""
    others = pursued_items.speak_for(unit.session)
    return [item, *(each for each in others if each.id != item.id and each.number is not None)]


def _text(unit: UnitOfWork, item: OpenItem, person: Person, words: str, **more: str) -> None:
    if person.takes_texts:
        about = {"item": str(item.number), "language": item.language, "need": item.need}
        values = {**about, **more}
        outbox.text(unit.session, person.id, _about(item, words, unit.now), words, values, unit.now)


def ring_nobody_else(unit: UnitOfWork, item: OpenItem, but: Ring | None = None) -> None:
    """The item has an owner: the other phones stop ringing, unless other callers wait too."""
    if pursued_items.speak_for(unit.session):
        return  # who picks up is offered the next one
    others = open_items.rings_of(unit.session, item, item.round_since)
    search.cancel(unit.session, others, unit.now, but=but.id if but else None)


def tell_owner(unit: UnitOfWork, item: OpenItem, person_id: str) -> None:
    """Text the new owner the address of the call's page."""
    _tell(unit, item, person_id, OWNER_TEXT)


def hand_over(unit: UnitOfWork, item: OpenItem, person: Person) -> None:
    """Ask this person to take the item: by text, and by a ring unless their phone is busy."""
    pursued_items.hand_over(unit.session, item, person.id, unit.now)
    _tell(unit, item, person.id, HANDED_TEXT)
    is_free = person.id in people.hold_unheld(unit.session, [person.id])
    if is_free and person.active and not rings.engaged(unit.session, [person.id]):
        speaks = item.language in person.languages
        ring_about(unit, item, Invitation(person.id, "handed over", interpreter=not speaks))


def _tell(unit: UnitOfWork, item: OpenItem, person_id: str, words: str) -> None:
    person = people.with_id(unit.session, person_id)
    if person is not None:
        _text(unit, item, person, words, address=unit.app.site.page_of_call(item.call_id))


def _alert(unit: UnitOfWork, item: OpenItem) -> None:
    """Nobody can be rung: text every coordinator all that waits, at the pace of the rings."""
    again = pursuit.pace(item.need).again
    about = f"open_items_nobody:{again.seconds}:{int(unit.now.timestamp() // again.seconds)}"
    values = staff_wording.values_of_items(_waiting_with(unit, item))
    tell_coordinators(unit.session, about, staff_wording.ITEMS_ALERT, values, unit.now)


def _about(item: OpenItem, words: str, now: datetime) -> str:
    """The subject of one text; the same text at another time is another subject."""
    return f"{words.removeprefix('texts.')}:{item.id}:{now:%Y%m%dT%H%M%S}"


def _crew(unit: UnitOfWork, item: OpenItem, made: list[Ring], sister: Person | None) -> Crew:
    session, now = unit.session, unit.now
    call = calls.held(session, item.call_id)
    themselves = _caller_on_roster(unit, call) if call else None
    rung = [person for person in people.rung(session, now) if person is not themselves]
    if call and call.limited == Limited.BLOCKED_AGAIN:
        rung = [person for person in rung if person.tier >= people.COORDINATOR_TIER]
    alive = [person for person in rung if not person.is_dead_number] or rung
    on_duty = duty_rules.on_duty_at(session, unit.app.timezone, now)
    own = {ring.person_id for ring in made if ring.is_open}
    spared = now - pursuit.SPARED_AFTER_REFUSAL
    return Crew(
        people=people.as_responders([*alive, *([sister] if sister else [])]),
        on_duty=on_duty,
        refused=open_items.refused(session, since=spared, made_after=item.opened_at),
        busy=_busy(unit, item, alive, on_duty),
        resting={each.id for each in alive if each.resting_until and each.resting_until > now},
        asked={ring.person_id for ring in made if ring.created_at >= item.round_since},
        is_ringing=bool(own),
        rung_for_others=open_items.ringing_for_items(session) - own,
    )


def _caller_on_roster(unit: UnitOfWork, call: Call) -> Person | None:
    """Whose phone the call came from, proved or not: they are not rung about their own call."""
    number = calls.number_of(unit.session, call)
    return people.with_phone(unit.session, number) if number else None


def _busy(
    unit: UnitOfWork, item: OpenItem, alive: list[Person], on_duty: frozenset[str]
) -> set[str]:
    """Who cannot be rung now; while callers wait, half of those on duty are left to them."""
    session, now = unit.session, unit.now
    busy = rings.engaged(session)
    busy |= open_items.pursued_since(session, now - pursuit.NOT_TWICE_WITHIN)
    there = {each.id for each in alive if each.id in on_duty}
    taken = there & open_items.ringing_for_items(session)
    callers_wait = calls.count_waiting(session) > 0
    half_is_taken = callers_wait and 2 * (len(taken) + pursuit.TOGETHER) > len(there)
    if half_is_taken or call_limits.callback_must_wait(unit, item.need, there - busy):
        busy |= there
    return busy
