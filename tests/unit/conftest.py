"""A parked car and one that moves."""

from __future__ import annotations

import pytest

from zhixing.testing.parked_car import ParkedCar


@pytest.fixture
def car() -> ParkedCar:
    return ParkedCar()


@pytest.fixture
def moving() -> ParkedCar:
    car = ParkedCar()
    car.vehicle.set_state({"Vehicle.Speed": 50.0})
    return car
