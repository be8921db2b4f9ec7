"""<Dial><Conference>: waiting for it, being in it, and what is told about it."""

import pytest

ANA, BEA = "+17185550170", "+17185550171"
EVENTS = 'statusCallback="/events" statusCallbackEvent="start end join leave"'


@pytest.fixture
def caller(world):
    world.hotline.on(
        "/voice",
        '<Dial action="/out"><Conference startConferenceOnEnter="false" endConferenceOnExit="true" '
        f'waitUrl="/music" participantLabel="caller" {EVENTS}>room</Conference></Dial>',
    )
    world.hotline.on("/music", '<Say>Waiting</Say><Pause length="9"/>')
    world.hotline.on("/out", "<Say>Afterwards</Say>")
    world.hotline.on(
        "/leg",
        '<Dial action="/left" hangupOnStar="true"><Conference waitUrl="">room</Conference></Dial>',
    )
    world.hotline.on("/left", "<Hangup/>")
    return world.called()


def joins(world, number=ANA):
    world.rings(number)
    leg = world.phone(number).ringing
    leg.answers()
    return leg


def events(world):
    return [params["StatusCallbackEvent"] for params in world.hotline.asked("/events")]


def test_music_plays_until_the_conference_begins(world, caller):
    world.carrier.advance(12)
    assert len(world.hotline.asked("/music")) == 2
    assert caller.bridged_with is None
    leg = joins(world)
    assert caller.bridged_with is leg
    world.carrier.advance(30)
    assert len(world.hotline.asked("/music")) == 2


def test_what_happens_in_the_room_is_told_in_order(world, caller):
    leg = joins(world)
    caller.hangs_up()
    assert events(world) == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-leave",
        "conference-end",
        "participant-leave",
    ]
    first = world.hotline.asked("/events")[0]
    assert (first["CallSid"], first["ParticipantLabel"]) == (caller.sid, "caller")
    assert (first["StartConferenceOnEnter"], first["EndConferenceOnExit"]) == ("false", "true")
    numbers = [int(params["SequenceNumber"]) for params in world.hotline.asked("/events")]
    assert numbers == list(range(1, 7))
    assert leg.status == "completed"


def test_the_one_who_ends_it_ends_it_for_all_and_the_action_says_answered(world, caller):
    joins(world)
    caller.hangs_up()
    left = world.hotline.asked("/left")[0]
    assert left["DialCallStatus"] == "answered"
    assert "DialCallSid" not in left
    assert "DialCallDuration" not in left


def test_a_third_can_join_and_leave_while_the_others_talk(world, caller):
    one, two = joins(world, ANA), joins(world, BEA)
    assert caller.bridged_with is None
    assert {caller.in_conference, one.in_conference, two.in_conference} == {"room"}
    two.hangs_up()
    assert caller.bridged_with is one


def test_the_star_key_leaves_the_room_where_it_may(world, caller):
    leg = joins(world)
    leg.presses("*")
    assert world.hotline.asked("/left")[0]["DialCallStatus"] == "answered"
    assert caller.is_live


def test_a_failing_wait_url_means_the_room_is_not_entered(world):
    world.hotline.on(
        "/voice", '<Dial><Conference waitUrl="/gone">room</Conference></Dial><Say>Next</Say>'
    )
    assert world.called().heard[-1].text == "Next"
    world.expect_problems(11200)


def test_rooms_and_participants_are_seen_changed_and_ended_over_rest(world, caller):
    leg = joins(world)
    (room,) = world.rest.get("/Conferences.json", params={"Status": "in-progress"}).json()[
        "conferences"
    ]
    place = f"/Conferences/{room['sid']}"
    people = world.rest.get(f"{place}/Participants.json").json()["participants"]
    assert [one["call_sid"] for one in people] == [caller.sid, leg.sid]
    held = world.rest.post(f"{place}/Participants/caller.json", data={"Hold": "true"}).json()
    assert held["hold"] is True
    assert world.rest.delete(f"{place}/Participants/{leg.sid}.json").status_code == 204
    world.carrier.run_due()
    assert leg.status == "completed"
    world.rest.post(f"{place}.json", data={"Status": "completed"})
    world.carrier.run_due()
    assert caller.heard[-1].text == "Afterwards"
    assert world.rest.get(f"{place}.json").json()["status"] == "completed"
