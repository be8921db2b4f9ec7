"""The REST API: create, read, redirect and end calls; numbers; errors like Twilio's."""

import logging
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from twilio.http import HttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client

BASE = "https://hotline.example"
ANA = "+17185550170"
GOOD = {"To": ANA, "From": "+12125550100", "Url": f"{BASE}/leg"}
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]


@pytest.fixture
def leg(world):
    world.hotline.on("/leg", '<Say>Hello</Say><Pause length="60"/>')
    world.rings(ANA, StatusCallback=f"{BASE}/events", StatusCallbackEvent=ALL_EVENTS)
    return world.phone(ANA).ringing


def events(world):
    return [params["CallStatus"] for params in world.hotline.asked("/events")]


def test_an_ordered_call_is_answered_as_twilio_does(world):
    answer = world.rest.post("/Calls.json", data=GOOD)
    call = answer.json()
    assert answer.status_code == 201
    assert (call["status"], call["direction"]) == ("queued", "outbound-api")
    assert (call["to"], call["from"]) == (ANA, "+12125550100")
    assert call["uri"].endswith(f"/Calls/{call['sid']}.json")
    assert parsedate_to_datetime(call["date_created"]) == world.clock.now()
    assert (call["start_time"], call["queue_time"]) == (None, "0")


def test_the_document_is_fetched_when_the_phone_is_answered_and_not_before(world, leg):
    world.carrier.advance(3)
    assert world.hotline.asked("/leg") == []
    leg.answers()
    asked = world.hotline.asked("/leg")[0]
    assert (asked["CallStatus"], asked["Direction"]) == ("in-progress", "outbound-api")
    assert leg.heard[-1].text == "Hello"


def test_progress_is_told_in_order_with_numbers_and_the_length(world, leg):
    leg.answers()
    world.carrier.advance(9)
    leg.hangs_up()
    assert events(world) == ["initiated", "ringing", "in-progress", "completed"]
    told = world.hotline.asked("/events")
    assert [params["SequenceNumber"] for params in told] == ["0", "1", "2", "3"]
    assert told[-1]["CallDuration"] == "9"


def test_only_completed_is_told_by_default(world):
    world.hotline.on("/leg", "<Hangup/>")
    world.rings(ANA, StatusCallback=f"{BASE}/events")
    world.phone(ANA).ringing.answers()
    assert events(world) == ["completed"]


@pytest.mark.parametrize(
    ("behave", "after", "status"),
    [
        (lambda phone: phone.off(), 20, "no-answer"),
        (lambda phone: phone.busy(), 0, "busy"),
        (lambda phone: phone.unreachable(), 0, "failed"),
        (lambda phone: phone.declines_after(4), 4, "busy"),
    ],
)
def test_a_call_that_is_not_answered_ends_with_its_reason(world, behave, after, status):
    behave(world.phone(ANA))
    sid = world.rings(ANA, Timeout="20", StatusCallback=f"{BASE}/events")
    world.carrier.advance(after)
    assert world.rest.get(f"/Calls/{sid}.json").json()["status"] == status
    assert events(world) == [status]


def test_the_ringing_time_is_kept(world):
    world.rings(ANA, Timeout="25")
    leg = world.phone(ANA).ringing
    world.carrier.advance(24.9)
    assert leg.status == "ringing"
    world.carrier.advance(0.1)
    assert leg.status == "no-answer"


def test_the_time_limit_ends_the_call(world):
    world.hotline.on("/leg", '<Pause length="600"/>')
    world.rings(ANA, TimeLimit="90")
    leg = world.phone(ANA).ringing
    leg.answers()
    world.carrier.advance(90)
    assert (leg.status, leg.ended_by) == ("completed", "time limit")
    assert world.carrier.next_due is None


def test_every_call_ends_after_four_hours(world):
    world.hotline.on("/voice", '<Pause length="20000"/>')
    caller = world.called()
    world.carrier.advance(14_399)
    assert caller.is_live
    world.carrier.advance(1)
    assert (caller.status, caller.ended_by) == ("completed", "time limit")


def test_keys_are_sent_before_the_document_is_fetched(world):
    world.hotline.on("/leg", "<Say>Hello</Say>")
    world.rings(ANA, SendDigits="WW1w2")
    leg = world.phone(ANA).ringing
    leg.answers()
    assert world.hotline.asked("/leg") == []
    world.carrier.advance(2.5)
    assert [event.detail for event in leg.timeline if event.what == "sent key"] == ["1", "2"]
    assert len(world.hotline.asked("/leg")) == 1


def test_a_small_account_has_only_a_few_calls_at_once(world):
    world.hotline.on("/voice", '<Pause length="60"/>')
    world.carrier.faults.most_calls = 2
    first = world.called()
    world.rings(ANA)
    assert world.rest.post("/Calls.json", data=GOOD).json()["code"] == 10004
    assert world.called("+17185550163").status == "busy"
    first.hangs_up()
    assert world.rest.post("/Calls.json", data=GOOD).status_code == 201


