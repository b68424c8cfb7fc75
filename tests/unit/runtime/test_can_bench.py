"""The bench of a full bus counts bits as the wire has them, and loses no frame."""

from __future__ import annotations

import math

import pytest

from zhixing.runtime.bench import can_bus
from zhixing.vehicle.can.layout import EXTENDED


@pytest.mark.parametrize(
    ("key", "payload", "fewest"),
    [(0x123, b"", 47), (0x123, bytes(8), 111), (0x18FEF322 | EXTENDED, bytes(8), 131), (0x7FF, b"\xff" * 4, 79)],
)
def test_a_frame_has_its_bits_and_a_fifth_more_at_most(key: int, payload: bytes, fewest: int) -> None:
    bits = can_bus.frame_bits(key, payload)
    stuffed = fewest - 13  # delimiters, acknowledgement, end and pause are never stuffed
    assert fewest <= bits <= fewest + (stuffed - 1) // 4


def test_a_run_of_five_is_broken_by_a_stuff_bit() -> None:
    """Standard frame 0 without data: start, identifier, control and CRC are 34 zeros, six runs of five."""
    assert can_bus.frame_bits(0, b"") == 47 + 6


def test_a_full_bus_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(can_bus, "_WATCH_S", 0.3)
    measures = can_bus.can_bus()
    assert len(measures) == 8
    assert all(math.isfinite(measure.value) and measure.value >= 0 for measure in measures)
    load = can_bus.can_load(500_000, 0.3)
    assert load.num_lost == 0
    assert 0.0 < load.decode_share <= load.cpu_share
