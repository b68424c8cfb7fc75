"""The things of the car by the lexicon's names: which signals they mean. Read from ``devices.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, get_args

import yaml

from zhixing.datatypes.signal import Value
from zhixing.errors import PhraseError

Kind = Literal["switch", "opening", "level", "number", "choice", "colour", "media", "group", "unclear", "hands"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One thing of the car.

    Attributes:
        name: As the lexicon names it.
        kind: How words become values.
        path: VSS path; ``{}`` stands for the part that a place fills.
        scheme: How places fill it, a key of :attr:`Devices.schemes`, or empty.
        default: Where, when nothing is said: ``own``, ``all`` or a place.
        inverted: For a switch: "on" means false. For an opening: upwards means closing.
        sign: Heating +1, ventilation -1.
        low: Smallest value that can be wished.
        high: Largest value that can be wished.
        grain: Values are multiples of this, 0 for whole numbers.
        step: "More" alone.
        much: "Much more" alone.
        units: Units that a number may carry.
        levels: Values of level 1, 2, 3 ...
        choices: Value by name.
        ladder: Choices from least to most.
        is_bare: Whether the name alone is a wish for "on".
        number: The device that a bare number means instead.
        colour_path: Where a colour goes.
        takes_along: Device that opens with it.
        one: For a group: the member meant by the singular.
        members: For a group: all of it.
        lit: For a group: what "on" means.
        options: For something unclear: word to device.
        acts: Acts that mean another device.
        places: Places that make something unclear clear.
        true_acts: Acts that make a switch true.
        false_acts: Acts that make it false.
        while_moving: For what is done by hand only: whether that holds only while moving.
        off_value: What "off" means for a number.
        on_value: What "on" means for a number.
    """

    name: str
    kind: Kind
    path: str = ""
    scheme: str = ""
    default: str = "all"
    inverted: bool = False
    sign: int = 1
    low: float = 0.0
    high: float = 100.0
    grain: float = 0.0
    step: float = 10.0
    much: float = 30.0
    units: tuple[str, ...] = ("percent",)
    levels: tuple[float | str, ...] = ()
    choices: Mapping[str, Value] = field(default_factory=dict)
    ladder: tuple[str, ...] = ()
    is_bare: bool = True
    number: str = ""
    colour_path: str = ""
    takes_along: str = ""
    one: str = ""
    members: tuple[str, ...] = ()
    lit: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    true_acts: tuple[str, ...] = ("open", "bare", "set", "engage", "up", "more", "play")
    false_acts: tuple[str, ...] = ("close", "release", "stop", "down", "less")
    while_moving: bool = False
    off_value: float | None = None
    on_value: float | None = None


@dataclass(frozen=True, slots=True)
class Devices:
    """All devices, and how places fill their paths.

    Attributes:
        by_name: Every device.
        schemes: Scheme to place to part of a path.
        pairs: Two names said together to the device meant, in both orders.
        colours: ``#RRGGBB`` by name.
    """

    by_name: Mapping[str, Device]
    schemes: Mapping[str, Mapping[str, str]]
    pairs: Mapping[tuple[str, str], str]
    colours: Mapping[str, str]


@cache
def load_devices() -> Devices:
    """Return the devices of the package.

    Raises:
        PhraseError: The file contradicts itself.
    """
    text = resources.files("zhixing.cockpit").joinpath("devices.yaml").read_text("utf-8")
    return parse_devices(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506


def parse_devices(content: Mapping[str, Any]) -> Devices:
    """Return devices from the content of a device file.

    Raises:
        PhraseError: An entry names a kind, a scheme or a device that does not exist.
    """
    schemes = content["schemes"]
    by_name = {name: _parse_device(name, entry) for name, entry in content["devices"].items()}
    for device in by_name.values():
        if device.kind not in get_args(Kind):
            raise PhraseError(f"devices.yaml: {device.name} is of the unknown kind {device.kind!r}")
        if device.scheme and device.scheme not in schemes:
            raise PhraseError(f"devices.yaml: {device.name} uses the unknown scheme {device.scheme!r}")
        if bool(device.scheme) != ("{}" in device.path):
            raise PhraseError(f"devices.yaml: {device.name} needs a scheme exactly if its path has a hole")
        named = (*device.members, *device.options.values(), *device.acts.values(), *device.places.values())
        for other in (*named, *filter(None, (device.number, device.takes_along, device.one))):
            if other not in by_name:
                raise PhraseError(f"devices.yaml: {device.name} names the unknown device {other!r}")
    pairs = {(a, b): meant for a, b, meant in content["pairs"]}
    return Devices(
        MappingProxyType(by_name),
        MappingProxyType(schemes),
        MappingProxyType(pairs | {(b, a): meant for (a, b), meant in pairs.items()}),
        MappingProxyType(content["colours"]),
    )


def _parse_device(name: str, entry: Mapping[str, Any]) -> Device:
    renamed = {"on": "on_value", "off": "off_value", "bare": "is_bare"}
    fields: dict[str, Any] = {
        renamed.get(key, key): tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    try:
        return Device(name=name, **fields)
    except TypeError as error:
        raise PhraseError(f"devices.yaml: {name} has an unknown field: {error}") from error