def test_twiml_can_come_with_the_order(world):
    world.rings(ANA, Url="", Twiml="<Response><Say>Straight away</Say></Response>")
    leg = world.phone(ANA).ringing
    leg.answers()
    assert leg.heard[-1].text == "Straight away"


def test_an_ordered_call_has_a_fallback_of_its_own(world):
    world.hotline.on("/fallback", "<Say>Fallback</Say>")
    world.rings(ANA, FallbackUrl=f"{BASE}/fallback")
    leg = world.phone(ANA).ringing
    leg.answers()
    assert leg.heard[-1].text == "Fallback"
    world.expect_problems(11200)


def test_machines_are_told_from_humans_where_that_was_ordered(world):
    world.hotline.on("/leg", "<Hangup/>")
    world.phone(ANA).voicemail_after(3)
    world.rings(ANA, MachineDetection="Enable")
    world.carrier.advance(3)
    world.rings(ANA)
    world.carrier.advance(3)
    first, second = world.hotline.asked("/leg")
    assert first["AnsweredBy"] == "machine_start"
    assert "AnsweredBy" not in second


def test_a_voicemail_answers_and_never_presses_a_key(world):
    world.hotline.on("/leg", '<Gather numDigits="1" timeout="8" action="/x"><Say>1</Say></Gather>')
    world.phone(ANA).voicemail_after(3, greeting_seconds=4)
    world.rings(ANA)
    world.carrier.advance(15)
    leg = world.phone(ANA).legs[0]
    assert leg.is_machine
    assert leg.speeches[0].end - leg.speeches[0].start == timedelta(seconds=4)
    assert leg.status == "completed"
    assert world.hotline.asked("/x") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "5550170"}, 21211),
        ({"From": ""}, 21213),
        ({"From": "hotline"}, 21212),
        ({"From": "+12125550177"}, 21210),
        ({"Url": "hotline/leg"}, 21205),
        ({"Url": ""}, 21205),
        ({"Url": "", "Twiml": "<Response>" + " " * 4000 + "</Response>"}, 21205),
        ({"Timeout": "soon"}, 20001),
        ({"Timeout": "601"}, 20001),
        ({"Method": "PUT"}, 21403),
        ({"StatusCallback": "nowhere"}, 21205),
        ({"StatusCallback": f"{BASE}/events", "StatusCallbackEvent": "done"}, 21626),
    ],
)
def test_a_wrong_order_is_refused_with_twilios_code_and_rings_nobody(world, change, code):
    answer = world.rest.post("/Calls.json", data=GOOD | change)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["status"] == 400
    assert answer.json()["more_info"].endswith(str(code))
    world.carrier.run_due()
    assert world.carrier.legs == {}


def test_a_wrong_password_is_refused(world):
    answer = world.rest.get("/Calls.json", auth=(world.carrier.account_sid, "wrong"))
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    stranger = httpx.Client(transport=httpx.WSGITransport(world.carrier.wsgi))
    place = f"{world.rest.base_url}Calls.json"
    assert stranger.get(place).status_code == 401


def test_what_does_not_exist_is_not_found(world):
    for path in ("/Calls/CA0.json", "/Recordings/RE0.json", "/Queues/QU0.json", "/Nothing.json"):
        answer = world.rest.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_a_ringing_call_is_canceled(world, leg):
    answer = world.rest.post(f"/Calls/{leg.sid}.json", data={"Status": "canceled"})
    assert answer.status_code == 200
    world.carrier.run_due()
    assert leg.status == "canceled"
    assert world.phone(ANA).ringing is None
    assert events(world)[-1] == "canceled"


def test_canceled_leaves_an_answered_call_alone_and_completed_ends_it(world, leg):
    leg.answers()
    world.rest.post(f"/Calls/{leg.sid}.json", data={"Status": "canceled"})
    world.carrier.run_due()
    assert leg.is_live
    world.rest.post(f"/Calls/{leg.sid}.json", data={"Status": "completed"})
    world.carrier.run_due()
    assert leg.status == "completed"


def test_a_call_that_has_ended_cannot_be_changed(world, leg):
    leg.declines()
    for change in ({"Status": "completed"}, {"Url": f"{BASE}/other"}):
        answer = world.rest.post(f"/Calls/{leg.sid}.json", data=change)
        assert (answer.status_code, answer.json()["code"]) == (400, 21220)


def test_a_live_call_is_sent_to_another_document(world, leg):
    leg.answers()
    world.hotline.on("/other", "<Say>Other</Say>")
    world.rest.post(f"/Calls/{leg.sid}.json", data={"Url": f"{BASE}/other"})
    world.carrier.run_due()
    assert leg.heard[-1].text == "Other"


def test_a_ringing_call_cannot_be_redirected(world, leg):
    answer = world.rest.post(f"/Calls/{leg.sid}.json", data={"Url": f"{BASE}/other"})
    assert answer.json()["code"] == 21220


