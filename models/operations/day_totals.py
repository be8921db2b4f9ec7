"""Daily totals: counts by one attribute at a time, kept after the calls are deleted.

What came of a call can change for a week, so its counts are kept for good only then. Until then it
is in the recent totals, which each purge counts again. A report reads both, and of the calls only
those that began since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.callbacks import Callback, CallbackState
from models.calls.calls import LOOKED_FOR_OFFICE, Call, Step
from models.calls.open_items import CloseReason, OpenItem
from models.calls.voicemails import LEFT_SOMETHING, Message, MessageState
from models.casework import referrals, wrap_ups
from models.core.base import Base
from models.core.database import Database
from models.operations import maintenance_state
from models.operations.service_level import records_of
from models.people import people
from models.people.people import Person
from routing.person import Responder
from routing.reporting.item_figures import ItemEnding, ItemStory
from routing.reporting.service import Fate, ServiceRecord, fate
from routing.reporting.tally import Cut, Fact, Story, Unmet, tally

_NOBODY_RUNG = 0
_AT_ONCE = 500
_BY_OUTCOME = {"person": Fate.ANSWERED, "callback": Fate.DEFERRED, "message": Fate.DEFERRED}


class _Count:
    day: Mapped[date] = mapped_column(primary_key=True)
    """The day in the hotline's time zone."""
    cut: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    count: Mapped[int]


class DayTotal(_Count, Base):
    """One count of one day; counts below five are stored but never shown."""

    __tablename__ = "day_totals"


class RecentTotal(_Count, Base):
    """One count of one day, of calls that can still change."""

    __tablename__ = "recent_totals"


def between(
    session: Session, since: date, until: date, cuts: Collection[Cut], timezone: str, now: datetime
) -> Counter[Fact]:
    """The counts of these days, `until` included.

    Those of a week are as of the last purge, an hour ago at most, and of now for later calls.
    """
    counts: Counter[Fact] = Counter()
    for kind in _true_kinds(session):
        query = sa.select(kind.day, kind.cut, kind.value, kind.what, kind.count)
        rows = session.execute(
            query.where(kind.day >= since, kind.day <= until, kind.cut.in_(cuts))
        )
        for day, cut, value, what, count in rows:
            counts[Fact(day, Cut(cut), value, what)] += count
    for fact, count in _of_uncounted(session, until, timezone, now).items():
        if since <= fact.day <= until and fact.cut in cuts:
            counts[fact] += count
    return counts


def keep(session: Session, calls: Collection[Call], timezone: str, now: datetime) -> None:
    """Add these calls to the totals of their days; the caller ensures that each is added once.

    Their times must still be exact: waiting times cannot be computed from hours.
    """
    counted = _counted(calls)
    stories = _stories(session, counted, now)
    for call, story in zip(counted, stories, strict=True):
        call.fate = story.became.value if story.became else None
    add(session, tally(stories, people.zone(session, timezone)))


def count_recent(database: Database, timezone: str, now: datetime) -> None:
    """Count the calls again that are in no total that stays; keeps no writer waiting meanwhile."""
    with database.reading() as session:
        since = maintenance_state.look(session).totalled_before
    counts: Counter[Fact] = Counter()
    after: tuple[datetime, str] | None = None
    while True:
        with database.reading() as session:
            some = _begun_after(session, since, after, now)
            stories = _stories(session, _counted(some), now)
            counts += tally(stories, people.zone(session, timezone))
            became = {
                call.id: _word(story)
                for call, story in zip(_counted(some), stories, strict=True)
                if call.ended_at and call.fate != _word(story)  # nobody on the line waits for this
            }
        if became:
            _note_fates(database, became)
        if len(some) < _AT_ONCE:
            break
        after = (some[-1].started_at, some[-1].id)
    with database.transaction() as session:
        row = maintenance_state.hold(session)
        if row.totalled_before == since:
            row.recent_from, row.recent_before = since, now
            session.execute(sa.delete(RecentTotal))
            add(session, counts, RecentTotal)


def _note_fates(database: Database, became: Mapping[str, str | None]) -> None:
    with database.transaction() as session:
        for fate_word in set(became.values()):
            ids = [call for call, word in became.items() if word == fate_word]
            session.execute(sa.update(Call).where(Call.id.in_(ids)).values(fate=fate_word))


def _begun_after(
    session: Session, since: datetime | None, after: tuple[datetime, str] | None, until: datetime
) -> list[Call]:
    """The next calls, the oldest first."""
    query = sa.select(Call).where(Call.started_at < until)
    if since:
        query = query.where(Call.started_at >= since)
    if after:
        at, call = after
        same = sa.and_(Call.started_at == at, Call.id > call)
        query = query.where(Call.started_at >= at, sa.or_(Call.started_at > at, same))
    return list(session.scalars(query.order_by(Call.started_at, Call.id).limit(_AT_ONCE)))


