"""The seats of rooms, as they are read more than once in a transaction."""

from __future__ import annotations

from models.calls import rooms
from models.calls.rooms import SeatRole
from tests.hotline import Hotline


def test_a_seat_that_moves_is_seen_in_its_new_room_and_no_more_in_the_old(hotline: Hotline) -> None:
    one, other = (hotline.is_called().row.id for _ in range(2))
    now = hotline.clock.now()
    with hotline.context.database.transaction() as session:
        here, there = (rooms.open_for(session, call, now) for call in (one, other))
        seat = rooms.add_seat(session, here, SeatRole.LEAD, None, None, now)
        assert rooms.seats_of(session, here.id) == [seat]
        assert rooms.seats_of(session, there.id) == []
        rooms.move_seat(session, seat, there)
        assert rooms.seats_of(session, here.id) == []
        assert rooms.seats_of(session, there.id) == [seat]
