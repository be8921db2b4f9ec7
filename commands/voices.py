"""`hotline voices build`: recordings for the languages that no voice of the carrier speaks."""

from __future__ import annotations

from flask.cli import AppGroup

from commands import hotline
from commands.common import plainly, say
from ivr.call_tree import HOTLINE
from ivr.promises import spoken
from prompts import load, music
from prompts.voices import build as build_recordings

voices = AppGroup("voices", help="Recorded prompts.")
hotline.add_command(voices)


@voices.command(with_appcontext=False)
def build() -> None:
    """Record what is missing or stale with an offline synthesiser, and the sound of waiting."""
    prompts = load()
    with plainly():
        written = build_recordings(prompts, spoken(HOTLINE), prompts.recordings)
    if not (prompts.recordings / music.HOLD).exists():
        written.append(music.build(prompts.recordings))
    say(f"{len(written)} recordings were made.")
