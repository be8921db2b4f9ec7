"""Calls that come in: what the hotline is told, what the caller hears, how it all ends."""

from datetime import timedelta

import pytest
from flask import Response

from simulator import Leg

BASE = "https://hotline.example"


def texts(leg: Leg) -> list[str]:
    return [spoken.text for spoken in leg.heard]


def test_an_incoming_call_is_told_with_the_standard_parameters(world):
    world.hotline.on("/voice", "<Say>Welcome</Say>")
    leg = world.called()
    asked = world.hotline.asked("/voice")[0]
    assert asked["CallSid"] == leg.sid
    assert asked["AccountSid"] == world.carrier.account_sid
    assert (asked["From"], asked["Caller"]) == ("+17185550162", "+17185550162")
    assert (asked["To"], asked["Called"]) == ("+12125550100", "+12125550100")
    assert (asked["CallStatus"], asked["Direction"]) == ("ringing", "inbound")
    assert (asked["ApiVersion"], asked["FromCountry"]) == ("2010-04-01", "US")
    assert asked["StirVerstat"] == "TN-Validation-Passed-A"


def test_a_call_ends_when_its_document_ends_and_the_number_is_told_its_length(world):
    world.hotline.on("/voice", "<Say>Hello</Say><Pause length='9'/>")
    leg = world.called()
    assert leg.status == "in-progress"
    world.carrier.advance(10)
    assert leg.status == "completed"
    (told,) = world.hotline.asked("/status")
    assert (told["CallStatus"], told["CallDuration"]) == ("completed", "10")
    assert told["SequenceNumber"] == "0"
    assert told["CallbackSource"] == "call-progress-events"
    assert told["Timestamp"] == "Tue, 08 Dec 2026 07:04:10 +0000"


@pytest.mark.parametrize("shown", ["anonymous", "", "+266696687", "sip:someone@example.com"])
def test_a_withheld_number_is_shown_as_it_came_and_tells_no_place(world, shown):
    world.hotline.on("/voice", "<Say>Hello</Say>")
    world.called(caller_id=shown)
    asked = world.hotline.asked("/voice")[0]
    assert asked["From"] == shown
    assert asked["FromCity"] == ""
    assert "StirVerstat" not in asked


def test_extra_parameters_of_a_call_are_passed_on(world):
    world.hotline.on("/voice", "<Say>Hello</Say>")
    world.called(ForwardedFrom="+12125550177")
    assert world.hotline.asked("/voice")[0]["ForwardedFrom"] == "+12125550177"


def test_speech_takes_its_time_and_is_heard_in_order(world):
    world.hotline.on(
        "/voice",
        '<Say voice="Polly.Lupe-Neural" language="es-US">' + "a" * 45 + "</Say><Say>Bye</Say>",
    )
    leg = world.called()
    assert [(s.language, s.voice) for s in leg.heard] == [("es-US", "Polly.Lupe-Neural")]
    world.carrier.advance(2.9)
    assert len(leg.heard) == 1
    world.carrier.advance(0.1)
    assert texts(leg)[1] == "Bye"
    assert leg.heard[1].at - leg.heard[0].at == timedelta(seconds=3)


def test_say_loops_as_often_as_told(world):
    world.hotline.on("/voice", '<Say loop="3">Hold</Say>')
    leg = world.called()
    world.carrier.advance(3)
    assert texts(leg) == ["Hold"] * 3
    assert not leg.is_live


def test_a_played_file_is_heard_with_its_transcript_for_as_long_as_it_lasts(world):
    sound = Response(
        wav_of(seconds=7),
        content_type="audio/wav",
        headers={"X-Transcript": "Bonjou%20tout%20moun", "Content-Language": "ht"},
    )
    world.hotline.on("/voice", "<Play>/hello.wav</Play>")
    world.hotline.on("/hello.wav", sound)
    leg = world.called()
    (heard,) = leg.heard
    assert (heard.text, heard.language, heard.part_of) == ("Bonjou tout moun", "ht", "Play")
    assert heard.audio_url == f"{BASE}/hello.wav"
    assert "X-Twilio-Signature" not in world.hotline.headers("/hello.wav")[0]
    world.carrier.advance(6.9)
    assert leg.is_live
    world.carrier.advance(0.2)
    assert not leg.is_live


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response(status=404), 11200),
        (Response("<p/>", content_type="text/html"), 13420),
    ],
)
def test_a_file_that_cannot_be_played_is_a_problem_and_the_call_goes_on(world, answer, code):
    world.hotline.on("/voice", "<Play>/gone.wav</Play><Say>After</Say>")
    world.hotline.on("/gone.wav", answer)
    assert texts(world.called()) == ["After"]
    world.expect_problems(code)


