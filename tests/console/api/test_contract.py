"""The API keeps to its own document: requests that fit it, and requests that do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.console.api.test_api import ask, token_for
from tests.hotline import Hotline

REQUESTS = 6
"""For each route and each mode: fitting, and not fitting."""
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.negative_data_rejection, checks.ignored_auth,
    checks.unsupported_method, checks.allow_header_conformance,
]  # fmt: skip
EVERYTHING = (
    "Read who is on duty", "Go on or off duty yourself", "Read the schedule",
    "Put people on or off duty once", "Read open items", "Take open items",
    "Read the totals of the reports",
)  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_answer_is_one_that_the_document_describes(hotline: Hotline) -> None:
    hotline.has_shift("Cora", "es", hours=8)
    hotline.is_called().press("2").press("1").hangs_up()
    hotline.waits(30)
    page = hotline.has_user("Cora", person="Cora").signs_in()
    headers = {"Authorization": f"Bearer {token_for(page, *EVERYTHING)}"}
    described = schemathesis.openapi.from_dict(ask(hotline, "", "openapi.json").get_json())
    described.app = hotline.app
    for operation in described.get_all_operations():
        for mode in GenerationMode:
            cases = operation.ok().as_strategy(generation_mode=mode)
            _send(hotline, cases, headers)


def _send(hotline: Hotline, cases: SearchStrategy[Case], headers: dict[str, str]) -> None:
    @seed(1)
    @settings(
        max_examples=REQUESTS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def requests(case: Case) -> None:
        # A minute apart, so that the wrong tokens among them do not make the network rest.
        hotline.clock.move_to(hotline.clock.now() + timedelta(minutes=1))
        case.call_and_validate(hotline.settings.base_url, headers=headers, checks=CHECKS)

    requests()