def _word(story: Story) -> str | None:
    """The fate as a call stores it; a caller who still waits has none yet."""
    return None if story.became in (None, Fate.WAITING) else story.became.value


def fates_not_counted(session: Session, now: datetime) -> dict[str, Fate]:
    """How each call that no stored total counts yet would be counted now, by its id."""
    calls = _counted(_uncounted(session, now))
    ids = [call.id for call in calls]
    return {
        record.call: fate(record, now)
        for start in range(0, len(ids), _AT_ONCE)
        for record in records_of(session, ids[start : start + _AT_ONCE])
    }


def add(session: Session, counts: Mapping[Fact, int], kind: type[_Count] = DayTotal) -> None:
    """Add counts to the stored ones."""
    session.flush()
    for day in {fact.day for fact in counts}:
        held = {
            (row.cut, row.value, row.what): row
            for row in session.scalars(sa.select(kind).where(kind.day == day))
        }
        new = []
        for fact, count in counts.items():
            if fact.day != day:
                continue
            row = held.get((fact.cut, fact.value, fact.what))
            if row:
                row.count += count
            else:
                new.append(_as_row(fact, count))
        if new:
            session.execute(sa.insert(kind), new)
    session.flush()


@contextmanager
def recounted(session: Session, call: Call, timezone: str, now: datetime) -> Iterator[None]:
    """Keep the stored totals true if they count this call and it changes inside the `with`."""
    kind = _kind_that_counts(session, call)
    before = _of_one(session, call, timezone, now) if kind else Counter()
    yield
    if kind:
        session.flush()
        after = _of_one(session, call, timezone, now)
        changed = {fact: after[fact] - before[fact] for fact in {*before, *after}}
        add(session, {fact: count for fact, count in changed.items() if count}, kind)


def _kind_that_counts(session: Session, call: Call) -> type[_Count] | None:
    row = maintenance_state.look(session)
    if row.totalled_before and call.started_at < row.totalled_before:
        return DayTotal
    is_recent = row.recent_before and call.started_at < row.recent_before
    return RecentTotal if is_recent and _recent_are_true(session) else None


def _of_one(session: Session, call: Call, timezone: str, now: datetime) -> Counter[Fact]:
    return tally(_stories(session, _counted([call]), now), people.zone(session, timezone))


def forget(session: Session, cuts: Collection[Cut], before: date) -> None:
    """Delete the counts by these attributes for days before `before`."""
    session.execute(sa.delete(DayTotal).where(DayTotal.cut.in_(cuts), DayTotal.day < before))


def _as_row(fact: Fact, count: int) -> dict[str, object]:
    return {"day": fact.day, "cut": fact.cut.value, "value": fact.value, "what": fact.what,
            "count": count}  # fmt: skip


def _of_uncounted(session: Session, until: date, timezone: str, now: datetime) -> Counter[Fact]:
    zone = people.zone(session, timezone)
    ends = datetime.combine(until + timedelta(days=1), time(2), zone)  # the caller picks the days
    return tally(_stories(session, _counted(_uncounted(session, ends)), now), zone)


def _uncounted(session: Session, until: datetime) -> Sequence[Call]:
    """The calls that began before `until` and that no stored total counts, the oldest first."""
    row = maintenance_state.look(session)
    since = row.recent_before if _recent_are_true(session) else row.totalled_before
    query = sa.select(Call).where(Call.started_at < until).order_by(Call.started_at)
    if since:
        query = query.where(Call.started_at >= since)
    return session.scalars(query).all()


def _true_kinds(session: Session) -> tuple[type[_Count], ...]:
    return (DayTotal, RecentTotal) if _recent_are_true(session) else (DayTotal,)


def _recent_are_true(session: Session) -> bool:
    """False while a purge keeps totals for good: calls would be counted twice."""
    row = maintenance_state.look(session)
    return row.recent_before is not None and row.recent_from == row.totalled_before


def _counted(calls: Collection[Call]) -> list[Call]:
    """The calls of the call log: a responder's own call is in neither."""
    return [call for call in calls if call.is_counted and call.responder is None]


def _stories(session: Session, calls: Sequence[Call], now: datetime) -> list[Story]:
    stories = []
    for start in range(0, len(calls), _AT_ONCE):
        some = calls[start : start + _AT_ONCE]
        teller = _Teller(session, some, now)
        stories += [teller.story(call) for call in some]
    return stories


