"""Everything the hotline says: one file per language, checked before the first call.

prompts.load().pieces("es", "main_menu.detained", {"key": "2"})
"""

from prompts.language import MORE_LANGUAGES, READERS, Language, PromptError, Status
from prompts.prompt_files import load, read
from prompts.rules.lengths import LONGEST_SECONDS, seconds_aloud
from prompts.speech import Piece, Play, Say
from prompts.wording import Prompts, Proposal

__all__ = [
    "LONGEST_SECONDS",
    "MORE_LANGUAGES",
    "READERS",
    "Language",
    "Piece",
    "Play",
    "PromptError",
    "Prompts",
    "Proposal",
    "Say",
    "Status",
    "load",
    "read",
    "seconds_aloud",
]
