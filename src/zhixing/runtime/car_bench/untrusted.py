"""JSON from strangers: every number is finite and of a sane size, every text is text, every file has an end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zhixing.errors import InputError

_MAX_LINE_BYTES = 1_000_000
_MAX_FILE_BYTES = 64_000_000
_MAX_DIGITS = 18
_HINT = "Give the folder of CAR-bench as it is published."


def parse_json(text: bytes | str, where: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a JSON text says.

    Args:
        text: UTF-8.
        where: What the message names, e.g. ``tasks.jsonl line 3``.

    Raises:
        InputError: It is no JSON, or holds NaN, an infinite or a huge number, or half a character.
    """
    if len(text) > _MAX_FILE_BYTES:
        raise InputError(f"{where} is longer than {_MAX_FILE_BYTES} bytes", hint=_HINT)
    try:
        content = json.loads(text, parse_constant=_no_number, parse_int=_whole, parse_float=_finite)
        json.dumps(content, ensure_ascii=False).encode("utf-8")  # a lone surrogate is legal JSON and no text
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: {error}", hint=_HINT) from error
    return content


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        InputError: It cannot be read or is too long.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", hint=_HINT) from error
    if len(content) > _MAX_FILE_BYTES:
        raise InputError(f"{path} is longer than {_MAX_FILE_BYTES} bytes", hint=_HINT)
    return content


def read_objects(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield where it stands and what it says, for every line of a file of JSON objects.

    Raises:
        InputError: The file cannot be read, or a line is no JSON object; the message names the line.
    """
    for number, line in enumerate(read_bytes(path).split(b"\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name} line {number}"
        if len(line) > _MAX_LINE_BYTES:
            raise InputError(f"{where} is longer than {_MAX_LINE_BYTES} bytes", hint=_HINT)
        yield where, an_object(parse_json(line, where), where)


def an_object(content: object, where: str) -> Mapping[str, Any]:
    """Return it as a JSON object.

    Raises:
        InputError: It is none.
    """
    if not isinstance(content, dict):
        raise InputError(f"{where}: {shown(content)} is no JSON object", hint=_HINT)
    return content


def a_text(content: object, where: str) -> str:
    """Return it as a text.

    Raises:
        InputError: It is none.
    """
    if not isinstance(content, str):
        raise InputError(f"{where}: {shown(content)} is no text", hint=_HINT)
    return content


def a_list(content: object, where: str) -> list[Any]:
    """Return it as a list.

    Raises:
        InputError: It is none.
    """
    if not isinstance(content, list):
        raise InputError(f"{where}: {shown(content)} is no list", hint=_HINT)
    return content


def shown(content: object) -> str:
    """Return the beginning of what a stranger wrote, to be named in a message.

    Example:
        >>> shown("x" * 100)
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    text = repr(content)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS:
        raise ValueError(f"{shown(digits)} is too big a number")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    if not abs(number) < 10.0**_MAX_DIGITS:
        raise ValueError(f"{shown(text)} is too big a number")
    return number
