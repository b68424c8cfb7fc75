"""From tokens to spans with meanings: phrases first, then numbers, then what only nearly matches a phrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import yaml

from zhixing.cockpit.understand.lexicon import Lexicon, Tag, load_lexicon, phrase_files
from zhixing.cockpit.understand.numbers import number_words, read_number
from zhixing.datatypes.localized import Lang

_MARKS = frozenset(",.;:!?，。；：！？、…")
_COMPOUND_CLASSES = frozenset(("device", "place", "topic", "noun", "absent"))
_MIN_FUZZY_LETTERS = 6


@dataclass(slots=True)
class Span:
    """Some tokens and what they mean.

    Attributes:
        text: The tokens.
        tags: Meanings; empty for an unknown word.
        number: The value where this is a number.
        unit: The unit that the number carried, or empty.
        is_mark: Whether this is a punctuation mark.
    """

    text: str
    tags: tuple[Tag, ...] = ()
    number: float | None = None
    unit: str = ""
    is_mark: bool = False

    def has(self, klass: str, name: str = "") -> bool:
        """Return whether one of the meanings is of this class (and name)."""
        return any(tag[0] == klass and (not name or tag[1] == name) for tag in self.tags)


def tag(tokens: Sequence[str], lang: Lang) -> list[Span]:
    """Return the spans of a sentence, every token in exactly one.

    Example:
        >>> [span.tags for span in tag(("open", "the", "sunroof"), "en")]
        [(('act', 'open'),), (('glue', 'word'),), (('device', 'sunroof'),)]
    """
    lexicon = load_lexicon(lang)
    if lang != "zh":
        tokens = [respelled(token, lang) for token in tokens]
    spans: list[Span] = []
    index = 0
    while index < len(tokens):
        if (
            lang == "zh"
            and tokens[index] == "一"
            and 0 < index < len(tokens) - 1
            and tokens[index - 1] == tokens[index + 1]
        ):
            index += 2  # "停一停"
            continue
        length, tags = lexicon.match(tokens, index)
        if lang == "zh" and length > 1 and tokens[index + length - 1] == "座" and tags[0][0] == "place":
            length -= lexicon.match(tokens, index + length - 1)[0] > 1  # the seat belongs to "座椅加热"
        number = read_number(tokens, index, lang)
        if number is not None and number.num_tokens >= max(length, 1):
            spans.append(Span(tokens[index], (("number", ""),), number.value, number.unit))
            index += number.num_tokens
            continue
        if length < 2 and lang == "zh":
            near_length, near_tags = _match_by_sound(tokens, index)
            if near_length > length:
                length, tags = near_length, near_tags
        if length:
            spans.append(Span(" ".join(tokens[index : index + length]), tags))
            index += length
            continue
        token = tokens[index]
        if token in _MARKS:
            spans.append(Span(token, is_mark=True))
        elif token[0].isalnum():
            spans.append(Span(token, _near_meanings(token, lang)))
        index += 1
    return spans


@lru_cache(maxsize=4096)
def _near_meanings(word: str, lang: Lang) -> tuple[Tag, ...]:
    if lang == "zh":
        return load_lexicon("en").meanings(word)
    lexicon = load_lexicon(lang)
    if lang == "de" and (compound := split_compound(word, lexicon)):
        return compound
    if lang == "en" and word.endswith("s") and (singular := lexicon.meanings(word[:-1])):
        return singular
    return ()


def split_compound(word: str, lexicon: Lexicon) -> tuple[Tag, ...]:
    """Return the meanings of the two halves of a German compound, or nothing.

    Example:
        >>> split_compound("beifahrerfenster", load_lexicon("de"))
        (('place', 'passenger'), ('device', 'window'))
    """
    for cut in range(3, len(word) - 2):
        right = lexicon.meanings(word[cut:])
        if not right or right[0][0] not in _COMPOUND_CLASSES:
            continue
        for left in (word[:cut], word[:cut].removesuffix("s"), word[:cut].removesuffix("n")):
            meanings = lexicon.meanings(left)
            if meanings and meanings[0][0] in _COMPOUND_CLASSES:
                return (*meanings, *right)
    return ()


def respelled(word: str, lang: Lang) -> str:
    """Return a word as the lexicon spells it where it is one letter off, else as it is.

    Example:
        >>> respelled("temprature", "en"), respelled("laudstärke", "de"), respelled("horse", "en")
        ('temperature', 'lautstärke', 'horse')
    """
    return _respelled(word, lang) if len(word) >= _MIN_FUZZY_LETTERS and word.isalpha() else word


@lru_cache(maxsize=4096)
def _respelled(word: str, lang: Lang) -> str:
    lexicon = load_lexicon(lang)
    is_known = word in lexicon.words or read_number((word,), 0, lang) is not None
    if (
        is_known
        or (lang == "de" and split_compound(word, lexicon))
        or (lang == "en" and word.removesuffix("s") in lexicon.words)
    ):
        return word
    neighbours = _neighbours(lang)
    near = (neighbours.get(key) for key in _deletions(word))
    return next((other for other in near if other is not None and other[0] == word[0]), word)


def _deletions(word: str) -> list[str]:
    return [word, *(word[:index] + word[index + 1 :] for index in range(len(word)))]


@cache
def _neighbours(lang: Lang) -> dict[str, str]:
    """Return long words by themselves and by themselves less one letter: two words that share one are near."""
    found: dict[str, str] = {}
    lexicon = load_lexicon(lang)
    for word in sorted(lexicon.words | number_words(lang)):
        tags = lexicon.meanings(word)
        is_thing = not tags or tags[0][0] in ("device", "place", "colour")
        if len(word) >= (_MIN_FUZZY_LETTERS if is_thing else _MIN_FUZZY_LETTERS + 1) and word.isalpha():
            for key in _deletions(word):
                found.setdefault(key, word)
    return found


@cache
def _sounds() -> dict[str, str]:
    """Return the syllable of every character that speech recognition may confuse."""
    syllables: dict[str, str] = {}
    for file in phrase_files("sounds"):
        lines = yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        for syllable, characters in lines.items():
            for character in characters:
                syllables.setdefault(character, syllable)
    return syllables


@cache
def _phrases_by_sound() -> dict[tuple[str, ...], tuple[tuple[str, ...], tuple[Tag, ...]]]:
    sounds = _sounds()
    return {
        tuple(sounds.get(token, token) for token in tokens): (tokens, tags)
        for tokens, tags in load_lexicon("zh").phrases()
        if len(tokens) >= 2 and tags[0][0] == "device"
    }


def _is_torn(tokens: Sequence[str], start: int, length: int) -> bool:
    """Return whether a phrase of the lexicon begins inside and goes on behind: "风 现在" is no "风向"."""
    lexicon = load_lexicon("zh")
    if any(read_number(tokens, index, "zh") is not None for index in range(start + 1, start + length)):
        return True  # "风三挡" is no "风扇"
    return any(lexicon.match(tokens, index)[0] > start + length - index for index in range(start + 1, start + length))


def _match_by_sound(tokens: Sequence[str], start: int) -> tuple[int, tuple[Tag, ...]]:
    """Return a device phrase that sounds the same and shares at least half of its characters."""
    sounds, phrases = _sounds(), _phrases_by_sound()
    key: list[str] = []
    best: tuple[int, tuple[Tag, ...]] = (0, ())
    for index in range(start, min(start + 7, len(tokens))):
        key.append(sounds.get(tokens[index], tokens[index]))
        found = phrases.get(tuple(key)) if len(key) >= 2 else None
        if found is not None:
            same = sum(a == b for a, b in zip(found[0], tokens[start:], strict=False))
            if 2 * same >= len(key) and not _is_torn(tokens, start, len(key)):
                best = (len(key), found[1])
    return best
