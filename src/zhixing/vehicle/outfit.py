"""What the virtual car has, of all that a catalogue knows, and in what state it starts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

from zhixing.datatypes.signal import Leaf, Reading
from zhixing.errors import WrongTypeError
from zhixing.signals.catalogue import Catalogue, load_catalogue
from zhixing.signals.values import INTEGER_RANGES, check_type, is_allowed

_SPEAKING_SHARE = 0.1
"""Of the actuators with a default, from which on the others are meant to be absent: 0.5 in ours, 0.002 in VSS 6.0."""


def outfit(catalogue: Catalogue) -> Mapping[str, Reading | None]:
    """Return the signals that a car with this catalogue has, and what they are at first.

    In our own catalogue, and in one made like it, what has a default is what the car has. One whose actuators have
    hardly any defaults, as the export of the standard, does not say: there every actuator can be moved and starts as
    ours does, or else at rest; of its sensors the car has those that ours has.

    Returns:
        By path, None where nothing is known at first: what the catalogue allows cannot be guessed.
    """
    ours = load_catalogue()
    has_default = [leaf.default is not None for leaf in catalogue.values() if leaf.kind == "actuator"]
    if has_default and sum(has_default) >= _SPEAKING_SHARE * len(has_default):
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
        low = -math.inf if leaf.min is None else leaf.min
        high = math.inf if leaf.max is None else leaf.max
        if leaf.datatype in INTEGER_RANGES:
            least, most = INTEGER_RANGES[leaf.datatype]
            value, low, high = round(value), max(low, least), min(high, most)
        value = min(max(value, low), high)
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
