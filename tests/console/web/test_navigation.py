"""The navigation: few groups, each page in one of them, and the current page is marked."""

from __future__ import annotations

import pytest

from console.web.render import NAVIGATION
from models.staff.users import Role
from tests.coordinator import Coordinator
from tests.hotline import Hotline

MOST = 7
"""As many entries as a user can take in at a glance (without scrolling)."""


def marked(visitor: Coordinator) -> list[tuple[str, str]]:
    """The current position in the navigation, from the group to the page."""
    links = visitor.page.css("nav.places [aria-current]")
    return [(link.text(), link.attributes["aria-current"] or "") for link in links]


def groups(visitor: Coordinator) -> dict[str, str]:
    """The groups of the navigation: names and addresses."""
    links = visitor.page.css("nav.places > ul > li > a")
    return {link.text(): link.attributes["href"] or "" for link in links}


def test_each_page_stands_once_and_under_a_name_of_its_own() -> None:
    places = [place for group in NAVIGATION for place in group.places]
    names = [group.label for group in NAVIGATION] + [place.label for place in places]
    assert len({place.endpoint for place in places}) == len(places)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_few_groups_and_where_they_are(hotline: Hotline, role: Role) -> None:
    visitor = hotline.has_user("Somebody", role).signs_in()
    seen = groups(visitor)
    assert 0 < len(seen) <= MOST
    for address in seen.values():
        visitor.opens(address)
        within = visitor.page.css("nav.places .within a")
        assert len(within) != 1, "one page alone needs no second list"
        for link in within or [visitor.page.css_first("nav.places [aria-current]")]:
            visitor.opens(link.attributes["href"] or "")
            assert visitor.answer.status_code == 200
            assert marked(visitor)[-1] == (link.text(), "page")
            names = visitor.places
            assert len(set(names)) == len(names), "a name leads to one place"


def test_a_page_below_another_stands_under_it(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    cora.opens("/prompts/main_menu.detained/es")
    assert marked(cora) == [("What callers hear", "true"), ("Call tree and prompts", "true")]
    cora.opens("/calls/nonsense")
    assert marked(cora) == [("Callers", "true"), ("Calls", "true")]
    assert marked(cora.opens("/account")) == []


def test_announcements_are_found_in_one_place(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/prompts/announcements")
    links = [link for link in cora.page.css("a") if link.text() == "Announcements"]
    assert len(links) == 1
