"""A recorded bus is replayed at its own times; a file that is none is an error, whatever is in it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import can
import pytest

from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import RecordingError
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.testing.can_car import CanCar
from zhixing.testing.parked_car import HandClock
from zhixing.vehicle.can.layout import EXTENDED
from zhixing.vehicle.can.log import frames, replay
from zhixing.vehicle.can.tally import Tally

SPEED = "Vehicle.Speed"
Recorded = Sequence[tuple[float, int, bytes]]
WRITERS: dict[str, Any] = {
    ".asc": can.ASCWriter,
    ".blf": can.BLFWriter,
    ".log": can.CanutilsLogWriter,
}


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    """Four seconds of a car that drives off; its speed is not heard from 2 s to 3 s."""
    car = CanCar()
    found: list[tuple[float, int, bytes]] = []
    there = car.line.other
    assert there is not None
    for tick in range(200):
        car.devices.vehicle.set_state({SPEED: float(min(tick, 100))})
        car.devices.faults.silent = {"MotionStatus"} if 100 <= tick < 150 else set()
        car.run(0.02)
        found += [(1_700_000_000.0 + car.clock() / NS_PER_S, key, payload) for key, payload in there.sent]
        there.sent.clear()
    return found


def write(file: Path, recorded: Recorded) -> Path:
    with WRITERS[file.suffix](file) as writer:
        for time_s, key, payload in recorded:
            writer.on_message_received(
                can.Message(
                    timestamp=time_s,
                    arbitration_id=key & ~EXTENDED,
                    is_extended_id=bool(key & EXTENDED),
                    data=payload,
                    channel=0,
                )
            )
    return file


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_a_log_is_replayed_at_its_times(tmp_path: Path, recorded: Recorded, suffix: str) -> None:
    clock, tally = HandClock(), Tally()
    store = SignalStore(load_catalogue(), load_guards(), clock)
    file = write(tmp_path / f"drive{suffix}", recorded)
    speeds, stale = {}, {}
    for clock.time_ns in replay(file, CanCar().wiring, store, start_ns=NS_PER_S, tally=tally):
        tenth = round(clock.time_ns / 1e8)
        speeds[tenth], stale[tenth] = store.value(SPEED), store.sample(SPEED).is_stale
    assert tally.received == len(recorded)
    assert tally.unmapped == tally.wrong_length == tally.wrong_checksum == tally.implausible == 0
    assert 40 <= speeds[19] <= 50  # type: ignore[operator]  # km/h, 0.9 s after the first frame
    assert (stale[30], stale[37], stale[45]) == (False, True, False)
    assert store.value(SPEED) == 100.0
    assert store.sample(SPEED).time_ns == clock.time_ns
    assert store.sample(SPEED).source == f"can log drive{suffix}"


def test_a_clock_that_goes_back_stands_still(tmp_path: Path) -> None:
    log = write(tmp_path / "back.log", [(10.0, 1, b"a"), (12.0, 1, b"b"), (11.0, 1, b"c"), (12.5, 1, b"d")])
    assert [time_ns for time_ns, _ in frames(log)] == [0, 2 * NS_PER_S, 2 * NS_PER_S, 5 * NS_PER_S // 2]


def test_moments_rise_through_a_long_gap(tmp_path: Path, recorded: Recorded) -> None:
    first = [(0.0, key, payload) for _, key, payload in recorded[:30]]
    log = write(tmp_path / "gap.blf", [*first, *((86_400.0, key, payload) for _, key, payload in first)])
    store = SignalStore(load_catalogue(), load_guards(), HandClock())
    moments = list(replay(log, CanCar().wiring, store))
    assert moments == sorted(set(moments))
    assert len(moments) < 2000
    assert moments[-1] == 86_400 * NS_PER_S


@pytest.mark.parametrize("suffix", [".asc", ".blf", ".log", ".trc", ".csv"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 300, b"LOGG" + b"\xff" * 300, b"date Mon\nbase hex\n1.0 1 x\n\xff\xfe"]
)
def test_a_file_that_is_no_log_is_an_error(tmp_path: Path, suffix: str, content: bytes) -> None:
    file = tmp_path / f"strange{suffix}"
    file.write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        list(frames(file))
    assert caught.value.hint


@pytest.mark.parametrize("suffix", [".asc", ".blf"])
def test_a_spoiled_log_never_raises_anything_else(tmp_path: Path, recorded: Recorded, suffix: str) -> None:
    whole = write(tmp_path / f"whole{suffix}", recorded[:300]).read_bytes()
    rng = random.Random(7)
    file = tmp_path / f"spoiled{suffix}"
    for _ in range(60):
        spoiled = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.5 else whole)
        for _ in range(rng.randrange(1, 20)):
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
        file.write_bytes(spoiled)
        try:
            list(frames(file))
        except RecordingError:
            continue


@pytest.mark.parametrize("name", ["none.blf", "drive.mcap", "drive"])
def test_a_missing_or_other_file_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordingError, match=name):
        list(frames(tmp_path / name))
