"""A sentence as tokens: the longest phrase that is known at each place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from zhixing.dataloop.ask.vocabulary import Vocabulary

MOST_CHARS = 500
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_FILLERS = frozenset(
    re.findall(
        r"\S+",
        "a an the of there any some in on at it its his her their to and was were has have had by find show all me "
        "where der die das den dem des ein eine einen einem einer eines und ist sind hat im am zu zum zur es er sie "
        "ihr ihm sich alle finde zeige wo von dann auf between zwischen gerät",
    )
)
"""Words that say nothing here."""


_FILLERS_ZH = re.compile(
    r"[\s的了着过地得在有是把从向往到中里时上下那这些其它他她请找出查搜索场景片段所全部一个辆名位行驶?？!！:：\"'“”（）()\-]"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase that was understood.

    Attributes:
        kind: As in :class:`~zhixing.dataloop.ask.vocabulary.Entry`; ``number``; or ``stop`` for a comma.
        value: What it means.
        text: As it was said.
        number: Of a number.
        start: First character.
        end: The character after the last.
    """

    kind: str
    value: str
    text: str
    start: int
    end: int
    number: float = 0.0


def scan(text: str, words: Vocabulary) -> tuple[list[Token], list[str]]:
    """Return the tokens of a sentence, and what of it was not understood.

    Args:
        text: At most 500 characters are looked at.
        words: Of its language.
    """
    said = unicodedata.normalize("NFKC", text[:MOST_CHARS]).lower()
    tokens: list[Token] = []
    unknown: list[str] = []
    rest = ""
    at = 0
    while at < len(said):
        token = _number_at(said, at, words) or _phrase_at(said, at, words)
        if token is None and said[at] in ",;，；、。.":
            token = Token("stop", said[at], said[at], at, at + 1)
        if token is None:
            step = 1 if words.lang == "zh" else len(re.match(r"\w*|\W", said[at:])[0]) or 1  # type: ignore[index]
            rest += said[at : at + step]
            at += step
            continue
        unknown += _left_over(rest, words)
        rest = ""
        tokens.append(token)
        at = token.end
    return tokens, unknown + _left_over(rest, words)


def _number_at(said: str, at: int, words: Vocabulary) -> Token | None:
    found = _NUMBER.match(said, at)
    if found and (at == 0 or not (said[at - 1].isascii() and said[at - 1].isalpha())):
        return Token("number", found[0], found[0], at, found.end(), float(found[0].replace(",", ".")))
    for word, value in words.numbers.items():
        if said.startswith(word, at) and _is_whole(said, at, at + len(word), words):
            after = said[at + len(word) :].lstrip()
            if words.lang == "zh" and not after[:1]:
                continue
            follows = _phrase_at(after, 0, words)
            counts = follows is not None and follows.kind in {"count", "class", "unit", "least", "most"}
            if counts or (words.lang != "zh" and _adjective_then_class(after, words) and value > 1):
                return Token("number", word, word, at, at + len(word), float(value))
    return None


def _adjective_then_class(after: str, words: Vocabulary) -> bool:
    first = _phrase_at(after, 0, words)
    if first is None or first.kind != "one":
        return False
    second = _phrase_at(after[first.end :].lstrip(), 0, words)
    return second is not None and second.kind == "class"


def _phrase_at(said: str, at: int, words: Vocabulary) -> Token | None:
    for end in range(min(len(said), at + words.longest), at, -1):
        entry = words.entries.get(said[at:end])
        if entry is not None and _is_whole(said, at, end, words):
            return Token(entry.kind, entry.value, said[at:end], at, end)
    return None


def _is_whole(said: str, at: int, end: int, words: Vocabulary) -> bool:
    """Return whether a phrase is not part of a longer word, where words are written apart."""
    if words.lang == "zh" and not said[at].isascii():
        return True
    before, after = said[at - 1 : at], said[end : end + 1]
    is_word_before = bool(before) and (before.isalnum() and (words.lang != "zh" or before.isascii()))
    is_word_after = bool(after) and after.isalpha() and (words.lang != "zh" or after.isascii())
    starts_with_digit = said[at].isdigit()
    unit = words.entries.get(said[at:end])
    if unit is not None and unit.kind == "unit":
        is_word_before = is_word_before and not before.isdigit()
    return not (is_word_before and not starts_with_digit) and not is_word_after


def _left_over(rest: str, words: Vocabulary) -> list[str]:
    if words.lang == "zh":
        kept = re.sub(
            r"[\s的了着过地得在有是把从向往到中里时上下那这些其它他她它请找出查找搜索场景片段所有全部一个辆名位?？!！:：\"'“”（）()\-]",
            "",
            rest,
        )
        return [kept] if kept else []
    return [word for word in re.findall(r"[\w'-]+", rest) if word not in _FILLERS]
