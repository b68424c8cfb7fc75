"""Values in JSON that a stranger may have written: of the type and the size that is asked for, or an error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import InputError

_MAX_MAGNITUDE = 1e9
_HINT = "Drop what Zhixing added to the file, or write it again."


def load_object(text: object, error_type: type[InputError]) -> dict[str, Any]:
    """Return a JSON object, given as text or already loaded.

    Raises:
        InputError: As ``error_type``: it is none.
    """
    try:
        value = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError) as error:
        raise error_type(f"{str(text)[:40]!r} is no JSON", hint=_HINT) from error
    if not isinstance(value, dict):
        raise error_type(f"{str(text)[:40]!r} is no JSON object", hint=_HINT)
    return value


def whole(said: dict[str, Any], name: str, least: int, most: int, error_type: type[InputError]) -> int:
    """Return a whole number between two others.

    Raises:
        InputError: As ``error_type``: it is absent or not.
    """
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise error_type(f"{name} is {str(value)[:40]}, not from {least} to {most}", hint=_HINT)
    return value


def whole_list(said: dict[str, Any], name: str, least: int, most: int, error_type: type[InputError]) -> tuple[int, ...]:
    """Return whole numbers, each between two others; see :func:`whole`."""
    values = said.get(name)
    if not isinstance(values, list):
        raise error_type(f"{name} is {str(values)[:40]}, no list", hint=_HINT)
    return tuple(whole({name: value}, name, least, most, error_type) for value in values)


def numbers(values: object, count: int | None, error_type: type[InputError]) -> Sequence[float]:
    """Return finite numbers of a sensible size.

    Args:
        values: A list.
        count: How many, or None for any.
        error_type: What to raise.

    Raises:
        InputError: As ``error_type``: something else stands there.
    """
    if not isinstance(values, list) or count not in {None, len(values)}:
        raise error_type(f"{str(values)[:40]} is no list of {count or ''} numbers", hint=_HINT)
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _MAX_MAGNITUDE:
            raise error_type(f"{str(value)[:40]} is no finite number of a sensible size", hint=_HINT)
    return [float(value) for value in values]


def points(values: object, error_type: type[InputError]) -> FloatArray:
    """Return (points, 2) of a list of pairs; see :func:`numbers`."""
    if not isinstance(values, list):
        raise error_type(f"{str(values)[:40]} is no list of points", hint=_HINT)
    return np.array([numbers(pair, 2, error_type) for pair in values], dtype=np.float64).reshape(-1, 2)
