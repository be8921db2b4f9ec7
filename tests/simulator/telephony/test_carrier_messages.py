"""SMS: sent over REST, received by the hotline, stopped by a phone."""

import pytest
from flask import Response

BASE = "https://hotline.example"
ANA = "+17185550170"
GOOD = {"To": ANA, "From": "+12125550100", "Body": "You are on duty"}


def send(world, **change):
    answer = world.rest.post("/Messages.json", data=GOOD | change)
    world.carrier.run_due()
    return answer


@pytest.fixture
def sms(world):
    world.carrier.line("+12125550100").sms_url = f"{BASE}/sms"
    world.hotline.on("/sms", "")
    return world


def test_a_text_reaches_the_phone_and_its_progress_is_told(world):
    answer = send(world, StatusCallback=f"{BASE}/events")
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    (text,) = world.phone(ANA).texts
    assert (text.from_, text.body) == ("+12125550100", "You are on duty")
    told = [params["MessageStatus"] for params in world.hotline.asked("/events")]
    assert told == ["sent", "delivered"]
    sid = answer.json()["sid"]
    assert world.rest.get(f"/Messages/{sid}.json").json()["status"] == "delivered"
    assert [m["sid"] for m in world.rest.get("/Messages.json").json()["messages"]] == [sid]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": "5550170"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "+12125550177"}, 21606),
        ({"Body": ""}, 21602),
        ({"Body": "a" * 1601}, 21617),
    ],
)
def test_a_wrong_text_is_refused_and_not_sent(world, change, code):
    answer = send(world, **change)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert world.phone(ANA).texts == []


def test_a_text_that_stays_undelivered_tells_why(world):
    world.carrier.faults.next_text(30003)
    send(world, StatusCallback=f"{BASE}/events")
    last = world.hotline.asked("/events")[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")
    assert world.phone(ANA).texts == []


def test_a_phone_texts_the_hotline_and_gets_its_answer(sms):
    sms.hotline.on(
        "/sms", "<Message>You are off until 6 pm</Message><Message><Body>Bye</Body></Message>"
    )
    sms.phone(ANA).texts_to("+12125550100", "off 2h")
    asked = sms.hotline.asked("/sms")[0]
    assert (asked["From"], asked["To"], asked["Body"]) == (ANA, "+12125550100", "off 2h")
    assert asked["MessageSid"].startswith("SM")
    assert (asked["NumMedia"], asked["NumSegments"]) == ("0", "1")
    assert [text.body for text in sms.phone(ANA).texts] == ["You are off until 6 pm", "Bye"]


def test_an_answer_may_be_redirected(sms):
    sms.hotline.on("/sms", "<Redirect>/other</Redirect>")
    sms.hotline.on("/other", "<Message>Here</Message>")
    sms.phone(ANA).texts_to("+12125550100", "hello")
    assert [text.body for text in sms.phone(ANA).texts] == ["Here"]


def test_who_says_stop_gets_no_more_texts_until_start(sms):
    phone = sms.phone(ANA)
    sms.hotline.on("/sms", "<Message>Goodbye</Message>", "<Message>Welcome back</Message>")
    phone.texts_to("+12125550100", " Stop ")
    assert sms.hotline.asked("/sms")[0]["OptOutType"] == "STOP"
    assert phone.texts == []
    assert send(sms).json()["code"] == 21610
    phone.texts_to("+12125550100", "START")
    assert send(sms).status_code == 201
    assert [text.body for text in phone.texts] == ["Welcome back", "You are on duty"]


def test_a_failing_sms_webhook_leads_to_its_fallback(sms):
    sms.carrier.line("+12125550100").sms_fallback_url = f"{BASE}/fallback"
    sms.hotline.on("/sms", Response(status=500))
    sms.hotline.on("/fallback", "<Message>Later</Message>")
    sms.phone(ANA).texts_to("+12125550100", "hello")
    assert sms.hotline.asked("/fallback")[0]["ErrorCode"] == "11200"
    assert [text.body for text in sms.phone(ANA).texts] == ["Later"]
    sms.expect_problems(11200)


def test_voice_verbs_do_not_belong_in_a_text_answer(sms):
    sms.hotline.on("/sms", "<Say>Hello</Say>")
    sms.phone(ANA).texts_to("+12125550100", "hello")
    sms.expect_problems(12200)


def test_a_message_can_be_emptied_and_deleted(world):
    sid = send(world).json()["sid"]
    place = f"/Messages/{sid}.json"
    assert world.rest.post(place, data={"Body": ""}).json()["body"] == ""
    assert world.rest.delete(place).status_code == 204
    assert world.rest.get(place).status_code == 404
