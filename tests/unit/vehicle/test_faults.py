from __future__ import annotations

import pytest

from zhixing.datatypes.signal import Zone
from zhixing.errors import InputError, UnknownSignalError
from zhixing.testing.parked_car import ParkedCar
from zhixing.vehicle.faults import Fault

WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
IS_OPEN = WINDOW.replace("Position", "IsOpen")
HORN, SPEED, TRUNK = "Vehicle.Body.Horn.IsActive", "Vehicle.Speed", "Vehicle.Body.Trunk.Rear"


def open_trunk(car: ParkedCar) -> None:
    car.store.confirm(car.question(f"{TRUNK}.IsOpen", True).token, Zone.DRIVER)


def test_what_is_stuck_takes_a_wish_and_stays_where_it_is_until_the_wish_is_given_up(car: ParkedCar) -> None:
    car.vehicle.fail(WINDOW, Fault.STUCK)
    assert car.ask(WINDOW, 100).kind == "granted"
    car.vehicle.step(59.0)
    assert (car.store.value(WINDOW), car.store.target(WINDOW)) == (0, 100)
    assert not car.store.sample(WINDOW).is_stale
    car.vehicle.step(2.0)
    assert (car.store.value(WINDOW), car.store.target(WINDOW)) == (0, None)
    car.vehicle.repair(WINDOW)
    car.vehicle.step(10.0)
    assert car.store.value(WINDOW) == 0, "nothing moves unasked once it is mended"


def test_what_is_mended_soon_goes_on(car: ParkedCar) -> None:
    car.vehicle.fail(WINDOW, Fault.STUCK)
    car.ask(WINDOW, 100)
    car.vehicle.step(5.0)
    car.vehicle.repair(WINDOW)
    assert car.vehicle.settle(4.1)
    assert car.store.value(WINDOW) == 100


def test_a_switch_can_be_stuck(car: ParkedCar) -> None:
    car.vehicle.fail(HORN, Fault.STUCK)
    car.ask(HORN, True)
    car.vehicle.step(1.0)
    assert (car.store.value(HORN), car.store.target(HORN)) == (False, True)


def test_a_stuck_lid_gives_up_both_its_signals(car: ParkedCar) -> None:
    car.vehicle.fail(f"{TRUNK}.IsOpen", Fault.STUCK)  # its motor is meant
    open_trunk(car)
    car.vehicle.step(30.0)
    assert car.store.value(f"{TRUNK}.Position") == 0
    assert (car.store.value(f"{TRUNK}.IsOpen"), car.store.target(f"{TRUNK}.IsOpen")) == (False, True)
    for _ in range(40):
        car.vehicle.step(1.0)
    assert (car.store.target(f"{TRUNK}.IsOpen"), car.store.target(f"{TRUNK}.Position")) == (None, None)
    assert car.store.value(f"{TRUNK}.IsOpen") is False


def test_what_is_slow_takes_ten_times_as_long(car: ParkedCar) -> None:
    car.vehicle.fail(WINDOW, Fault.SLOW)
    car.ask(WINDOW, 100)
    assert not car.vehicle.settle(39.0)
    assert car.vehicle.settle(1.2)
    assert car.store.value(WINDOW) == 100


def test_what_is_silent_moves_and_is_stale_until_it_is_mended(car: ParkedCar) -> None:
    car.vehicle.fail(WINDOW, Fault.SILENT)
    assert car.store.sample(WINDOW).is_stale
    assert car.store.sample(IS_OPEN).is_stale
    car.ask(WINDOW, 100)
    car.vehicle.step(2.0)
    car.vehicle.step(10.0)
    assert (car.store.value(WINDOW), car.store.target(WINDOW)) == (0, 100)
    assert WINDOW not in car.store.snapshot()
    car.vehicle.repair(WINDOW)
    assert (car.store.value(WINDOW), car.store.target(WINDOW)) == (100, None)
    assert car.store.value(IS_OPEN) is True
    assert not car.store.sample(WINDOW).is_stale
    assert not car.store.sample(IS_OPEN).is_stale


def test_a_silent_sensor_is_stale_and_what_depends_on_it_is_refused(car: ParkedCar) -> None:
    car.vehicle.drive(20.0, 0.0, 0.0, 0.0)
    car.vehicle.fail(SPEED, Fault.SILENT)
    car.vehicle.drive(10.0, 0.0, 0.0, 0.0)
    assert (car.store.value(SPEED), car.store.sample(SPEED).is_stale) == (72.0, True)
    assert car.ask(f"{TRUNK}.IsOpen", True).kind == "refused"
    car.vehicle.repair(SPEED)
    assert (car.store.value(SPEED), car.store.sample(SPEED).is_stale) == (36.0, False)


@pytest.mark.parametrize("second", list(Fault))
@pytest.mark.parametrize("first", list(Fault))
def test_the_last_fault_counts_and_a_repair_ends_it(car: ParkedCar, first: Fault, second: Fault) -> None:
    car.vehicle.fail(WINDOW, first)
    car.vehicle.fail(WINDOW, second)
    assert car.store.sample(WINDOW).is_stale is (second is Fault.SILENT)
    car.vehicle.repair(WINDOW)
    car.vehicle.repair(WINDOW)
    car.ask(WINDOW, 100)
    assert car.vehicle.settle(4.1)
    assert car.store.value(WINDOW) == 100


@pytest.mark.parametrize(
    ("path", "fault", "error"),
    [
        ("Vehicle.Nothing", Fault.STUCK, UnknownSignalError),
        ("Vehicle.Driver.HeartRate", Fault.SILENT, UnknownSignalError),
        (SPEED, Fault.STUCK, InputError),
        (HORN, Fault.SLOW, InputError),
    ],
)
def test_what_cannot_be_broken_so_is_named(
    car: ParkedCar, path: str, fault: Fault, error: type[UnknownSignalError | InputError]
) -> None:
    with pytest.raises(error):
        car.vehicle.fail(path, fault)
