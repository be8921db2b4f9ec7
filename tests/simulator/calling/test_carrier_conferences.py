"""<Dial><Conference>: waiting for it, being in it, and its events."""

import pytest

BASE = "https://hotline.example"
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


def test_the_wait_document_is_played_once_and_then_there_is_silence(world, caller):
    world.carrier.advance(60)
    assert len(world.hotline.asked("/music")) == 1
    assert [spoken.text for spoken in caller.heard] == ["Waiting"]


def test_a_redirect_plays_the_wait_document_again_until_the_conference_begins(world):
    world.hotline.on(
        "/voice",
        '<Dial><Conference startConferenceOnEnter="false" waitUrl="/music">room</Conference>'
        "</Dial>",
    )
    world.hotline.on("/music", '<Say>Waiting</Say><Pause length="3"/><Redirect>/music</Redirect>')
    world.hotline.on("/leg", '<Dial><Conference waitUrl="">room</Conference></Dial>')
    caller = world.called()
    world.carrier.advance(11)
    assert len(world.hotline.asked("/music")) == 3
    assert caller.bridged_with is None
    leg = joins(world)
    assert caller.bridged_with is leg
    world.carrier.advance(30)
    assert len(world.hotline.asked("/music")) == 3


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
    assert (left["DialCallStatus"], left["CallStatus"]) == ("answered", "in-progress")
    assert "DialCallSid" not in left
    assert "DialCallDuration" not in left


def test_the_action_is_also_asked_for_the_leg_that_hung_up(world, caller):
    joins(world)
    caller.hangs_up()
    (out,) = world.hotline.asked("/out")
    assert (out["DialCallStatus"], out["CallStatus"]) == ("answered", "completed")
    world.carrier.assumed.hang_up_asks_action = False
    second = world.called()
    second.hangs_up()
    assert len(world.hotline.asked("/out")) == 1


def test_a_third_can_join_and_leave_while_the_others_talk(world, caller):
    one, two = joins(world, ANA), joins(world, BEA)
    assert caller.bridged_with is None
    assert caller.talks_with == [one, two]
    assert {caller.in_conference, one.in_conference, two.in_conference} == {"room"}
    two.hangs_up()
    assert caller.bridged_with is one


def test_the_star_of_a_leg_that_does_not_end_the_conference_leaves_the_others(world, caller):
    leg = joins(world)
    leg.presses("*")
    assert world.hotline.asked("/left")[0]["DialCallStatus"] == "answered"
    assert caller.in_conference == "room"


def responder_joins(world, number=ANA, role='endConferenceOnExit="true"'):
    world.hotline.on(
        "/leg",
        f'<Dial action="/left" hangupOnStar="true"><Conference waitUrl="" {role}>room</Conference>'
        "</Dial>",
    )
    return joins(world, number)


