"""Values of signals to messages of ``kuksa.val`` and back. Both versions name their fields alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zhixing.datatypes.signal import Leaf, Reading, Value
from zhixing.errors import WrongTypeError
from zhixing.signals.values import as_value

_FIELDS: Mapping[str, str] = {
    "boolean": "bool",
    "int8": "int32",
    "int16": "int32",
    "int32": "int32",
    "int64": "int64",
    "uint8": "uint32",
    "uint16": "uint32",
    "uint32": "uint32",
    "uint64": "uint64",
    "float": "float",
    "double": "double",
    "string": "string",
}
_NS_PER_S = 1_000_000_000


def field_of(datatype: str) -> str:
    """Return the field of a message that holds a value of a VSS data type.

    Example:
        >>> field_of("uint8"), field_of("string[]")
        ('uint32', 'string_array')
    """
    scalar = _FIELDS[datatype.removesuffix("[]")]
    return f"{scalar}_array" if datatype.endswith("[]") else scalar


def type_name(datatype: str) -> str:
    """Return the name of a VSS data type in the messages.

    Example:
        >>> type_name("uint8[]")
        'DATA_TYPE_UINT8_ARRAY'
    """
    return f"DATA_TYPE_{datatype.upper().replace('[]', '_ARRAY')}"


def writer(leaf: Leaf) -> Callable[[Any, Reading], None]:
    """Return a function that writes a signal's value into the message that holds values."""
    field = field_of(leaf.datatype)
    if leaf.datatype.endswith("[]"):
        return lambda message, value: getattr(message, field).values.extend(value)
    return lambda message, value: setattr(message, field, value)


def stamp(timestamp: Any, time_ns: int) -> None:
    """Write a Unix time into a protobuf timestamp."""
    timestamp.seconds, timestamp.nanos = divmod(time_ns, _NS_PER_S)


def read(leaf: Leaf, message: Any, oneof: str) -> Reading:
    """Return the value in a message, as the signal's data type wants it.

    Args:
        leaf: The signal.
        message: ``Value`` of version 2, or ``Datapoint`` of version 1.
        oneof: Name of the message's choice of fields.

    Raises:
        WrongTypeError: It holds none, or one of another type.
    """
    field = message.WhichOneof(oneof)
    if field != field_of(leaf.datatype):
        raise WrongTypeError(
            f"{leaf.path} is {leaf.datatype}, the message holds {field or 'no value'}",
            hint=f"Send it as {field_of(leaf.datatype)}.",
        )
    value = getattr(message, field)
    return as_value(tuple(value.values)) if field.endswith("_array") else as_value(value)


def write_limits(leaf: Leaf, message: Any) -> None:
    """Write what a signal may be into the metadata of version 2."""
    write = writer(leaf) if not leaf.datatype.endswith("[]") else None
    if leaf.allowed:
        field = f"{_FIELDS[leaf.datatype.removesuffix('[]')]}_array"
        getattr(message.allowed_values, field).values.extend(leaf.allowed)
    for name, limit in (("min", leaf.min), ("max", leaf.max)):
        if limit is not None and write is not None:
            write(getattr(message, name), _typed(leaf, limit))


def _typed(leaf: Leaf, number: float) -> Value:
    return float(number) if leaf.datatype in {"float", "double"} else int(number)


def write_restriction(leaf: Leaf, message: Any) -> None:
    """Write what a signal may be into the metadata of version 1."""
    datatype = leaf.datatype.removesuffix("[]")
    if datatype == "boolean" or not (leaf.allowed or leaf.min is not None or leaf.max is not None):
        return
    if datatype == "string":
        message.value_restriction.string.allowed_values.extend(leaf.allowed)
        return
    kind = "floating_point" if datatype in {"float", "double"} else "unsigned" if datatype[0] == "u" else "signed"
    restriction = getattr(message.value_restriction, kind)
    restriction.allowed_values.extend(leaf.allowed)
    for name, limit in (("min", leaf.min), ("max", leaf.max)):
        if limit is not None:
            setattr(restriction, name, _typed(leaf, limit))
