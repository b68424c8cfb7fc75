"""The whole car on a virtual bus, as ``[can] interface = "virtual"`` gives it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

pytest.importorskip("cantools", reason="cantools is not installed: pip install 'zhixing[can]'")

from zhixing.datatypes.signal import Zone
from zhixing.runtime.cabin import Cabin, converse, make_cabin_over
from zhixing.runtime.underneath import open_vehicle
from zhixing.settings import CanConfig, Settings, VehicleConfig
from zhixing.signals.catalogue import load_catalogue
from zhixing.vehicle.interface import Vehicle

SPEED = "Vehicle.Speed"
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"


@pytest.fixture
def cabin(request: pytest.FixtureRequest) -> Iterator[Cabin[Vehicle]]:
    channel = f"rehearsal-{request.node.name}"
    settings = Settings(vehicle=VehicleConfig(kind="can"), can=CanConfig(interface="virtual", channel=channel))
    made = make_cabin_over(lambda store, clock: open_vehicle(settings, store, clock), load_catalogue())
    yield made
    made.vehicle.close()


def run(cabin: Cabin[Vehicle], num_steps: int) -> None:
    for _ in range(num_steps):
        cabin.step(0.05)
        time.sleep(0.02)


def test_a_wish_goes_over_the_bus_and_comes_back(cabin: Cabin[Vehicle]) -> None:
    run(cabin, 20)
    (turn,) = converse(cabin, ["音量调到五十"], Zone.DRIVER, "zh")
    assert turn.outcome == "done"
    assert cabin.store.value("Vehicle.Cabin.Infotainment.Media.Volume") == 50
    assert cabin.store.sample(WINDOW).source.startswith("can ")


def test_the_car_that_drives_says_so_over_the_bus(cabin: Cabin[Vehicle]) -> None:
    run(cabin, 20)
    assert cabin.store.value(SPEED) == 0.0
    for _ in range(40):
        cabin.vehicle.drive(15.0, 0.0, 0.0, 0.0, 0.05)
        run(cabin, 1)
    speed = cabin.store.value(SPEED)
    assert isinstance(speed, float)
    assert abs(speed - 54.0) < 0.5
    assert cabin.store.value("Vehicle.Powertrain.Transmission.SelectedGear") == 127
