"""Laws of the car under the signals: every wish arrives, nothing overshoots, the same wishes give the same motion."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import Leaf, Reading, SetRequest, Value, Zone
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.readings import Changes
from zhixing.testing.parked_car import ParkedCar, single

# Whether a window is open only follows from its position; nobody can ask for it.
ACTUATORS = [
    leaf
    for leaf in load_catalogue().values()
    if leaf.kind == "actuator" and leaf.default is not None and not leaf.path.endswith(".Window.IsOpen")
]
MOTORS = [
    leaf.path
    for leaf in ACTUATORS
    if leaf.path.rpartition(".")[2] in {"Position", "Recline", "Tilt", "Extension", "Pan"} and (leaf.max or 0) >= 60
]
WISHES = st.lists(st.tuples(st.sampled_from(MOTORS), st.integers(0, 60), st.integers(1, 40)), min_size=1, max_size=8)
SOC = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Current"
RANGE = "Vehicle.Powertrain.Range"
TRAVELLED = "Vehicle.TraveledDistance"


def other_values(leaf: Leaf) -> list[Value]:
    """Return the values furthest from the default that the signal allows."""
    if leaf.datatype == "boolean":
        return [not leaf.default]
    if leaf.datatype == "string":
        return [value for value in leaf.allowed if value != leaf.default] or ["#800080"]
    limits = [limit for limit in (leaf.min, leaf.max) if limit is not None]
    as_type = float if leaf.datatype in {"float", "double"} else int
    return [as_type(limit) for limit in limits if limit != leaf.default]


def ask_as_the_car(car: ParkedCar, path: str, value: Value) -> None:
    outcome = car.store.request(SetRequest(path=path, value=value, zone=Zone.DRIVER, source="system"))
    assert outcome.kind == "granted"


@pytest.mark.parametrize("leaf", ACTUATORS, ids=lambda leaf: leaf.path)
def test_every_actuator_reaches_every_end_of_its_range(leaf: Leaf) -> None:
    values = other_values(leaf)
    assert values, "an actuator that can only be what it is"
    car = ParkedCar()
    for value in [*values, single(leaf.default)]:
        ask_as_the_car(car, leaf.path, value)
        assert car.vehicle.settle(30.0), value
        assert car.store.value(leaf.path) == value
        assert car.store.target(leaf.path) is None


@settings(deadline=None)
@given(WISHES)
def test_every_motor_moves_towards_what_is_wanted_and_never_beyond(wishes: list[tuple[str, int, int]]) -> None:
    car = ParkedCar()
    for path, wanted, steps in wishes:
        ask_as_the_car(car, path, wanted)
        before = car.number(path)
        for _ in range(steps):
            car.vehicle.step(0.1)
            now = car.number(path)
            assert min(before, wanted) <= now <= max(before, wanted)
            before = now
        if path.endswith("Window.Position"):
            assert car.store.value(path.replace("Position", "IsOpen")) is (before > 0)


@settings(max_examples=30, deadline=None)
@given(WISHES)
def test_the_same_wishes_give_the_same_motion(wishes: list[tuple[str, int, int]]) -> None:
    def motion() -> list[tuple[str, Reading]]:
        car, seen = ParkedCar(), list[tuple[str, Reading]]()
        car.store.watch(lambda path, value: seen.append((path, value)))
        for path, wanted, steps in wishes:
            ask_as_the_car(car, path, wanted)
            for _ in range(steps):
                car.vehicle.step(0.1)
        return seen

    assert motion() == motion()


@settings(deadline=None)
@given(st.sampled_from(MOTORS), st.integers(0, 60), st.integers(1, 20), st.integers(2, 5))
def test_finer_steps_give_the_same_motion(path: str, wanted: int, steps: int, finer: int) -> None:
    coarse, fine = ParkedCar(), ParkedCar()
    for car in (coarse, fine):
        ask_as_the_car(car, path, wanted)
    for _ in range(steps):
        coarse.vehicle.step(0.1)
        for _ in range(finer):
            fine.vehicle.step(0.1 / finer)
    assert abs(coarse.number(path) - fine.number(path)) <= 1.0  # reported positions are whole numbers


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-3.0, 45.0), st.floats(-10.0, 10.0)), min_size=1, max_size=40))
def test_driving_never_takes_back_a_metre_and_braking_charges_less_than_the_motion_held(
    legs: list[tuple[float, float]],
) -> None:
    car = ParkedCar()
    fastest_mps = 0.0
    for speed_mps, yaw_rad in legs:
        before = car.number(TRAVELLED)
        lowest_percent = car.number(SOC)
        fastest_mps = max(fastest_mps, abs(speed_mps))
        car.vehicle.drive(speed_mps, yaw_rad, 0.0, 0.0, dt_s=1.0)
        assert car.number(TRAVELLED) >= before
        held_percent = 100.0 * 0.5 * 1960.0 * fastest_mps**2 / (75.0 * 3.6e6)
        assert car.number(SOC) <= lowest_percent + held_percent + 0.1  # reported in steps of 0.1
        assert car.number(SOC) <= 64.0
        assert car.number(RANGE) <= 320000
        assert 0.0 <= car.number("Vehicle.CurrentLocation.Heading") < 360.0
        assert car.number("Vehicle.Speed") >= 0.0


def test_what_has_not_changed_is_not_told_again() -> None:
    car = ParkedCar()
    car.vehicle.drive(10.0, 0.3, 0.0, 0.0)
    revision = car.store.changes_since(-1).revision
    heard: list[str] = []
    car.store.watch(lambda path, value: heard.append(path))
    car.vehicle.drive(10.0, 0.3, 5.0, 5.0, dt_s=0.001)
    car.vehicle.step(0.1)
    assert heard == []
    assert car.store.changes_since(revision) == Changes(revision, {}, {}, frozenset())


@settings(deadline=None)
@given(st.floats(16.0, 32.0), st.floats(16.0, 32.0), st.floats(-10.0, 45.0))
def test_the_cabin_comes_to_what_is_wanted_and_never_beyond(
    driver_c: float, passenger_c: float, start_c: float
) -> None:
    air, hvac = "Vehicle.Cabin.HVAC.AmbientAirTemperature", "Vehicle.Cabin.HVAC"
    car = ParkedCar()
    # Only what the climate control is strong enough for: with compressor and fans on.
    car.vehicle.set_state({air: start_c, f"{hvac}.IsAirConditioningActive": True})
    for side, wanted_c in (("Driver", driver_c), ("Passenger", passenger_c)):
        car.vehicle.set_state({f"{hvac}.Station.Row1.{side}.FanSpeed": 100})
        ask_as_the_car(car, f"{hvac}.Station.Row1.{side}.Temperature", wanted_c)
    goal_c = (driver_c + passenger_c) / 2.0
    gap_c = abs(start_c - goal_c)
    for _ in range(120):
        car.vehicle.step(60.0)
        now_c = abs(car.number(air) - goal_c)
        assert now_c <= gap_c + 0.51  # reported in steps of half a degree
        gap_c = min(gap_c, now_c)
    assert gap_c <= 0.5
