from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import NeedsYes, Refused, Value, Zone
from zhixing.errors import OutOfRangeError, UnknownSignalError, WrongTypeError
from zhixing.testing.parked_car import ParkedCar

WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"


def test_a_window_takes_four_seconds(car: ParkedCar) -> None:
    car.ask(WINDOW, 100)
    positions = []
    for _ in range(45):
        car.vehicle.step(0.1)
        positions.append(car.number(WINDOW))
    assert positions == sorted(positions)
    assert positions[18] < 50 < positions[22]
    assert positions.index(100) == 39
    assert car.store.value(WINDOW.replace("Position", "IsOpen")) is True


def test_a_new_wish_turns_the_motor_round(car: ParkedCar) -> None:
    car.ask(WINDOW, 100)
    for _ in range(20):
        car.vehicle.step(0.1)
    car.ask(WINDOW, 0)
    assert car.vehicle.settle(2.2)
    assert car.store.value(WINDOW) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 50)), min_size=1, max_size=8))
def test_a_motor_never_overshoots_and_always_arrives(wishes: list[tuple[int, int]]) -> None:
    car = ParkedCar()
    for wanted, steps in wishes:
        before = car.number(WINDOW)
        car.ask(WINDOW, wanted)
        for _ in range(steps):
            car.vehicle.step(0.1)
            now = car.number(WINDOW)
            assert min(before, wanted) <= now <= max(before, wanted)
    assert car.vehicle.settle(5.0)
    assert car.store.value(WINDOW) == wishes[-1][0]


def test_a_trunk_that_opens_unlocks_and_lifts(car: ParkedCar) -> None:
    question = car.question("Vehicle.Body.Trunk.Rear.IsOpen", True)
    car.store.confirm(question.token, Zone.DRIVER)
    assert car.vehicle.settle(6.0)
    assert car.store.value("Vehicle.Body.Trunk.Rear.IsOpen") is True
    assert car.store.value("Vehicle.Body.Trunk.Rear.IsLocked") is False
    assert car.store.value("Vehicle.Body.Trunk.Rear.Position") == 100


def test_driving_tells_speed_heading_distance_and_energy(car: ParkedCar) -> None:
    for _ in range(600):
        car.vehicle.drive(speed_mps=20.0, yaw_rad=0.0, x_m=0.0, y_m=0.0)
    assert car.store.value("Vehicle.Speed") == 72.0
    assert car.store.value("Vehicle.IsMoving") is True
    assert car.store.value("Vehicle.CurrentLocation.Heading") == 90.0
    assert car.store.value("Vehicle.TraveledDistance") in {1199, 1200}
    assert car.number("Vehicle.Powertrain.Range") < 320000


def test_the_cabin_warms_towards_what_is_wanted_and_never_beyond(car: ParkedCar) -> None:
    car.vehicle.set_state({"Vehicle.Exterior.LightIntensity": 0.0})  # the sun alone would make it warmer than that
    for side in ("Driver", "Passenger"):
        car.ask(f"Vehicle.Cabin.HVAC.Station.Row1.{side}.Temperature", 26.0)
    seen = []
    for _ in range(3600):
        car.vehicle.step(1.0)
        seen.append(car.number("Vehicle.Cabin.HVAC.AmbientAirTemperature"))
    assert seen == sorted(seen)
    assert seen[0] == 22.0
    assert seen[-1] == 26.0


def test_a_state_is_taken_over_at_once_or_named(car: ParkedCar) -> None:
    car.vehicle.set_state({"Vehicle.Speed": 30.0, WINDOW: 60})
    assert car.store.value("Vehicle.Powertrain.Transmission.SelectedGear") == 127
    assert car.store.value(WINDOW) == 60
    for state, error in (
        ({"X": 1}, UnknownSignalError),
        ({WINDOW: 101}, OutOfRangeError),
        ({WINDOW: "x"}, WrongTypeError),
    ):
        with pytest.raises(error):
            car.vehicle.set_state(state)


@pytest.mark.parametrize("paths", [("Position", "IsOpen"), ("IsOpen", "Position"), ("IsLocked", "IsOpen")])
def test_wishes_that_follow_each_other_can_be_asked_together(car: ParkedCar, paths: tuple[str, str]) -> None:
    values: dict[str, Value] = {"Position": 100, "IsOpen": True, "IsLocked": False}
    for name in paths:
        question = car.question(f"Vehicle.Body.Trunk.Rear.{name}", values[name])
        car.store.confirm(question.token, Zone.DRIVER)
    assert car.vehicle.settle(10.0)
    assert {name: car.store.value(f"Vehicle.Body.Trunk.Rear.{name}") for name in values} == values


