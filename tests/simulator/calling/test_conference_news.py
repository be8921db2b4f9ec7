"""What is heard and told in conferences: beeps, tones, holds, events, REST lists."""

import pytest
from flask import Response

ANA, BEA = "+17185550170", "+17185550171"
BASE = "https://hotline.example"
EVENTS = 'statusCallback="/events" statusCallbackEvent="start end join leave mute hold"'


def conference(role=""):
    return (
        f'<Dial action="/out" hangupOnStar="true"><Conference waitUrl="" {EVENTS} {role}>room'
        "</Conference></Dial>"
    )


def joins(world, number=ANA, role=""):
    world.hotline.on("/leg", conference(role))
    world.rings(number)
    leg = world.phone(number).ringing
    leg.answers()
    return leg


@pytest.fixture
def caller(world):
    world.hotline.on("/voice", conference('beep="false"'))
    world.hotline.on("/out", '<Pause length="60"/>')
    return world.called()


def place(world, **asked):
    rooms = world.rest.get("/Conferences.json", params=asked).json()["conferences"]
    return f"/Conferences/{rooms[0]['sid']}" if rooms else ""


def notes(leg, *what):
    return [(event.what, event.detail) for event in leg.timeline if event.what in what]


def events(world):
    return [params["StatusCallbackEvent"] for params in world.hotline.asked("/events")]


def test_each_leg_beeps_as_its_own_attribute_says(world, caller):
    joins(world, ANA, 'beep="false"')
    assert notes(caller, "beep") == []
    guest = joins(world, BEA, 'beep="onEnter"')
    guest.hangs_up()
    assert notes(caller, "beep") == [("beep", "onEnter")]
    assert notes(guest, "beep") == []


@pytest.mark.parametrize("is_heard", [True, False])
def test_keys_are_heard_by_the_others_and_the_star_perhaps(world, caller, is_heard):
    world.carrier.assumed.star_is_heard = is_heard
    leg = joins(world, role='beep="false"')
    leg.presses("7")
    leg.presses("*")
    assert notes(caller, "tone") == [("tone", "7")] + [("tone", "*")] * is_heard


def test_who_is_on_hold_hears_only_the_hold_document(world, caller):
    leg = joins(world)
    world.hotline.on("/hold", "<Say>On hold</Say>")
    world.hotline.on("/all", "<Say>To all</Say>")
    one = f"{place(world)}/Participants/{caller.sid}.json"
    world.rest.post(one, data={"Hold": "true", "HoldUrl": f"{BASE}/hold"})
    world.carrier.advance(2)
    world.rest.post(f"{place(world)}.json", data={"AnnounceUrl": f"{BASE}/all"})
    world.carrier.advance(18)
    assert [spoken.text for spoken in caller.heard] == ["On hold"]
    assert caller.meter.longest_silence == 19
    world.rest.post(one, data={"EndConferenceOnExit": "true"})
    world.rest.post(one, data={"Hold": "false"})
    world.rest.post(one, data={"Muted": "true"})
    world.carrier.run_due()
    assert events(world)[-3:] == ["participant-hold", "participant-unhold", "participant-mute"]
    caller.hangs_up()
    assert leg.in_conference == "room", "the flag was changed during the hold, which does nothing"


@pytest.mark.parametrize(
    ("fault", "count"), [("lose", 0), ("duplicate", 2), ("delay", 1), ("reorder", 1)]
)
def test_events_of_a_conference_are_lost_doubled_and_late(world, caller, fault, count):
    getattr(world.carrier.faults, fault)(
        **({"seconds": 4.0} if fault != "lose" else {}), next=1, purpose="conference"
    )
    before = len(events(world))
    joins(world)
    world.carrier.advance(5)
    told = events(world)[before:]
    assert told.count("participant-join") == count
    assert told.count("conference-start") == 1
    if fault == "reorder":
        assert told == ["conference-start", "participant-join"]
        numbers = [params["SequenceNumber"] for params in world.hotline.asked("/events")]
        assert numbers == ["1", "3", "2"]


def test_a_redirected_event_loses_its_parameters(world, caller):
    world.hotline.on("/events", Response(status=301, headers={"Location": "/moved"}))
    world.hotline.on("/moved", Response(status=204))
    joins(world)
    assert world.hotline.asked("/moved")[0] == {}


def test_an_event_that_the_hotline_refuses_is_a_problem_of_the_hotline(world, caller):
    world.hotline.on("/events", Response(status=500))
    joins(world)
    world.expect_problems(16011)


def test_lists_lie_behind_and_a_filter_misses_who_waits_alone(world):
    world.hotline.on("/voice", conference())
    world.carrier.assumed.rest_lag_seconds = 2.0
    caller = world.called()
    assert not place(world)
    world.carrier.advance(2)
    assert not place(world, Status="in-progress")
    room = place(world, Status="init")
    leg = joins(world)
    people = world.rest.get(f"{room}/Participants.json").json()["participants"]
    assert [one["call_sid"] for one in people] == [caller.sid]
    world.carrier.advance(2)
    people = world.rest.get(f"{room}/Participants.json").json()["participants"]
    assert [one["call_sid"] for one in people] == [caller.sid, leg.sid]


def test_a_removed_participant_is_told_as_removed(world, caller):
    leg = joins(world, role='endConferenceOnExit="true"')
    world.rest.delete(f"{place(world)}/Participants/{leg.sid}.json")
    world.carrier.run_due()
    told = {params["StatusCallbackEvent"]: params for params in world.hotline.asked("/events")}
    why = told["conference-end"]["ReasonConferenceEnded"]
    assert why == "participant-with-end-conference-on-exit-kicked"


def test_what_twilio_does_not_know_is_refused_or_reported(world, caller):
    joins(world)
    room = place(world)
    asked = world.rest.post(f"{room}/Participants.json", data={"To": BEA, "AsyncAmd": "true"})
    assert asked.json()["code"] == 21263
    world.rest.post(f"{room}.json", data={"Url": f"{BASE}/leg"})
    world.rest.post(f"{room}.json", data={"Status": "completed"})
    world.carrier.run_due()
    asked = world.rest.post(f"{room}/Participants.json", data={"To": BEA})
    assert asked.json()["code"] == 16022
    world.rings(ANA, Label="lead")
    assert [problem.message.rsplit(" ", 1)[1] for problem in world.carrier.problems] == [
        "Url",
        "Label",
    ]
    world.expect_problems(20001)
