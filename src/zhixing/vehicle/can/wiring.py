"""Which signal of VSS is which signal on the bus: the mapping file, joined with the DBC.

The file is YAML (see docs/can.md)::

    constants:
      Vehicle.Powertrain.Type: ELECTRIC
    status:
      Vehicle.Speed: {at: MotionStatus.Speed, max_rate_per_s: 100}
      Vehicle.Cabin.Door.{Row1,Row2}.{DriverSide,PassengerSide}.IsOpen: DoorStatus.{Front,Rear}{Left,Right}Open
    commands:
      Vehicle.Cabin.Sunroof.Position: {at: RoofCommand.SunroofPosition, absent: -128}
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from zhixing.datatypes.signal import Leaf, Reading, Value
from zhixing.errors import ConfigError, WrongTypeError
from zhixing.signals.catalogue import Catalogue, expand
from zhixing.signals.guards import INPUTS
from zhixing.signals.values import as_value, check_type, is_allowed
from zhixing.vehicle.can.layout import MessageLayout, Raw, SignalLayout
from zhixing.vehicle.can.meaning import ColourMeaning, Meaning, NumberMeaning, TableMeaning

_MAX_BYTES = 2_000_000
_MAX_EXPANDED = 1000
_HINT = "See docs/can.md for the form of a mapping."
_KEYS = {"at", "scale", "offset", "values", "format", "absent", "max_rate_per_s"}
_SECTIONS = {"constants", "status", "commands", "timeout"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One signal of VSS and its bits on the bus.

    Attributes:
        absent: Raw number that says nothing: the sender does not know, or asks for nothing; None without one.
        max_rate_per_s: How fast the value can change, in the unit of VSS; None where nobody says.
    """

    leaf: Leaf
    message: MessageLayout
    signal: SignalLayout
    meaning: Meaning
    absent: Raw | None = None
    max_rate_per_s: float | None = None

    @property
    def path(self) -> str:
        """VSS path."""
        return self.leaf.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """All that a bus and a store have to do with each other.

    Attributes:
        status: What the car's devices tell.
        commands: What they are asked to do; each has a status that confirms it.
        constants: What is true of this car without being told.
        timeout_cycles: After how many cycles without a frame its signals are stale.
        min_timeout_s: They are not stale earlier than this.
    """

    status: tuple[Wire, ...]
    commands: tuple[Wire, ...]
    constants: Mapping[str, Reading]
    timeout_cycles: float = 5.0
    min_timeout_s: float = 0.5

    def reversed(self) -> Wiring:
        """Return the same from the other end of the bus: commands come in, status goes out."""
        return replace(self, status=self.commands, commands=self.status, constants={})


