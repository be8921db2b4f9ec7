"""Texts that state law: two people stand for them, and until a day."""

from __future__ import annotations

from datetime import timedelta

from commands.findings import prompt_findings
from tests.caller import Caller
from tests.coordinator import Coordinator
from tests.hotline import Hotline

SPANISH, RIGHTS, STREET, NEXT = "2", "4", "2", "#"
PAGE = "/prompts/rights.silent/es"
SOURCE, UNTIL = "Whose public material it follows", "Say it until this day"
APPROVE = "I have checked the law in these words"
NEW_WORDS = "Tiene derecho a no decir nada."


def coordinator(hotline: Hotline, name: str) -> Coordinator:
    """A coordinator who speaks Spanish."""
    hotline.knows(f"{name} Diaz", speaks="es en", tier=3)
    return hotline.has_user(name, person=f"{name} Diaz").signs_in()


def at_the_second_part(hotline: Hotline) -> Caller:
    """A caller who hears the second part of the rights in the street."""
    call = hotline.is_called().press(SPANISH).press(RIGHTS).press(STREET)
    return call.hears("en la calle").press(NEXT)


def by_post(person: Coordinator, action: str, **fields: str) -> Coordinator:
    """A form that the page does not show to this person, sent all the same."""
    token = person.opens(PAGE).page.css_first("meta[name=csrf]").attributes["content"] or ""
    person.posts(f"{PAGE}/{action}", csrf=token, **fields)
    return person.opens(PAGE)


def test_a_text_about_rights_goes_live_once_two_people_stand_for_it(hotline: Hotline) -> None:
    cora, dora = coordinator(hotline, "Cora"), coordinator(hotline, "Dora")
    shipped = cora.opens(PAGE).section("Callers hear this now")
    assert "not approved by a lawyer" in shipped
    assert "after: ILRC red cards" in shipped
    cora.fills("What is said", NEW_WORDS).presses("Save, without going live")
    assert "It goes live once" in cora.presses("Make it live").reads
    assert "reviewed by Dora" in by_post(dora, "1/review").section("Ready to play")
    assert APPROVE not in dora.reads
    until = (hotline.clock.now() + timedelta(days=30)).date().isoformat()
    assert (
        "both the reviewer and the approver"
        in by_post(dora, "1/approve", source="ILRC", review_by=until).reads
    )
    cora.opens(PAGE).fills(SOURCE, "").fills(UNTIL, until).presses(APPROVE)
    assert "Write whose public material" in cora.error_at(SOURCE)
    assert cora.value_of(UNTIL) == until
    cora.fills(SOURCE, "ILRC red card, 2026").fills(UNTIL, "2031-01-01").presses(APPROVE)
    assert "until a year from now" in cora.error_at(UNTIL)
    assert cora.value_of(SOURCE) == "ILRC red card, 2026"
    cora.fills(UNTIL, until).presses(APPROVE)
    assert "approved by Cora" in cora.section("Ready to play")
    cora.presses("Make it live")
    assert ("Cora", "prompt approved") in hotline.audit_log
    hotline.waits(3)
    at_the_second_part(hotline).hears(NEW_WORDS).hangs_up()
    hotline.later(timedelta(days=32))
    call = hotline.is_called().press(SPANISH).press(RIGHTS).press(STREET)
    for _ in range(5):
        call.press(NEXT)
    call.hears("Un abogado puede explicarle")


def findings(hotline: Hotline) -> str:
    """What `hotline check` says about the rights."""
    with hotline.context.database.reading() as session:
        today = hotline.clock.now().date()
        found = prompt_findings.of_law(session, hotline.context.shipped_prompts, today)
        return " ".join(each.words for each in found)


def test_an_approval_of_the_shipped_words_says_them_again(hotline: Hotline) -> None:
    assert "overdue" not in findings(hotline)
    hotline.later(timedelta(days=170))
    assert "are said until 2027-06-30 only" in findings(hotline)
    hotline.later(timedelta(days=195))
    assert "overdue in 13 languages" in findings(hotline)
    cora = coordinator(hotline, "Cora")
    assert "overdue" in cora.opens(PAGE).section("Callers hear this now")
    until = (hotline.clock.now() + timedelta(days=90)).date().isoformat()
    cora.fills(SOURCE, "ILRC red card, 2027").fills(UNTIL, until).presses(APPROVE)
    assert "approved by Cora" in cora.section("Callers hear this now")
    assert "overdue" not in cora.reads
    assert "both the reviewer and the approver" in by_post(cora, "0/review").reads
    hotline.waits(3)
    call = hotline.is_called().press(SPANISH).press(RIGHTS).press(STREET)
    call.hears("quiero guardar silencio").press(NEXT).hears("Un abogado puede explicarle")
    hotline.restarts()
    assert hotline.context.live_prompts.now.prompts.source("es", "rights.silent").is_approved


def test_menu_words_need_no_approval(hotline: Hotline) -> None:
    cora = coordinator(hotline, "Cora")
    page = "/prompts/rights_menu.by_text/es"
    assert APPROVE not in cora.opens(page).reads
    cora.fills("What is said", "Por mensaje, oprima el {key}.").presses("Save, without going live")
    cora.presses("Make it live")
    assert "Callers hear it within seconds" in cora.reads
