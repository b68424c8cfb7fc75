"""The DBC of a bus, read with cantools: layouts, cycle times and what protects a message.

Cycle times are the usual attribute ``GenMsgCycleTime`` (milliseconds), start values ``GenSigStartValue``. No standard
says in a DBC which bits are a checksum; these attributes do::

    BA_DEF_ BO_ "E2EProfile" ENUM "None","Profile1","Xor";
    BA_DEF_ BO_ "E2EDataId" INT 0 65535;
    BA_DEF_ BO_ "E2EMaxDeltaCounter" INT 1 14;
    BA_DEF_ SG_ "SignalRole" ENUM "Value","Counter","Checksum";
"""

from __future__ import annotations

import contextlib
import math
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

import cantools
import cantools.database.errors
from cantools.database.can.database import Database
from cantools.database.can.message import Message
from cantools.database.can.signal import Signal

from zhixing.errors import ConfigError
from zhixing.vehicle.can.layout import FLOAT_BITS, BitField, MessageLayout, Profile, Protection, SignalLayout, frame_key

_MAX_BYTES = 32_000_000
_HINT = "See docs/can.md for what a DBC must hold."
_DEFAULT_MAX_STEP = 2
_PROFILE1_COUNTS = 15  # 0 to 14; 15 means an invalid counter


def load_dbc(file: Path) -> Mapping[str, MessageLayout]:
    """Return the messages of a DBC by name.

    Raises:
        ConfigError: The file cannot be read, is no DBC, or its protection contradicts itself.
    """
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{file} is larger than {_MAX_BYTES} bytes", hint=_HINT)
        database = cantools.database.load_string(_text(file.read_bytes()), "dbc", sort_signals=None)
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(f"DBC {file} cannot be read: {error}", hint=_HINT) from error
    except cantools.database.errors.Error as error:
        raise ConfigError(f"DBC {file} contradicts itself: {error}", hint=_HINT) from error
    try:
        layouts = [layout_of(message) for message in cast("Database", database).messages]
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise ConfigError(f"DBC {file} contradicts itself: {error}", hint=_HINT) from error
    keys, names = Counter(layout.key for layout in layouts), Counter(layout.name for layout in layouts)
    twice = [layout.name for layout in layouts if keys[layout.key] > 1 or names[layout.name] > 1]
    if twice:
        raise ConfigError(f"DBC {file} gives one identifier or name to {' and '.join(twice[:2])}", hint=_HINT)
    if not layouts:
        raise ConfigError(f"DBC {file} has no messages", hint=_HINT)
    return {layout.name: layout for layout in layouts}


def _text(content: bytes) -> str:
    """Return a DBC's text; it comes in the code page of the tool that wrote it, and does not say in which.

    What is no UTF-8 is Chinese where most bytes above 127 stand together, and European where they stand alone.
    """
    num_together = sum(map(len, re.findall(rb"[\x80-\xff]{2,}", content)))
    is_chinese = 2 * num_together > len(re.findall(rb"[\x80-\xff]", content))
    for encoding in ("utf-8-sig", *(("gb18030",) if is_chinese else ())):
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return content.decode("cp1252", errors="replace")


def layout_of(message: Message) -> MessageLayout:
    """Return the layout of one message that cantools has read.

    Raises:
        ConfigError: A scale is no number but 0, or its protection contradicts itself.
    """
    fields = {signal.name: _field(signal, message.length) for signal in message.signals}
    by_name = {signal.name: signal for signal in message.signals}
    signals = {
        signal.name: _signal(signal, fields[signal.name], _selectors(signal, by_name, fields))
        for signal in message.signals
    }
    cycle_ms = message.cycle_time
    return MessageLayout(
        name=message.name,
        key=frame_key(message.frame_id, is_extended=message.is_extended_frame),
        length_bytes=message.length,
        cycle_s=cycle_ms / 1000.0 if cycle_ms else None,
        signals=signals,
        num_variants=_num_variants(message),
        protection=_protection(message, fields),
    )


def _field(signal: Signal, length_bytes: int) -> BitField:
    mask = (1 << signal.length) - 1
    if signal.byte_order == "little_endian":
        return BitField(signal.start, mask, is_big_endian=False)
    from_the_left = signal.start // 8 * 8 + 7 - signal.start % 8
    return BitField(8 * length_bytes - from_the_left - signal.length, mask, is_big_endian=True)


