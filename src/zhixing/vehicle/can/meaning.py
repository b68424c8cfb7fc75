"""What a raw number on the bus means as a value of VSS, and the other way round."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Protocol

from zhixing.datatypes.signal import Leaf, Value
from zhixing.signals.values import INTEGER_RANGES
from zhixing.vehicle.can.layout import Raw, SignalLayout

_DECIMALS = 10  # 1e-7 degrees of latitude is a centimetre; further digits are those of binary fractions
_SLACK = 1e-6


class Meaning(Protocol):
    """Between the raw numbers of one signal and the values of one leaf."""

    def value_of(self, raw: Raw) -> Value | None:
        """Return the value, None where the number is outside the DBC's limits or means nothing."""
        ...

    def raw_of(self, value: Value) -> Raw | None:
        """Return the nearest raw number, None where the bus has none for this value."""
        ...


class NumberMeaning:
    """A quantity: scaled by the DBC, and once more where the units of DBC and VSS differ.

    Args:
        signal: On the bus.
        leaf: In VSS.
        scale: VSS value for one physical unit of the DBC.
        offset: VSS value of the DBC's physical 0.
    """

    def __init__(self, signal: SignalLayout, leaf: Leaf, scale: float = 1.0, offset: float = 0.0) -> None:
        self._leaf = leaf
        self._is_whole = leaf.datatype in INTEGER_RANGES
        self._scale, self._offset = signal.scale * scale, signal.offset * scale + offset
        lowest = -math.inf if signal.minimum is None else signal.minimum
        highest = math.inf if signal.maximum is None else signal.maximum
        ends = [(end - signal.offset) / signal.scale for end in (lowest, highest)]
        self._low, self._high = min(ends) - _SLACK, max(ends) + _SLACK
        self._is_float = signal.is_float

    def value_of(self, raw: Raw) -> Value | None:
        """Return the quantity in the unit of VSS, None outside the limits of the DBC."""
        if not self._low <= raw <= self._high:
            return None
        number = round(raw * self._scale + self._offset, _DECIMALS)
        if not math.isfinite(number):
            return None
        value = round(number) if self._is_whole else number
        if self._is_whole:
            least, most = INTEGER_RANGES[self._leaf.datatype]
            if not least <= value <= most:
                return None
        return value

    def raw_of(self, value: Value) -> Raw | None:
        """Return the nearest raw number within the DBC's limits."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        raw = (value - self._offset) / self._scale
        if not self._is_float:
            raw = round(raw)
        return raw if self._low <= raw <= self._high else None


class TableMeaning:
    """A choice: each raw number is a value.

    Args:
        values: By raw number; where two numbers mean the same, the first is sent.
    """

    def __init__(self, values: Mapping[int, Value]) -> None:
        self._values = dict(values)
        self._raws = {(type(value), value): raw for raw, value in reversed(self._values.items())}

    def value_of(self, raw: Raw) -> Value | None:
        """Return the choice, None where the number stands for none."""
        return self._values.get(int(raw)) if raw == raw // 1 else None

    def raw_of(self, value: Value) -> Raw | None:
        """Return the number of a choice."""
        return self._raws.get((type(value), value))


class ColourMeaning:
    """A colour: 24 bits of red, green and blue are VSS's ``#RRGGBB``.

    Example:
        >>> ColourMeaning().value_of(0xFF8000), ColourMeaning().raw_of("#00FF7F") == 0x00FF7F
        ('#FF8000', True)
    """

    def value_of(self, raw: Raw) -> Value | None:
        """Return the colour as text."""
        return f"#{int(raw):06X}" if 0 <= raw <= 0xFFFFFF else None

    def raw_of(self, value: Value) -> Raw | None:
        """Return the colour as a number."""
        return int(value[1:], 16) if isinstance(value, str) and re.fullmatch("#[0-9A-Fa-f]{6}", value) else None
