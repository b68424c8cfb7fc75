"""A question in plain language becomes a query, offline: by the vocabulary and the grammar, or by a pattern's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from zhixing.dataloop.ask.grammar import query_of
from zhixing.dataloop.ask.items import items_of, unbound
from zhixing.dataloop.ask.scan import Token, scan
from zhixing.dataloop.ask.vocabulary import vocabulary
from zhixing.dataloop.mining.words import role_in_words
from zhixing.datatypes.conditions import Compare, Is, walk
from zhixing.datatypes.localized import LANGS, Lang
from zhixing.datatypes.query import Query
from zhixing.errors import QueryError
from zhixing.simulation.patterns.catalogue import catalogue

_HAN = re.compile(r"[\u3400-\u9fff]")
_MOST_BESIDES = 4
_MEANING = frozenset({"class", "one", "two", "measure"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was understood.

    Attributes:
        query: What will be looked for.
        lang: The language of the question.
        understood: Phrases that were understood, each with what it was taken for.
        unknown: What of the question was not understood.
        pattern: Name of the pattern, if the question is one.
    """

    query: Query
    lang: Lang
    understood: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    pattern: str = ""


def language_of(text: str) -> Lang:
    """Return the language that a question is in.

    Example:
        >>> language_of("闯红灯的电动车"), language_of("Auto bremst stark"), language_of("car brakes hard")
        ('zh', 'de', 'en')
    """
    if _HAN.search(text):
        return "zh"
    unknown = {lang: sum(map(len, scan(text, vocabulary(lang))[1])) for lang in ("en", "de")}
    return "de" if unknown["de"] < unknown["en"] else "en"


def ask(text: str, lang: Lang | None = None) -> Asked:
    """Return the query that a question asks for.

    Args:
        text: What somebody said; nothing in it can be anything but a question.
        lang: Its language; found out where it is not given.

    Raises:
        QueryError: Nothing that can be looked for was understood.

    Example:
        >>> asked = ask("两轮车闯红灯后与右转车冲突", "zh")
        >>> [role.name for role in asked.query.roles]
        ['rider', 'vehicle']
    """
    lang = lang or language_of(text)
    pattern, besides = _pattern(text, lang)
    if pattern:
        query = catalogue()[pattern].query()
        said = ((text.strip(), pattern),)
        return Asked(query=query, lang=lang, understood=said, unknown=besides, pattern=pattern)
    tokens, unknown = scan(text, vocabulary(lang))
    if not tokens:
        raise QueryError(f"{text[:60]!r} says nothing that can be looked for", hint="Say who does what.")
    unknown += unbound(tokens, lang)
    query = query_of(items_of(tokens, lang), lang)
    unknown += [role_in_words(name, lang) for name in _only_there(query)]
    if any(char.isalnum() for one in unknown for char in one) and not _more_than_there(query):
        raise QueryError(
            f"of what is asked only road users were understood, not {', '.join(unknown)}",
            hint="Say what they do in other words.",
        )
    return Asked(query=query, lang=lang, understood=tuple(_understood(tokens, lang)), unknown=tuple(unknown))


def _only_there(query: Query) -> list[str]:
    """Return those of several of whom nothing is said but that they are there, wherever that is."""
    said = {name for node in _more_than_there(query) for name in node.of}
    return [role.name for role in query.roles if role.name not in said] if len(query.roles) > 1 else []


def _more_than_there(query: Query) -> list[Compare | Is]:
    """Return what is asked, except who is there."""
    asked = [node for node, _, _ in walk(query.condition) if isinstance(node, Compare | Is)]
    return [node for node in asked if not (isinstance(node, Is) and node.measure == "is_there")]


def _understood(tokens: Sequence[Token], lang: Lang) -> Iterator[tuple[str, str]]:
    """Yield what was understood: words for somebody or something he does, and how much of it."""
    for has_meaning, run in groupby(tokens, lambda token: token.kind in _MEANING):
        words = list(run)
        if has_meaning:
            yield from ((token.text, token.value) for token in words)
        elif any(token.kind == "number" for token in words):
            amount = ("" if lang == "zh" else " ").join(token.text for token in words)
            yield amount, amount


def _pattern(text: str, lang: Lang) -> tuple[str, tuple[str, ...]]:
    """Return the pattern whose name a question is, and what else it says that nobody understands."""
    said = _plain(text)
    for name, title in _titles(lang):
        if title not in said:
            continue
        tokens, unknown = scan(said.replace(title, "，", 1), vocabulary(lang))
        if all(token.kind in {"unknown", "stop"} for token in tokens) and sum(map(len, unknown)) <= _MOST_BESIDES:
            return name, tuple(unknown)
    return "", ()


@cache
def _titles(lang: Lang) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_all_titles(lang), key=lambda one: -len(one[1])))


def _all_titles(lang: Lang) -> Iterator[tuple[str, str]]:
    for name, pattern in catalogue().items():
        for one in dict.fromkeys((lang, *LANGS)):
            yield name, _plain(pattern.title.in_lang(one))
        yield name, _plain(name.replace("-", " "))


def _plain(text: str) -> str:
    return re.sub(r"[\s\-_,.，。:：;；!?？！、\"'“”()（）]+", "", text.lower())
