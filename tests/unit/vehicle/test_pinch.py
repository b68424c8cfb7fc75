"""What closes on something stops, goes back, and says so; regulation UN R21, 5.8."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import Value, Zone
from zhixing.errors import InputError
from zhixing.signals.catalogue import load_catalogue
from zhixing.testing.parked_car import ParkedCar
from zhixing.vehicle.motors import PINCH_LIMIT_N, Motors

WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
SUNROOF = "Vehicle.Cabin.Sunroof.Position"
TRUNK = "Vehicle.Body.Trunk.Rear"
CAN_PINCH = [WINDOW, SUNROOF, f"{TRUNK}.Position", "Vehicle.Body.Trunk.Front.Position", "Vehicle.Body.Hood.Position"]


def test_a_window_that_closes_on_something_goes_back_and_the_wish_is_over(car: ParkedCar) -> None:
    car.vehicle.set_state({WINDOW: 100})
    car.vehicle.obstruct(WINDOW, 30.0)
    car.ask(WINDOW, 0)
    seen = []
    for _ in range(60):
        car.vehicle.step(0.1)
        seen.append(car.number(WINDOW))
    assert min(seen) in {29, 30}
    assert seen[-1] == 45  # 200 mm of 450
    assert car.store.target(WINDOW) is None
    assert car.vehicle.settle(0.1)


def test_it_can_be_closed_once_the_way_is_free(car: ParkedCar) -> None:
    car.vehicle.set_state({WINDOW: 100})
    car.vehicle.obstruct(WINDOW, 30.0)
    car.ask(WINDOW, 0)
    assert car.vehicle.settle(10.0)
    car.vehicle.clear(WINDOW)
    car.ask(WINDOW, 0)
    assert car.vehicle.settle(10.0)
    assert car.store.value(WINDOW) == 0


def test_what_is_below_the_obstruction_or_opens_is_not_stopped(car: ParkedCar) -> None:
    car.vehicle.set_state({WINDOW: 20})
    car.vehicle.obstruct(WINDOW, 30.0)
    for wanted in (0, 100):
        car.ask(WINDOW, wanted)
        assert car.vehicle.settle(10.0)
        assert car.store.value(WINDOW) == wanted


def test_a_tilted_sunroof_goes_back_to_its_full_tilt(car: ParkedCar) -> None:
    car.vehicle.set_state({SUNROOF: -60})
    car.vehicle.obstruct(SUNROOF, -20.0)
    car.ask(SUNROOF, 0)
    assert car.vehicle.settle(20.0)
    assert car.store.value(SUNROOF) == -100


@pytest.mark.parametrize(("leaf", "wanted"), [("IsOpen", False), ("Position", 0)])
def test_a_trunk_that_meets_something_stays_open_and_says_so(car: ParkedCar, leaf: str, wanted: Value) -> None:
    question = car.question(f"{TRUNK}.IsOpen", True)
    car.store.confirm(question.token, Zone.DRIVER)
    assert car.vehicle.settle(10.0)
    car.vehicle.obstruct(f"{TRUNK}.Position", 40.0)
    assert car.ask(f"{TRUNK}.{leaf}", wanted).kind == "granted"
    assert car.vehicle.settle(20.0)
    assert (car.store.value(f"{TRUNK}.IsOpen"), car.store.value(f"{TRUNK}.Position")) == (True, 45)
    assert (car.store.target(f"{TRUNK}.IsOpen"), car.store.target(f"{TRUNK}.Position")) == (None, None)


@pytest.mark.parametrize(
    ("path", "at_percent"),
    [(WINDOW, 0.0), (WINDOW, 101.0), (WINDOW, float("nan")), ("Vehicle.Cabin.Seat.Row1.DriverSide.Position", 50.0)],
)
def test_where_nothing_can_be_pinched_nothing_can_be_put(car: ParkedCar, path: str, at_percent: float) -> None:
    with pytest.raises(InputError):
        car.vehicle.obstruct(path, at_percent)


@settings(deadline=None)
@given(
    st.sampled_from(CAN_PINCH), st.integers(2, 90), st.integers(1, 10), st.floats(0.01, 30.0), st.sampled_from([0.1, 1])
)
def test_no_motor_presses_harder_than_allowed_or_goes_beyond_and_all_go_back(
    path: str, at_percent: int, above: int, dt_s: float, share: float
) -> None:
    motors = Motors(load_catalogue(), CAN_PINCH)
    motors.obstruct(path, at_percent)
    place: float = min(100, at_percent + above)
    wanted: Value = 0
    pinches = []
    for _ in range(20_000):
        moved = motors.move(path, place, wanted, dt_s, share)
        assert isinstance(moved.value, int)
        place = moved.value
        assert place >= at_percent - 1  # whole percents of a place that gives way by less than one
        if moved.pinch is not None:
            pinches.append(moved.pinch)
            wanted = moved.pinch.reopens_to
        if moved.is_there:
            break
    (pinch,) = pinches
    assert 0.0 < pinch.force_n <= PINCH_LIMIT_N
    assert at_percent - 1.0 < pinch.turned_at <= at_percent
    assert place == pinch.reopens_to
    assert place >= min(100, at_percent + 5)


@settings(deadline=None)
@given(st.integers(2, 90), st.integers(1, 40), st.integers(2, 10))
def test_finer_steps_turn_at_the_same_place_and_time(at_percent: int, steps: int, finer: int) -> None:
    coarse, fine = ParkedCar(), ParkedCar()
    for car in (coarse, fine):
        car.vehicle.set_state({WINDOW: 100})
        car.vehicle.obstruct(WINDOW, at_percent)
        car.ask(WINDOW, 0)
    for _ in range(steps):
        coarse.vehicle.step(0.1)
        for _ in range(finer):
            fine.vehicle.step(0.1 / finer)
    assert abs(coarse.number(WINDOW) - fine.number(WINDOW)) <= 1.0
