"""Numbers as people say them, in words and in digits, in Chinese, English and German."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhixing.datatypes.localized import Lang

_MOST_DIGITS = 9
"""Longer is no amount of anything in a car."""
_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "〇": 0, "幺": 1}
_ZH_UNITS = {"十": 10, "百": 100, "千": 1000}
_EN_SMALL = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_EN_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
} | {"fourty": 40, "ninty": 90}
_EN_THIRDS = {("a", "third"): 33.0, ("one", "third"): 33.0, ("two", "thirds"): 67.0}
_EN_ORDINALS = {"first": 1, "second": 2, "third": 3}
_DE_SMALL = {
    word: value
    for value, word in enumerate(
        [
            "null",
            "eins",
            "zwei",
            "drei",
            "vier",
            "fünf",
            "sechs",
            "sieben",
            "acht",
            "neun",
            "zehn",
            "elf",
            "zwölf",
            "dreizehn",
            "vierzehn",
            "fünfzehn",
            "sechzehn",
            "siebzehn",
            "achtzehn",
            "neunzehn",
        ]
    )
} | {"zwo": 2}
_DE_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["zwanzig", "dreissig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"], start=2
    )
}


def _make_german() -> dict[str, int]:
    words = dict(_DE_SMALL) | dict(_DE_TENS)
    ones = {word: value for word, value in _DE_SMALL.items() if 1 < value < 10} | {"ein": 1}
    for one, low in ones.items():
        for ten, high in _DE_TENS.items():
            words[f"{one}und{ten}"] = low + high
    small = dict(words) | {"": 0}
    for one, many in (ones | {"": 1}).items():
        words |= {f"{one}hundert{rest}": 100 * many + value for rest, value in small.items()}
    return words


_DE_WORDS = _make_german()


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A number and how many tokens said it.

    Attributes:
        num_tokens: Tokens used, the unit included where it stands inside the number ("二十四度半").
        value: The number.
        unit: ``degree`` or ``percent`` where the words carried it, else empty.
    """

    num_tokens: int
    value: float
    unit: str = ""


def read_number(tokens: Sequence[str], start: int, lang: Lang) -> SpokenNumber | None:
    """Return the longest number that begins at a token, or None.

    Example:
        >>> read_number("二十四度半", 0, "zh")
        SpokenNumber(num_tokens=5, value=24.5, unit='degree')
        >>> read_number("twenty three and a half".split(), 0, "en")
        SpokenNumber(num_tokens=5, value=23.5, unit='')
        >>> read_number(["dreiundzwanzig", "komma", "fünf"], 0, "de")
        SpokenNumber(num_tokens=3, value=23.5, unit='')
    """
    if tokens[start][0].isdecimal() and tokens[start].isascii():
        if len(tokens[start]) > _MOST_DIGITS:
            return None
        return _with_half(tokens, start + 1, float(tokens[start].replace(",", ".")), start, lang)
    match lang:
        case "zh":
            return _read_chinese(tokens, start)
        case "en":
            return _read_english(tokens, start)
        case "de":
            return _read_german(tokens, start)


def number_words(lang: Lang) -> frozenset[str]:
    """Return the words that say a number by themselves; none in Chinese, whose numbers are read by character."""
    return frozenset({"en": {**_EN_SMALL, **_EN_TENS}, "de": _DE_WORDS}.get(lang, {}))


def _at(tokens: Sequence[str], index: int) -> str:
    return tokens[index] if index < len(tokens) else ""


def _with_half(tokens: Sequence[str], index: int, value: float, start: int, lang: Lang) -> SpokenNumber:
    following = tuple(_at(tokens, index + k) for k in range(3))
    unit, length = "", 0
    if lang == "zh":
        if following[:2] in (("度", "半"), ("点", "半")):
            value, unit, length = value + 0.5, "degree" if following[0] == "度" else "", 2
    elif following == ("and", "a", "half"):
        value, length = value + 0.5, 3
    elif following[0] == "einhalb":
        value, length = value + 0.5, 1
    return SpokenNumber(index - start + length, value, unit)


