"""Which signals the car has."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from zhixing.datatypes.signal import Leaf, Value
from zhixing.errors import ConfigError, WrongTypeError

Catalogue = Mapping[str, Leaf]

INTEGER_RANGES: dict[str, tuple[int, int]] = {
    f"{sign}{bits}": (0, 2**bits - 1) if sign == "uint" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for sign in ("int", "uint")
    for bits in (8, 16, 32, 64)
}
_COLOUR = re.compile(r"#[0-9A-F]{6}")


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Return the signals of this car by path, in the order of the file.

    Raises:
        ConfigError: The file contradicts itself.

    Example:
        >>> load_catalogue()["Vehicle.Cabin.Infotainment.Media.Volume"].max
        100
    """
    text = resources.files("zhixing.signals").joinpath("catalogue.yaml").read_text("utf-8")
    return parse_catalogue(yaml.safe_load(text))


def parse_catalogue(entries: Mapping[str, Mapping[str, Any]]) -> Catalogue:
    """Return the leaves that catalogue entries describe.

    Raises:
        ConfigError: A path comes twice, a key is unknown or absent, or a default is not allowed.
    """
    leaves: dict[str, Leaf] = {}
    for pattern, entry in entries.items():
        unknown = set(entry) - {"kind", "type", "unit", "min", "max", "allowed", "default", "about", "source"}
        if unknown or not {"kind", "type", "default", "about"} <= set(entry):
            raise ConfigError(f"signal {pattern}: keys {sorted(unknown)} unknown or kind, type, default, about absent")
        for path in expand(pattern):
            if path in leaves:
                raise ConfigError(f"signal {path} is described twice")
            leaf = Leaf(
                path=path,
                kind=entry["kind"],
                datatype=entry["type"],
                unit=entry.get("unit", ""),
                min=entry.get("min"),
                max=entry.get("max"),
                allowed=tuple(entry.get("allowed", ())),
                default=entry["default"],
                description=entry["about"],
                source=entry.get("source", "VSS 6.0"),
            )
            if not is_allowed(leaf, check_type(leaf, leaf.default)):
                raise ConfigError(f"signal {path}: its default {leaf.default!r} is not allowed")
            leaves[path] = leaf
    return leaves


def expand(pattern: str) -> Iterator[str]:
    """Yield the paths that a pattern with braces stands for.

    Example:
        >>> list(expand("Door.{Row1,Row2}.IsOpen"))
        ['Door.Row1.IsOpen', 'Door.Row2.IsOpen']
    """
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [part.split(",") if odd else [part] for part, odd in zip(parts, itertools.cycle((False, True)))]
    return ("".join(choice) for choice in itertools.product(*choices))


def check_type(leaf: Leaf, value: Value) -> Value:
    """Return the value as the signal's data type has it: a whole number becomes a float where floats are meant.

    Raises:
        WrongTypeError: The value is of another type, not finite, or beyond what the data type can hold.
    """
    match leaf.datatype:
        case "boolean":
            is_fine = isinstance(value, bool)
        case "string":
            is_fine = isinstance(value, str) and len(value) <= 1000
        case "float" | "double":
            is_fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if is_fine:
                return float(value)
        case integer:
            low, high = INTEGER_RANGES[integer]
            is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            is_fine = is_whole and not isinstance(value, bool) and low <= float(value) <= high
            if is_fine:
                return int(value)
    if not is_fine:
        raise WrongTypeError(
            f"{leaf.path} is {leaf.datatype}, {value!r} is not", hint=f"Give a {leaf.datatype} as VSS defines it."
        )
    return value


def is_allowed(leaf: Leaf, value: Value) -> bool:
    """Return whether a value of the right type is within the signal's limits."""
    if leaf.allowed:
        return value in leaf.allowed
    if isinstance(value, str):
        return not leaf.path.endswith(".Color") or _COLOUR.fullmatch(value) is not None
    if isinstance(value, bool):
        return True
    low = -math.inf if leaf.min is None else leaf.min
    high = math.inf if leaf.max is None else leaf.max
    return low <= value <= high
