"""How frames are laid out: which bits of which message are which signal, and what protects them.

Bits are counted as a DBC counts them: bit 0 is the least significant of byte 0. A little-endian signal starts at its
least significant bit, a big-endian one at its most significant.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

EXTENDED = 1 << 31
"""Set in a key beside the 29 bits of an extended identifier, as in a DBC."""

Raw = int | float
Profile = Literal["Profile1", "Xor"]
_FLOATS = {16: ("<H", "<e"), 32: ("<I", "<f"), 64: ("<Q", "<d")}
FLOAT_BITS = frozenset(_FLOATS)


def frame_key(frame_id: int, *, is_extended: bool) -> int:
    """Return one number for an identifier; a standard and an extended one of the same value are two.

    Example:
        >>> frame_key(0x123, is_extended=False) == frame_key(0x123, is_extended=True)
        False
    """
    return frame_id | EXTENDED if is_extended else frame_id


@dataclass(frozen=True, slots=True)
class BitField:
    """Where bits lie in the whole payload, read as one number of its byte order.

    Attributes:
        shift: How many less significant bits are below it.
        mask: As many ones as it has bits.
        is_big_endian: In which order the payload is read as a number.
    """

    shift: int
    mask: int
    is_big_endian: bool

    def read(self, payload: bytes) -> int:
        """Return the bits of a payload that has the message's length."""
        return (int.from_bytes(payload, "big" if self.is_big_endian else "little") >> self.shift) & self.mask

    def write(self, payload: bytes, bits: int) -> bytes:
        """Return the payload with these bits in place of what was there."""
        order: Literal["big", "little"] = "big" if self.is_big_endian else "little"
        number = int.from_bytes(payload, order) & ~(self.mask << self.shift)
        return (number | (bits & self.mask) << self.shift).to_bytes(len(payload), order)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLayout:
    """One signal of a message.

    Attributes:
        field: Where its bits are.
        length_bits: How many.
        is_signed: Two's complement; meaningless for floats.
        is_float: IEEE 754 of 16, 32 or 64 bits.
        scale: Physical value for one raw step.
        offset: Physical value of raw 0.
        minimum: Smallest physical value, None where the DBC does not say.
        maximum: Largest physical value, None where the DBC does not say.
        labels: Names of raw values.
        selectors: Multiplexers that must have one of these values, or the bits are another signal.
        start: Raw value that is sent where nobody has said another (``GenSigStartValue``).
        unit: Unit of the physical value, as the DBC writes it.
    """

    name: str
    field: BitField
    length_bits: int
    is_signed: bool = False
    is_float: bool = False
    scale: float = 1.0
    offset: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    labels: Mapping[int, str]
    selectors: tuple[tuple[BitField, frozenset[int]], ...] = ()
    start: Raw = 0
    unit: str = ""

    def raw_of(self, bits: int) -> Raw:
        """Return the number that bits stand for."""
        if self.is_float:
            whole, real = _FLOATS[self.length_bits]
            number: float = struct.unpack(real, struct.pack(whole, bits))[0]
            return number
        if self.is_signed and bits >> (self.length_bits - 1):
            return bits - (1 << self.length_bits)
        return bits

    def bits_of(self, raw: Raw) -> int | None:
        """Return the bits of a number, None if it does not fit."""
        if self.is_float:
            whole, real = _FLOATS[self.length_bits]
            try:
                bits: int = struct.unpack(whole, struct.pack(real, raw))[0]
            except OverflowError:
                return None
            return bits
        lowest, highest = self.raw_range
        return int(raw) & self.field.mask if lowest <= raw <= highest else None

    @property
    def raw_range(self) -> tuple[int, int]:
        """Smallest and largest whole number that fits."""
        if self.is_signed:
            return -(1 << (self.length_bits - 1)), (1 << (self.length_bits - 1)) - 1
        return 0, self.field.mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How a message is protected end to end.

    Attributes:
        profile: AUTOSAR E2E Profile 1 (CRC-8 SAE J1850 over data id and data), or the exclusive or of all bytes.
        data_id: 16 bits that both ends know and no frame carries.
        checksum_name: Which signal is the checksum.
        checksum_byte: Which byte is the checksum.
        counter: Where the counter is, None without one.
        num_counts: The counter goes from 0 to one less, then begins again.
        max_step: How much the counter may go up from one frame to the next: 2 allows one lost frame.
    """

    profile: Profile
    data_id: int
    checksum_name: str
    checksum_byte: int
    counter: BitField | None
    num_counts: int
    max_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLayout:
    """One message of a bus.

    Attributes:
        key: Identifier, with ``EXTENDED`` where it has 29 bits.
        length_bytes: How long its payload is.
        cycle_s: How often it is sent, None where it is sent on occasion.
        signals: By name.
        num_variants: How many payloads take turns in it by its multiplexers; 1 without any.
        protection: None where nothing protects it.
    """

    name: str
    key: int
    length_bytes: int
    cycle_s: float | None
    signals: Mapping[str, SignalLayout]
    num_variants: int = 1
    protection: Protection | None = None