def test_calls_are_listed_newest_first_and_by_what_is_asked(world, leg):
    world.carrier.advance(30)
    since = world.clock.now().isoformat()
    world.rings("+17185550171")
    later = world.phone("+17185550171").ringing

    def listed(**asked):
        return [c["sid"] for c in world.rest.get("/Calls.json", params=asked).json()["calls"]]

    assert listed() == [later.sid, leg.sid]
    assert listed(To=ANA) == [leg.sid]
    assert listed(Status="ringing", To="+17185550171") == [later.sid]
    assert listed(Status="completed") == []
    assert listed(**{"StartTime>": since}) == [later.sid]
    assert listed(**{"StartTime<": "2026-12-08T07:04:10Z"}) == [leg.sid]
    assert listed(StartTime="2026-12-07") == []


def test_long_lists_come_in_pages(world):
    for place in range(5):
        world.rings(f"+1718555018{place}")
    first = world.rest.get("/Calls.json", params={"PageSize": 2}).json()
    assert (len(first["calls"]), first["page"], first["page_size"]) == (2, 0, 2)
    second = world.rest.get(f"https://api.twilio.com{first['next_page_uri']}").json()
    third = world.rest.get(f"https://api.twilio.com{second['next_page_uri']}").json()
    assert (len(third["calls"]), third["next_page_uri"]) == (1, None)


def test_a_call_that_has_ended_can_be_forgotten(world, leg):
    place = f"/Calls/{leg.sid}.json"
    assert world.rest.delete(place).status_code == 400
    leg.declines()
    assert world.rest.delete(place).status_code == 204
    assert world.rest.get(place).status_code == 404
    assert world.rest.get("/Calls.json").json()["calls"] == []


def test_numbers_are_found_and_pointed_elsewhere(world):
    found = world.rest.get("/IncomingPhoneNumbers.json", params={"PhoneNumber": "+12125550100"})
    (number,) = found.json()["incoming_phone_numbers"]
    assert number["voice_url"] == f"{BASE}/voice"
    place = f"/IncomingPhoneNumbers/{number['sid']}.json"
    changed = {
        "VoiceUrl": f"{BASE}/new",
        "VoiceMethod": "POST",
        "VoiceFallbackUrl": f"{BASE}/fallback",
        "StatusCallback": "",
        "SmsUrl": f"{BASE}/sms",
    }
    assert world.rest.post(place, data=changed).json()["sms_url"] == f"{BASE}/sms"
    world.hotline.on("/new", "<Say>New</Say>")
    assert world.called().heard[-1].text == "New"
    assert world.rest.get(place).json()["voice_fallback_url"] == f"{BASE}/fallback"


def test_a_fallback_without_a_primary_is_refused(world):
    line = world.carrier.buy_number("+12125550111")
    place = f"/IncomingPhoneNumbers/{line.sid}.json"
    answer = world.rest.post(place, data={"VoiceFallbackUrl": f"{BASE}/fallback"})
    assert answer.json()["code"] == 21405


class InProcess(HttpClient):
    """Twilio's own library, connected to the carrier in the same process."""

    def __init__(self, http: httpx.Client) -> None:
        super().__init__(logging.getLogger("twilio"), False)
        self.http = http

    def request(self, method, url, params=None, data=None, headers=None, **_):
        form = {name: value for name, value in (data or {}).items() if value is not None}
        answer = self.http.request(method, url, params=params, data=form, headers=headers)
        return TwilioResponse(answer.status_code, answer.text, answer.headers)


def test_twilios_own_library_reads_every_answer(world):
    carrier = world.carrier
    client = Client(carrier.account_sid, carrier.auth_token, http_client=InProcess(world.rest))
    world.hotline.on("/leg", '<Enqueue waitUrl="">c-1</Enqueue>')
    call = client.calls.create(
        to=ANA, from_="+12125550100", url=f"{BASE}/leg", status_callback_event=ALL_EVENTS
    )
    assert call.date_created == world.clock.now()
    world.phone(ANA).ringing.answers()
    assert client.calls(call.sid).fetch().status == "in-progress"
    assert [c.sid for c in client.calls.list(to=ANA, start_time_after=world.clock.now())] == [
        call.sid
    ]
    (queue,) = client.queues.list()
    assert queue.members.list()[0].call_sid == call.sid
    client.calls(call.sid).update(status="completed")
    carrier.run_due()
    assert client.calls(call.sid).fetch().duration == "0"
    assert client.queues(queue.sid).delete()
    sent = client.messages.create(to=ANA, from_="+12125550100", body="Hello")
    assert client.messages(sent.sid).fetch().body == "Hello"
    number = client.incoming_phone_numbers.list(phone_number="+12125550100")[0]
    assert number.update(sms_url=f"{BASE}/sms").sms_url == f"{BASE}/sms"
    assert client.api.accounts(carrier.account_sid).fetch().status == "active"
