"""A car on buses that others have made: python-can's virtual one, with threads, and the kernel's where it has one."""

from __future__ import annotations

import importlib.util
import itertools
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import can
import pytest

from zhixing.datatypes.signal import SetRequest, Value, Zone
from zhixing.errors import ConfigError, ProvidedError, ServiceError
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.vehicle.can.devices import SimulatedDevices
from zhixing.vehicle.can.opening import open_can_vehicle, open_simulated_devices
from zhixing.vehicle.can.vehicle import CanVehicle

WINDOW, SPEED = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position", "Vehicle.Speed"
VCAN = "vcan0"
numbers = itertools.count()


class Bench:
    """Both ends on one bus, stepped by the wall's time."""

    def __init__(self, interface: str, channel: str) -> None:
        catalogue = load_catalogue()
        self.store = SignalStore(catalogue, load_guards(), time.monotonic_ns)
        self.devices: SimulatedDevices = open_simulated_devices(
            catalogue, time.monotonic_ns, interface=interface, channel=channel
        )
        self.vehicle: CanVehicle = open_can_vehicle(self.store, interface=interface, channel=channel)

    def run(self, until: Callable[[], bool], within_s: float = 20.0) -> None:
        deadline_s = before_s = time.monotonic()
        deadline_s += within_s
        while not until():
            now_s = time.monotonic()
            assert now_s < deadline_s, "it never came"
            self.devices.step(now_s - before_s)
            self.vehicle.step(now_s - before_s)
            before_s = now_s
            time.sleep(0.005)

    def ask(self, path: str, value: Value) -> None:
        assert (
            self.store.request(SetRequest(path=path, value=value, zone=Zone.DRIVER, source="touch")).kind == "granted"
        )

    def close(self) -> None:
        self.vehicle.close()
        self.devices.close()


def vcan_is_there() -> bool:
    return hasattr(socket, "AF_CAN") and VCAN in {name for _, name in socket.if_nameindex()}


@pytest.fixture(
    params=[
        "virtual",
        pytest.param(
            "socketcan",
            marks=pytest.mark.skipif(
                not vcan_is_there(), reason=f"no {VCAN}: ip link add {VCAN} type vcan && ip link set {VCAN} up"
            ),
        ),
    ]
)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(request.param, f"zhixing-{next(numbers)}" if request.param == "virtual" else VCAN)
    yield made
    made.close()


def test_a_wish_goes_over_the_bus_and_comes_back(bench: Bench) -> None:
    bench.run(lambda: bench.store.value(WINDOW) == 0)
    bench.ask(WINDOW, 20)
    seen: set[object] = set()
    bench.store.watch(lambda path, value: seen.add(value), [WINDOW])
    bench.run(lambda: bench.store.value(WINDOW) == 20)
    assert len(seen) >= 3  # it moves
    assert bench.store.target(WINDOW) is None
    assert bench.vehicle.tally.wrong_checksum == bench.vehicle.tally.wrong_counter == 0
    assert bench.store.fresh(WINDOW, 5.0) == 20


def test_a_silent_message_makes_its_signals_stale_until_it_is_back(bench: Bench) -> None:
    bench.run(lambda: bench.store.value(SPEED) == 0.0)
    bench.devices.faults.silent.add("MotionStatus")
    bench.run(lambda: bench.store.sample(SPEED).is_stale)
    assert not bench.store.sample(WINDOW).is_stale
    bench.devices.faults.silent.clear()
    bench.run(lambda: not bench.store.sample(SPEED).is_stale)


def test_a_stranger_s_frames_change_nothing(bench: Bench) -> None:
    bench.run(lambda: bench.store.value(SPEED) == 0.0)
    bus = bench.devices._line._bus  # type: ignore[attr-defined]
    for frame_id in (0x0A0, 0x140, 0x7FF):
        bus.send(can.Message(arbitration_id=frame_id, data=bytes(8), is_extended_id=False))
        bus.send(can.Message(arbitration_id=frame_id, is_remote_frame=True, dlc=8, is_extended_id=False))
        bus.send(can.Message(arbitration_id=frame_id, data=b"\xff", is_extended_id=True))
    tally = bench.vehicle.tally
    bench.run(lambda: tally.not_data >= 3 and tally.unmapped >= 4)
    assert bench.store.value(SPEED) == 0.0
    assert tally.wrong_checksum + tally.wrong_counter + tally.wrong_length >= 1


def test_a_bus_that_dies_makes_everything_stale_and_comes_back(bench: Bench) -> None:
    bench.run(lambda: bench.store.value(SPEED) == 0.0)
    bench.vehicle._line._bus.shutdown()  # type: ignore[attr-defined]
    bench.run(lambda: bench.store.sample(SPEED).is_stale)
    assert bench.store.sample(WINDOW).is_stale
    bench.run(lambda: not bench.store.sample(SPEED).is_stale)
    assert bench.vehicle.tally.bus_failures >= 1


def empty_store() -> SignalStore:
    return SignalStore(load_catalogue(), load_guards(), time.monotonic_ns)


def test_what_cannot_be_opened_is_said() -> None:
    with pytest.raises(ServiceError, match="nowhere0"):
        open_can_vehicle(empty_store(), channel="nowhere0")
    with pytest.raises(ConfigError, match="smoke"):
        open_can_vehicle(empty_store(), interface="smoke", channel="signal")
    with pytest.raises(ConfigError, match=r"none\.dbc"):
        open_can_vehicle(empty_store(), dbc=Path("none.dbc"), interface="virtual", channel="x")


def test_a_second_car_under_one_store_leaves_the_bus_alone(bench: Bench) -> None:
    with pytest.raises(ProvidedError, match="has a provider"):
        open_can_vehicle(bench.store, interface="virtual", channel="second")


def test_without_the_packages_the_way_to_them_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ServiceError) as caught:
        open_can_vehicle(empty_store(), interface="virtual", channel="x")
    assert caught.value.hint == "pip install 'zhixing[can]'"
