"""What the virtual car has, of all that a catalogue knows, and in what state it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from zhixing.datatypes.signal import Leaf, Reading
from zhixing.errors import WrongTypeError
from zhixing.signals.catalogue import Catalogue, load_catalogue
from zhixing.signals.values import INTEGER_RANGES, check_type, is_allowed


def outfit(catalogue: Catalogue) -> Mapping[str, Reading | None]:
    """Return the signals that a car with this catalogue has, and what they are at first.

    In our own catalogue what has a default is what the car has. Another's says little by its defaults: there every
    actuator can be moved and starts as ours does, or else at rest; of its sensors the car has those that ours has.

    Returns:
        By path, None where nothing is known at first: what the catalogue allows cannot be guessed.
    """
    ours = load_catalogue()
    if catalogue == ours:
        return {path: leaf.default for path, leaf in catalogue.items() if leaf.default is not None}
    found: dict[str, Reading | None] = {}
    for path, leaf in catalogue.items():
        known = ours.get(path)
        first = leaf.default
        if first is None and known is not None and known.default is not None and known.unit == leaf.unit:
            first = _if_allowed(leaf, known.default)
        if first is None and leaf.kind == "actuator":
            first = _at_rest(leaf)
        if first is not None or leaf.kind == "actuator":
            found[path] = first
    return found


def fitted(leaf: Leaf, value: Reading) -> Reading | None:
    """Return a value as a leaf that is not ours can hold it: whole where it must be, within limits; else None.

    Example:
        >>> fitted(Leaf(path="A", kind="sensor", datatype="uint8", max=100, description=""), 120.6)
        100
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = INTEGER_RANGES.get(leaf.datatype, (value, value))
        if leaf.datatype in INTEGER_RANGES:
            value = round(value)
        value = min(max(value, low, value if leaf.min is None else leaf.min), high)
        value = value if leaf.max is None else min(value, leaf.max)
    return _if_allowed(leaf, value)


def _if_allowed(leaf: Leaf, value: Reading) -> Reading | None:
    try:
        typed = check_type(leaf, value)
    except WrongTypeError:
        return None
    return typed if is_allowed(leaf, typed) else None


def _at_rest(leaf: Leaf) -> Reading | None:
    if leaf.allowed:
        return leaf.allowed[0]
    if leaf.datatype == "boolean":
        return False
    if leaf.datatype == "string":
        return _if_allowed(leaf, "")
    low = 0.0 if leaf.min is None else leaf.min
    high = 0.0 if leaf.max is None else leaf.max
    return _if_allowed(leaf, cast("Reading", min(max(0.0, low), max(high, low))))