class _Loader(yaml.SafeLoader):
    """YAML in which a key that comes twice is an error, not the last one, and nothing stands for something else."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.YAMLError(f"{twice[0]} is there twice")
        return super().construct_mapping(node, deep)


def load_wiring(file: Path, messages: Mapping[str, MessageLayout], catalogue: Catalogue) -> Wiring:
    """Return what a mapping file says of the messages of a DBC.

    Raises:
        ConfigError: The file cannot be read or an entry is wrong; the message names it.
    """
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{file} is larger than {_MAX_BYTES} bytes", hint=_HINT)
        content = yaml.load(file.read_text("utf-8"), _Loader)  # noqa: S506  # it is a SafeLoader
    except (OSError, ValueError, RecursionError, TypeError, yaml.YAMLError) as error:
        raise ConfigError(f"mapping {file} cannot be read: {error}", hint=_HINT) from error
    return parse_wiring(content, messages, catalogue)


def parse_wiring(content: object, messages: Mapping[str, MessageLayout], catalogue: Catalogue) -> Wiring:
    """Return what the content of a mapping file says; see :func:`load_wiring`.

    Raises:
        ConfigError: An entry is wrong; the message names it.
    """
    sections = _mapping(content, "a mapping")
    _only(sections, _SECTIONS, "a mapping")
    status = tuple(_wires(sections.get("status"), "status", messages, catalogue))
    commands = tuple(_wires(sections.get("commands"), "commands", messages, catalogue))
    if not status:
        raise ConfigError("a mapping has no status: nothing would be known of the car", hint=_HINT)
    for wire in status:
        if wire.path in INPUTS and wire.message.cycle_s is None:
            raise ConfigError(
                f"status {wire.path}: the guards rely on it, and {wire.message.name} has no cycle to be missed by",
                hint="Give the message its GenMsgCycleTime in the DBC.",
            )
    told = {wire.path for wire in status}
    for wire in commands:
        if wire.leaf.kind != "actuator":
            raise ConfigError(f"commands {wire.path}: it is a {wire.leaf.kind}, not an actuator", hint=_HINT)
        if wire.path not in told:
            raise ConfigError(f"commands {wire.path}: no status would tell that it is done", hint=_HINT)
    both = {wire.message.name for wire in status} & {wire.message.name for wire in commands}
    if both:
        raise ConfigError(f"message {min(both)} cannot be status and command", hint=_HINT)
    timeout = _mapping(sections.get("timeout", {}), "timeout")
    _only(timeout, {"cycles", "min_s"}, "timeout")
    return Wiring(
        status=status,
        commands=commands,
        constants=_constants(sections.get("constants"), told, catalogue),
        timeout_cycles=_number(timeout, "cycles", "timeout", 5.0, at_least=1.0),
        min_timeout_s=_number(timeout, "min_s", "timeout", 0.5, at_least=0.0),
    )


def _wires(section: object, name: str, messages: Mapping[str, MessageLayout], catalogue: Catalogue) -> Iterator[Wire]:
    paths: set[str] = set()
    places: set[tuple[str, str]] = set()
    for pattern, raw_entry in _mapping({} if section is None else section, name).items():
        entry = {"at": raw_entry} if isinstance(raw_entry, str) else _mapping(raw_entry, f"{name} {pattern}")
        _only(entry, _KEYS, f"{name} {pattern}")
        if not isinstance(entry.get("at"), str):
            raise ConfigError(f"{name} {pattern}: 'at' must be Message.Signal", hint=_HINT)
        left, right = _expanded(str(pattern), f"{name} {pattern}"), _expanded(entry["at"], f"{name} {pattern}")
        if len(left) != len(right):
            raise ConfigError(
                f"{name} {pattern}: {len(left)} signals of VSS, but {len(right)} of the DBC: {entry['at']}",
                hint=_HINT,
            )
        for path, place in zip(left, right, strict=True):
            wire = _wire(path, place, entry, f"{name} {path}", messages, catalogue)
            where = (wire.message.name, wire.signal.name)
            if path in paths or (name == "commands" and where in places):
                raise ConfigError(f"{name} {path}: it or {place} is mapped twice", hint=_HINT)
            paths.add(path)
            places.add(where)
            yield wire


def _expanded(pattern: str, where: str) -> list[str]:
    if math.prod(choices.count(",") + 1 for choices in re.findall(r"\{([^}]*)\}", pattern)) > _MAX_EXPANDED:
        raise ConfigError(f"{where}: its braces stand for more than {_MAX_EXPANDED} signals", hint=_HINT)
    return list(expand(pattern))


def _wire(
    path: str,
    place: str,
    entry: Mapping[str, Any],
    where: str,
    messages: Mapping[str, MessageLayout],
    catalogue: Catalogue,
) -> Wire:
    leaf = catalogue.get(path)
    if leaf is None:
        raise ConfigError(f"{where}: no signal of the catalogue has this path", hint=_HINT)
    message_name, _, signal_name = place.partition(".")
    message = messages.get(message_name)
    if message is None:
        raise ConfigError(f"{where}: the DBC has no message {message_name!r}", hint=_HINT)
    signal = message.signals.get(signal_name)
    if signal is None:
        raise ConfigError(f"{where}: message {message_name} has no signal {signal_name!r}", hint=_HINT)
    guard = message.protection
    if guard and (signal.field == guard.counter or signal.name == guard.checksum_name):
        raise ConfigError(f"{where}: {place} protects the message, it is no value", hint=_HINT)
    meaning = _meaning(entry, leaf, signal, where)
    absent = entry.get("absent")
    if absent is not None:
        if isinstance(absent, bool) or not isinstance(absent, int) or signal.bits_of(absent) is None:
            raise ConfigError(f"{where}: absent {absent!r} is no raw number of {place}", hint=_HINT)
        if meaning.value_of(absent) is not None:
            raise ConfigError(f"{where}: absent {absent} means a value as well", hint=_HINT)
    rate = None
    if "max_rate_per_s" in entry:
        rate = _number(entry, "max_rate_per_s", where, 0.0, at_least=1e-9)
        if not isinstance(meaning, NumberMeaning):
            raise ConfigError(f"{where}: only a quantity has a max_rate_per_s", hint=_HINT)
    return Wire(leaf=leaf, message=message, signal=signal, meaning=meaning, absent=absent, max_rate_per_s=rate)


def _meaning(entry: Mapping[str, Any], leaf: Leaf, signal: SignalLayout, where: str) -> Meaning:
    form = entry.get("format")
    if form is not None:
        if form != "rgb" or leaf.datatype != "string":
            raise ConfigError(f"{where}: format {form!r} is unknown or the signal no text", hint=_HINT)
        return ColourMeaning()
    if "values" in entry:
        return TableMeaning(_table(_mapping(entry["values"], f"{where}: values"), leaf, signal, where))
    if leaf.datatype == "boolean":
        return TableMeaning({0: False, 1: True})
    if leaf.datatype == "string":
        named: dict[int, Value] = {raw: label for raw, label in signal.labels.items() if label in leaf.allowed}
        if not named:
            raise ConfigError(f"{where}: the DBC names none of its values; write them as 'values'", hint=_HINT)
        return TableMeaning(named)
    if leaf.datatype.endswith("[]"):
        raise ConfigError(f"{where}: an array has no place in a frame", hint=_HINT)
    if not {"scale", "offset"} & set(entry):
        _same_quantity(leaf, signal, where)
    scale = _number(entry, "scale", where, 1.0)
    if scale == 0.0:
        raise ConfigError(f"{where}: a scale of 0 loses the value", hint=_HINT)
    return NumberMeaning(signal, leaf, scale, _number(entry, "offset", where, 0.0))


def _same_quantity(leaf: Leaf, signal: SignalLayout, where: str) -> None:
    """Refuse what looks like another quantity, where nothing is said of how to convert it."""
    theirs, ours = _UNITS.get(signal.unit.lower()), _UNITS.get(leaf.unit.lower())
    if theirs and ours and theirs != ours:
        raise ConfigError(
            f"{where}: the DBC says {signal.unit}, VSS {leaf.unit}",
            hint="Write scale and offset, or scale: 1 if they are the same.",
        )
    low = -math.inf if signal.minimum is None else signal.minimum
    high = math.inf if signal.maximum is None else signal.maximum
    named = [label for raw, label in signal.labels.items() if low <= raw * signal.scale + signal.offset <= high]
    if len(named) > 1 and len(named) == len(signal.labels):
        raise ConfigError(
            f"{where}: the DBC names its values ({', '.join(named[:4])}), VSS wants numbers",
            hint="Write what each name means as 'values', or scale: 1 if the raw number is meant.",
        )


_UNITS: Mapping[str, str] = {
    name: unit
    for unit, names in {
        "km/h": ("km/h", "kph", "kmh"),
        "m/s": ("m/s", "mps"),
        "mph": ("mph", "mi/h"),
        "Celsius": ("celsius", "°c", "degc", "deg c", "c"),
        "K": ("k", "kelvin"),
        "F": ("f", "°f", "degf"),
        "%": ("%", "percent"),
        "V": ("v", "volt"),
        "mV": ("mv",),
        "A": ("a", "ampere"),
        "W": ("w",),
        "kW": ("kw",),
        "kPa": ("kpa",),
        "bar": ("bar",),
        "psi": ("psi",),
        "m": ("m",),
        "mm": ("mm",),
        "km": ("km",),
        "degrees": ("degrees", "deg", "°"),
        "rad": ("rad",),
        "rpm": ("rpm", "1/min"),
    }.items()
    for name in names
}


def _table(table: Mapping[Any, Any], leaf: Leaf, signal: SignalLayout, where: str) -> dict[int, Value]:
    by_label = {label: raw for raw, label in signal.labels.items()}
    values: dict[int, Value] = {}
    for key, value in table.items():
        raw = by_label.get(key, key) if isinstance(key, str) else key
        if isinstance(raw, bool) or not isinstance(raw, int) or signal.bits_of(raw) is None:
            raise ConfigError(f"{where}: values {key!r} is neither a raw number nor a name of the DBC", hint=_HINT)
        values[raw] = _checked(value, leaf, where)  # type: ignore[assignment]  # no actuator or frame holds an array
    return values


def _checked(value: object, leaf: Leaf, where: str) -> Reading:
    try:
        checked = check_type(leaf, as_value(value))
    except (TypeError, WrongTypeError) as error:
        raise ConfigError(f"{where}: {error}", hint=_HINT) from error
    if not is_allowed(leaf, checked):
        raise ConfigError(f"{where}: {checked!r} is outside the catalogue's limits", hint=_HINT)
    return checked


def _constants(section: object, told: set[str], catalogue: Catalogue) -> dict[str, Reading]:
    constants: dict[str, Reading] = {}
    for path, value in _mapping({} if section is None else section, "constants").items():
        leaf = catalogue.get(path)
        if leaf is None or path in told:
            raise ConfigError(f"constants {path}: no signal has this path, or it is status too", hint=_HINT)
        if path in INPUTS:
            raise ConfigError(f"constants {path}: the guards rely on it, so the car must tell it", hint=_HINT)
        constants[path] = _checked(value, leaf, f"constants {path}")
    return constants


def _mapping(content: object, where: str) -> Mapping[Any, Any]:
    if not isinstance(content, Mapping):
        raise ConfigError(f"{where}: names with values are expected, got {type(content).__name__}", hint=_HINT)
    return content


def _only(content: Mapping[Any, Any], known: set[str], where: str) -> None:
    strange = [str(key) for key in content if key not in known]
    if strange:
        raise ConfigError(f"{where}: {strange[0]!r} is none of {', '.join(sorted(known))}", hint=_HINT)


def _number(content: Mapping[Any, Any], key: str, where: str, otherwise: float, at_least: float = -1e18) -> float:
    value = content.get(key, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or not at_least <= value <= 1e18:
        raise ConfigError(f"{where}: {key} {value!r} is not a number from {at_least:g}", hint=_HINT)
    return float(value)
