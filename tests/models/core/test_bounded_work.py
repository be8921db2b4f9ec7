"""Work in a child process: it ends within its limits, and its errors come back."""

from __future__ import annotations

import json
import re
import textwrap
import time

import pytest

from models.core import bounded_work
from models.core.bounded_work import Bounds, OutOfBounds, WorkFailed

ENDLESS = Bounds(processor_seconds=1, seconds=60)


def test_the_answer_comes_back() -> None:
    assert bounded_work.run(textwrap.dedent, "  no caller is lost") == "no caller is lost"


def test_work_that_never_ends_is_stopped_by_its_processor_time() -> None:
    with pytest.raises(OutOfBounds):
        bounded_work.run(re.fullmatch, "(a+)+b", "a" * 60, bounds=ENDLESS)


def test_work_that_waits_is_stopped_by_the_clock() -> None:
    with pytest.raises(OutOfBounds):
        bounded_work.run(time.sleep, 60, bounds=Bounds(seconds=1))


def test_work_that_takes_all_memory_is_stopped() -> None:
    with pytest.raises(OutOfBounds):
        bounded_work.run(
            textwrap.indent, "a\n" * 1_000_000, "b" * 1000, bounds=Bounds(megabytes=128)
        )


def test_an_expected_error_comes_back_and_another_is_named_without_its_data() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        bounded_work.run(json.loads, "Ana Torres", expected=ValueError)
    with pytest.raises(WorkFailed) as failed:
        bounded_work.run(json.loads, "Ana Torres")
    assert "JSONDecodeError in json.decoder" in str(failed.value)
    assert "Ana" not in str(failed.value)
