"""Laws of broken things: whatever breaks, jams and is mended in between, reports are true and wishes end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import Reading, SetRequest, Zone
from zhixing.testing.parked_car import ParkedCar
from zhixing.vehicle.faults import Fault

SIDES = ("DriverSide", "PassengerSide")
WINDOWS = [f"Vehicle.Cabin.Door.Row1.{side}.Window.Position" for side in SIDES]
LIDS = ["Vehicle.Body.Trunk.Rear.Position", "Vehicle.Body.Hood.Position"]
THINGS = [*WINDOWS, *LIDS, "Vehicle.Cabin.Sunroof.Position"]
RATE_PER_STEP = 3.0 + 1.0
"""The quickest motor of these makes 25 % a second, or 2.5 a step; reported in whole numbers."""

EVENTS = st.lists(
    st.tuples(st.just("wish"), st.sampled_from(THINGS), st.integers(0, 100))
    | st.tuples(st.just("fail"), st.sampled_from(THINGS), st.sampled_from(list(Fault)))
    | st.tuples(st.just("repair"), st.sampled_from(THINGS), st.none())
    | st.tuples(st.just("obstruct"), st.sampled_from(THINGS), st.integers(2, 95))
    | st.tuples(st.just("clear"), st.sampled_from(THINGS), st.none())
    | st.tuples(st.just("step"), st.none(), st.integers(1, 60)),
    min_size=1,
    max_size=25,
)
Event = tuple[str, str | None, int | Fault | None]


def happen(car: ParkedCar, event: Event) -> None:
    match event:
        case ("wish", str(path), int(value)):
            car.store.request(SetRequest(path=path, value=value, zone=Zone.DRIVER, source="system"))
        case ("fail", str(path), Fault() as fault):
            car.vehicle.fail(path, fault)
        case ("repair", str(path), None):
            car.vehicle.repair(path)
        case ("obstruct", str(path), int(at_percent)):
            car.vehicle.obstruct(path, at_percent)
        case ("clear", str(path), None):
            car.vehicle.clear(path)
        case ("step", None, int(steps)):
            for _ in range(steps):
                car.vehicle.step(0.1)


def run(events: list[Event]) -> tuple[ParkedCar, list[tuple[str, Reading]]]:
    car, seen = ParkedCar(), list[tuple[str, Reading]]()
    car.store.watch(lambda path, value: seen.append((path, value)))
    for event in events:
        happen(car, event)
    return car, seen


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_the_same_events_give_the_same_reports(events: list[Event]) -> None:
    assert run(events)[1] == run(events)[1]


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_what_is_stuck_stays_what_is_silent_says_nothing_and_nothing_jumps(events: list[Event]) -> None:
    car = ParkedCar()
    broken: dict[str, Fault] = {}
    for event in events:
        path, what = event[1], event[2]
        if event[0] == "step":
            for _ in range(event[2] if isinstance(event[2], int) else 0):
                before = {path: car.number(path) for path in THINGS}
                car.vehicle.step(0.1)
                for path in THINGS:
                    moved = abs(car.number(path) - before[path])
                    assert moved <= (0.0 if broken.get(path) in {Fault.STUCK, Fault.SILENT} else RATE_PER_STEP)
                    assert car.store.sample(path).is_stale is (broken.get(path) is Fault.SILENT)
            continue
        happen(car, event)
        if path and isinstance(what, Fault):
            broken[path] = what
        elif path and event[0] == "repair":
            broken.pop(path, None)


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_once_all_is_mended_and_clear_every_wish_ends_and_the_car_obeys_again(events: list[Event]) -> None:
    car, _ = run(events)
    for path in THINGS:
        car.vehicle.repair(path)
        car.vehicle.clear(path)
    assert car.vehicle.settle(60.0)
    assert [path for path in car.store.catalogue if car.store.target(path) is not None] == []
    for path in THINGS:
        is_open = path.replace(".Position", ".IsOpen")
        if is_open in car.store.catalogue and "Sunroof" not in path:
            assert car.store.value(is_open) is (car.number(path) > 0)
        car.store.request(SetRequest(path=path, value=55, zone=Zone.DRIVER, source="system"))
    assert car.vehicle.settle(60.0)
    assert [car.store.value(path) for path in THINGS] == [55] * len(THINGS)


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_what_is_left_broken_keeps_no_wish_but_of_what_is_silent(events: list[Event]) -> None:
    car, _ = run(events)
    for _ in range(1500):
        car.vehicle.step(0.1)
    silent = {path for path in THINGS if car.store.sample(path).is_stale}
    assert {path for path in THINGS if car.store.target(path) is not None} <= silent
