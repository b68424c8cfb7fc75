"""From untrusted text to lower-case tokens: one token is a Latin word, a number, a Chinese character or a mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from zhixing.datatypes.localized import Lang

MAX_CHARS = 500
"""Longer texts are not speech to a car: 500 characters take about two minutes to say."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[a-zäöüéèà]+(?:'[a-z]+)?|[㐀-鿿]|[^\s\w]")
_HAN = re.compile(r"[㐀-鿿]")
_CONTRACTIONS = {
    "what's": "what is",
    "how's": "how is",
    "it's": "it is",
    "that's": "that is",
    "where's": "where is",
    "there's": "there is",
    "i'm": "i am",
    "we're": "we are",
    "you're": "you are",
    "i'd": "i would",
    "let's": "let us",
    "don't": "do not",
    "doesn't": "does not",
    "didn't": "did not",
    "isn't": "is not",
    "aren't": "are not",
    "can't": "can not",
    "won't": "will not",
    "geht's": "geht es",
    "ist's": "ist es",
    "mach's": "mach es",
    "wird's": "wird es",
}
_REPEATED = frozenset(("the", "a", "my", "die", "der", "das", "den"))


def clean(text: str) -> str:
    r"""Return what can be spoken: no control, format or private characters, no emoji, half width, lower case.

    Example:
        >>> clean("Öffne\u202e das\x00 Ｆｅｎｓｔｅｒ 🚗!")
        'öffne das fenster !'
    """
    kept = []
    for char in unicodedata.normalize("NFKC", text.replace("’", "'").replace("ʼ", "'")):
        category = unicodedata.category(char)
        if category[0] == "C" or (category == "So" and char != "°"):
            kept.append(" " if category in ("Cc", "So") else "")
        else:
            kept.append(char)
    return " ".join("".join(kept).lower().replace("ß", "ss").split())


@lru_cache(maxsize=4096)
def tokenise(cleaned: str) -> tuple[str, ...]:
    """Return the tokens of a cleaned text.

    Example:
        >>> tokenise("the passenger's window, 22.5°")
        ('the', 'passenger', 'window', ',', '22.5', '°')
        >>> tokenise("把ac打开")
        ('把', 'ac', '打', '开')
    """
    tokens: list[str] = []
    for found in _TOKEN.findall(cleaned):
        if "'" in found:
            expanded = _CONTRACTIONS.get(found)
            tokens.extend(expanded.split() if expanded else filter(None, found.split("'")[:1]))
        elif not (tokens and found in _REPEATED and tokens[-1] == found):
            tokens.append(found)
    return tuple(tokens)


def has_han(cleaned: str) -> bool:
    """Return whether a Chinese character occurs."""
    return _HAN.search(cleaned) is not None


def guess_lang(cleaned: str, is_word_by_lang: Mapping[Lang, Callable[[str], bool]], fallback: Lang) -> Lang:
    """Return the language whose words occur most; ``fallback`` where nothing speaks for any.

    Example:
        >>> guess_lang("mach das auf", {"en": {"the"}.__contains__, "de": {"das", "auf"}.__contains__}, "zh")
        'de'
    """
    if has_han(cleaned):
        return "zh"
    words = [token for token in tokenise(cleaned) if token.isalpha()]
    scores = {lang: sum(is_word(word) for word in words) for lang, is_word in is_word_by_lang.items()}
    if any(char in "äöü" for char in cleaned):
        scores["de"] = scores.get("de", 0) + 2
    best = max(scores.values(), default=0)
    if fallback == "zh":
        fallback = "en"
    winners = [lang for lang, score in scores.items() if score == best]
    if best == 0 or (len(winners) > 1 and fallback in winners):
        return fallback
    return winners[0]
