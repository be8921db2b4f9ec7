"""<Dial> with numbers: which phones ring, which one wins, and what the action receives."""

import pytest

BASE = "https://hotline.example"
ANA, BEA = "+17185550170", "+17185550171"


def dial(world, body, attributes=""):
    world.hotline.on(
        "/voice", f'<Dial action="/dialled" callerId="+12125550100" {attributes}>{body}</Dial>'
    )
    world.hotline.on("/dialled", "<Say>Done</Say>")
    return world.called()


def told(world):
    return world.hotline.asked("/dialled")[0]


def test_a_dialled_phone_rings_showing_the_hotline_and_is_connected_when_answered(world):
    caller = dial(world, ANA)
    leg = world.phone(ANA).ringing
    assert (leg.caller_id_shown, leg.direction) == ("+12125550100", "outbound-dial")
    leg.answers()
    assert (caller.bridged_with, leg.bridged_with) == (leg, caller)
    world.carrier.advance(33)
    leg.hangs_up()
    assert told(world)["DialCallStatus"] == "completed"
    assert told(world)["DialCallSid"] == leg.sid
    assert told(world)["DialCallDuration"] == "33"
    assert told(world)["DialBridged"] == "true"
    assert caller.heard[-1].text == "Done"


@pytest.mark.parametrize(
    ("behave", "status", "after"),
    [
        (lambda phone: phone.answers_by_hand(), "no-answer", 25),
        (lambda phone: phone.off(), "no-answer", 25),
        (lambda phone: phone.busy(), "busy", 0),
        (lambda phone: phone.unreachable(), "failed", 0),
        (lambda phone: phone.declines_after(3), "busy", 3),
    ],
)
def test_a_phone_that_nobody_answers_is_told_by_its_status(world, behave, status, after):
    behave(world.phone(ANA))
    dial(world, ANA, 'timeout="20"')
    if after:
        world.carrier.advance(after - 0.1)
        assert world.hotline.asked("/dialled") == []
        world.carrier.advance(0.2)
    assert told(world)["DialCallStatus"] == status
    assert told(world)["DialBridged"] == "false"
    assert "DialCallDuration" not in told(world)


def test_a_phone_can_be_switched_on_again(world):
    phone = world.phone(ANA)
    phone.off = True
    assert phone.off
    phone.off = False
    assert not phone.off
    dial(world, ANA)
    assert phone.ringing


def test_without_an_action_the_next_verb_follows(world):
    world.hotline.on(
        "/voice", f'<Dial callerId="+12125550100" timeout="5">{ANA}</Dial><Say>On</Say>'
    )
    caller = world.called()
    world.carrier.advance(10)
    assert caller.heard[-1].text == "On"


def test_the_first_of_several_phones_to_pick_up_wins_even_if_it_is_a_machine(world):
    world.phone(ANA).voicemail_after(2)
    world.phone(BEA).picks_up_after(3)
    caller = dial(world, f"<Number>{ANA}</Number><Number>{BEA}</Number>")
    world.carrier.advance(4)
    assert caller.bridged_with.phone.number == ANA
    assert world.phone(BEA).legs[0].status == "canceled"


def test_a_whisper_that_hangs_up_keeps_the_caller_away_from_a_machine(world):
    whisper = (
        '<Gather action="/accept" numDigits="1" timeout="8"><Say>Press 1</Say></Gather><Hangup/>'
    )
    world.hotline.on("/whisper", whisper)
    world.phone(ANA).voicemail_after(2)
    caller = dial(world, f'<Number url="/whisper">{ANA}</Number>')
    world.carrier.advance(15)
    assert told(world)["DialCallStatus"] == "completed"
    assert told(world)["DialBridged"] == "false"
    assert caller.bridged_with is None
    assert world.phone(ANA).legs[0].status == "completed"


def test_a_whisper_is_told_about_the_called_leg_and_bridges_when_it_ends(world):
    world.hotline.on(
        "/whisper", '<Gather action="/accept" numDigits="1"><Say>Press 1</Say></Gather><Hangup/>'
    )
    world.hotline.on("/accept", "")
    caller = dial(world, f'<Number url="/whisper">{ANA}</Number>')
    leg = world.phone(ANA).ringing
    leg.answers()
    asked = world.hotline.asked("/whisper")[0]
    assert (asked["CallSid"], asked["ParentCallSid"]) == (leg.sid, caller.sid)
    assert (asked["From"], asked["To"]) == ("+12125550100", ANA)
    assert caller.bridged_with is None
    leg.presses("1")
    assert caller.bridged_with is leg


def test_sequential_numbers_ring_one_after_the_other(world):
    dial(
        world,
        f"<Number>{ANA}</Number><Number>{BEA}</Number>",
        'sequential="true" timeout="10"',
    )
    assert world.phone(ANA).ringing
    assert world.phone(BEA).ringing is None
    world.carrier.advance(15)
    assert world.phone(ANA).legs[0].status == "no-answer"
    assert world.phone(BEA).ringing


