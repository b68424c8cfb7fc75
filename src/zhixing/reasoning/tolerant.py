"""JSON as models write it: mended where only one meaning is possible, refused where two are.

Mended: an empty text for no arguments, code fences, JSON within a JSON string, single quotes, Python's ``True``,
``False`` and ``None``, bare keys, commas before a closing bracket, closing brackets too many. Refused: what was cut off
(a 2 may have been a 21), a name given twice, NaN and infinity, more than one value, words around it, what is nested
without end.

A text is a stranger's, and while a regular expression runs, nothing else in the car does: whatever is here takes time
in proportion to the text's length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_LONGEST = 65_536
_LONGEST_ARGUMENTS = 8192
_DEEPEST = 64
_FENCE = "```"
_LANGUAGE = re.compile(r"[\w-]*")
_TOKEN = re.compile(
    r"""(?P<double>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<single>'[^'\\]*(?:\\.[^'\\]*)*')"""
    r"""|(?P<word>[A-Za-z_][\w-]*)|(?P<open>["'])|(?P<other>.)""",
    re.DOTALL,
)
_QUOTE = re.compile(r"""\\.|\"""", re.DOTALL)
_COLON = re.compile(r"\s*:")
_WORDS = {"True": "true", "False": "false", "None": "null", "true": "true", "false": "false", "null": "null"}


def parse_arguments(text: str) -> Mapping[str, object] | None:
    """Return the arguments of a tool call, None where the text has no single meaning.

    Example:
        >>> parse_arguments("{'zone': 'driver', 'on': True,}")
        {'zone': 'driver', 'on': True}
        >>> parse_arguments(""), parse_arguments('{"celsius": 2')
        ({}, None)
    """
    if len(text) > _LONGEST_ARGUMENTS:
        return None
    if not text.strip():
        return {}
    try:
        value = parse_json(text)
    except ValueError:
        return None
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


def parse_json(text: str) -> object:
    """Return the one value that a text means.

    Raises:
        ValueError: It means none, or more than one.
    """
    if len(text) > _LONGEST:
        raise ValueError("too long")
    value = _parse(_unfenced(text.strip()))
    for _ in range(2):
        if not isinstance(value, str) or not value.lstrip().startswith(("{", "[", '"')):
            break
        value = _parse(value.strip())
    return value


def _unfenced(text: str) -> str:
    """Return what stands between code fences that are around the whole text."""
    if len(text) < 2 * len(_FENCE) or not text.startswith(_FENCE) or not text.endswith(_FENCE):
        return text
    inner = text[len(_FENCE) : -len(_FENCE)]
    language = _LANGUAGE.match(inner)
    return inner[language.end() if language else 0 :].strip()


def _parse(text: str) -> object:
    try:
        return _strict(text)
    except ValueError:
        return _strict(_mended(text))


def _strict(text: str) -> object:
    try:
        value, end = _DECODER.raw_decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _is_too_deep(value):
        raise ValueError("nested too deeply")
    if text[end:].strip(" \t\r\n;}]"):
        raise ValueError("more than one value")
    return value


def _mended(text: str) -> str:
    parts: list[str] = []
    before = ""
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "single":
                parts.append(f'"{_QUOTE.sub(_requoted, token.group()[1:-1])}"')
            case "open":
                raise ValueError("a text has no end")  # at once: else every quote would be followed to the end
            case "word":
                word = token.group()
                is_key = before in {"{", ","} and _COLON.match(text, token.end()) is not None
                parts.append(f'"{word}"' if is_key else _WORDS.get(word, word))
            case "other" if token.group() in "}]":
                _drop_spare_comma(parts)
                parts.append(token.group())
            case _:
                parts.append(token.group())
        before = token.group() if token.group().strip() else before
    return "".join(parts)


def _requoted(found: re.Match[str]) -> str:
    """Return an escape or a quote within single quotes as it must be within double quotes."""
    return {"\\'": "'", '"': '\\"'}.get(found.group(), found.group())


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in _within(one)]
        if not level:
            return False
    return True


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _drop_spare_comma(parts: list[str]) -> None:
    place = len(parts)
    while place and not parts[place - 1].strip():
        place -= 1
    if place and parts[place - 1] == ",":
        del parts[place - 1]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name is given twice")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no value")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
