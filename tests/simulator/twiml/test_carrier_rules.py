"""The rules for TwiML: what the carrier finds wrong with an answer, and what it does then."""

import pytest
from flask import Response

BASE = "https://hotline.example"
SAY = '<Say voice="{voice}" language="{language}">Hello</Say>'


def answered_with(world, body, status=200, content_type="text/xml"):
    world.carrier.line("+12125550100").voice_fallback_url = f"{BASE}/fallback"
    world.hotline.on("/voice", Response(body, status, content_type=content_type))
    world.hotline.on("/fallback", "<Say>Fallback</Say>")
    return world.called()


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("<Response><Say>Hello</Say>", "text/xml", 12100),
        ("\n<Response><Say>Hello</Say></Response>", "text/xml", 12100),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><Response/>", "text/xml", 12100),
        ("<Response><Say>\x07</Say></Response>", "text/xml", 12100),
        ("<Answer/>", "text/xml", 12102),
        ("", "text/xml", 11770),
        ("<Response><!--" + "x" * 65_600 + "--></Response>", "text/xml", 11750),
        ("<Response/>", "application/json", 12300),
        ("<Response/>", "", 12300),
        ("<Response/>", "text/plain", 12300),
    ],
)
def test_a_document_that_cannot_be_executed_leads_to_the_fallback(world, body, content_type, code):
    leg = answered_with(world, body, content_type=content_type)
    assert leg.heard[-1].text == "Fallback"
    assert world.hotline.asked("/fallback")[0]["ErrorCode"] == str(code)
    world.expect_problems(code)


@pytest.mark.parametrize(
    "content_type", ["text/xml", "application/xml", "text/html; charset=utf-8"]
)
def test_three_content_types_are_documents(world, content_type):
    leg = answered_with(world, "<Response><Say>Hello</Say></Response>", content_type=content_type)
    assert leg.heard[-1].text == "Hello"


@pytest.mark.parametrize(
    ("verbs", "code"),
    [
        ("<Speak>Hello</Speak>", 12200),
        ("<Say>Hello</Say>loose words", 12200),
        ('<Say time="3">Hello</Say>', 12200),
        ('<Say loop="1001">Hello</Say>', 13510),
        ('<Say voice="Joanna">Hello</Say>', 13511),
        (SAY.format(voice="Polly.Joanna-Neural", language="es-US"), 13511),
        (SAY.format(voice="Google.ru-RU-Wavenet-A", language="pl-PL"), 13511),
        (SAY.format(voice="Polly.Joanna-Neural", language="ht-HT"), 13512),
        (SAY.format(voice="Google.ur-PK-Standard-A", language="ur-PK"), 13512),
        ("<Say/>", 13520),
        ("<Say><break/>Hello</Say>", 13520),
        ('<Say voice="Polly.Joanna-Neural"><b>Hello</b></Say>', 12200),
        ("<Say>" + "a" * 4001 + "</Say>", 13521),
        ('<Say voice="Polly.Joanna">' + "a" * 3001 + "</Say>", 13521),
        ('<Say voice="Google.en-US-Neural2-A">' + "a" * 5001 + "</Say>", 13521),
        ('<Pause length="0"/>', 13910),
        ('<Pause length="soon"/>', 13910),
        ('<Gather timeout="0"/>', 13313),
        ('<Gather numDigits="0"/>', 13314),
        ('<Gather finishOnKey="12"/>', 13310),
        ('<Gather input="voice"/>', 12200),
        ('<Gather method="PUT"/>', 13312),
        ("<Gather><Dial>+17185550170</Dial></Gather>", 13320),
        ("<Gather>loose words</Gather>", 13320),
        ('<Gather timeOut="3"/>', 12200),
        ('<Record maxLength="1" action="/done"/>', 13612),
        ('<Record maxLength="20000" action="/done"/>', 13612),
        ('<Record timeout="-1" action="/done"/>', 13611),
        ('<Record finishOnKey="x" action="/done"/>', 13613),
        ('<Record playBeep="yes" action="/done"/>', 13616),
        ('<Record action="/done" recordingStatusCallbackEvent="ready"/>', 13621),
        ('<Dial timeout="4">+17185550170</Dial>', 13212),
        ('<Dial timeout="601">+17185550170</Dial>', 13212),
        ('<Dial timeLimit="0">+17185550170</Dial>', 13216),
        ('<Dial hangupOnStar="yes">+17185550170</Dial>', 13213),
        ('<Dial record="true">+17185550170</Dial>', 13217),
        ("<Dial><Say>Hello</Say></Dial>", 13215),
        ("<Dial/>", 13215),
        ("<Dial><Number>+17185550170</Number><Queue>a</Queue></Dial>", 13000),
        ("<Dial>" + "<Number>+17185550170</Number>" * 11 + "</Dial>", 13215),
        ("<Dial><Number statusCallbackEvent=\"['answered']\">+17185550170</Number></Dial>", 12200),
        ('<Dial><Number url="ftp://x/y">+17185550170</Number></Dial>', 11100),
        ('<Dial action="https://bad_host.example/x">+17185550170</Dial>', 11100),
        ('<Dial><Conference maxParticipants="251" waitUrl="">a</Conference></Dial>', 12200),
        ('<Dial><Conference beep="loud" waitUrl="">a</Conference></Dial>', 13235),
        ('<Enqueue waitUrl="">' + "q" * 65 + "</Enqueue>", 12200),
        ('<Enqueue waitUrl=""></Enqueue>', 12200),
        ('<Redirect method="PATCH">/done</Redirect>', 13710),
        ('<Reject reason="no"/>', 12200),
        ("<Hangup/><Say>Hello</Say>", 12200),
        ('<Dial action="/done">+17185550170</Dial><Say>Hello</Say>', 12200),
        ('<Gather actionOnEmptyResult="true" action="/done"/><Say>Hello</Say>', 12200),
        ("<Connect/>", 12200),
        ("<Play/>", 12200),
        ('<Gather><Play digits="1"/></Gather>', 13320),
    ],
)
def test_what_breaks_the_rules_is_reported_with_twilios_code(world, verbs, code):
    world.hotline.on("/voice", verbs)
    world.hotline.on("/done", "<Hangup/>")
    leg = world.called()
    assert code in world.codes
    leg.hangs_up()
    world.expect_problems(*world.codes)


