"""The list of volunteers can be printed, sent or exported nowhere."""

from __future__ import annotations

import pytest

from tests.hotline import Hotline

CARRIED_AWAY = ("print", "export", "download", "csv", "e-mail", "email", "share", "vcard", "copy")


@pytest.mark.parametrize("role", ["admin", "coordinator"])
def test_j14_no_button_or_link_takes_the_list_of_volunteers_away(
    hotline: Hotline, role: str
) -> None:
    phones = [hotline.knows(name).number for name in ("Ana", "Ben")]
    user = hotline.has_user("Cora", role).signs_in()
    for address in ("/people", "/people/new"):
        page = user.opens(address).page
        offered = [
            f"{node.text()} {node.attributes.get('href') or node.attributes.get('action') or ''}"
            for node in page.css("main a, main button, main form")
        ]
        assert offered
        assert not [words for words in offered if any(way in words.lower() for way in CARRIED_AWAY)]
        assert not [number for number in phones if number[2:] in page.html]


def test_j14_no_address_gives_the_list_in_another_form(hotline: Hotline) -> None:
    hotline.knows("Ana")
    ada = hotline.has_user("Ada", "admin").signs_in()
    for rule in hotline.app.url_map.iter_rules():
        if "people" in rule.rule and "GET" in (rule.methods or set()) and not rule.arguments:
            answer = ada.opens(rule.rule).answer
            assert answer.mimetype == "text/html", rule.rule
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Content-Disposition" not in answer.headers
    for accepted in ("application/json", "text/csv"):
        answer = ada.client.get(
            "/people", headers={"Accept": accepted}, base_url="https://hotline.example.org"
        )
        assert answer.mimetype == "text/html"
