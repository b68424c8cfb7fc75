"""Checksums are those of the standard, and a counter that stands still or jumps is not believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from crccheck.crc import Crc8SaeJ1850

from zhixing.vehicle.can.layout import BitField, Protection
from zhixing.vehicle.can.protection import Judgement, Watch, checksum, crc8, seal

P1 = Protection(
    profile="Profile1",
    data_id=0x123,
    checksum_name="Checksum",
    checksum_byte=0,
    counter=BitField(8, 0xF, is_big_endian=False),
    num_counts=15,
    max_step=2,
)
XOR = replace(P1, profile="Xor", checksum_byte=7, num_counts=16)


class Crc8FromZero(Crc8SaeJ1850):  # type: ignore[misc]  # crccheck has no types
    _initvalue = 0x00
    _xor_output = 0x00


@pytest.mark.parametrize("octets", [b"", b"\x00", b"123456789", bytes(range(256))])
def test_the_crc_is_crccheck_s(octets: bytes) -> None:
    assert crc8(octets) == Crc8FromZero.calc(octets)


@pytest.mark.parametrize(("count", "sealed"), [(0, "cc00"), (1, "9101")])
def test_profile_1_gives_what_autosar_s_example_gives(count: int, sealed: str) -> None:
    """Data id 0x123, all data 0: the example of the protocol specification."""
    assert seal(P1, bytes(8), count).hex() == sealed + "00" * 6


def test_xor_covers_every_byte_and_the_data_id() -> None:
    assert seal(XOR, bytes.fromhex("0102030405060700"), 0)[7] == 1 ^ 0 ^ 3 ^ 4 ^ 5 ^ 6 ^ 7 ^ 0x23 ^ 0x01
    assert checksum(XOR, bytes(8)) != checksum(replace(XOR, data_id=0x124), bytes(8))


def judge(counts: list[int], protection: Protection = P1) -> list[Judgement]:
    watch = Watch(protection)
    return [watch.judge(seal(protection, bytes(8), count)) for count in counts]


FINE, WRONG = Judgement.FINE, Judgement.WRONG_COUNTER


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([7, 8, 9], [FINE] * 3),
        ([13, 14, 0, 1], [FINE] * 4),
        ([3, 5, 7], [FINE] * 3),
        ([3, 3, 3, 4], [FINE, WRONG, WRONG, FINE]),
        ([3, 6, 7], [FINE, WRONG, FINE]),
        ([3, 2], [FINE, WRONG]),
    ],
)
def test_counters_are_followed(counts: list[int], expected: list[Judgement]) -> None:
    assert judge(counts) == expected


def test_an_invalid_count_is_not_believed() -> None:
    field = P1.counter
    assert field is not None
    payload = field.write(bytes(8), 15)
    payload = bytes((checksum(P1, payload),)) + payload[1:]
    assert Watch(P1).judge(payload) is WRONG


def test_after_a_silence_any_count_is_right_but_the_same() -> None:
    watch = Watch(P1)
    assert watch.judge(seal(P1, bytes(8), 4)) is FINE
    watch.forget()
    assert watch.judge(seal(P1, bytes(8), 4)) is WRONG
    assert watch.judge(seal(P1, bytes(8), 11)) is FINE


def test_a_wrong_checksum_does_not_move_the_counter() -> None:
    watch = Watch(P1)
    assert watch.judge(seal(P1, bytes(8), 4)) is FINE
    spoiled = bytes((seal(P1, bytes(8), 9)[0] ^ 1,)) + seal(P1, bytes(8), 9)[1:]
    assert watch.judge(spoiled) is Judgement.WRONG_CHECKSUM
    assert watch.judge(seal(P1, bytes(8), 5)) is FINE


def test_a_checksum_without_a_counter_is_enough_for_xor() -> None:
    plain = replace(XOR, counter=None, num_counts=1)
    assert judge([0, 0, 0], plain) == [FINE] * 3
