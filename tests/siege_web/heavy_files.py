"""Files that a coordinator may send and that cost much: calendar bombs, and 20 MB of sound."""

from __future__ import annotations

BOUNDARY = "siege"
BOMBS = 270
_NEVER = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
"""30 February: a reader walks to the year 9999 and finds nothing."""
_LARGE = 19_900_000


def bombs() -> bytes:
    """A calendar file, as a part of a form."""
    events = "".join(
        "BEGIN:VEVENT\r\n"
        f"UID:{number}@siege\r\nSUMMARY:Ana Torres\r\n"
        "DTSTART:20261201T080000Z\r\nDTEND:20261201T090000Z\r\n"
        f"RRULE:{_NEVER}\r\nEND:VEVENT\r\n"
        for number in range(BOMBS)
    )
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:siege\r\n{events}END:VCALENDAR\r\n"
    return _file("file", "bombs.ics", calendar.encode())


def large_sound() -> bytes:
    """Almost 20 MB, as a part of a form."""
    return _file("sound_en", "long.wav", b"RIFF" + bytes(_LARGE))


def form(csrf: str, file: bytes) -> bytes:
    """A form with a token and a file."""
    token = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'
    return token.encode() + file + f"--{BOUNDARY}--\r\n".encode()


def _file(field: str, name: str, content: bytes) -> bytes:
    head = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"
