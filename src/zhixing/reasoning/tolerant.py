"""JSON as models write it: mended where only one meaning is possible, refused where two are.

Mended: an empty text for no arguments, code fences, JSON within a JSON string, single quotes, Python's ``True``,
``False`` and ``None``, bare keys, commas before a closing bracket, closing brackets too many. Refused: what was cut off
(a 2 may have been a 21), a name given twice, NaN and infinity, more than one value, words around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_LONGEST = 65_536
_FENCE = re.compile(r"\s*```[\w-]*\s*(.*?)\s*```\s*", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*")|(?P<single>'(?:[^'\\]|\\.)*')|(?P<word>[A-Za-z_][\w-]*)|(?P<other>.)""", re.DOTALL
)
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
    fenced = _FENCE.fullmatch(text)
    value = _parse(fenced.group(1) if fenced else text.strip())
    for _ in range(2):
        if not isinstance(value, str) or not value.lstrip().startswith(("{", "[", '"')):
            break
        value = _parse(value.strip())
    return value


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
    if text[end:].strip(" \t\r\n;}]"):
        raise ValueError("more than one value")
    return value


def _mended(text: str) -> str:
    parts: list[str] = []
    before = ""
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "single":
                inner = token.group()[1:-1].replace("\\'", "'")
                parts.append('"' + re.sub(r'(?<!\\)"', r"\"", inner) + '"')
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
