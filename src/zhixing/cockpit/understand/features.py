"""What the learned model sees of a sentence: its letters, its words, and what the lexicon knows of them, as buckets.

Hashing keeps the model small and lets it take any text; a change here needs the model trained anew
(``tools/train_understander.py``).
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Sequence

from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.localized import Lang

VERSION = 1
NUM_BUCKETS = 1 << 15
_MOST_PAIRED = 8
_MOST_UNKNOWN = 6
_MOST_TOKENS = 80


def buckets(tokens: Sequence[str], spans: Sequence[Span], lang: Lang) -> list[int]:
    """Return the buckets of a sentence, each once; never empty.

    Args:
        tokens: As :func:`~zhixing.cockpit.understand.normalise.tokenise` gives them.
        spans: The same sentence, tagged.
        lang: Its language.
    """
    words = [token for token in tokens[:_MOST_TOKENS] if token[0].isalnum()]
    letters = _of_characters(words) if lang == "zh" else _of_words(words)
    found = {f"{lang}{feature}" for feature in letters}
    found.update(_of_tags(spans[:_MOST_TOKENS], lang))
    return sorted({zlib.crc32(feature.encode()) % NUM_BUCKETS for feature in found})


def _of_characters(words: list[str]) -> Iterator[str]:
    text = f"^{''.join(words)}$"
    for size in (1, 2, 3, 4):
        for start in range(len(text) - size + 1):
            yield f"{size}:{text[start : start + size]}"


def _of_words(words: list[str]) -> Iterator[str]:
    framed = ["^", *words, "$"]
    yield from (f"w:{word}" for word in words)
    yield from (f"b:{one} {two}" for one, two in itertools.pairwise(framed))
    yield from (f"t:{one} {two} {three}" for one, two, three in zip(framed, framed[1:], framed[2:], strict=False))
    yield from (f"s:{one} {three}" for one, three in zip(framed, framed[2:], strict=False))
    for word in words:
        text = f"<{word}>"
        for size in (3, 4, 5):
            for start in range(len(text) - size + 1):
                yield f"{size}:{text[start : start + size]}"


def _of_tags(spans: Sequence[Span], lang: Lang) -> Iterator[str]:
    tags: list[str] = []
    num_unknown = 0
    for span in spans:
        if span.is_mark:
            tags.append("|")
        elif not span.tags:
            num_unknown += 1
        tags.extend(f"{k}:{n}" for k, n in span.tags if not (k == "glue" and n in ("word", "filler")))
    yield from (f"T:{tag}" for tag in tags)
    yield from (f"TB:{one} {two}" for one, two in zip(["^", *tags], [*tags, "$"], strict=True))
    kinds = sorted(set(tags) - {"|"})
    if len(kinds) < _MOST_PAIRED:
        yield from (f"TP:{one} {two}" for index, one in enumerate(kinds) for two in kinds[index + 1 :])
    yield f"U:{min(_MOST_UNKNOWN, num_unknown // 2 if lang == 'zh' else num_unknown)}"
