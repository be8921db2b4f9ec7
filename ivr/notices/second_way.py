"""Sends a notice through Apprise (github.com/caronc/apprise): e-mail, Slack, Signal, Matrix ...

Each kind of address is described at appriseit.com/services. Apprise is loaded when the first notice
is sent, and logs nothing: its warnings may name addresses.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from apprise import NotifyBase

SEND_WITHIN_SECONDS = 20
_MAIL = ("mailto", "mailtos")
NOT_TAKEN = "not taken"
UNUSABLE = "address unusable"


def send(urls: Sequence[str], title: str, body: str) -> str | None:
    """Send to every address; None if all took it, else why not."""
    from apprise import Apprise, NotifyFormat

    to = Apprise()
    for url in urls:
        service = _service(url)
        if service is None:
            return UNUSABLE
        to.add(service)
    taken = to.notify(
        body=body, title=title, body_format=NotifyFormat.TEXT, timeout=SEND_WITHIN_SECONDS
    )
    return None if taken else NOT_TAKEN


def unusable(urls: Sequence[str]) -> list[int]:
    """The positions, from 1, of the addresses that Apprise does not understand."""
    return [place for place, url in enumerate(urls, 1) if _service(url) is None]


def can_mail(urls: Sequence[str]) -> bool:
    """Whether one of these addresses is an account that can send mail to a person."""
    return any(urlsplit(url).scheme in _MAIL for url in urls)


def mail_to(urls: Sequence[str], address: str) -> str | None:
    """The first mail account of these addresses, sending to this person; None without one."""
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme in _MAIL:
            kept = [each for each in parts.query.split("&") if each and not _is_recipient(each)]
            query = "&".join([*kept, f"to={quote(address, safe='@')}"])
            return parts._replace(path="", query=query).geturl()
    return None


def _is_recipient(part: str) -> bool:
    return part.partition("=")[0].lower() in ("to", "cc", "bcc")


def _service(url: str) -> NotifyBase | None:
    import apprise

    logging.getLogger(apprise.LOGGER_NAME).disabled = True
    asset = apprise.AppriseAsset(
        app_id="Sanctuary Line",
        async_mode=False,
        secure_logging=True,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    found = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    return found if isinstance(found, apprise.NotifyBase) else None
