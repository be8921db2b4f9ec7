"""Each fault knob does what it says, when it says, and the same again by seed."""

import httpx
import pytest

from simulator import Faults

BASE = "https://hotline.example"
ANA = "+17185550170"
GOOD = {"To": ANA, "From": "+12125550100", "Url": f"{BASE}/leg"}
EVENTS = ["initiated", "ringing", "answered", "completed"]


def ring(world):
    world.hotline.on("/leg", "<Hangup/>")
    world.rings(ANA, StatusCallback=f"{BASE}/events", StatusCallbackEvent=EVENTS)
    world.phone(ANA).ringing.answers()


def events(world):
    return [params["CallStatus"] for params in world.hotline.asked("/events")]


def test_a_duplicated_callback_comes_again_a_little_later(world):
    world.carrier.faults.duplicate(next=1, seconds=2)
    ring(world)
    assert events(world) == ["initiated", "ringing", "in-progress", "completed"]
    world.carrier.advance(2)
    assert events(world)[4:] == ["initiated"]


def test_a_lost_callback_never_comes(world):
    world.carrier.faults.lose(next=2)
    ring(world)
    world.carrier.advance(600)
    assert events(world) == ["in-progress", "completed"]


def test_a_delayed_callback_comes_late(world):
    world.carrier.faults.delay(30, next=1)
    ring(world)
    assert "initiated" not in events(world)
    world.carrier.advance(30)
    assert events(world)[-1] == "initiated"


def test_a_reordered_callback_is_overtaken_by_the_next_one(world):
    world.carrier.faults.reorder(next=1)
    ring(world)
    world.carrier.advance(60)
    assert events(world) == ["ringing", "initiated", "in-progress", "completed"]
    numbers = [params["SequenceNumber"] for params in world.hotline.asked("/events")]
    assert numbers == ["1", "0", "2", "3"]


def test_a_reordered_callback_that_nothing_overtakes_comes_in_the_end(world):
    world.carrier.faults.reorder(next=4, seconds=10)
    ring(world)
    assert events(world) == []
    world.carrier.advance(10)
    assert sorted(events(world)) == ["completed", "in-progress", "initiated", "ringing"]


def test_faults_can_be_kept_to_one_kind_of_callback(world):
    world.carrier.faults.lose(purpose="recording")
    ring(world)
    assert len(events(world)) == 4


def test_faults_by_chance_are_the_same_again_by_seed():
    def fates(seed):
        faults = Faults(seed)
        faults.lose(0.3)
        faults.duplicate(0.3)
        return [faults.fate_of_callback("status") for _ in range(50)]

    assert fates(7) == fates(7)
    assert fates(7) != fates(8)
    lost = sum(1 for fate in fates(7) if not fate.delays)
    assert 5 < lost < 25


def test_a_voice_webhook_made_twice_goes_by_the_second_answer(world):
    world.hotline.on("/voice", "<Say>First</Say>", "<Say>Second</Say>")
    world.carrier.faults.voice_twice(next=1)
    leg = world.called()
    first, second = world.hotline.asked("/voice")
    assert first == second
    assert leg.heard[-1].text == "Second"


@pytest.mark.parametrize(
    ("failure", "code"), [("timeout", 11203), ("connection", 11205), (502, 11200)]
)
@pytest.mark.parametrize("after_acting", [True, False])
def test_a_broken_way_to_the_hotline_leads_to_the_fallback(world, failure, code, after_acting):
    world.carrier.line("+12125550100").voice_fallback_url = f"{BASE}/fallback"
    world.hotline.on("/voice", "<Say>Hello</Say>")
    world.hotline.on("/fallback", "<Say>Fallback</Say>")
    world.carrier.faults.next_webhook(failure, after_acting=after_acting, path="/voice")
    assert world.called().heard[-1].text == "Fallback"
    assert len(world.hotline.asked("/voice")) == (1 if after_acting else 0)
    world.expect_problems(code)


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20500)])
@pytest.mark.parametrize("after_acting", [True, False])
def test_a_rest_answer_goes_wrong_before_or_after_the_call_was_made(
    world, status, code, after_acting
):
    world.carrier.faults.next_rest(status, after_acting=after_acting, path="*/Calls.json")
    answer = world.rest.post("/Calls.json", data=GOOD)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert bool(world.phone(ANA).ringing) is after_acting
    assert world.rest.post("/Calls.json", data=GOOD).status_code == 201


@pytest.mark.parametrize("after_acting", [True, False])
def test_a_rest_request_times_out_before_or_after_the_call_was_made(world, after_acting):
    world.carrier.faults.next_rest("timeout", after_acting=after_acting)
    with pytest.raises(httpx.ReadTimeout):
        world.rest.post("/Calls.json", data=GOOD)
    assert bool(world.phone(ANA).ringing) is after_acting
    entry = world.carrier.journal[-1]
    assert (entry.kind, entry.status, entry.acted) == ("rest", None, after_acting)


def test_a_rest_fault_waits_for_its_path_and_method(world):
    world.carrier.faults.next_rest(500, path="*/Recordings/*", method="DELETE")
    assert world.rest.get("/Calls.json").status_code == 200
    assert world.rest.delete("/Recordings/RE0.json").status_code == 500
    assert world.rest.delete("/Recordings/RE0.json").status_code == 404


def test_rest_errors_come_by_chance(world):
    world.carrier.faults.rest_errors(503, 0.5)
    statuses = {world.rest.get("/Calls.json").status_code for _ in range(40)}
    assert statuses == {200, 503}


def test_calls_start_no_faster_than_the_account_may(world):
    world.carrier.faults.calls_per_second = 1
    waits = [
        world.rest.post("/Calls.json", data=GOOD | {"To": f"+1718555017{n}"}).json()["queue_time"]
        for n in range(3)
    ]
    assert waits == ["0", "1000", "2000"]
    assert world.phone("+17185550170").ringing
    assert world.phone("+17185550171").ringing is None
    world.carrier.advance(1)
    assert world.phone("+17185550171").ringing
    assert world.phone("+17185550172").legs[0].status == "queued"


def test_a_call_in_the_queue_can_be_canceled(world):
    world.carrier.faults.calls_per_second = 1
    world.rest.post("/Calls.json", data=GOOD)
    second = world.rest.post("/Calls.json", data=GOOD | {"To": "+17185550171"}).json()["sid"]
    world.rest.post(f"/Calls/{second}.json", data={"Status": "canceled"})
    world.carrier.advance(5)
    assert world.phone("+17185550171").legs[0].status == "canceled"


def test_all_knobs_turn_back_at_once(world):
    faults = world.carrier.faults
    faults.lose()
    faults.rest_errors(500, 1.0)
    faults.recordings.cut = True
    faults.calls_per_second = 1
    faults.clear()
    ring(world)
    assert len(events(world)) == 4
    assert (faults.recordings.cut, faults.calls_per_second) == (False, None)
