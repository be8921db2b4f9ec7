"""<Enqueue>, <Leave> and <Dial><Queue>."""

import pytest
from flask import Response

BASE = "https://hotline.example"
ANA, BEA = "+17185550170", "+17185550171"


@pytest.fixture
def waiting(world):
    world.hotline.on("/voice", '<Enqueue action="/out" waitUrl="/wait">c-1</Enqueue>')
    world.hotline.on("/wait", '<Say>Please hold</Say><Pause length="5"/>')
    world.hotline.on("/out", "<Say>Afterwards</Say>")
    world.hotline.on("/leg", '<Dial action="/leg-done"><Queue>c-1</Queue></Dial>')
    world.hotline.on("/leg-done", "<Hangup/>")
    return world.called()


def takes(world, number=ANA):
    world.rings(number)
    leg = world.phone(number).ringing
    leg.answers()
    return leg


def test_the_hold_document_is_asked_for_again_whenever_it_ends(world, waiting):
    assert waiting.in_queue == "c-1"
    world.carrier.advance(14)
    asked = world.hotline.asked("/wait")
    assert [params["QueueTime"] for params in asked] == ["0", "6", "12"]
    assert asked[0]["QueuePosition"] == asked[0]["CurrentQueueSize"] == "1"
    assert asked[0]["QueueSid"].startswith("QU")
    assert (asked[0]["AvgQueueTime"], asked[0]["MaxQueueSize"]) == ("0", "1000")


def test_a_hold_document_without_length_is_not_asked_for_without_end(world, waiting):
    world.hotline.on("/wait", "")
    world.carrier.advance(16)
    assert len(world.hotline.asked("/wait")) < 20


def test_whoever_dials_the_queue_talks_with_the_one_waiting(world, waiting):
    world.carrier.advance(7)
    leg = takes(world)
    assert (waiting.bridged_with, leg.bridged_with) == (leg, waiting)
    assert waiting.in_queue is None
    assert world.hotline.asked("/out") == []


def test_the_enqueue_action_is_asked_once_after_the_conversation(world, waiting):
    world.carrier.advance(7)
    leg = takes(world)
    world.carrier.advance(30)
    leg.hangs_up()
    (out,) = world.hotline.asked("/out")
    assert (out["QueueResult"], out["QueueTime"]) == ("bridged", "7")
    assert waiting.heard[-1].text == "Afterwards"


def test_the_dial_action_is_told_about_the_queue_when_the_caller_leaves(world, waiting):
    world.carrier.advance(7)
    leg = takes(world)
    world.carrier.advance(30)
    waiting.hangs_up()
    done = world.hotline.asked("/leg-done")[0]
    assert (done["DialCallStatus"], done["DialBridged"]) == ("completed", "true")
    assert done["DialCallSid"] == waiting.sid
    assert (done["DialCallDuration"], done["QueueTime"]) == ("30", "7")
    (out,) = world.hotline.asked("/out")
    assert (out["QueueResult"], out["CallStatus"]) == ("bridged", "completed")
    assert leg.status == "completed"


def test_leave_gives_up_waiting_and_asks_the_action_at_once(world, waiting):
    world.hotline.on("/wait", "<Leave/>")
    world.carrier.advance(6)
    assert world.hotline.asked("/out")[0]["QueueResult"] == "leave"
    assert waiting.in_queue is None


def test_a_caller_who_hangs_up_while_waiting_is_told_to_the_action(world, waiting):
    world.carrier.advance(4)
    waiting.hangs_up()
    (out,) = world.hotline.asked("/out")
    assert (out["QueueResult"], out["QueueTime"]) == ("hangup", "4")
    assert out["CallStatus"] == "completed"


def test_keys_are_taken_while_waiting(world, waiting):
    world.hotline.on(
        "/wait", '<Gather action="/choice" numDigits="1" timeout="5"><Say>1</Say></Gather>'
    )
    world.hotline.on("/choice", "<Leave/>")
    world.carrier.advance(6)
    waiting.presses("1")
    assert world.hotline.asked("/choice")[0]["Digits"] == "1"
    assert world.hotline.asked("/out")[0]["QueueResult"] == "leave"


def test_hangup_in_the_hold_document_ends_the_call(world, waiting):
    world.hotline.on("/wait", "<Hangup/>")
    world.carrier.advance(6)
    assert waiting.status == "completed"


def test_the_waiting_caller_hears_the_connecting_document_first(world, waiting):
    world.hotline.on("/leg", '<Dial><Queue url="/connecting">c-1</Queue></Dial>')
    world.hotline.on("/connecting", "<Say>Connecting you</Say>")
    world.carrier.advance(3)
    leg = takes(world)
    asked = world.hotline.asked("/connecting")[0]
    assert (asked["CallSid"], asked["DequeingCallSid"]) == (waiting.sid, leg.sid)
    assert asked["QueueTime"] == "3"
    assert waiting.heard[-1].text == "Connecting you"
    assert waiting.bridged_with is None
    world.carrier.advance(1)
    assert waiting.bridged_with is leg


def test_whoever_dials_an_empty_queue_waits_for_the_next_caller(world):
    world.hotline.on("/leg", "<Dial><Queue>c-1</Queue></Dial>")
    world.hotline.on("/voice", '<Enqueue action="/out" waitUrl="">c-1</Enqueue>')
    leg = takes(world)
    world.carrier.advance(40)
    assert leg.is_live
    caller = world.called()
    assert leg.bridged_with is caller