def test_the_progress_of_a_dialled_number_is_told_in_order(world):
    dial(
        world,
        '<Number statusCallback="/events" '
        f'statusCallbackEvent="initiated ringing answered completed">{ANA}</Number>',
    )
    world.phone(ANA).ringing.answers()
    world.carrier.advance(5)
    world.phone(ANA).legs[0].hangs_up()
    events = world.hotline.asked("/events")
    assert [(e["CallStatus"], e["SequenceNumber"]) for e in events] == [
        ("initiated", "0"),
        ("ringing", "1"),
        ("in-progress", "2"),
        ("completed", "3"),
    ]
    assert events[-1]["CallDuration"] == "5"
    assert all("ParentCallSid" in event for event in events)


def test_the_caller_hanging_up_ends_the_ringing_phone(world):
    caller = dial(world, ANA)
    caller.hangs_up()
    assert world.phone(ANA).ringing is None
    assert world.phone(ANA).legs[0].status == "canceled"
    assert world.hotline.asked("/dialled") == []


def test_the_caller_hanging_up_ends_the_conversation(world):
    caller = dial(world, ANA)
    leg = world.phone(ANA).ringing
    leg.answers()
    caller.hangs_up()
    assert leg.status == "completed"


def test_the_star_key_ends_the_conversation_where_it_may(world):
    caller = dial(world, ANA, 'hangupOnStar="true"')
    leg = world.phone(ANA).ringing
    leg.answers()
    caller.presses("5")
    assert caller.bridged_with is leg
    caller.presses("*")
    assert leg.status == "completed"
    assert told(world)["DialCallStatus"] == "completed"


def test_the_star_key_means_nothing_otherwise(world):
    caller = dial(world, ANA)
    leg = world.phone(ANA).ringing
    leg.answers()
    caller.presses("*")
    assert caller.bridged_with is leg


def test_the_time_limit_ends_the_conversation(world):
    dial(world, ANA, 'timeLimit="60"')
    leg = world.phone(ANA).ringing
    leg.answers()
    world.carrier.advance(60)
    assert leg.status == "completed"
    assert told(world)["DialCallDuration"] == "60"


def test_answer_on_bridge_lets_the_caller_ring_until_then(world):
    caller = dial(world, ANA, 'answerOnBridge="true"')
    assert caller.status == "ringing"
    world.phone(ANA).ringing.answers()
    assert caller.status == "in-progress"


@pytest.mark.parametrize(("rings", "silence"), [("true", 0), ("false", 12)])
def test_during_a_whisper_the_caller_hears_it_ring_only_with_answer_on_bridge(
    world, rings, silence
):
    world.hotline.on("/whisper", f"<Say>{'x' * 180}</Say>")  # 12 seconds
    document = f'<Say>Hello</Say><Dial answerOnBridge="{rings}"><Number url="/whisper">{ANA}'
    world.hotline.on("/voice", f"{document}</Number></Dial>")
    caller = world.called()
    world.carrier.advance(2)
    world.phone(ANA).ringing.answers()
    world.carrier.advance(20)
    assert caller.bridged_with
    assert caller.meter.longest_silence == silence


def test_a_recorded_conversation_has_both_voices(world):
    caller = dial(world, ANA, 'record="record-from-answer" trim="do-not-trim"')
    leg = world.phone(ANA).ringing
    leg.answers()
    caller.speaks(3)
    world.carrier.advance(3)
    leg.speaks(2)
    world.carrier.advance(4)
    leg.hangs_up()
    assert "/Recordings/RE" in told(world)["RecordingUrl"]
    (one,) = world.rest.get("/Recordings.json").json()["recordings"]
    assert one["source"] == "DialVerb"


def test_without_a_caller_id_the_callers_own_number_is_shown(world):
    world.hotline.on("/voice", f"<Dial>{ANA}</Dial>")
    world.called()
    assert world.phone(ANA).ringing.caller_id_shown == "+17185550162"


def test_a_foreign_caller_id_is_refused(world):
    world.hotline.on("/voice", f'<Dial action="/dialled" callerId="+13125550199">{ANA}</Dial>')
    world.hotline.on("/dialled", "<Hangup/>")
    world.called()
    assert told(world)["DialCallStatus"] == "failed"
    assert world.phone(ANA).legs == []
    world.expect_problems(13214)


def test_a_number_that_is_none_fails(world):
    dial(world, "5550170")
    assert told(world)["DialCallStatus"] == "failed"
    world.expect_problems(13223)


def test_a_called_leg_sent_elsewhere_leaves_the_caller_and_lives_on(world):
    caller = dial(world, ANA)
    leg = world.phone(ANA).ringing
    leg.answers()
    world.hotline.on("/elsewhere", '<Say>Elsewhere</Say><Pause length="60"/>')
    world.rest.post(f"/Calls/{leg.sid}.json", data={"Url": f"{BASE}/elsewhere"})
    world.carrier.run_due()
    assert leg.is_live
    assert leg.heard[-1].text == "Elsewhere"
    assert caller.heard[-1].text == "Done"


def test_an_unfetched_whisper_ends_the_called_leg_and_not_the_call(world):
    caller = dial(world, f'<Number url="/nothing">{ANA}</Number>')
    world.phone(ANA).ringing.answers()
    assert told(world)["DialBridged"] == "false"
    assert caller.is_live
    world.expect_problems(11200)
