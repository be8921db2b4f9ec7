"""Compresses what the console answers, where nobody else can choose what a page says.

A page that holds a secret and words of an attacker tells of the secret by its compressed length
(BREACH). So a page is compressed only if the browser says that our own page or the person asked
for it. Answers to requests that another site caused stay as they are, and so do answers to
browsers that do not say who asked.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, request

_OURS = ("same-origin", "none")
_TEXT = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")
_WORTHWHILE = 1_000
_QUICK, _SMALL = 5, 9
_FILES = 64


def compress(answer: Response, *, is_file: bool) -> None:
    """Compress an answer, if its reader takes that; a file of ours holds no secret."""
    if answer.mimetype not in _TEXT:
        return
    answer.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    if not _may_be(answer) or not (is_file or request.headers.get("Sec-Fetch-Site") in _OURS):
        return
    plain = _read(answer)
    if len(plain) < _WORTHWHILE:
        return
    answer.set_data(_file(plain) if is_file else gzip.compress(plain, _QUICK, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    etag, _ = answer.get_etag()
    if etag:
        answer.set_etag(etag, weak=True)  # the same words in other bytes


def _may_be(answer: Response) -> bool:
    return (
        request.method == "GET"
        and answer.status_code == 200
        and "Content-Encoding" not in answer.headers
        and request.accept_encodings.quality("gzip") > 0
    )


def _read(answer: Response) -> bytes:
    """All of an answer; a file that it was to be read from is closed."""
    source = answer.response
    answer.direct_passthrough = False
    plain = answer.get_data()
    if close := getattr(source, "close", None):
        close()
    return plain


@lru_cache(_FILES)
def _file(plain: bytes) -> bytes:
    """A file is compressed once in a process."""
    return gzip.compress(plain, _SMALL, mtime=0)
