"""The sound of <Say>, and sentences that a caller without a microphone can leave."""

from functools import lru_cache

from simulator.audio import telephone_sound
from simulator.audio.synthesiser import Espeak
from simulator.audio.telephone_sound import RATE
from simulator.base.records import Spoken

ESPEAK_NAMES = {"cmn": "cmn", "zh": "cmn", "arb": "ar", "yue": "yue", "nb": "nb", "fil": "en"}
"""eSpeak NG's names of languages, where they differ from the first part of Twilio's."""

SAMPLES = {
    "en": "They took my brother this morning, near the school. Please call me back.",
    "es": "Se llevaron a mi hermano esta mañana, cerca de la escuela. Por favor, llámenme.",
    "ht": "Yo pran frè m maten an, toupre lekòl la. Tanpri rele m tounen.",
    "fr": "Ils ont emmené mon frère ce matin, près de l'école. Rappelez-moi, s'il vous plaît.",
    "zh": "今天早上他们在学校附近带走了我哥哥。请给我回电话。",
    "yue": "今朝佢哋喺學校附近帶走咗我阿哥。請打返俾我。",
    "ru": "Сегодня утром возле школы забрали моего брата. Пожалуйста, перезвоните мне.",
    "bn": "আজ সকালে স্কুলের কাছ থেকে আমার ভাইকে নিয়ে গেছে। দয়া করে আমাকে ফোন করুন।",
    "ko": "오늘 아침 학교 근처에서 형을 데려갔어요. 전화해 주세요.",
    "ar": "أخذوا أخي هذا الصباح قرب المدرسة. من فضلكم اتصلوا بي.",
    "ur": "آج صبح اسکول کے پاس سے میرے بھائی کو لے گئے۔ براہ کرم مجھے فون کریں۔",
    "pl": "Dziś rano zabrali mojego brata koło szkoły. Proszę oddzwonić.",
    "ne": "आज बिहान विद्यालय नजिकबाट मेरो दाइलाई लगे। कृपया मलाई फोन गर्नुहोस्।",
}
"""A sentence for a caller without a microphone, by the language last heard."""


class Voices:
    """The synthesiser, if it is installed; otherwise words are only shown."""

    def __init__(self) -> None:
        self._espeak: Espeak | None
        try:
            self._espeak = Espeak()
        except (ImportError, OSError):
            self._espeak = None
        self._spoken = lru_cache(maxsize=500)(self._speak)

    @property
    def can_speak(self) -> bool:
        """Whether anything can be heard."""
        return self._espeak is not None

    def file(self, spoken: Spoken) -> bytes | None:
        """The spoken words as a WAV file; None if the synthesiser cannot speak them."""
        samples = self._spoken(_short(spoken.language), spoken.text)
        return telephone_sound.file_of(samples, self._rate) if samples else None

    def sample(self, language: str) -> bytes:
        """A sentence in a language, at telephone rate; empty without a synthesiser."""
        code = language if language in SAMPLES else "en"
        return telephone_sound.at_telephone_rate(
            self._spoken(_short(code), SAMPLES[code]), self._rate
        )

    @property
    def _rate(self) -> int:
        return self._espeak.rate if self._espeak else RATE

    def _speak(self, language: str, words: str) -> bytes:
        return self._espeak.speak(language, words) if self._espeak else b""


def _short(language: str) -> str:
    first = language.partition("-")[0].lower()
    return ESPEAK_NAMES.get(first, first)
