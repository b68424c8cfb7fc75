"""What is said to a car that drives itself: wishes how it shall drive, and why it did what it did.

The phrases are in ``phrases/driving``. A part of a sentence is about driving only if every word of it is one of
theirs: what is strange in it ("the wipers slower", "why is the sky blue") makes it something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from zhixing.cockpit.understand.lexicon import Lexicon, phrase_files, read_phrases
from zhixing.cockpit.understand.meaning import spans_of
from zhixing.cockpit.understand.normalise import MAX_CHARS, clean, tokenise
from zhixing.cockpit.understand.numbers import read_number
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.localized import LANGS, Lang

Meaning = tuple[str, str | float]
"""A class of the phrase files and a name, or ``number`` and its value."""
_MARKS = frozenset(",.;:!?，。；：！？、…")
_MOST_TOKENS = 40
"""Of one part of a sentence; nobody says more to have the car drive slower."""
_NEED_NUMBER = frozenset(("headway", "max_speed"))
_MANOEUVRES = frozenset(("overtake", "turn_left", "turn_right", "pull_over", "go_on"))
_OPEN_QUESTIONS = frozenset(("wait", "slow"))
"""Events of which "怎么" asks why; "怎么停车" without a word that it happened asks how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutDriving:
    """What of a sentence is about driving.

    Attributes:
        lang: The language that it is said in.
        intents: ``drive`` with the slots ``wish`` and perhaps ``weak`` (it may be meant otherwise), or ``why`` with
            the slot ``about``.
        rest: What else was said; empty where that is nothing.
    """

    lang: Lang
    intents: tuple[Intent, ...]
    rest: str = ""

    @property
    def is_question(self) -> bool:
        """Whether all that was said asks why."""
        return not self.rest and all(intent.name == "why" for intent in self.intents)


def about_driving(text: str, lang: Lang | None, guess: Lang) -> AboutDriving | None:
    """Return what of an utterance is about driving, None where nothing is.

    Args:
        text: Untrusted.
        lang: The language, or None to find out.
        guess: The language to try first.

    Example:
        >>> about_driving("为什么刹车", None, "zh").intents[0].slots
        (('about', 'brake'),)
        >>> about_driving("为什么天是蓝的", None, "zh") is None
        True
    """
    cleaned = clean(text[: 4 * MAX_CHARS])
    if not cleaned or len(cleaned) > MAX_CHARS:
        return None
    tokens = tokenise(cleaned)
    tried = (lang,) if lang is not None else (guess, *(one for one in LANGS if one != guess))
    return next(filter(None, (_heard(tokens, one) for one in tried)), None)


def _heard(tokens: Sequence[str], lang: Lang) -> AboutDriving | None:
    intents: list[Intent] = []
    rest: list[str] = []
    for part in _parts(tokens):
        pieces = [part] if _meanings(tuple(part), lang) else _pieces(part, lang)
        for piece in pieces:
            found = _meanings(tuple(piece), lang)
            intent = _intent(found) if found else None
            if intent is not None:
                intents.append(intent)
            elif not (found and all(klass in ("glue", "join", "mark") for klass, _ in found)):
                rest += [*(["，" if lang == "zh" else ","] if rest else []), *piece]
    if not intents or _takes_back(rest, intents, lang):
        return None
    return AboutDriving(lang=lang, intents=tuple(intents), rest=("" if lang == "zh" else " ").join(rest))


def _takes_back(rest: Sequence[str], intents: Sequence[Intent], lang: Lang) -> bool:
    """Return whether what else was said speaks against doing it now: a condition, a later time, somebody's words.

    For a manoeuvre it is enough that it is not understood; to drive slower for a strange reason does no harm.
    """
    spans = spans_of(rest, lang)
    if any(span.has("beyond") or span.has("chat") for span in spans):
        return True
    is_strange = any(not span.is_mark and not span.tags for span in spans)
    return is_strange and any(dict(intent.slots).get("wish") in _MANOEUVRES for intent in intents)


def _parts(tokens: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token in _MARKS:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _pieces(part: Sequence[str], lang: Lang) -> list[list[str]]:
    """Return a part cut where another wish may begin: "close the window and drive slower"."""
    pieces: list[list[str]] = [[]]
    index = 0
    while index < len(part):
        length, tags = _phrases(lang).match(part, index)
        if length and tags[0][0] == "join" and pieces[-1]:
            pieces.append([])
        else:
            length = max(length, 1)
            pieces[-1].extend(part[index : index + length])
        index += length
    whole = [piece for piece in pieces if piece]
    return whole if any(_meanings(tuple(piece), lang) for piece in whole) else [list(part)]


def _intent(found: Sequence[Meaning]) -> Intent | None:
    """Return what a part of known words wants or asks, None where that is nothing, or not one thing."""
    by_class: dict[str, list[str | float]] = {}
    for klass, name in found:
        by_class.setdefault(klass, []).append(name)
    events, wishes = by_class.get("event", []), set(by_class.get("wish", []))
    if "asks" in by_class:
        return _why(str(by_class["asks"][0]))
    if "why" in by_class:
        asks_how = set(by_class["why"]) == {"how"}
        happened = "mark" in by_class or not asks_how or (events and events[0] in _OPEN_QUESTIONS)
        return _why(str(events[0])) if events and happened else None
    weak = set(by_class.get("weak", []))
    if len(wishes or weak) != 1:
        return None
    (wish,) = wishes or weak
    numbers = by_class.get("number", [])
    if (wish in _NEED_NUMBER) != (len(numbers) == 1):
        return None
    unit = set(by_class.get("unit", []))
    if unit - {"seconds" if wish == "headway" else "kmh" if wish == "max_speed" else ""}:
        return None
    is_weak = not wishes and "makes" not in by_class
    value = float(numbers[0]) if numbers else None
    slots = (("wish", str(wish)), *((("weak", True),) if is_weak else ()))
    return Intent(name="drive", device="driving", value=value, slots=slots)


def _why(about: str) -> Intent:
    return Intent(name="why", device="driving", slots=(("about", about),))


def _meanings(tokens: tuple[str, ...], lang: Lang) -> tuple[Meaning, ...]:
    """Return the meanings of tokens, every one of which belongs to a phrase or a number; empty where one does not.

    Of several ways to read them the one with the longest phrases first is taken.
    """
    lexicon, dead = _phrases(lang), set[int]()
    if len(tokens) > _MOST_TOKENS:
        return ()

    def read(start: int) -> tuple[Meaning, ...] | None:
        if start == len(tokens):
            return ()
        if start in dead:
            return None
        longest, _ = lexicon.match(tokens, start)
        for length in range(longest, 0, -1):
            matched, tags = lexicon.match(tokens[: start + length], start)
            after = read(start + length) if matched == length else None
            if after is not None:
                return (*tags, *after)
        number = read_number(tokens, start, lang)
        if number is not None and (after := read(start + number.num_tokens)) is not None:
            return (("number", number.value), *after)
        dead.add(start)
        return None

    return read(0) or ()


@cache
def _phrases(lang: Lang) -> Lexicon:
    lexicon = Lexicon(lang)
    file = next(file for file in phrase_files("driving") if file.name == f"{lang}.yaml")
    meanings: dict[str, tuple[tuple[str, str], ...]] = {}
    for phrase, tags in read_phrases(file.read_text("utf-8"), f"driving/{file.name}"):
        meanings[phrase] = (*meanings.get(phrase, ()), *tags)
    for phrase, tags in meanings.items():
        lexicon.add(phrase, tags, f"driving/{file.name}")
    return lexicon
