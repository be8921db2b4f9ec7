"""The guard before every page: it checks origin, host, role and headers."""

from __future__ import annotations

import gzip
import re

import pytest
from pydantic import SecretStr
from werkzeug.test import TestResponse

from ivr.twilio.links import Links
from models.staff import users
from settings import Settings
from tests.faults.databases import down
from tests.hotline import PASSWORD, Hotline, settings_for


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_i13_a_form_of_another_site_changes_nothing(hotline: Hotline, origin: str) -> None:
    cora = hotline.has_user("Cora").signs_in()
    csrf = cora.page.css_first("meta[name=csrf]").attributes["content"] or ""
    assert cora.posts("/account/sessions/end", csrf=csrf, origin=origin).status_code == 403
    assert cora.opens("/board").heading == "Board"
    assert cora.posts("/account/sessions/end", csrf=csrf).status_code == 303


@pytest.mark.parametrize("csrf", ["", "0" * 64])
def test_i13_a_form_without_our_token_changes_nothing(hotline: Hotline, csrf: str) -> None:
    cora = hotline.has_user("Cora").signs_in()
    assert cora.posts("/account/sessions/end", csrf=csrf).status_code == 403
    assert cora.posts("/sign-in", name="Cora", password=PASSWORD, csrf=csrf).status_code == 403


def test_i13_the_token_of_one_browser_is_no_good_in_another(hotline: Hotline) -> None:
    cora, dora = hotline.has_user("Cora").signs_in(), hotline.has_user("Dora").signs_in()
    csrf = dora.page.css_first("meta[name=csrf]").attributes["content"] or ""
    assert cora.posts("/account/sessions/end", csrf=csrf).status_code == 403


def test_a_form_of_before_a_new_site_key_counts_while_the_old_one_is_a_fallback(
    hotline: Hotline,
) -> None:
    cora = hotline.has_user("Cora").signs_in()
    csrf = cora.page.css_first("meta[name=csrf]").attributes["content"] or ""
    old = hotline.settings.secret_key
    hotline.restarts(secret_key=SecretStr("n" * 32), secret_key_fallbacks=SecretStr("z" * 32))
    cora.client.application = hotline.app
    assert cora.posts("/account/sessions/end", csrf=csrf).status_code == 403
    hotline.restarts(secret_key_fallbacks=old)
    cora.client.application = hotline.app
    assert cora.posts("/account/sessions/end", csrf=csrf).status_code == 303


def test_an_authenticator_that_was_scanned_before_a_new_site_key_is_taken(
    hotline: Hotline,
) -> None:
    new = hotline.has_user("New", enrolled=False)
    new.opens("/").fills("Name", "New").fills("Password", new.password).presses("Sign in")
    new.secret = new.page.css_first(".key code").text()
    old = hotline.settings.secret_key
    hotline.restarts(secret_key=SecretStr("n" * 32), secret_key_fallbacks=old)
    new.client.application = hotline.app
    assert new.fills("Code", new.code()).presses("Continue").heading == "Board"


def test_a_link_to_a_message_of_before_a_new_site_key_still_plays() -> None:
    base, old, new = "https://hotline.example.org", "s" * 32, "n" * 32
    link = Links(base, (old,)).message("a message").removeprefix(f"{base}/audio/message/")
    assert Links(base, (new, old)).message_in(link) == "a message"
    assert Links(base, (new,)).message_in(link) is None
    link = Links(base, (new, old)).message("a message").removeprefix(f"{base}/audio/message/")
    assert Links(base, (new,)).message_in(link) == "a message", "the newest key signs"


def test_i13_a_page_is_compressed_for_who_asked_for_it_and_never_for_another_site(
    hotline: Hotline,
) -> None:
    cora = hotline.has_user("Cora").signs_in()

    def asks(site: str, path: str = "/board") -> TestResponse:
        headers = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": site}
        return cora.client.get(path, base_url=hotline.settings.base_url, headers=headers)

    own, foreign = asks("same-origin"), asks("cross-site")
    assert own.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in foreign.headers
    page, again = (gzip.decompress(each.data).decode() for each in (own, asks("none")))
    assert len(own.data) < len(page) / 3
    tokens = [re.findall(r'<meta name="csrf" content="(\w+)"', each)[0] for each in (page, again)]
    assert tokens[0] != tokens[1], "its length tells nothing of the token"
    for token in tokens:
        assert cora.posts("/language", csrf=token, language="es").status_code == 303
    style = asks("cross-site", "/static/components.css")
    assert gzip.decompress(style.data).startswith(b"/* Sanctuary Line")
    headers = {"Accept-Encoding": "gzip", "If-None-Match": style.headers["ETag"]}
    base = hotline.settings.base_url
    with cora.client.get("/static/components.css", base_url=base, headers=headers) as known:
        assert known.status_code == 304


def test_i17_a_request_for_another_host_is_refused(hotline: Hotline) -> None:
    browser = hotline.app.test_client()
    assert browser.get("/sign-in", base_url="https://evil.example").status_code == 400
    assert browser.get("/healthz", base_url="https://10.0.0.5").status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8000", "[::1]", "[::1", "hotline.example.org.evil.example"]
)
@pytest.mark.parametrize("address", ["/sign-in", "/static/console.css", "/nothing/here"])
def test_i17_pages_are_shown_under_our_own_name_alone(
    hotline: Hotline, host: str, address: str
) -> None:
    """The names of this machine serve only probes, so pages are not shown there either."""
    browser = hotline.app.test_client()
    assert browser.get(address, headers={"Host": host}).status_code == 400
    assert browser.get("/healthz", headers={"Host": host}).status_code == 200


