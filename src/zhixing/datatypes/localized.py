"""One sentence in the three languages that the car speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Lang = Literal["zh", "en", "de"]
LANGS: tuple[Lang, ...] = get_args(Lang)


@dataclass(frozen=True, slots=True)
class Localized:
    """A sentence for people, written by a person in each language and never machine-translated.

    Example:
        >>> Localized("已打开", "Opened.", "Geöffnet.").in_lang("de")
        'Geöffnet.'
    """

    zh: str
    en: str
    de: str

    def in_lang(self, lang: Lang) -> str:
        """Return the sentence in one language."""
        match lang:
            case "zh":
                return self.zh
            case "en":
                return self.en
            case "de":
                return self.de