def _signal(signal: Signal, field: BitField, selectors: tuple[tuple[BitField, frozenset[int]], ...]) -> SignalLayout:
    layout = SignalLayout(
        name=signal.name,
        field=field,
        length_bits=signal.length,
        is_signed=signal.is_signed,
        is_float=signal.conversion.is_float,
        scale=float(signal.scale),
        offset=float(signal.offset),
        minimum=None if signal.minimum is None else float(signal.minimum),
        maximum=None if signal.maximum is None else float(signal.maximum),
        labels={int(raw): str(label) for raw, label in (signal.choices or {}).items()},
        selectors=selectors,
        start=signal.raw_initial or 0,
        unit=signal.unit or "",
    )
    if layout.is_float and layout.length_bits not in FLOAT_BITS:
        raise ConfigError(f"signal {signal.name}: a float has 16, 32 or 64 bits", hint=_HINT)
    if not (math.isfinite(layout.scale) and math.isfinite(layout.offset)) or layout.scale == 0.0:
        raise ConfigError(f"signal {signal.name}: its scale or offset is not a number but 0", hint=_HINT)
    return layout


def _selectors(
    signal: Signal, by_name: Mapping[str, Signal], fields: Mapping[str, BitField]
) -> tuple[tuple[BitField, frozenset[int]], ...]:
    """Return all multiplexers above a signal, nested ones too."""
    found: list[tuple[BitField, frozenset[int]]] = []
    while signal.multiplexer_signal is not None and len(found) < len(by_name):
        found.append((fields[signal.multiplexer_signal], frozenset(signal.multiplexer_ids or ())))
        signal = by_name[signal.multiplexer_signal]
    return tuple(found)


def _num_variants(message: Message) -> int:
    selected = {
        (signal.multiplexer_signal, value)
        for signal in message.signals
        if signal.multiplexer_signal is not None
        for value in signal.multiplexer_ids or ()
    }
    return max(1, len(selected))


def _protection(message: Message, fields: Mapping[str, BitField]) -> Protection | None:
    profile = _attribute(message, "E2EProfile", "None")
    if profile == "None":
        return None
    if not isinstance(profile, str) or profile not in get_args(Profile):
        raise ConfigError(f"message {message.name}: E2EProfile {profile!r} is unknown", hint=_HINT)
    roles = {signal.name: _attribute(signal, "SignalRole", "Value") for signal in message.signals}
    checksums = [name for name, role in roles.items() if role == "Checksum"]
    counters = [name for name, role in roles.items() if role == "Counter"]
    if len(checksums) != 1 or len(counters) > 1:
        raise ConfigError(f"message {message.name}: it needs one Checksum and at most one Counter", hint=_HINT)
    field = fields[checksums[0]]
    if field.mask != 0xFF or field.shift % 8:
        raise ConfigError(f"message {message.name}: its checksum must be one whole byte", hint=_HINT)
    counter = fields[counters[0]] if counters else None
    if profile == "Profile1" and (counter is None or counter.mask != 0xF):
        raise ConfigError(f"message {message.name}: Profile1 needs a counter of 4 bits", hint=_HINT)
    num_counts = _PROFILE1_COUNTS if profile == "Profile1" else (counter.mask + 1 if counter else 1)
    data_id = int(_attribute(message, "E2EDataId", 0))
    max_step = int(_attribute(message, "E2EMaxDeltaCounter", _DEFAULT_MAX_STEP))
    if not (0 <= data_id <= 0xFFFF and max_step >= 1 and (counter is None or max_step < num_counts)):
        raise ConfigError(f"message {message.name}: E2EDataId or E2EMaxDeltaCounter is out of range", hint=_HINT)
    byte = field.shift // 8
    return Protection(
        profile=cast("Profile", profile),
        data_id=data_id,
        checksum_name=checksums[0],
        checksum_byte=message.length - 1 - byte if field.is_big_endian else byte,
        counter=counter,
        num_counts=num_counts,
        max_step=max_step,
    )


def _attribute(owner: Message | Signal, name: str, otherwise: object) -> Any:  # noqa: ANN401  # an attribute's type is the DBC's
    """Return an attribute, the DBC's default where the owner has none; an ENUM by its name."""
    specifics = owner.dbc
    if specifics is None:
        return otherwise
    attributes = cast("Mapping[str, Any]", specifics.attributes or {})
    attribute = attributes.get(name)
    definition = specifics.attribute_definitions.get(name)
    if attribute is not None:
        value, definition = attribute.value, attribute.definition
    elif definition is not None and definition.default_value is not None:
        value = definition.default_value
    else:
        return otherwise
    if definition is not None and definition.type_name == "ENUM" and str(value).isdigit():
        choices = definition.choices or []
        return choices[int(value)] if int(value) < len(choices) else int(value)
    return value
