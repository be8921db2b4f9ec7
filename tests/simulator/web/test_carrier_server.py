"""The carrier as a real server: on sockets, in real time, with phones used by the control API."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from simulator import Carrier, RealClock, VirtualClock
from simulator.base.clock import TravelClock
from simulator.terminal import narration, terminal_phone
from tests.waiting import PATIENCE_SECONDS

HOTLINE = "+12125550100"
CALLER = "+17185550162"
ANA = "+17185550170"


class Quiet(WSGIRequestHandler):
    def log_request(self, code="-", size="-"):
        """Say nothing."""


def eventually(true: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)


@pytest.fixture
def hotline(world) -> Iterator[tuple[object, str]]:
    """The small hotline, behind a socket."""
    server = make_server("127.0.0.1", 0, world.hotline.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield world.hotline, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def carrier(hotline) -> Iterator[Carrier]:
    with httpx.Client(timeout=PATIENCE_SECONDS) as http:
        carrier = Carrier(RealClock(), http=http)
        carrier.buy_number(HOTLINE, voice_url=f"{hotline[1]}/voice")
        with carrier.serve():
            yield carrier


@pytest.fixture
def travelling(hotline) -> Iterator[Carrier]:
    """A carrier whose clock can run faster."""
    with httpx.Client(timeout=PATIENCE_SECONDS) as http:
        carrier = Carrier(TravelClock(), http=http)
        carrier.buy_number(HOTLINE, voice_url=f"{hotline[1]}/voice")
        with carrier.serve():
            yield carrier


@pytest.fixture
def control(carrier) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=carrier.base_url, timeout=PATIENCE_SECONDS) as http:
        yield http


@pytest.fixture
def rest(carrier) -> Iterator[httpx.Client]:
    account = f"{carrier.base_url}/2010-04-01/Accounts/{carrier.account_sid}"
    credentials = (carrier.account_sid, carrier.auth_token)
    with httpx.Client(base_url=account, auth=credentials, timeout=PATIENCE_SECONDS) as http:
        yield http


def dial(control) -> str:
    answer = control.post("/simulator/calls", json={"from": CALLER, "to": HOTLINE})
    assert answer.status_code == 201, answer.text
    return answer.json()["leg"]


def look(control, leg, since=0):
    return control.get(f"/simulator/legs/{leg}", params={"since": since}).json()


def heard(control, leg) -> list[str]:
    return [e["spoken"]["text"] for e in look(control, leg)["events"] if e["spoken"]]


def test_a_call_is_made_and_keys_are_pressed_over_http(hotline, control):
    hotline[0].on("/voice", '<Gather numDigits="1" action="/menu"><Say>Press 1</Say></Gather>')
    hotline[0].on("/menu", '<Say>Thank you</Say><Pause length="30"/>')
    leg = dial(control)
    eventually(lambda: "Press 1" in heard(control, leg))
    seen = look(control, leg)["next"]
    control.post(f"/simulator/legs/{leg}/press", json={"digits": "1"})
    eventually(lambda: "Thank you" in heard(control, leg))
    assert all(e["what"] != "created" for e in look(control, leg, seen)["events"])
    control.post(f"/simulator/legs/{leg}/hangup")
    eventually(lambda: not look(control, leg)["live"])
    assert look(control, leg)["ended_by"] == "hung up"


def test_a_phone_that_is_rung_over_rest_is_answered_over_control(hotline, carrier, control, rest):
    hotline[0].on("/voice", '<Enqueue waitUrl="">c-1</Enqueue>')
    hotline[0].on("/leg", "<Dial><Queue>c-1</Queue></Dial>")
    caller = dial(control)
    eventually(lambda: look(control, caller)["in_queue"] == "c-1")
    form = {"To": ANA, "From": HOTLINE, "Url": f"{hotline[1]}/leg"}
    assert rest.post("/Calls.json", data=form).status_code == 201

    def ana():
        phones = control.get("/simulator/phones").json()["phones"]
        return next(phone for phone in phones if phone["number"] == ANA)

    eventually(lambda: ana()["ringing"])
    assert ana()["shows"] == HOTLINE
    leg = ana()["ringing"]
    control.post(f"/simulator/legs/{leg}/answer")
    eventually(lambda: look(control, caller)["talks_with"] == [look(control, leg)["number"]])
    control.post(f"/simulator/legs/{caller}/hangup")
    eventually(lambda: not look(control, leg)["live"])
    assert carrier.problems == []


def test_phones_behave_as_told_over_control(carrier, control):
    kinds = ["off", "busy", "unreachable", "picks_up", "declines", "voicemail", "by_hand"]
    names = [
        control.post(f"/simulator/phones/{ANA}/behaviour", json={"kind": kind}).json()["behaviour"]
        for kind in kinds
    ]
    assert names == ["Off", "Busy", "Unreachable", "PicksUp", "Declines", "Voicemail", "ByHand"]
    wrong = control.post(f"/simulator/phones/{ANA}/behaviour", json={"kind": "lost"})
    assert wrong.status_code == 400


def test_control_says_what_cannot_be_done(control, hotline):
    hotline[0].on("/voice", '<Pause length="30"/>')
    leg = dial(control)
    assert control.post(f"/simulator/legs/{leg}/answer").status_code == 409
    assert control.post(f"/simulator/legs/{leg}/press", json={"digits": "x"}).status_code == 409
    assert control.post(f"/simulator/legs/{leg}/sing").status_code == 404
    assert control.get("/simulator/legs/CA0").status_code == 404
    assert control.post("/simulator/calls", json={"from": CALLER}).status_code == 400
    assert control.post("/simulator/faults", json={"unknown": {}}).status_code == 400


def test_faults_journal_and_problems_are_reached_over_control(control, carrier, rest):
    knobs = {"next_rest": {"failure": 429}, "recordings": {"cut": True}, "calls_per_second": 2}
    assert control.post("/simulator/faults", json=knobs).status_code == 200
    assert rest.get("/Calls.json").status_code == 429
    assert carrier.faults.recordings.cut is True
    journal = control.get("/simulator/journal").json()
    assert journal["entries"][-1]["status"] == 429
    assert (
        control.get("/simulator/journal", params={"since": journal["next"]}).json()["entries"] == []
    )
    assert control.get("/simulator/problems").json() == {"problems": []}


def test_a_rest_request_really_hangs_when_it_is_to_time_out(carrier, rest):
    carrier.faults.hang_seconds = 1.0
    carrier.faults.next_rest("timeout", after_acting=True)
    form = {"To": ANA, "From": HOTLINE, "Url": "http://127.0.0.1:9/leg"}
    with pytest.raises(httpx.ReadTimeout):
        rest.post("/Calls.json", data=form, timeout=0.2)
    eventually(lambda: carrier.phone(ANA).ringing)


def test_a_cut_recording_breaks_off_on_the_wire(carrier, control, hotline, rest):
    hotline[0].on("/voice", '<Record action="/kept" finishOnKey="#" trim="do-not-trim"/>')
    hotline[0].on("/kept", "<Hangup/>")
    leg = dial(control)
    control.post(f"/simulator/legs/{leg}/speak", json={"seconds": 30})
    eventually(lambda: any(e["what"] == "recording" for e in look(control, leg)["events"]))
    time.sleep(0.2)
    control.post(f"/simulator/legs/{leg}/press", json={"digits": "#"})
    eventually(lambda: hotline[0].asked("/kept"))
    url = hotline[0].asked("/kept")[0]["RecordingUrl"]
    assert url.startswith(carrier.base_url)
    eventually(lambda: rest.get(url + ".wav").status_code == 200)
    carrier.faults.recordings.cut = True
    with pytest.raises(httpx.RemoteProtocolError):
        rest.get(url + ".wav")


def test_a_slow_webhook_does_not_hold_up_other_calls(hotline, control):
    gate = threading.Event()

    def voice(params):
        if params["From"] == CALLER:
            gate.wait(PATIENCE_SECONDS)
        return '<Say>Hello</Say><Pause length="30"/>'

    hotline[0].on("/voice", voice)
    slow = dial(control)
    answer = control.post("/simulator/calls", json={"from": "+17185550163", "to": HOTLINE})
    quick = answer.json()["leg"]
    eventually(lambda: heard(control, quick) == ["Hello"])
    assert heard(control, slow) == []
    gate.set()
    eventually(lambda: heard(control, slow) == ["Hello"])


def test_a_caller_who_hangs_up_during_a_slow_webhook_is_gone_at_once(hotline, control):
    gate = threading.Event()
    hotline[0].on("/voice", lambda _: "<Say>Late</Say>" if gate.wait(PATIENCE_SECONDS) else "")
    leg = dial(control)
    control.post(f"/simulator/legs/{leg}/hangup")
    eventually(lambda: not look(control, leg)["live"])
    gate.set()
    time.sleep(0.2)
    assert heard(control, leg) == []


def test_people_can_be_faster_than_life(hotline):
    hotline[0].on("/voice", '<Pause length="120"/><Say>Two minutes later</Say>')
    with httpx.Client(timeout=PATIENCE_SECONDS) as http:
        carrier = Carrier(RealClock(speed=200), http=http)
        carrier.buy_number(HOTLINE, voice_url=f"{hotline[1]}/voice")
        seen = []
        carrier.on_event = lambda leg, event: seen.append((leg, event.what, event.detail))
        with carrier.serve():
            leg = carrier.phone(CALLER).dials(HOTLINE)
            eventually(lambda: not leg.is_live)
    assert leg.duration >= 120
    assert (leg, "heard", "[en-US] Two minutes later") in seen


def test_two_fast_clocks_that_began_at_one_instant_agree():
    since = datetime(2026, 12, 8, tzinfo=UTC)
    early, late = RealClock(10, since), RealClock(10, since)
    first, second, third = early.now(), late.now(), early.now()
    assert first <= second <= third
    with pytest.raises(ValueError, match="forwards"):
        RealClock(0)


def test_a_server_keeps_real_time():
    clock = VirtualClock(RealClock().now())
    with httpx.Client() as http, pytest.raises(RuntimeError, match="real clock"):
        Carrier(clock, http=http).serve()


def test_the_terminal_plays_a_scripted_call_with_a_responder(hotline, carrier, capsys):
    hotline[0].on("/voice", '<Gather numDigits="1" action="/menu"><Say>Press 1</Say></Gather>')
    hotline[0].on("/menu", '<Dial callerId="+12125550100" action="/after">+17185550170</Dial>')
    hotline[0].on("/after", '<Say language="es-US">Adiós</Say>')
    script = "wait 0.5; a1; wait 0.5; what; h1"
    status = terminal_phone.run(carrier.base_url, HOTLINE, CALLER, keys="1", scripted=script)
    shown = capsys.readouterr().out
    assert status == "completed"
    assert "you: [en-US] Press 1" in shown
    assert f"1 {ANA}: rings: a1 answers, d1 declines" in shown
    assert f"bridged {CALLER}" in shown
    assert "not understood: what" in shown
    assert "[es-US] Adiós" in shown
    assert "The call has ended: completed (the document ended)" in shown


def test_the_terminal_reads_lines_from_where_there_is_no_screen(hotline, carrier):
    hotline[0].on("/voice", '<Record action="/kept" maxLength="60" finishOnKey="#"/>')
    hotline[0].on("/kept", "<Say>Kept</Say>")
    code = (
        "import sys; from simulator.terminal import terminal_phone;"
        " terminal_phone.run(*sys.argv[1:4])"
    )
    phone = subprocess.Popen(
        [sys.executable, "-u", "-c", code, carrier.base_url, HOTLINE, CALLER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert phone.stdin is not None
    assert phone.stdout is not None
    with phone:
        for shown, typed in (("recording", "s 1"), ("spoke 1 s", "#"), ("Kept", "h")):
            assert any(shown in line for line in phone.stdout), shown
            print(typed, file=phone.stdin, flush=True)
        assert "The call has ended: completed" in phone.stdout.read()
    assert phone.returncode == 0


def test_the_module_serves_until_it_is_told_to_stop(tmp_path):
    journal = tmp_path / "truth.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", "--journal", str(journal)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    assert process.stdout is not None
    with process:
        url = process.stdout.readline().split()[0]
        assert httpx.get(f"{url}/simulator/phones").json() == {"phones": []}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert journal.exists()


def test_the_page_follows_a_stream_of_news(hotline, control):
    hotline[0].on("/voice", '<Say>Hello</Say><Pause length="30"/>')
    with control.stream("GET", "/simulator/live/stream") as stream:
        lines = stream.iter_lines()
        first = json.loads(next(line for line in lines if line.startswith("data: "))[6:])
        assert first["scene"]["lines"] == [HOTLINE]
        dial(control)
        for line in lines:
            if line.startswith("data: ") and '"Hello"' in line:
                break


def test_a_scenario_is_told_in_the_terminal_and_its_report_is_saved(
    hotline, travelling, tmp_path, capsys
):
    said = "They may record this. Se puede grabar."
    answer = f'<Pause length="9"/><Play digits="5"/><Say>{said}</Say><Pause length="300"/>'
    hotline[0].on("/voice", answer)
    report = tmp_path / "report.html"
    went = narration.play(travelling.base_url, "facility-phone", speed=60, report=report)
    shown = capsys.readouterr().out
    assert went is False
    assert "A facility's phone" in shown
    assert "Samuel" in shown
    assert f"hears [en-US] {said}" in shown
    assert "It went otherwise: no phone rang, so nobody could do this: Grace answers" in shown
    assert said in report.read_text()


def test_a_scenario_that_there_is_not_is_said(carrier):
    with pytest.raises(narration.NoSuchScenario, match="officers-at-the-door"):
        narration.play(carrier.base_url, "nothing")
