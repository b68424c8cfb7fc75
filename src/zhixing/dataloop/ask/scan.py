"""A sentence as tokens: the longest phrase that is known at each place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from zhixing.dataloop.ask import chinese, english, german
from zhixing.dataloop.ask.vocabulary import Vocabulary

MOST_CHARS = 500
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_RANGE = re.compile(r"\s*(?:到|至|~|-|–|and|to|und|bis)\s*(\d+(?:[.,]\d+)?)")
_HAN_NUMBER = re.compile(r"([零一二两三四五六七八九十百]+)(?:点([零一二三四五六七八九]+))?(半)?")
_HAN_RANGE = re.compile(r"[到至~-]([零一二两三四五六七八九十百]+)(?:点([零一二三四五六七八九]+))?(半)?")
_COUNTS = frozenset({"count", "class", "unit", "least", "most"})
_DEFINITE = re.compile(r"\b(the|this|that|its|der|dem|den|des|das|die|dieses|dieser|该|这)\s*$|[该这那](?:辆|个|名)?$")
_SINGLE = re.compile(r"\b(a|an|one|ein|eine|einen|einem|einer)\s*$")
_OBJECT = re.compile(r"\b(den|dem|einen|einem)\s+(?:[\wäöüß-]+en\s+)?$")
_A_UNIT = re.compile(r"(?:an?|one|eine|einen|einer)\s+(?=\w)")
_OTHER = re.compile(
    r"\b(another|other|second|anderes|anderer|anderem|anderen|zweites|zweiter|zweiten)\s*$|另一?[辆个名]?$"
)
_PRONOUN = re.compile(r"\s*(der|die|das|dem|den|dessen|deren|welche[rsmn]?)\b")
_FILLERS = frozenset(
    re.findall(
        r"\S+",
        "a an the of there any some in on at it its his her their to and was were is are has have had by be being do "
        "does did find show all me where you now please der die das den dem des ein eine einen einem einer eines und "
        "ist sind hat im am zu zum zur es er sie ihr ihm sich alle finde zeige wo von dann auf fährt fahren between "
        "zwischen gerät befindet another other anderes anderer anderen anderem andere going gets get got "
        "suddenly plötzlich from away apart both um bei liegt entfernt kommt beide beim seit "
        "macht muss will knapp gerade",
    )
)
"""Words that say nothing here."""
_FILLERS_ZH = re.compile(
    r"[\s正已仍刚才者程的了着过地得在有是把从向往到中里时上下那这些其它他她请找出查搜索场景片段所全部一个辆名位都也就又但还则便会要能可以行驶前开骑走处之间太突然?？!！:：\"'“”（）()\-]"
)
_AMBIGUOUS_ZH = {"后车": "辆子速道", "前车": "辆子速道", "时距": "离", "车距": "离", "跟前": "车面方", "并": "排"}
"""Not before these: 急刹后车辆追尾, 会车时距离."""


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase that was understood.

    Attributes:
        kind: As in :class:`~zhixing.dataloop.ask.vocabulary.Entry`; ``number``; ``stop`` for a comma; or ``unknown``.
        value: What it means.
        text: As it was said.
        start: First character.
        end: The character after the last.
        number: Of a number.
        high: Upper end of a range, None without one.
        is_known: Whether an article says that it was spoken of before.
        is_other: Whether another one is meant.
        is_single: Whether an indefinite article stands before it.
        is_object: Whether a German article says that something is done to it.
    """

    kind: str
    value: str
    text: str
    start: int
    end: int
    number: float = 0.0
    high: float | None = None
    is_known: bool = False
    is_other: bool = False
    is_single: bool = False
    is_object: bool = False


def scan(text: str, words: Vocabulary) -> tuple[list[Token], list[str]]:
    """Return the tokens of a sentence, and what of it was not understood.

    Args:
        text: At most 500 characters are looked at.
        words: Of its language.
    """
    said = unicodedata.normalize("NFKC", text[:MOST_CHARS]).lower()
    said = {"zh": chinese, "en": english, "de": german}[words.lang].in_one_form(said)
    tokens: list[Token] = []
    unknown: list[str] = []
    rest, at = "", 0
    while at < len(said):
        token = (
            _relative_at(said, at, tokens, words) or _number_at(said, at, tokens, words) or _phrase_at(said, at, words)
        )
        if token is None and said[at] in ",;，；、。.":
            token = Token("list" if said[at] == "、" else "stop", said[at], said[at], at, at + 1)
        if token is None:
            found = re.match(r"\w+|\W", said[at:])
            step = 1 if words.lang == "zh" or found is None else len(found[0])
            rest += said[at : at + step]
            at += step
            continue
        _leave(rest, tokens, unknown, words)
        rest, at = "", token.end
        if token.kind == "ignored":
            unknown.append(token.text)
        tokens.append(token)
    _leave(rest, tokens, unknown, words)
    return tokens, unknown


def _leave(rest: str, tokens: list[Token], unknown: list[str], words: Vocabulary) -> None:
    """Note what was not understood; a "not" before it is not of what follows."""
    left = _left_over(rest, words)
    if left:
        unknown.extend(left)
        tokens.append(Token("unknown", "", rest.strip(), 0, 0))


def _relative_at(said: str, at: int, tokens: list[Token], words: Vocabulary) -> Token | None:
    """Return a German relative pronoun: after a comma that follows a class."""
    if words.lang != "de" or len(tokens) < 2 or tokens[-1].kind != "stop" or tokens[-2].kind != "class":
        return None
    found = _PRONOUN.match(said, at)
    if found is None or tokens[-1].end != at:
        return None
    return Token("relative", found[1], found[1], at, found.end())


