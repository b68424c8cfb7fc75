"""Checksums and counters: whether a frame is what its sender meant, and the next one.

Source:
    AUTOSAR, "E2E Protocol Specification" (FO R20-11), Profile 1 with ``DataIDMode`` BOTH: CRC-8 with the polynomial
    0x1D of SAE J1850, start value and final exclusive or 0, over the two bytes of the data id (low byte first) and all
    bytes of the payload but the checksum; the counter goes from 0 to 14.
"""

from __future__ import annotations

from enum import Enum, auto

from zhixing.vehicle.can.layout import Protection

_POLYNOMIAL = 0x1D


def _table() -> bytes:
    table = bytearray(256)
    for start in range(256):
        value = start
        for _ in range(8):
            value = (value << 1) ^ _POLYNOMIAL if value & 0x80 else value << 1
            value &= 0xFF
        table[start] = value
    return bytes(table)


_TABLE = _table()


def crc8(octets: bytes) -> int:
    """Return the CRC-8 of Profile 1: SAE J1850's polynomial, from 0, not inverted.

    Example:
        >>> hex(crc8(bytes([0x23, 0x01, 0x00, 0, 0, 0, 0, 0, 0])))
        '0xcc'
    """
    value = 0
    for octet in octets:
        value = _TABLE[value ^ octet]
    return value


def checksum(protection: Protection, payload: bytes) -> int:
    """Return the checksum that a payload must carry; what it carries does not matter."""
    low, high = protection.data_id & 0xFF, protection.data_id >> 8
    covered = payload[: protection.checksum_byte] + payload[protection.checksum_byte + 1 :]
    if protection.profile == "Profile1":
        return crc8(bytes((low, high)) + covered)
    value = low ^ high
    for octet in covered:
        value ^= octet
    return value


def seal(protection: Protection, payload: bytes, count: int) -> bytes:
    """Return a payload with its counter and its checksum."""
    if protection.counter is not None:
        payload = protection.counter.write(payload, count % protection.num_counts)
    place = protection.checksum_byte
    return payload[:place] + bytes((checksum(protection, payload),)) + payload[place + 1 :]


class Judgement(Enum):
    """What is to be said of a protected frame."""

    FINE = auto()
    WRONG_CHECKSUM = auto()
    WRONG_COUNTER = auto()


class Watch:
    """Judges the frames of one message in the order in which they come.

    A counter that stands still is a frame that came before; one that jumps by more than ``max_step`` shows that too
    much was lost. The frame after a jump is judged against the jump's, so that a sender that has begun anew is believed
    with its second frame.

    Args:
        protection: Of the message.
    """

    def __init__(self, protection: Protection) -> None:
        self._protection = protection
        self._last: int | None = None
        self._begins_anew = True

    def judge(self, payload: bytes) -> Judgement:
        """Return whether a frame is to be believed."""
        protection = self._protection
        if payload[protection.checksum_byte] != checksum(protection, payload):
            return Judgement.WRONG_CHECKSUM
        if protection.counter is None:
            return Judgement.FINE
        count, last = protection.counter.read(payload), self._last
        if count >= protection.num_counts or count == last:
            return Judgement.WRONG_COUNTER
        self._last = count
        begins_anew, self._begins_anew = self._begins_anew, False
        if last is None or begins_anew or (count - last) % protection.num_counts <= protection.max_step:
            return Judgement.FINE
        return Judgement.WRONG_COUNTER

    def forget(self) -> None:
        """Begin anew: wherever the counter is next is right, only where it has stood still it is not."""
        self._begins_anew = True