def test_i17_a_demo_is_found_under_each_name_of_its_machine(database_url: str) -> None:
    demo = Hotline(
        database_url, demo=True, public_base_url="http://127.0.0.1:8000",
        twilio_api_base_url="http://127.0.0.1:8001",
    )  # fmt: skip
    browser = demo.app.test_client()
    for host, status in (("127.0.0.1:8000", 200), ("localhost:8000", 200), ("evil.example", 400)):
        assert browser.get("/sign-in", headers={"Host": host}).status_code == status
    assert list(demo.closes()) == []


@pytest.mark.parametrize(
    ("method", "address", "status", "said"),
    [
        ("GET", "/nothing/here", 404, "There is nothing at this address."),
        ("GET", "/calls/nonsense", 404, "There is nothing at this address."),
        ("GET", "/calls/0%00", 404, "There is nothing at this address."),
        ("DELETE", "/board", 405, "This address does not accept this kind of request."),
        ("GET", "/audit", 403, "You may not open this page"),
    ],
)
def test_whoever_goes_astray_reads_a_sentence_and_finds_the_way_back(
    hotline: Hotline, method: str, address: str, status: int, said: str
) -> None:
    cora = hotline.has_user("Cora").signs_in()
    cora.answer = cora.client.open(address, method=method, base_url=hotline.settings.base_url)
    assert (cora.answer.status_code, cora.heading) == (status, "This did not work")
    assert said in cora.reads
    assert "default-src 'none'" in cora.answer.headers["Content-Security-Policy"]
    assert cora.follows("To the first page").heading == "Board"


def test_whoever_goes_astray_reads_it_in_their_language(hotline: Hotline) -> None:
    browser = hotline.app.test_client()
    answer = browser.get(
        "/nada", base_url=hotline.settings.base_url, headers={"Accept-Language": "es"}
    )
    assert "No hay nada en esta dirección." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("POST", "/voice/nothing", 404),
        ("POST", "/voice/incoming/", 405),
        ("GET", "/voice/incoming", 405),
        ("POST", "/leg/not~a~token", 404),
    ],
)
def test_a_carrier_that_goes_astray_is_answered_in_its_own_language(
    hotline: Hotline, method: str, address: str, status: int
) -> None:
    answer = hotline.app.test_client().open(
        address, method=method, base_url=hotline.settings.base_url
    )
    assert (answer.status_code, answer.mimetype) == (status, "text/xml")
    assert answer.get_data(as_text=True).endswith("<Response/>")


def test_without_its_database_the_console_says_that_it_is_our_fault(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    with down(hotline.context.database):
        cora.opens("/board")
        assert (cora.answer.status_code, cora.heading) == (500, "This did not work")
        assert "Something went wrong on our side." in cora.reads
        assert "Traceback" not in cora.answer.get_data(as_text=True)
        assert "script-src 'self'" in cora.answer.headers["Content-Security-Policy"]
        assert cora.opens("/nothing/here").answer.status_code == 404
    assert cora.opens("/board").heading == "Board"


def test_h6_a_role_that_was_taken_away_is_gone_at_the_next_page(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    _change(hotline, "Cora", role="auditor")
    assert cora.opens("/board").answer.status_code == 403
    assert cora.opens("/audit").answer.status_code == 200


def test_h6_whoever_was_disabled_is_out_at_the_next_page(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    _change(hotline, "Cora", disabled=True)
    assert cora.opens("/board").heading == "Sign in"
    hotline.waits(30)
    assert cora.elsewhere().opens("/sign-in").heading == "Sign in"


@pytest.mark.parametrize("address", ["/sign-in", "/board", "/account", "/nothing/here"])
def test_i8_no_page_runs_a_foreign_script_or_stays_in_a_cache(
    hotline: Hotline, address: str
) -> None:
    answer = hotline.has_user("Cora").signs_in().opens(address).answer
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    page = answer.get_data(as_text=True)
    assert " style=" not in page
    assert "<style" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_h11_core_pages_work_without_any_script(hotline: Hotline) -> None:
    """These tests run no scripts: the sign-in, the board and the language switch need none."""
    cora = hotline.has_user("Cora").signs_in().presses("Español")
    assert cora.heading == "Tablero"
    assert cora.elsewhere().opens("/sign-in").heading == "Sign in"
    assert cora.opens("/account").heading == "Su cuenta"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_i20_a_demo_never_answers_callers_or_other_machines(database_url: str) -> None:
    open_demo = settings_for(database_url).model_copy(update={"demo": True})
    problems = " ".join(open_demo.problems())
    assert "DEMO is for this machine only" in problems
    assert "DEMO is without a carrier" in problems
    closed = open_demo.model_copy(
        update={
            "public_base_url": "http://127.0.0.1:8000",
            "twilio_api_base_url": "http://127.0.0.1:8001",
        }
    )
    assert closed.problems() == []
    elsewhere = closed.model_copy(update={"public_base_url": "http://192.0.2.7"})
    assert "https://" in " ".join(_without_demo(elsewhere).problems())


def _without_demo(settings: Settings) -> Settings:
    return settings.model_copy(update={"demo": False})


def _change(hotline: Hotline, name: str, **facts: object) -> None:
    with hotline.context.database.transaction() as session:
        user = users.named(session, name)
        assert user
        for fact, value in facts.items():
            setattr(user, fact, value)
