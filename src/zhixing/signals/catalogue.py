"""Which signals the car has: the JSON export of vss-tools, ours or a maker's own.

Ours is compiled from ``vss/*.vspec`` by ``tools/compile_catalogue.py``.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from zhixing.datatypes.signal import DATA_TYPES, SIGNAL_KINDS, Leaf
from zhixing.errors import ConfigError, WrongTypeError
from zhixing.signals.values import INTEGER_RANGES, as_value, check_type, is_allowed

Catalogue = Mapping[str, Leaf]

_MAX_BYTES = 64_000_000
_MAX_DEPTH = 30
_HINT = "Export it with: vspec export json."


@lru_cache(maxsize=4)
def load_catalogue(file: Path | None = None) -> Catalogue:
    """Return the signals of a car by path, in the order of the file.

    Args:
        file: JSON export of vss-tools; None is the catalogue of Zhixing.

    Raises:
        ConfigError: The file cannot be read, is no such export, or contradicts itself.

    Example:
        >>> load_catalogue()["Vehicle.Cabin.Infotainment.Media.Volume"].max
        100
    """
    if file is None:
        return parse_catalogue(
            json.loads(resources.files("zhixing.signals").joinpath("catalogue.json").read_text("utf-8"))
        )
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{file} is larger than {_MAX_BYTES} bytes", hint=_HINT)
        tree = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"catalogue {file} cannot be read: {error}", hint=_HINT) from error
    return parse_catalogue(tree)


def parse_catalogue(tree: object) -> Catalogue:
    """Return the leaves of a vss-tools JSON export.

    Raises:
        ConfigError: It is none, a leaf has no known kind or data type, or a default is not allowed.
    """
    if not isinstance(tree, Mapping):
        raise ConfigError("a catalogue must be a JSON object of branches", hint=_HINT)
    leaves = {path: _leaf(path, node) for path, node in _walk(tree, "", 0) if path.partition(".")[0] != _STRUCTS}
    if not leaves:
        raise ConfigError("a catalogue has no signals", hint=_HINT)
    return leaves


_STRUCTS = "ComplexDataTypes"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_CLASS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")
_INTRICATE = re.compile(r"\)[*+?{]|\(\?|\|")
_SIMPLE_PATTERN = re.compile(r"\^?(?:[^\\\[\]{}*+?|^$()](?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?)*\$?")
_UNBOUNDED = re.compile(r"[*+?]|\{\d+,\d*\}")


def _walk(nodes: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if depth > _MAX_DEPTH:
        raise ConfigError(f"branch {prefix} is too deep", hint=_HINT)
    for name, node in nodes.items():
        path = f"{prefix}{name}"
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{ascii(path)[:80]} is no name of VSS", hint=_HINT)
        if not isinstance(node, Mapping):
            raise ConfigError(f"signal {path}: an object is expected, got {str(node)[:40]!r}", hint=_HINT)
        if isinstance(node.get("children"), Mapping):
            yield from _walk(node["children"], f"{path}.", depth + 1)
        elif node.get("type") != "branch":
            yield path, node


def _leaf(path: str, node: Mapping[str, Any]) -> Leaf:
    kind, datatype = node.get("type"), node.get("datatype")
    if kind not in SIGNAL_KINDS:
        raise ConfigError(f"signal {path}: type {kind!r} is none of {', '.join(SIGNAL_KINDS)}", hint=_HINT)
    if datatype not in DATA_TYPES:
        raise ConfigError(f"signal {path}: data type {datatype!r} is unknown; structs are not supported", hint=_HINT)
    limits = {key: node.get(key) for key in ("min", "max")}
    allowed, pattern = node.get("allowed") or [], node.get("pattern") or ""
    if not all(_is_limit(limit, datatype) for limit in limits.values()):
        raise ConfigError(f"signal {path}: its limits {limits} are no numbers", hint=_HINT)
    if not isinstance(pattern, str) or not _is_simple(pattern):
        raise ConfigError(f"signal {path}: its pattern is too intricate to be checked fast", hint=_HINT)
    try:
        re.compile(pattern)
        leaf = Leaf(
            path=path,
            kind=kind,
            datatype=datatype,
            unit=str(node.get("unit") or ""),
            min=limits["min"],
            max=limits["max"],
            allowed=tuple(allowed),
            pattern=pattern,
            default=None if node.get("default") is None else as_value(node["default"]),
            description=str(node.get("description") or ""),
            source=str(node.get("source") or "VSS 6.0"),
        )
        for value in leaf.allowed:
            check_type(leaf, (value,) if datatype.endswith("[]") else value)
        is_fine = leaf.default is None or is_allowed(leaf, check_type(leaf, leaf.default))
    except (TypeError, ValueError, OverflowError, RecursionError, re.error, WrongTypeError) as error:
        raise ConfigError(f"signal {path}: {error}", hint=_HINT) from error
    if not is_fine:
        raise ConfigError(f"signal {path}: its default {leaf.default!r} is not allowed", hint=_HINT)
    return leaf


def _is_limit(limit: object, datatype: str) -> bool:
    if limit is None:
        return True
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        return False
    low, high = INTEGER_RANGES.get(datatype.removesuffix("[]"), (-1.7e308, 1.7e308))
    return low <= limit <= high


def _is_simple(pattern: str) -> bool:
    """Return whether a pattern can be checked in the time that its text is long.

    It is a row of characters and classes, repeated at most so many times but for one of them; any other pattern could
    take for ever on a text that somebody sends.

    Example:
        >>> _is_simple("^#[0-9A-F]{6}$"), _is_simple("^(a|a)*b$"), _is_simple("a*a*a*b")
        (True, False, False)
    """
    flat = _CLASS.sub("x", pattern)
    if len(pattern) > 200 or _INTRICATE.search(flat):
        return False
    row = flat.replace("(", "").replace(")", "")
    return _SIMPLE_PATTERN.fullmatch(row) is not None and len(_UNBOUNDED.findall(row)) <= 1


def expand(pattern: str) -> Iterator[str]:
    """Yield the paths that a pattern with braces stands for.

    Example:
        >>> list(expand("Door.{Row1,Row2}.IsOpen"))
        ['Door.Row1.IsOpen', 'Door.Row2.IsOpen']
    """
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [part.split(",") if odd else [part] for part, odd in zip(parts, itertools.cycle((False, True)))]
    return ("".join(choice) for choice in itertools.product(*choices))
