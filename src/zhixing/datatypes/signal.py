"""What the car can tell and be asked: signals by COVESA VSS 6.0 names, and the answers of the one door.

What is (the current value, published by a provider) and what is wanted (the target value) are two values. Nobody
writes a signal: one asks with a :class:`SetRequest` and hears :class:`Granted`, :class:`Refused` or
:class:`NeedsYes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, get_args

from zhixing.datatypes.localized import Localized

Value = bool | int | float | str
Reading = Value | tuple[Value, ...]
"""What a signal can be: a value, or an array of values of one type. No actuator of VSS is an array."""

# fmt: off
DataType = Literal[
    "boolean", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "string",
    "boolean[]", "int8[]", "int16[]", "int32[]", "int64[]", "uint8[]", "uint16[]", "uint32[]", "uint64[]", "float[]",
    "double[]", "string[]",
]
# fmt: on
SignalKind = Literal["sensor", "actuator", "attribute"]
DATA_TYPES: tuple[str, ...] = get_args(DataType)
SIGNAL_KINDS: tuple[str, ...] = get_args(SignalKind)


class Zone(Enum):
    """The seat somebody speaks from or touches at; the steering wheel is on the left."""

    DRIVER = "driver"
    PASSENGER = "passenger"
    REAR_LEFT = "rear_left"
    REAR_RIGHT = "rear_right"


Source = Literal["voice", "touch", "suggestion", "app", "model", "network", "system"]
"""By which way a wish comes; ``network`` is another program at a standard interface, ``system`` the car itself."""


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
        pattern: Regular expression that a text must match whole, empty when any may come.
        default: What a car has at start, None where the catalogue does not say.
        description: One sentence.
        source: Where the limits come from, where VSS itself has none ("VSS 6.0" otherwise).
    """

    path: str
    kind: SignalKind
    datatype: DataType
    unit: str = ""
    min: float | None = None
    max: float | None = None
    allowed: tuple[Value, ...] = ()
    pattern: str = ""
    default: Reading | None = None
    description: str
    source: str = "VSS 6.0"


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a signal.

    Attributes:
        value: What was reported last, None where nobody has reported anything yet.
        time_ns: When that was true, by the store's clock.
        source: Who reported it.
        is_stale: Whether its provider has gone silent since, so that it may be something else by now.
    """

    value: Reading | None
    time_ns: int
    source: str = ""
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRequest:
    """Somebody asks that an actuator take a value.

    Attributes:
        path: VSS path of the actuator.
        value: Wanted value in the catalogue's type and unit.
        zone: Seat of the person who asks; None where nobody in the car does.
        source: By which way the wish came.
        caller: Who asks, where the way does not say it: the name in an access token, a peer's address.
    """

    path: str
    value: Value
    zone: Zone | None
    source: Source
    caller: str = ""


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