def test_keys_go_to_the_action_and_cut_the_prompt_short(world):
    world.hotline.on(
        "/voice",
        '<Gather numDigits="1" action="/menu"><Say>Press one</Say><Say>Or two</Say></Gather>',
    )
    world.hotline.on("/menu", "<Say>Thank you</Say>")
    leg = world.called()
    leg.presses("2")
    assert world.hotline.asked("/menu")[0]["Digits"] == "2"
    assert texts(leg) == ["Press one", "Thank you"]
    assert [spoken.text for spoken in leg.hears_now] == ["Thank you"]


def test_silence_goes_on_to_the_next_verb_without_asking_the_action(world):
    world.hotline.on(
        "/voice", '<Gather action="/menu" timeout="4"><Say>Hi</Say></Gather><Say>B</Say>'
    )
    leg = world.called()
    world.carrier.advance(4.9)
    assert texts(leg) == ["Hi"]
    world.carrier.advance(0.2)
    assert texts(leg) == ["Hi", "B"]
    assert world.hotline.asked("/menu") == []


def test_silence_is_told_when_empty_results_are_wanted(world):
    world.hotline.on("/voice", '<Gather action="/menu" actionOnEmptyResult="true" timeout="3"/>')
    world.hotline.on("/menu", "<Hangup/>")
    world.called()
    world.carrier.advance(3)
    assert world.hotline.asked("/menu")[0]["Digits"] == ""


def test_a_number_is_taken_until_the_pound_key(world):
    world.hotline.on("/voice", '<Gather action="/number" timeout="10"/>')
    world.hotline.on("/number", "<Hangup/>")
    world.called().presses("7185550162#")
    assert world.hotline.asked("/number")[0]["Digits"] == "7185550162"


def test_a_pause_between_keys_ends_the_number(world):
    world.hotline.on("/voice", '<Gather action="/number" timeout="5" finishOnKey=""/>')
    world.hotline.on("/number", "<Hangup/>")
    leg = world.called()
    leg.presses("12")
    world.carrier.advance(4)
    leg.presses("#")
    world.carrier.advance(5)
    assert world.hotline.asked("/number")[0]["Digits"] == "12#"


def test_a_gather_without_an_action_asks_its_own_document_again(world):
    world.hotline.on("/voice", '<Gather numDigits="1"><Say>Again</Say></Gather>', "<Hangup/>")
    world.called().presses("5")
    assert world.hotline.asked("/voice")[1]["Digits"] == "5"


def test_a_burst_of_keys_answers_one_menu_after_the_other(world):
    world.hotline.on("/voice", '<Gather numDigits="1" action="/second"/>')
    world.hotline.on("/second", '<Gather numDigits="1" action="/third"/>')
    world.hotline.on("/third", "<Hangup/>")
    world.called().presses("12")
    assert world.hotline.asked("/second")[0]["Digits"] == "1"
    assert world.hotline.asked("/third")[0]["Digits"] == "2"


def test_a_key_pressed_while_nobody_listens_is_lost(world):
    world.hotline.on("/voice", '<Say>Listen first</Say><Gather numDigits="1" action="/menu"/>')
    world.called().presses("1")
    world.carrier.advance(2)
    assert world.hotline.asked("/menu") == []


def test_redirect_leads_to_a_relative_document_with_its_method(world):
    world.hotline.on("/voice", '<Redirect method="GET">next/step?n=1</Redirect>')
    world.hotline.on("/next/step", "<Say>There</Say>")
    assert texts(world.called()) == ["There"]
    assert world.hotline.requests[-1][1] == "GET"
    assert world.hotline.asked("/next/step")[0]["n"] == "1"


def test_documents_that_lead_to_each_other_without_end_end_the_call(world):
    world.hotline.on("/voice", "<Redirect>/voice</Redirect>")
    leg = world.called()
    assert not leg.is_live
    world.expect_problems(11215)


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_a_rejected_call_was_never_answered(world, reason, status):
    world.hotline.on("/voice", f'<Reject reason="{reason}"/>')
    leg = world.called()
    assert (leg.status, leg.answered_at) == (status, None)
    assert world.hotline.asked("/status")[0]["CallDuration"] == "0"


