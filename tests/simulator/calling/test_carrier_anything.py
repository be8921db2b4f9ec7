"""Whatever people and programs do, at whatever moment, the carrier keeps its books in order."""

from random import Random

import pytest
from flask import Response

BASE = "https://hotline.example"
PHONES = [f"+1718555017{place}" for place in range(6)]
QUEUE_LEG = '<Dial hangupOnStar="true" timeLimit="40"><Queue url="/connecting">line</Queue></Dial>'
ROOM = '<Dial hangupOnStar="true"><Conference waitUrl="/hold">room</Conference></Dial>'
FIRST, SECOND = f'<Number url="/offer">{PHONES[0]}</Number>', f"<Number>{PHONES[1]}</Number>"
DIAL = f'<Dial timeout="8">{FIRST}{SECOND}</Dial>'
RECORD = '<Record action="/menu" timeout="3" maxLength="20"/>'


def hotline(world, dice):
    """A hotline without any sense: each document is one of a few, at random."""
    doors = [
        '<Enqueue action="/menu" waitUrl="/hold">line</Enqueue>',
        ROOM,
        DIAL,
        RECORD,
        '<Gather numDigits="1" action="/menu" timeout="4"><Say>Choose</Say></Gather>',
        "<Say>Bye</Say><Hangup/>",
    ]
    holds = ["<Say>Hold</Say>", '<Pause length="4"/>', "<Leave/>", "", "<Hangup/>"]
    offers = ['<Gather numDigits="1" action="/offer" timeout="5"/><Hangup/>', ""]

    def one_of(texts):
        return lambda _: dice.choice(texts)

    world.hotline.on("/voice", one_of(doors))
    world.hotline.on("/menu", one_of(doors))
    world.hotline.on("/hold", one_of(holds))
    world.hotline.on("/offer", one_of(offers))
    world.hotline.on("/connecting", one_of(["<Say>Connecting</Say>", ""]))
    world.hotline.on("/leg", one_of([QUEUE_LEG, ROOM, "<Hangup/>"]))
    world.hotline.on("/events", Response(status=204))


def anything(world, dice):
    """One thing that somebody does."""
    live = [leg for leg in world.carrier.legs.values() if leg.is_live]
    leg = dice.choice(live) if live else None
    match dice.randrange(8):
        case 0:
            world.called(dice.choice(PHONES))
        case 1:
            events = ["initiated", "ringing", "answered", "completed"]
            callback = {"StatusCallback": f"{BASE}/events", "StatusCallbackEvent": events}
            world.rings(dice.choice(PHONES), **callback)
        case 2 if leg and leg.status == "ringing" and leg.direction != "inbound":
            dice.choice([leg.answers, leg.answers, leg.declines])()
        case 3 if leg:
            leg.presses(dice.choice("12*#"))
        case 4 if leg:
            leg.hangs_up()
        case 5 if leg:
            status = dice.choice(["completed", "canceled"])
            world.rest.post(f"/Calls/{leg.sid}.json", data={"Status": status})
        case 6 if leg:
            world.rest.post(f"/Calls/{leg.sid}.json", data={"Url": f"{BASE}/menu"})
        case _:
            world.carrier.advance(dice.choice([0, 0.5, 2, 5]))


def check(world):
    """What must hold at any moment."""
    for leg in world.carrier.legs.values():
        if leg.bridge:
            other = leg.bridge.other(leg)
            assert leg.is_live
            assert other.is_live
            assert other.bridge is leg.bridge
            assert leg.in_queue is None
        if not leg.is_live:
            assert (leg.in_queue, leg.in_conference) == (None, None)
    for queue in world.carrier.queues:
        assert all(member.leg.is_live for member in queue.members)
        assert all(taker.is_live for taker in queue.takers)
        assert not (queue.members and queue.takers), "somebody waits for somebody who is there"


@pytest.mark.parametrize("seed", range(25))
def test_books_are_in_order_whatever_happens(world, seed):
    dice = Random(seed)
    hotline(world, dice)
    for _ in range(120):
        anything(world, dice)
        world.carrier.run_due()
        check(world)
    for leg in list(world.carrier.legs.values()):
        leg.hangs_up()
    world.carrier.advance(300)
    check(world)
    assert not [leg for leg in world.carrier.legs.values() if leg.is_live]
    world.expect_problems(*world.codes)
    assert set(world.codes) <= {11215, 12200, 13238}
    told = {}
    for params in world.hotline.asked("/events"):
        told.setdefault(params["CallSid"], []).append(params["CallStatus"])
    final = {"completed", "busy", "failed", "no-answer", "canceled"}
    assert all(statuses[-1] in final for statuses in told.values())
    assert all(len(final & set(statuses)) == 1 for statuses in told.values())
