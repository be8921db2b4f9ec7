"""What the carrier measures: silence, time alone, split rooms, unattended talks, REST."""

import pytest

ANA, BEA = "+17185550170", "+17185550171"
BASE = "https://hotline.example"


def conference(role="", wait='waitUrl=""'):
    return f'<Dial action="/out"><Conference {wait} {role}>room</Conference></Dial>'


@pytest.fixture
def caller(world):
    world.hotline.on("/voice", conference('startConferenceOnEnter="false"', 'waitUrl="/music"'))
    world.hotline.on("/music", '<Say>Waiting</Say><Pause length="3"/>')
    world.hotline.on("/leg", conference())
    world.hotline.on("/out", "<Hangup/>")
    return world.called()


def joins(world, number=ANA, role=""):
    world.hotline.on("/leg", conference(role))
    world.rings(number)
    leg = world.phone(number).ringing
    leg.answers()
    return leg


def test_silence_is_what_is_neither_words_nor_music_nor_talk(world, caller):
    world.carrier.advance(9)  # one second of words, then nothing
    leg = joins(world)
    assert caller.meter.longest_silence == 8
    world.carrier.advance(60)
    leg.hangs_up()
    assert caller.meter.longest_silence == 8
    world.carrier.advance(20)
    assert caller.meter.longest_silence == 20
    caller.hangs_up()
    world.carrier.advance(60)
    assert caller.meter.longest_silence == 20
    seconds = [(until - since).total_seconds() for since, until in caller.meter.silences]
    assert seconds == [8, 20]


def test_twilios_own_music_is_no_silence(world):
    world.hotline.on("/voice", conference(wait=""))
    caller = world.called()
    world.carrier.advance(60)
    assert caller.meter.longest_silence == 0


def test_a_key_cuts_the_words_and_silence_begins_there(world):
    world.hotline.on(
        "/voice",
        '<Gather numDigits="1" action="/choice"><Say>A menu that takes four seconds, or more so'
        "</Say></Gather>",
    )
    world.hotline.on("/choice", '<Pause length="5"/>')
    caller = world.called()
    world.carrier.advance(1)
    caller.presses("1")
    world.carrier.advance(5)
    assert caller.meter.longest_silence == 5


def test_alone_is_who_waits_or_is_left_in_a_room(world, caller):
    world.carrier.advance(7)
    leg = joins(world)
    assert (caller.meter.longest_alone, caller.meter.alone_since) == (7, None)
    world.carrier.advance(60)
    leg.hangs_up()
    world.carrier.advance(12)
    assert caller.meter.longest_alone == 12
    assert leg.meter.longest_alone == 0


def test_a_talk_without_anybody_who_may_start_it_is_measured(world, caller):
    responder = joins(world, ANA)
    world.carrier.advance(10)
    joins(world, BEA, 'startConferenceOnEnter="false"')
    world.carrier.advance(30)
    assert world.carrier.meters.unattended_seconds == 0
    responder.hangs_up()
    world.carrier.advance(11)
    assert world.carrier.meters.unattended_seconds == 11


def test_two_legs_that_dial_one_name_at_once_may_land_in_two_rooms(world, caller):
    assert world.carrier.meters.splits == ()
    world.carrier.assumed.agreement_seconds = 0.05
    leg = joins(world)
    assert caller.bridged_with is None
    assert (caller.in_conference, leg.in_conference) == ("room", "room")
    assert world.carrier.meters.splits == ("room",)
    world.carrier.advance(1)
    assert joins(world, BEA).bridged_with is caller


def test_a_rest_request_inside_of_a_webhook_is_counted(world):
    def asks_back(_params):
        world.rest.get("/Conferences.json")
        return "<Hangup/>"

    world.hotline.on("/voice", asks_back)
    world.rest.get("/Conferences.json")
    assert world.carrier.meters.rest_in_webhooks == 0
    world.called()
    assert world.carrier.meters.rest_in_webhooks == 1
