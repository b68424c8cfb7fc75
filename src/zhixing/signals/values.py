"""Which values a signal can have: by its VSS data type, and by its limits."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import cast

from zhixing.datatypes.signal import Leaf, Reading, Value
from zhixing.errors import OutOfRangeError, WrongTypeError

INTEGER_RANGES: Mapping[str, tuple[int, int]] = {
    f"{sign}{bits}": (0, 2**bits - 1) if sign == "uint" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for sign in ("int", "uint")
    for bits in (8, 16, 32, 64)
}
MAX_ITEMS = 10_000
_MAX_CHARACTERS = 1000
_LARGEST = math.nextafter(math.inf, 0.0)


def as_value(raw: object) -> Reading:
    """Return what a file or a peer has given as a value: a list becomes a tuple.

    Raises:
        TypeError: It can be no signal's value.
    """
    if isinstance(raw, bool | int | float | str):
        return raw
    if isinstance(raw, list | tuple) and all(isinstance(item, bool | int | float | str) for item in raw):
        return cast("Reading", tuple(raw))
    raise TypeError(f"{type(raw).__name__} can be no signal's value")


def check_type(leaf: Leaf, value: Reading) -> Reading:
    """Return the value as the signal's data type has it: a whole number becomes a float where floats are meant.

    Raises:
        WrongTypeError: The value is of another type, not finite, or beyond what the data type can hold.
    """
    if leaf.datatype.endswith("[]"):
        if not isinstance(value, tuple) or len(value) > MAX_ITEMS:
            raise _wrong(leaf, value)
        item_type = leaf.datatype.removesuffix("[]")
        return cast("Reading", tuple(_check_scalar(leaf, item_type, item) for item in value))
    return _check_scalar(leaf, leaf.datatype, value)


def _check_scalar(leaf: Leaf, datatype: str, value: Reading) -> Value:
    match datatype:
        case "boolean":
            if isinstance(value, bool):
                return value
        case "string":
            if isinstance(value, str) and len(value) <= _MAX_CHARACTERS:
                return value
        case "float" | "double":
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
                return float(value)
        case integer:
            low, high = INTEGER_RANGES[integer]
            is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            if is_whole and not isinstance(value, bool) and low <= cast("float", value) <= high:
                return int(cast("float", value))
    raise _wrong(leaf, value)


def _wrong(leaf: Leaf, value: Reading) -> WrongTypeError:
    return WrongTypeError(
        f"{leaf.path} is {leaf.datatype}, {value!r} is not", hint=f"Give a {leaf.datatype} as VSS defines it."
    )


def is_allowed(leaf: Leaf, value: Reading) -> bool:
    """Return whether a value of the right type is within the signal's limits; of an array, each item."""
    if isinstance(value, tuple):
        return all(is_allowed(leaf, item) for item in value)
    if leaf.allowed:
        return value in leaf.allowed
    if isinstance(value, str):
        return not leaf.pattern or re.fullmatch(leaf.pattern, value) is not None
    if isinstance(value, bool):
        return True
    low = -math.inf if leaf.min is None else leaf.min
    high = math.inf if leaf.max is None else leaf.max
    return low <= value <= high


def checker(leaf: Leaf) -> Callable[[Reading], Reading]:
    """Return a function that gives a value as the signal has it, fast where it is so already.

    What it raises: WrongTypeError where the type is another, OutOfRangeError where a limit is passed.
    """

    def check(value: Reading) -> Reading:
        value = check_type(leaf, value)
        if not is_allowed(leaf, value):
            raise OutOfRangeError(f"{leaf.path} cannot be {value!r}", hint="Publish what the catalogue allows.")
        return value

    if leaf.datatype == "boolean":
        return lambda value: value if value is True or value is False else check(value)
    if leaf.datatype == "string":
        return check
    if leaf.datatype in {"float", "double"}:
        low, high = (_bound(leaf.min, -math.inf), _bound(leaf.max, math.inf))
        low, high = max(low, -_LARGEST), min(high, _LARGEST)
        return lambda value: value if type(value) is float and low <= value <= high else check(value)
    if leaf.datatype in INTEGER_RANGES and not leaf.allowed:
        least, most = INTEGER_RANGES[leaf.datatype]
        low, high = max(_bound(leaf.min, least), least), min(_bound(leaf.max, most), most)
        return lambda value: value if type(value) is int and low <= value <= high else check(value)
    return check


def _bound(limit: float | None, otherwise: float) -> float:
    return otherwise if limit is None else limit
