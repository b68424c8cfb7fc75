"""The words of one language: phrase files read into a tree that is walked token by token.

A phrase file is YAML with three levels, ``class: name: [phrases]``; a phrase of several meanings stands under
``mixed: phrase: [class:name, ...]``. See ``phrases/README.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from zhixing.cockpit.understand.normalise import clean, tokenise
from zhixing.datatypes.localized import Lang
from zhixing.errors import PhraseError

Tag = tuple[str, str]
"""Class and name, e.g. ``("device", "window")``."""

CLASSES = frozenset(
    (
        "device", "place", "act", "amount", "unit", "colour", "dir", "quant", "ask", "topic", "feel", "noun", "talk",
        "glue", "rel", "hint", "chat", "absent", "polite", "beyond",
        "memory", "wish", "weak", "makes", "why", "event", "asks", "mark", "join",
    )
)  # fmt: skip
_END = ""


@dataclass(slots=True)
class Lexicon:
    """All phrases of one language.

    Attributes:
        lang: The language.
        words: Every token that occurs in a phrase.
    """

    lang: Lang
    words: frozenset[str] = frozenset()
    _tree: dict[str, Any] = field(default_factory=dict)

    def match(self, tokens: Sequence[str], start: int) -> tuple[int, tuple[Tag, ...]]:
        """Return the longest phrase at a token as (number of tokens, meanings); (0, ()) where none begins."""
        node, best = self._tree, (0, ())
        for index in range(start, len(tokens)):
            child = node.get(tokens[index])
            if child is None:
                break
            node = child
            if _END in node:
                best = (index + 1 - start, node[_END])
        return best

    def meanings(self, word: str) -> tuple[Tag, ...]:
        """Return what a single token means, or nothing."""
        found: tuple[Tag, ...] = self._tree.get(word, {}).get(_END, ())
        return found

    def phrases(self) -> list[tuple[tuple[str, ...], tuple[Tag, ...]]]:
        """Return every phrase with its meanings."""
        found: list[tuple[tuple[str, ...], tuple[Tag, ...]]] = []
        open_nodes: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), self._tree)]
        while open_nodes:
            tokens, node = open_nodes.pop()
            for token, child in node.items():
                if token == _END:
                    found.append((tokens, child))
                else:
                    open_nodes.append(((*tokens, token), child))
        return found

    def add(self, phrase: str, tags: tuple[Tag, ...], where: str) -> None:
        """Add a phrase.

        Raises:
            PhraseError: It is empty, of an unknown class, or has another meaning already.
        """
        tokens = tokenise(clean(phrase))
        if not tokens:
            raise PhraseError(f"{where}: the phrase {phrase!r} has no words")
        for klass, _ in tags:
            if klass not in CLASSES:
                raise PhraseError(
                    f"{where}: {phrase!r} is of the unknown class {klass!r}", hint="See phrases/README.md."
                )
        node = self._tree
        for token in tokens:
            node = node.setdefault(token, {})
        known = node.setdefault(_END, tags)
        if known != tags:
            raise PhraseError(f"{where}: {phrase!r} means {tags}, but it already means {known}")
        self.words |= frozenset(tokens)


def read_phrases(text: str, where: str) -> list[tuple[str, tuple[Tag, ...]]]:
    """Return the phrases of one file.

    Raises:
        PhraseError: The file is no YAML, or not ``class: name: [phrases]``.
    """
    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise PhraseError(f"{where} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise PhraseError(f"{where} does not map classes to names")
    phrases: list[tuple[str, tuple[Tag, ...]]] = []
    for klass, names in content.items():
        if not isinstance(names, dict):
            raise PhraseError(f"{where}: {klass} does not map names to phrases")
        for name, values in names.items():
            if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
                raise PhraseError(
                    f"{where}: {klass}.{name} is not a list of texts", hint="Quote words that YAML reads as yes or no."
                )
            if klass == "mixed":
                tags = tuple(_tag(value, where) for value in values)
                phrases.append((str(name), tags))
            else:
                phrases.extend((value, ((str(klass), str(name)),)) for value in values)
    return phrases


def _tag(text: str, where: str) -> Tag:
    klass, colon, name = text.partition(":")
    if not colon:
        raise PhraseError(f"{where}: {text!r} is not class:name")
    return klass, name


@cache
def load_lexicon(lang: Lang) -> Lexicon:
    """Return the words of a language, read once.

    Raises:
        PhraseError: A phrase file is wrong.
    """
    lexicon = Lexicon(lang)
    for file in phrase_files(lang):
        for phrase, tags in read_phrases(file.read_text("utf-8"), f"{lang}/{file.name}"):
            lexicon.add(phrase, tags, f"{lang}/{file.name}")
    return lexicon


def phrase_files(folder: str) -> list[Traversable]:
    """Return the YAML files of a folder below ``phrases``, in order of name."""
    root = resources.files("zhixing.cockpit.understand") / "phrases"
    return sorted((f for f in root.joinpath(folder).iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