def test_the_star_of_a_leg_that_ends_the_conference_sends_everybody_on(world, caller):
    world.hotline.on("/left", '<Say>Menu</Say><Pause length="9"/>')
    leg = responder_joins(world, role='endConferenceOnExit="true" participantLabel="lead"')
    leg.presses("*")
    assert (leg.heard[-1].text, caller.heard[-1].text) == ("Menu", "Afterwards")
    assert len(world.hotline.asked("/out")) == len(world.hotline.asked("/left")) == 1
    told = {params["StatusCallbackEvent"]: params for params in world.hotline.asked("/events")}
    assert told["participant-leave"]["ReasonParticipantLeft"] == "moderator_ended_conference"
    ended = told["conference-end"]
    assert ended["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert ended["CallSidEndingConference"] == leg.sid
    assert ended["ParticipantLabelEndingConference"] == "lead"


def test_the_star_works_while_the_leg_still_waits(world):
    world.hotline.on("/left", "<Hangup/>")
    leg = responder_joins(world)
    leg.presses("*")
    assert leg.status == "completed"


def test_where_the_star_does_not_end_the_conference_the_caller_is_left_alone(world, caller):
    world.carrier.assumed.star_ends_sitting = False
    world.carrier.assumed.star_reason = "participant_updated_via_api"
    responder_joins(world).presses("*")
    assert caller.in_conference == "room"
    assert world.hotline.asked("/out") == []
    left = world.hotline.asked("/events")[-1]
    assert left["ReasonParticipantLeft"] == "participant_updated_via_api"


def test_the_exits_of_one_end_come_in_an_order_of_the_seed(world, caller):
    orders = set()
    for _ in range(12):
        leg = responder_joins(world)
        world.hotline.requests.clear()
        leg.presses("*")
        asked = [path for path, _, _, _ in world.hotline.requests]
        orders.add(tuple(path for path in asked if path in {"/left", "/out"}))
        world.called()
    assert orders == {("/left", "/out"), ("/out", "/left")}


def test_a_name_used_again_is_a_new_conference_with_its_own_callbacks(world, caller):
    responder_joins(world).presses("*")
    first = world.hotline.asked("/events")[-1]["ConferenceSid"]
    before = len(world.hotline.asked("/events"))
    responder_joins(world)
    (_, again) = world.rest.get("/Conferences.json").json()["conferences"][::-1]
    assert again["sid"] != first
    assert len(world.hotline.asked("/events")) == before, "the first one in asked for no callbacks"


def test_who_joins_a_conference_that_is_torn_down_is_out_again_with_it(world, caller):
    world.carrier.assumed.teardown_seconds = 0.5
    responder_joins(world).presses("*")
    leg = responder_joins(world)
    assert leg.in_conference is None
    world.carrier.advance(0.5)
    assert world.hotline.asked("/left")[-1]["CallSid"] == leg.sid


def test_a_label_in_use_keeps_the_second_leg_out(world, caller):
    leg = responder_joins(world, role='participantLabel="caller"')
    assert leg.in_conference is None
    assert world.hotline.asked("/left")[0]["DialCallStatus"] == "failed"
    world.expect_problems(16025)


def test_a_full_conference_keeps_the_next_leg_out(world, caller):
    responder_joins(world)
    assert responder_joins(world, BEA, 'maxParticipants="2"').in_conference is None
    world.expect_problems(16020)


def test_a_redirected_leg_asks_its_action_first_and_obeys_only_the_new_document(world, caller):
    leg = responder_joins(world)
    world.hotline.on("/elsewhere", '<Say>Elsewhere</Say><Pause length="9"/>')
    world.rest.post(f"/Calls/{leg.sid}.json", data={"Url": f"{BASE}/elsewhere"})
    world.carrier.run_due()
    asked = [path for path, _, _, _ in world.hotline.requests if path in {"/left", "/elsewhere"}]
    assert asked == ["/left", "/elsewhere"]
    assert world.hotline.asked("/left")[0]["DialCallStatus"] == "answered"
    assert (leg.heard[-1].text, caller.heard[-1].text) == ("Elsewhere", "Afterwards")


def found(world):
    (room,) = world.rest.get("/Conferences.json", params={"Status": "in-progress"}).json()[
        "conferences"
    ]
    return f"/Conferences/{room['sid']}"


def test_an_announcement_is_heard_by_all_or_by_one(world, caller):
    leg = joins(world)
    world.hotline.on("/all", "<Say>To all</Say><Redirect>/more</Redirect>")
    world.hotline.on("/more", "<Say>And more</Say>")
    world.hotline.on("/one", "<Say>To one</Say>")
    room = found(world)
    world.rest.post(f"{room}.json", data={"AnnounceUrl": f"{BASE}/all"})
    world.carrier.advance(5)
    world.rest.post(f"{room}/Participants/{leg.sid}.json", data={"AnnounceUrl": f"{BASE}/one"})
    world.carrier.advance(5)
    assert [spoken.text for spoken in leg.heard] == ["To all", "And more", "To one"]
    assert [spoken.text for spoken in caller.heard] == ["Waiting", "To all", "And more"]
    assert caller.bridged_with is leg


def test_the_end_of_an_announcement_is_told(world):
    events_of_room = 'statusCallback="/events" statusCallbackEvent="announcement"'
    room = f'<Dial><Conference waitUrl="" {events_of_room}>room</Conference></Dial>'
    world.hotline.on("/voice", room)
    world.hotline.on("/leg", room)
    world.called()
    joins(world)
    world.hotline.on("/all", "<Say>To all of you</Say>")
    world.rest.post(f"{found(world)}.json", data={"AnnounceUrl": f"{BASE}/all"})
    world.carrier.advance(5)
    assert events(world) == ["announcement-end"]


def test_nothing_is_announced_before_the_conference_begins_or_by_other_verbs(world, caller):
    (room,) = world.rest.get("/Conferences.json").json()["conferences"]
    place = f"/Conferences/{room['sid']}.json"
    assert world.rest.post(place, data={"AnnounceUrl": f"{BASE}/all"}).status_code == 400
    joins(world)
    world.hotline.on("/all", "<Hangup/>")
    world.rest.post(place, data={"AnnounceUrl": f"{BASE}/all"})
    world.carrier.run_due()
    assert caller.is_live
    world.expect_problems(13238)


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
    ended = world.rest.get(f"{place}.json").json()
    assert (ended["status"], ended["reason_conference_ended"]) == (
        "completed",
        "conference-ended-via-api",
    )
    assert world.rest.post(f"{place}.json", data={"Status": "completed"}).status_code == 400