def test_a_caller_who_hangs_up_is_gone_and_only_the_status_callback_tells(world):
    world.hotline.on("/voice", '<Gather action="/menu"><Say>Hello</Say></Gather>')
    leg = world.called()
    leg.hangs_up()
    leg.hangs_up()
    assert (leg.status, leg.ended_by) == ("completed", "hung up")
    assert world.hotline.asked("/menu") == []
    assert len(world.hotline.asked("/status")) == 1


def test_cookies_are_kept_within_a_call_and_not_between_calls(world):
    kept = Response("<Response><Redirect>/next</Redirect></Response>", content_type="text/xml")
    kept.set_cookie("step", "one")
    world.hotline.on("/voice", kept)
    world.hotline.on("/next", "<Hangup/>")
    world.called()
    world.called("+17185550163")
    assert world.hotline.headers("/next")[0]["Cookie"] == "step=one"
    assert "Cookie" not in world.hotline.headers("/voice")[1]


def test_a_failing_document_leads_to_the_fallback_with_the_error(world):
    world.carrier.line("+12125550100").voice_fallback_url = f"{BASE}/fallback"
    world.hotline.on("/voice", Response("broken", 500))
    world.hotline.on("/fallback", "<Say>One moment</Say>")
    leg = world.called()
    asked = world.hotline.asked("/fallback")[0]
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == ("11200", f"{BASE}/voice")
    assert texts(leg) == ["One moment"]
    world.expect_problems(11200)


def test_the_first_url_is_tried_again_for_each_later_step(world):
    world.carrier.line("+12125550100").voice_fallback_url = f"{BASE}/fallback"
    world.hotline.on("/voice", Response(status=503), "<Say>Back again</Say>")
    world.hotline.on("/fallback", '<Pause length="2"/><Redirect>/voice</Redirect>')
    leg = world.called()
    world.carrier.advance(2)
    assert texts(leg) == ["Back again"]
    world.expect_problems(11200)


def test_without_a_fallback_the_caller_hears_an_apology_and_the_call_ends(world):
    world.hotline.on("/voice", Response(status=500))
    leg = world.called()
    assert "application error has occurred" in leg.heard[-1].text
    assert leg.status == "completed"
    world.expect_problems(11200)


def test_a_failing_fallback_ends_in_the_apology_too(world):
    world.carrier.line("+12125550100").voice_fallback_url = f"{BASE}/fallback"
    world.hotline.on("/voice", Response(status=500))
    world.hotline.on("/fallback", Response(status=500))
    leg = world.called()
    assert "application error has occurred" in leg.heard[-1].text
    assert len(world.hotline.asked("/fallback")) == 1
    world.expect_problems(11200)


def test_a_number_without_a_voice_url_lets_calls_fail(world):
    world.carrier.buy_number("+12125550111")
    assert world.phone("+17185550162").dials("+12125550111").status == "failed"


def test_the_hook_runs_after_each_step_and_never_inside_a_webhook(world):
    inside, seen = [], []

    def voice(_params):
        inside.append(True)
        return "<Say>Hello</Say>"

    world.hotline.on("/voice", voice)
    world.carrier.on_change = lambda: seen.append(len(inside))
    world.called()
    world.carrier.advance(5)
    assert seen
    assert seen[-1] == 1


def test_what_the_hook_does_over_rest_follows_in_the_same_advance(world):
    world.hotline.on("/voice", '<Pause length="30"/>')
    rung = []

    def ring_once():
        if not rung:
            rung.append(True)
            world.rest.post(
                "/Calls.json",
                data={"To": "+17185550170", "From": "+12125550100", "Url": f"{BASE}/leg"},
            )

    world.carrier.on_change = ring_once
    world.called()
    assert world.phone("+17185550170").ringing


def test_time_cannot_be_moved_from_inside_a_step(world):
    world.hotline.on("/voice", "<Pause/>")
    refused = []

    def try_it():
        with pytest.raises(RuntimeError, match="from inside"):
            world.carrier.advance(1)
        refused.append(True)

    world.carrier.on_change = try_it
    world.called()
    assert refused


def wav_of(seconds: int) -> bytes:
    import io
    import wave

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * seconds))
    return buffer.getvalue()