def _read_chinese(tokens: Sequence[str], start: int) -> SpokenNumber | None:
    if _at(tokens, start) == "百" and _at(tokens, start + 1) == "分" and _at(tokens, start + 2) == "之":
        share = _chinese_integer(tokens, start + 3)
        if share is None and _at(tokens, start + 3)[:1].isdecimal():
            share = (start + 4, float(tokens[start + 3].replace(",", ".")))
        return share and SpokenNumber(share[0] - start, share[1], "percent")
    if _at(tokens, start) == "半" and _at(tokens, start + 1) == "度":
        return SpokenNumber(2, 0.5, "degree")
    whole = _chinese_integer(tokens, start)
    if whole is None:
        return None
    index, value = whole
    if _at(tokens, index) == "分" and _at(tokens, index + 1) == "之":
        part = _chinese_integer(tokens, index + 2)
        if part and value > 0:
            return SpokenNumber(part[0] - start, round(100 * part[1] / value), "percent")
    if _at(tokens, index) == "成" and 1 <= value <= 10 and _at(tokens, index + 1) not in ("功", "为"):
        return SpokenNumber(index + 1 - start, 10 * value, "percent")
    if _at(tokens, index) == "点" and _at(tokens, index + 1) in _ZH_DIGITS:
        value, index = value + _ZH_DIGITS[tokens[index + 1]] / 10, index + 2
    return _with_half(tokens, index, value, start, "zh")


def _chinese_integer(tokens: Sequence[str], start: int) -> tuple[int, float] | None:
    index, total, digit, num_digits, last_unit, has_zero = start, 0, -1, 0, 1, False
    while (char := _at(tokens, index)) in _ZH_DIGITS or char in _ZH_UNITS:
        if char in _ZH_DIGITS:
            if num_digits and _ZH_DIGITS[char] + 10 * max(digit, 0) > 999:
                return None
            has_zero = has_zero or char in "零〇"
            digit = _ZH_DIGITS[char] + (10 * digit if num_digits and digit > 0 else 0)
            num_digits += 1
        else:
            last_unit = _ZH_UNITS[char]
            total += (1 if digit < 0 else digit) * last_unit
            digit, num_digits = -1, 0
        index += 1
    if index == start:
        return None
    is_short = last_unit >= 100 and digit > 0 and not has_zero  # "一百五" is 150
    return index, float(total + max(digit, 0) * (last_unit // 10 if is_short else 1))


def _read_english(tokens: Sequence[str], start: int) -> SpokenNumber | None:
    word, index = tokens[start], start + 1
    if tuple(tokens[start : start + 5]) == ("a", "degree", "and", "a", "half"):
        return SpokenNumber(5, 1.5, "degree")
    if word == "half" and _at(tokens, index) in ("a", "of") and _at(tokens, index + 1) in ("degree", "a"):
        return SpokenNumber(2 if _at(tokens, index + 1) == "degree" else 3, 0.5)
    if (word, _at(tokens, index)) in _EN_THIRDS:
        return SpokenNumber(2, _EN_THIRDS[word, _at(tokens, index)], "percent")
    if word in _EN_TENS:
        value = float(_EN_TENS[word])
        following = _at(tokens, index)
        if following == "-":
            following = _at(tokens, index + 1)
            index += 1 if _EN_SMALL.get(following, 0) in range(1, 10) else 0
        if 0 < _EN_SMALL.get(following, 0) < 10:
            value, index = value + _EN_SMALL[following], index + 1
    elif word in _EN_SMALL:
        value = float(_EN_SMALL[word])
    elif word in _EN_ORDINALS and _at(tokens, index) in ("level", "stage", "setting", "notch", "position", "step"):
        value = float(_EN_ORDINALS[word])
    elif word == "hundred":
        value = 100.0
    else:
        return None
    if _at(tokens, index) == "hundred":
        value, index = value * 100, index + 1
    if _at(tokens, index) == "point" and _at(tokens, index + 1) in _EN_SMALL:
        return SpokenNumber(index + 2 - start, value + _EN_SMALL[tokens[index + 1]] / 10)
    return _with_half(tokens, index, value, start, "en")


def _read_german(tokens: Sequence[str], start: int) -> SpokenNumber | None:
    word = tokens[start]
    if word.endswith("einhalb") and word[:-7].removesuffix("und") in _DE_WORDS:
        return SpokenNumber(1, _DE_WORDS[word[:-7].removesuffix("und")] + 0.5)
    if word == "halben" and _at(tokens, start + 1) == "grad":
        return SpokenNumber(1, 0.5)
    if word == "anderthalb":
        return SpokenNumber(1, 1.5)
    if word in ("ein", "einen", "eine") and _at(tokens, start + 1) in ("grad", "stufe", "prozent"):
        return SpokenNumber(1, 1.0)
    if word not in _DE_WORDS:
        return None
    value, index = float(_DE_WORDS[word]), start + 1
    if _at(tokens, index) == "komma" and _at(tokens, index + 1) in _DE_SMALL:
        return SpokenNumber(index + 2 - start, value + _DE_SMALL[tokens[index + 1]] / 10)
    return _with_half(tokens, index, value, start, "de")