def _number_at(said: str, at: int, tokens: Sequence[Token], words: Vocabulary) -> Token | None:
    is_measured = _is_measured(tokens)
    if words.lang == "zh" and (han := _HAN_NUMBER.match(said, at)):
        upper = _HAN_RANGE.match(said, han.end())
        if upper and (is_measured or _counts(said[upper.end() :], words)):
            high = _han_value(upper)
            return Token("number", han[0], said[at : upper.end()], at, upper.end(), _han_value(han), high)
        if is_measured or _counts(said[han.end() :], words):
            return Token("number", han[0], han[0], at, han.end(), _han_value(han))
    found = _NUMBER.match(said, at)
    if found and (at == 0 or not (said[at - 1].isascii() and said[at - 1].isalnum())):
        low, end = float(found[0].replace(",", ".")), found.end()
        top: float | None = None
        upper = _RANGE.match(said, end)
        if upper and (is_measured or _counts(said[upper.end() :], words)):
            top, end = float(upper[1].replace(",", ".")), upper.end()
        return Token("number", found[0], said[at:end], at, end, low, top)
    if words.lang != "zh" and (found := _A_UNIT.match(said, at)) and (at == 0 or not said[at - 1].isalnum()):
        unit = _phrase_at(said, found.end(), words)
        if unit is not None and unit.kind == "unit":
            return Token("number", "1", found[0].strip(), at, found.end(), 1.0)
    for word, value in words.numbers.items():
        if not (said.startswith(word, at) and _is_whole(said, at, at + len(word), words)):
            continue
        after = said[at + len(word) :].lstrip()
        if _counts(after, words) or (words.lang != "zh" and value > 1 and _adjective_then_class(after, words)):
            return Token("number", word, word, at, at + len(word), float(value))
    return None


def _is_measured(tokens: Sequence[Token]) -> bool:
    """Return whether a measure, and perhaps "above" or "below", stands just before: a number needs no unit then."""
    before = [token.kind for token in tokens[-2:]]
    return bool(before) and (before[-1] == "measure" or (before[0] == "measure" and before[-1] in {"least", "most"}))


def _counts(after: str, words: Vocabulary) -> bool:
    """Return whether what follows a number can be counted or measured."""
    follows = _phrase_at(after.lstrip(), 0, words) if after.strip() else None
    return follows is not None and follows.kind in _COUNTS


def _han_value(found: re.Match[str]) -> float:
    total = current = 0
    for digit in found[1]:
        if digit in "十百":
            total += (current or 1) * (10 if digit == "十" else 100)
            current = 0
        else:
            current = chinese.DIGITS[digit]
    value = float(total + current)
    if found[2]:
        value += float("0." + "".join(str(chinese.DIGITS[digit]) for digit in found[2]))
    return value + (0.5 if found[3] else 0.0)


def _adjective_then_class(after: str, words: Vocabulary) -> bool:
    first = _phrase_at(after, 0, words)
    if first is None or first.kind != "one":
        return False
    second = _phrase_at(after[first.end :].lstrip(), 0, words)
    return second is not None and second.kind == "class"


def _phrase_at(said: str, at: int, words: Vocabulary) -> Token | None:
    for end in range(min(len(said), at + words.longest), at, -1):
        text = said[at:end]
        entry = words.entries.get(text)
        if entry is None or not _is_whole(said, at, end, words):
            continue
        if said[end : end + 1] and said[end : end + 1] in _AMBIGUOUS_ZH.get(text, ""):
            continue
        if _says_less(text, said[end:].lstrip(), words):
            continue
        before = said[:at] if entry.kind == "class" else ""
        return Token(
            entry.kind, entry.value, text, at, end, is_known=bool(_DEFINITE.search(before)),
            is_other=bool(_OTHER.search(before)), is_single=bool(_SINGLE.search(before)),
            is_object=words.lang == "de" and bool(_OBJECT.search(before)),
        )  # fmt: skip
    return None


def _says_less(text: str, after: str, words: Vocabulary) -> bool:
    """Return whether a phrase goes on another way: "stops for 5 seconds" yields to nobody."""
    if text.endswith((" for", " für")):
        unit = _A_UNIT.match(after)
        is_unit = (
            unit is not None and (next_ := _phrase_at(after, unit.end(), words)) is not None and next_.kind == "unit"
        )
        return is_unit or after[:1].isdigit() or after.split(" ", maxsplit=1)[0] in words.numbers
    return text.endswith((" ahead", " in front")) and after.startswith("of ")


def _is_whole(said: str, at: int, end: int, words: Vocabulary) -> bool:
    """Return whether a phrase is not part of a longer word, where words are written apart."""
    if words.lang == "zh" and not said[at].isascii():
        return True
    if not said[at].isalnum():
        return True
    before, after = said[at - 1 : at], said[end : end + 1]
    is_in_word = bool(before) and before.isalnum() and (words.lang != "zh" or before.isascii())
    goes_on = bool(after) and after.isalpha() and (words.lang != "zh" or after.isascii())
    entry = words.entries.get(said[at:end])
    if entry is not None and entry.kind == "unit":
        is_in_word = is_in_word and not before.isdigit()
    return not (is_in_word and not said[at].isdigit()) and not goes_on


def _left_over(rest: str, words: Vocabulary) -> list[str]:
    if words.lang == "zh":
        kept = _FILLERS_ZH.sub("", rest)
        return [kept] if kept else []
    return [word for word in re.findall(r"[\w'-]+", rest) if word not in _FILLERS and word.strip("-'")]
