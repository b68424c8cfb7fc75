"""What the car can tell and be asked: signals by COVESA VSS 6.0 names, and the answers of the one door.

What is (the current value, published by a provider) and what is wanted (the target value) are two values. Nobody
writes a signal: one asks with a :class:`SetRequest` and hears :class:`Granted`, :class:`Refused` or
:class:`NeedsYes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from zhixing.datatypes.localized import Localized

Value = bool | int | float | str

DataType = Literal[
    "boolean", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "string"
]
SignalKind = Literal["sensor", "actuator", "attribute"]


class Zone(Enum):
    """The seat somebody speaks from or touches at; the steering wheel is on the left."""

    DRIVER = "driver"
    PASSENGER = "passenger"
    REAR_LEFT = "rear_left"
    REAR_RIGHT = "rear_right"


Source = Literal["voice", "touch", "suggestion", "app", "model", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One signal of the catalogue.

    Attributes:
        path: Full VSS path, e.g. ``Vehicle.Cabin.Door.Row1.DriverSide.Window.Position``.
        kind: A sensor reports, an actuator can be asked to change, an attribute never changes.
        datatype: VSS data type.
        unit: VSS unit (``km/h``, ``celsius``, ``percent`` ...), empty without one.
        min: Smallest allowed value, in ``unit``.
        max: Largest allowed value, in ``unit``.
        allowed: The only allowed values, empty when all are.
        default: Value at start.
        description: One English sentence of our own.
        source: Where the limits come from, where VSS itself has none ("VSS 6.0" otherwise).
    """

    path: str
    kind: SignalKind
    datatype: DataType
    unit: str = ""
    min: float | None = None
    max: float | None = None
    allowed: tuple[str, ...] = ()
    default: Value
    description: str
    source: str = "VSS 6.0"


@dataclass(frozen=True, slots=True)
class Sample:
    """A value and when it was true."""

    value: Value
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRequest:
    """Somebody asks that an actuator take a value.

    Attributes:
        path: VSS path of the actuator.
        value: Wanted value in the catalogue's type and unit.
        zone: Seat of the person who asks.
        source: By which way the wish came.
    """

    path: str
    value: Value
    zone: Zone
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The wish is the new target; it is done when the provider reports it as the current value."""

    request: SetRequest
    kind: Literal["granted"] = "granted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A rule forbids it now; nothing changed.

    Attributes:
        rule: Stable name of the rule, e.g. ``door-closed-while-moving``.
        say: Why, and what is possible instead, for the person who asked.
    """

    request: SetRequest
    rule: str
    say: Localized
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsYes:
    """It is allowed after a clear yes from the zone that asked; nothing changed yet.

    Attributes:
        rule: Stable name of the rule that wants the yes.
        ask: The question to the person.
        token: Hand this to ``SignalStore.confirm``.
        expires_ns: After this the yes comes too late.
    """

    request: SetRequest
    rule: str
    ask: Localized
    token: str
    expires_ns: int
    kind: Literal["needs_yes"] = "needs_yes"


Outcome = Granted | Refused | NeedsYes