def test_a_lid_that_is_still_opening_can_be_closed_again(car: ParkedCar) -> None:
    rear = "Vehicle.Body.Trunk.Rear"
    question = car.question(f"{rear}.IsOpen", True)
    car.store.confirm(question.token, Zone.DRIVER)
    for _ in range(10):
        car.vehicle.step(0.1)
    assert 0 < car.number(f"{rear}.Position") < 100
    assert car.ask(f"{rear}.IsOpen", False).kind == "granted"
    assert car.vehicle.settle(5.0)
    assert (car.store.value(f"{rear}.IsOpen"), car.store.value(f"{rear}.Position")) == (False, 0)


LIDS = ["Vehicle.Body.Trunk.Rear", "Vehicle.Body.Trunk.Front", "Vehicle.Body.Hood"]
DRIVING_OFF: list[dict[str, Value]] = [
    {"Vehicle.Speed": 60.0},
    {"Vehicle.Powertrain.Transmission.SelectedGear": 127},
]


def open_lid(car: ParkedCar, path: str, value: Value) -> None:
    outcome = car.ask(path, value)
    if isinstance(outcome, NeedsYes):
        car.store.confirm(outcome.token, Zone.DRIVER)


@pytest.mark.parametrize("motion", DRIVING_OFF, ids=str)
@pytest.mark.parametrize("lid", LIDS)
@pytest.mark.parametrize(("leaf", "value"), [("IsOpen", True), ("Position", 100)])
@pytest.mark.parametrize("steps", [0, 1, 10])
def test_a_lid_stops_opening_when_the_car_drives_off(
    car: ParkedCar, lid: str, leaf: str, value: Value, steps: int, motion: dict[str, Value]
) -> None:
    open_lid(car, f"{lid}.{leaf}", value)
    for _ in range(steps):
        car.vehicle.step(0.1)
    stopped = car.number(f"{lid}.Position")
    car.vehicle.set_state(motion)
    assert car.store.target(f"{lid}.Position") is None
    assert car.store.target(f"{lid}.IsOpen") is None
    for _ in range(60):
        car.vehicle.step(0.1)
        assert car.number(f"{lid}.Position") <= stopped
    refused = car.store.audit[-1].outcome
    assert isinstance(refused, Refused)
    car.vehicle.set_state({"Vehicle.Speed": 0.0, "Vehicle.Powertrain.Transmission.SelectedGear": 126})
    car.vehicle.step(5.0)
    assert car.number(f"{lid}.Position") <= stopped


@pytest.mark.parametrize("motion", DRIVING_OFF, ids=str)
@pytest.mark.parametrize("lid", LIDS)
def test_a_lid_that_closes_goes_on_closing_when_the_car_drives_off(
    car: ParkedCar, lid: str, motion: dict[str, Value]
) -> None:
    car.vehicle.set_state({f"{lid}.IsOpen": True})
    open_lid(car, f"{lid}.IsOpen", False)
    car.vehicle.step(1.0)
    car.vehicle.set_state(motion)
    assert car.vehicle.settle(5.0)
    assert (car.store.value(f"{lid}.IsOpen"), car.store.value(f"{lid}.Position")) == (False, 0)


def test_a_lid_that_was_stopped_can_be_closed_while_driving(car: ParkedCar) -> None:
    open_lid(car, f"{LIDS[0]}.IsOpen", True)
    car.vehicle.step(0.5)
    car.vehicle.set_state({"Vehicle.Speed": 60.0})
    assert car.ask(f"{LIDS[0]}.IsOpen", False).kind == "granted"
    assert car.vehicle.settle(5.0)
    assert car.store.value(f"{LIDS[0]}.Position") == 0


def test_where_the_motor_of_a_lid_goes_is_seen_until_it_is_there(car: ParkedCar) -> None:
    open_lid(car, f"{LIDS[0]}.IsOpen", True)
    car.vehicle.step(0.1)
    assert car.store.value(f"{LIDS[0]}.IsOpen") is True
    assert (car.store.target(f"{LIDS[0]}.IsOpen"), car.store.target(f"{LIDS[0]}.Position")) == (None, 100)
    assert car.vehicle.settle(5.0)
    assert car.store.target(f"{LIDS[0]}.Position") is None
