"""JSON in and out: what a browser sends is not trusted, what it is sent can always be read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from zhixing.errors import InputError

MAX_BYTES = 16_384
"""Of one message from a browser."""
_MAX_DIGITS = 20


def unpack(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object that a browser sent.

    Numbers that no signal can carry (not finite, or longer than 64 bits need) and text that is not Unicode are refused
    here, so that nobody behind has to think of them.

    Raises:
        InputError: It is binary, too large, no JSON, or no object.

    Example:
        >>> unpack('{"type": "say", "text": "你好"}')
        {'type': 'say', 'text': '你好'}
        >>> unpack('[1]')
        Traceback (most recent call last):
        zhixing.errors.InputError: a message must be a JSON object, not a list
    """
    if isinstance(text, bytes):
        raise InputError("the message is binary", hint="Send JSON as text.")
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InputError("the message is too large", hint=f"Send at most {MAX_BYTES} bytes.")
    try:
        message = json.loads(text, parse_constant=_no_constant, parse_int=_int, parse_float=_float)
        # A lone surrogate is legal in JSON but is no text: it could not be sent on to the other screens.
        json.dumps(message, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise InputError("the message is not JSON", hint='Send one JSON object, {"type": "say", ...}.') from error
    if not isinstance(message, dict):
        raise InputError(
            f"a message must be a JSON object, not a {type(message).__name__}", hint='Send {"type": "say", ...}.'
        )
    return message


def pack(message: Mapping[str, Any]) -> str:
    """Return a message as JSON that every browser can parse; numbers that are not finite become null.

    Example:
        >>> pack({"limit": float("inf")})
        '{"limit":null}'
    """
    try:
        return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_finite(message), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _finite(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case _:
            return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError("the number is too long")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number