class _Teller:
    """Builds the stories of some calls; looks up their rows all at once."""

    def __init__(self, session: Session, calls: Collection[Call], now: datetime) -> None:
        ids = [call.id for call in calls]
        self._now = now
        self._coarse_before = maintenance_state.look(session).coarse_before
        self._records = {record.call: record for record in records_of(session, ids)}
        self._partners = _partners(session)
        self._boroughs = _boroughs(session, ids)
        self._unmet = _unmet(session, calls)
        self._wrap_ups = wrap_ups.of_calls(session, ids)
        self._referred = referrals.partners_of(session, ids)
        self._items = _items(session, ids, now)

    def story(self, call: Call) -> Story:
        """The story of one call."""
        record = self._records.get(call.id)
        story = Story(
            at=call.started_at,
            language=call.spoken,
            need=call.need,
            partner=self._partners.get(call.answered_by or ""),
            borough=self._boroughs.get(call.id),
            unmet=frozenset(self._unmet.get(call.id, ())),
            result=self._result(call),
            referred_to=frozenset(self._referred[call.id]),
            items=tuple(self._items.get(call.id, ())),
        )
        return self._fared(story, call, record) if record else story

    def _result(self, call: Call) -> str | None:
        wrap_up = self._wrap_ups.get(call.id)
        return wrap_up.result if wrap_up else None

    def _fared(self, story: Story, call: Call, record: ServiceRecord) -> Story:
        if self._coarse_before and call.started_at < self._coarse_before:
            by_outcome = _BY_OUTCOME.get(call.outcome or "", Fate.ABANDONED)
            kept = Fate(call.fate) if call.fate else by_outcome
            return replace(story, became=kept)  # its times are rounded to the hour
        became = fate(record, self._now)
        if became is not Fate.ANSWERED or record.talk_began is None:
            return replace(story, became=became)
        return replace(
            story,
            became=became,
            waited=record.talk_began - record.asked_at,
            talked=record.talk_ended - record.talk_began if record.talk_ended else None,
        )


def _partners(session: Session) -> dict[str, str]:
    rows = session.execute(sa.select(Person.id, Person.partner_id))
    return {person: partner for person, partner in rows if partner}


def _boroughs(session: Session, ids: list[str]) -> dict[str, str]:
    query = sa.select(Step.call_id, Step.detail).where(
        Step.call_id.in_(ids), Step.what == LOOKED_FOR_OFFICE
    )
    return {call: str(detail.get("borough")) for call, detail in session.execute(query)}


_ENDINGS = {
    CloseReason.REACHED_BY_CALLBACK: ItemEnding.BY_CALLBACK,
    CloseReason.REACHED_BY_TALK: ItemEnding.BY_TALK,
    CloseReason.DONE: ItemEnding.DONE,
    CloseReason.GAVE_UP: ItemEnding.GAVE_UP,
    CloseReason.CANNOT_REACH: ItemEnding.CANNOT_REACH,
}


def _items(session: Session, ids: list[str], now: datetime) -> dict[str, list[ItemStory]]:
    found: dict[str, list[ItemStory]] = {}
    for item in session.scalars(sa.select(OpenItem).where(OpenItem.call_id.in_(ids))):
        owned_at = item.first_owned_at or item.owned_at
        story = ItemStory(
            language=item.language,
            need=item.need,
            owned_after=owned_at - item.opened_at if owned_at else None,
            is_late=item.is_late(now),
            ending=_ENDINGS[item.closed_reason] if item.closed_reason else ItemEnding.STILL_OPEN,
        )
        found.setdefault(item.call_id, []).append(story)
    return found


def _unmet(session: Session, calls: Collection[Call]) -> dict[str, set[Unmet]]:
    ids = [call.id for call in calls]
    found: dict[str, set[Unmet]] = {call.id: set() for call in calls}
    for call in calls:
        if call.nobody_speaks:
            found[call.id].add(Unmet.NOBODY_SPOKE)
    given_up = sa.select(Step.call_id, Step.detail).where(
        Step.call_id.in_(ids), Step.what == "unanswered"
    )
    for call_id, detail in session.execute(given_up):
        if detail.get("rings") == _NOBODY_RUNG:
            found[call_id].add(Unmet.NOBODY_TO_RING)
    unreached = sa.select(Callback.call_id).where(
        Callback.call_id.in_(ids), Callback.state == CallbackState.UNREACHED
    )
    for call_id in session.scalars(unreached):
        found[call_id].add(Unmet.NEVER_REACHED)
    roster = people.as_responders(people.active(session))
    for call in calls:
        found[call.id] |= _roster_lacks(call, roster)
    spoken = {code for person in roster for code in person.languages}
    left = sa.select(Message.call_id, Message.language).where(
        Message.call_id.in_(ids), Message.state.in_((*LEFT_SOMETHING, MessageState.LAPSED))
    )
    for call_id, language in session.execute(left):
        if language not in spoken:
            found[call_id].add(Unmet.NOT_UNDERSTOOD)
    return found


def _roster_lacks(call: Call, roster: Sequence[Responder]) -> set[Unmet]:
    """What nobody on the roster can do for a caller who asked for a person."""
    if call.need is None:
        return set()
    alone = [person for person in roster if person.takes_callers]
    lacks = set()
    if not any(person.takes(call.need) for person in alone):
        lacks.add(Unmet.NOBODY_TAKES)
    if not any(person.speaks(call.language) for person in alone):
        lacks.add(Unmet.NOT_SERVED)
    return lacks