def test_whoever_tires_of_an_empty_queue_can_hang_up(world):
    world.hotline.on("/leg", "<Dial><Queue>c-1</Queue></Dial>")
    world.hotline.on("/voice", '<Enqueue waitUrl="">c-1</Enqueue>')
    takes(world).hangs_up()
    assert world.called().bridged_with is None


def test_two_who_dial_the_same_queue_get_one_caller_each_in_order(world):
    world.hotline.on("/voice", '<Enqueue action="/out" waitUrl="">line</Enqueue>')
    world.hotline.on("/leg", "<Dial><Queue>line</Queue></Dial>")
    first, second = world.called(), world.called("+17185550163")
    one, two = takes(world, ANA), takes(world, BEA)
    assert (one.bridged_with, two.bridged_with) == (first, second)


def test_the_loser_of_a_race_for_one_caller_waits_alone(world, waiting):
    one, two = takes(world, ANA), takes(world, BEA)
    assert waiting.bridged_with is one
    assert two.bridged_with is None
    assert two.is_live


def test_a_caller_redirected_out_of_the_queue_is_told_so(world, waiting):
    world.hotline.on("/elsewhere", "<Say>Elsewhere</Say>")
    world.rest.post(f"/Calls/{waiting.sid}.json", data={"Url": f"{BASE}/elsewhere"})
    world.carrier.run_due()
    assert world.hotline.asked("/out")[0]["QueueResult"] == "redirected"
    assert waiting.heard[-1].text == "Elsewhere"


def test_a_caller_redirected_out_of_a_conversation_is_told_so(world, waiting):
    leg = takes(world)
    world.hotline.on("/elsewhere", "<Say>Elsewhere</Say>")
    world.rest.post(f"/Calls/{waiting.sid}.json", data={"Url": f"{BASE}/elsewhere"})
    world.carrier.run_due()
    assert world.hotline.asked("/out")[0]["QueueResult"] == "redirected-from-bridged"
    assert leg.status == "completed"


def test_a_full_queue_sends_the_caller_on(world):
    world.hotline.on("/voice", '<Enqueue action="/out" waitUrl="" maxQueueSize="1">c-1</Enqueue>')
    world.hotline.on("/out", "<Hangup/>")
    world.called()
    world.called("+17185550163")
    assert world.hotline.asked("/out")[0]["QueueResult"] == "queue-full"


def test_a_failing_hold_document_leads_to_the_numbers_fallback(world, waiting):
    world.carrier.line("+12125550100").voice_fallback_url = f"{BASE}/fallback"
    waiting.hangs_up()
    world.hotline.on("/fallback", "<Say>Fallback</Say>")
    world.hotline.on("/wait", Response(status=500))
    caller = world.called()
    assert caller.heard[-1].text == "Fallback"
    assert caller.in_queue is None
    world.expect_problems(11200)


def test_who_hangs_up_while_the_connecting_document_plays_is_not_connected(world, waiting):
    world.hotline.on("/leg", '<Dial action="/leg-done"><Queue url="/connecting">c-1</Queue></Dial>')
    world.hotline.on("/connecting", '<Pause length="5"/>')
    leg = takes(world)
    waiting.hangs_up()
    assert world.hotline.asked("/leg-done")[0]["DialBridged"] == "false"
    assert leg.status == "completed"
    assert world.hotline.asked("/out")[0]["QueueResult"] == "bridging-in-process"


def test_whoever_takes_a_caller_and_hangs_up_at_once_leaves_the_caller_unbridged(world, waiting):
    world.hotline.on("/leg", '<Dial><Queue url="/connecting">c-1</Queue></Dial>')
    world.hotline.on("/connecting", '<Pause length="5"/>')
    takes(world).hangs_up()
    world.carrier.advance(5)
    assert world.hotline.asked("/out")[0]["QueueResult"] == "error"
    assert waiting.heard[-1].text == "Afterwards"


def test_queues_and_members_are_seen_and_empty_ones_deleted(world, waiting):
    world.carrier.advance(4)
    (queue,) = world.rest.get("/Queues.json").json()["queues"]
    assert (queue["friendly_name"], queue["current_size"]) == ("c-1", 1)
    place = f"/Queues/{queue['sid']}"
    (member,) = world.rest.get(place + "/Members.json").json()["queue_members"]
    assert (member["call_sid"], member["position"], member["wait_time"]) == (waiting.sid, 1, 4)
    front = world.rest.get(place + "/Members/Front.json").json()
    assert front["call_sid"] == waiting.sid
    assert world.rest.delete(place + ".json").json()["code"] == 22002
    waiting.hangs_up()
    assert world.rest.delete(place + ".json").status_code == 204
    assert world.rest.get(place + ".json").json()["code"] == 20404


def test_a_member_is_dequeued_over_rest_to_a_document(world, waiting):
    world.hotline.on("/elsewhere", "<Say>Elsewhere</Say>")
    (queue,) = world.rest.get("/Queues.json").json()["queues"]
    place = f"/Queues/{queue['sid']}/Members/{waiting.sid}.json"
    assert world.rest.post(place, data={"Url": f"{BASE}/elsewhere"}).status_code == 200
    world.carrier.run_due()
    assert [path for path, _, _, _ in world.hotline.requests][2:4] == ["/out", "/elsewhere"]
    assert world.hotline.asked("/out")[0]["QueueResult"] == "redirected"
    assert waiting.heard[-1].text == "Elsewhere"
    assert world.rest.post(place, data={"Url": f"{BASE}/elsewhere"}).json()["code"] == 20404


def test_a_queue_can_be_made_over_rest_with_a_size(world):
    made = world.rest.post("/Queues.json", data={"FriendlyName": "small", "MaxSize": "5"})
    assert (made.status_code, made.json()["max_size"]) == (201, 5)
