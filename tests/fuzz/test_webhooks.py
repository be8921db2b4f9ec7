"""Every webhook, with any content: never a 5xx, always a document, never a lost caller."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from tests.fuzz.conftest import AN_EXAMPLE, REQUESTS, tries
from tests.fuzz.judgement import REFUSALS, UnderFire
from tests.fuzz.requests import Attempt, attempts, path_of, written


def test_signed_requests_of_any_form_are_answered_and_leave_readable_rows(
    under_fire: UnderFire,
) -> None:
    """Runs all examples against one line, so that rows of all kinds meet in it."""
    fewest = AN_EXAMPLE if REQUESTS else 5

    @tries(short=20, long=REQUESTS // AN_EXAMPLE)
    @given(some.lists(attempts(under_fire.rules), min_size=fewest, max_size=AN_EXAMPLE))
    def fire(volley: list[Attempt]) -> None:
        under_fire.suffers(volley)

    fire()
    under_fire.exports_well()
    under_fire.opens_well()


def test_forged_requests_are_refused_and_touch_nothing(under_fire: UnderFire) -> None:
    base = under_fire.hotline.settings.base_url
    under_fire.send(written(_plain("/voice/incoming"), "/voice/incoming", ""), "CallSid=CA1&From=x")
    before = under_fire.contents()

    @tries(short=30, long=2_000)
    @given(attempts(under_fire.rules), some.integers(0, 5))
    def forge(attempt: Attempt, how: int) -> None:
        wire = written(attempt, path_of(attempt, ["token"]), "CA1")
        right = wire.signature(base)
        signature = (
            "",
            wire.signature(base, token="not ours"),
            right[:-2],
            right.swapcase(),
            replace(wire, query="x=1" + wire.query).signature(base),
            replace(wire, pairs=(*wire.pairs, (b"Forged", b"1"))).signature(base),
        )[how]
        assert under_fire.forged(wire, signature) in REFUSALS
        assert under_fire.contents() == before

    forge()


def _plain(rule: str) -> Attempt:
    return Attempt(rule, (), None, None, None, ())