@pytest.mark.parametrize(
    "verbs",
    [
        SAY.format(voice="Polly.Joanna-Neural", language="en-US"),
        SAY.format(voice="Google.cmn-CN-Wavenet-A", language="cmn-CN"),
        SAY.format(voice="Google.fil-PH-Wavenet-B", language="fil-PH"),
        '<Say voice="Polly.Lupe-Neural" language="es-US"><prosody rate="slow">Hola</prosody></Say>',
        '<Gather input="dtmf speech" speechTimeout="auto" language="es-US" hints="a, b"/>',
        '<Gather finishOnKey="" timeout="8" numDigits="1" action="/x?n=1#rc=2&amp;rp=5xx"/>',
        '<Record maxLength="180" timeout="6" finishOnKey="#" trim="do-not-trim" action="/done"/>',
        '<Dial timeout="20" answerOnBridge="true" timeLimit="3600">+17185550170</Dial>',
        '<Enqueue action="/done" waitUrl="">c-7f3a9b</Enqueue>',
        '<Say>Hello</Say><Gather timeout="1"/><Say>Hello</Say><Redirect>/done</Redirect>',
    ],
)
def test_good_documents_are_left_alone(world, verbs):
    world.hotline.on("/voice", verbs)
    world.hotline.on("/done", "<Hangup/>")
    world.called().hangs_up()


@pytest.mark.parametrize(
    ("context", "verbs", "code"),
    [
        ("/wait", "<Dial>+17185550170</Dial><Pause/>", 12200),
        ("/wait", '<Record action="/x"/>', 12200),
        ("/whisper", "<Pause/>", 12200),
        ("/whisper", "<Dial>+17185550170</Dial>", 12200),
        ("/connecting", "<Hangup/>", 12200),
        ("/music", "<Gather/><Pause/>", 13238),
    ],
)
def test_each_kind_of_document_has_its_own_verbs(world, context, verbs, code):
    world.hotline.on(context, verbs)
    enqueue = '<Enqueue waitUrl="/wait">c-1</Enqueue>'
    doors = {
        "/wait": enqueue,
        "/connecting": '<Enqueue waitUrl="">c-1</Enqueue>',
        "/whisper": '<Dial><Number url="/whisper">+17185550170</Number></Dial>',
        "/music": '<Dial><Conference waitUrl="/music">room</Conference></Dial>',
    }
    world.hotline.on("/voice", doors[context])
    world.hotline.on("/leg", '<Dial><Queue url="/connecting">c-1</Queue></Dial>')
    caller = world.called()
    if context == "/connecting":
        world.rings("+17185550170")
    if ringing := world.phone("+17185550170").ringing:
        ringing.answers()
    assert code in world.codes
    caller.hangs_up()
    world.expect_problems(code)


def test_a_relative_url_in_twiml_given_over_rest_leads_nowhere(world):
    twiml = "<Response><Redirect>/next</Redirect></Response>"
    form = {"To": "+17185550170", "From": "+12125550100", "Twiml": twiml}
    world.rest.post("/Calls.json", data=form)
    world.phone("+17185550170").ringing.answers()
    world.expect_problems(11100)
