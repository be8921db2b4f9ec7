"""Everything the hotline says: one file per language, checked before the first call.

prompts.load().pieces("es", "main_menu.detained", {"key": "2"})
"""

from prompts.language import MORE_LANGUAGES, Language, PromptError, Status
from prompts.prompt_files import load, read
from prompts.speech import Piece, Play, Say
from prompts.wording import Prompts

__all__ = [
    "MORE_LANGUAGES",
    "Language",
    "Piece",
    "Play",
    "PromptError",
    "Prompts",
    "Say",
    "Status",
    "load",
    "read",
]
