from __future__ import annotations

import math

import pytest

from zhixing.datatypes.signal import Zone
from zhixing.testing.parked_car import ParkedCar

TRIP = "Vehicle.TripMeterReading"
GEAR, CURRENT_GEAR = (f"Vehicle.Powertrain.Transmission.{gear}Gear" for gear in ("Selected", "Current"))


def test_speeding_up_and_turning_are_told(car: ParkedCar) -> None:
    for step in range(20):
        car.vehicle.drive(2.0 + 0.2 * step, 3.1 + 0.02 * step, 0.0, 0.0)
    assert car.number("Vehicle.Acceleration.Longitudinal") == pytest.approx(2.0)
    assert car.number("Vehicle.AngularVelocity.Yaw") == pytest.approx(math.degrees(0.2), abs=0.1)


def test_turning_through_half_a_turn_is_no_jump(car: ParkedCar) -> None:
    car.vehicle.drive(5.0, math.pi - 0.01, 0.0, 0.0)
    car.vehicle.drive(5.0, -math.pi + 0.01, 0.0, 0.0)
    assert car.number("Vehicle.AngularVelocity.Yaw") == pytest.approx(math.degrees(0.2), abs=0.1)


def test_distances_are_counted_and_the_trip_meter_can_be_set_back(car: ParkedCar) -> None:
    for _ in range(100):
        car.vehicle.drive(10.0, 0.0, 0.0, 0.0)
    assert car.number("Vehicle.TraveledDistanceSinceStart") == pytest.approx(100, abs=1)
    assert car.number(TRIP) == pytest.approx(100, abs=1)
    assert car.ask(TRIP, 0).kind == "granted"
    car.vehicle.step(0.1)
    assert car.number(TRIP) == 0
    for _ in range(50):
        car.vehicle.drive(10.0, 0.0, 0.0, 0.0)
    assert car.number(TRIP) == pytest.approx(50, abs=1)
    assert car.number("Vehicle.TraveledDistance") == pytest.approx(150, abs=1)


def test_a_car_that_reverses_moves(car: ParkedCar) -> None:
    car.vehicle.drive(-2.0, 0.0, 0.0, 0.0)
    assert car.store.value("Vehicle.Speed") == 7.2
    assert car.store.value("Vehicle.IsMoving") is True
    assert (car.store.value(GEAR), car.store.value(CURRENT_GEAR)) == (-1, -1)
    assert car.ask("Vehicle.Body.Trunk.Rear.IsOpen", True, Zone.REAR_LEFT).kind == "refused"
    car.vehicle.drive(2.0, 0.0, 0.0, 0.0)
    assert (car.store.value(GEAR), car.store.value(CURRENT_GEAR)) == (127, 1)


def test_a_stated_gear_is_engaged(car: ParkedCar) -> None:
    for selected, current in ((127, 1), (126, 126), (-1, -1), (0, 0)):
        car.vehicle.set_state({GEAR: selected})
        assert car.store.value(CURRENT_GEAR) == current


def test_a_report_without_time_moves_nothing(car: ParkedCar) -> None:
    car.vehicle.drive(10.0, 0.0, 0.0, 0.0, dt_s=0.0)
    assert car.store.value("Vehicle.Speed") == 36.0
    assert car.store.value("Vehicle.TraveledDistance") == 0


def test_a_parked_car_with_its_climate_off_is_quiet(car: ParkedCar) -> None:
    fans = {f"Vehicle.Cabin.HVAC.Station.Row1.{side}.FanSpeed": 0 for side in ("Driver", "Passenger")}
    car.vehicle.set_state({**fans, "Vehicle.Exterior.LightIntensity": 0.0})
    car.vehicle.step(2.0)
    heard: list[str] = []
    car.store.watch(lambda path, value: heard.append(path))
    for _ in range(6000):
        car.vehicle.step(0.1)
    assert len(heard) < 20  # the cabin cools by some half degrees, the battery by a tenth of a percent
