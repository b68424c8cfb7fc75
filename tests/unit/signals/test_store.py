from __future__ import annotations

import math

import pytest

from zhixing.datatypes.signal import Granted, NeedsYes, Refused, SetRequest, Value, Zone
from zhixing.errors import NotWritableError, OutOfRangeError, ProvidedError, UnknownSignalError, WrongTypeError
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.readings import Changes
from zhixing.signals.store import YES_WITHIN_S, SignalStore
from zhixing.testing.parked_car import ParkedCar

VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
AIR_CONDITIONING = "Vehicle.Cabin.HVAC.IsAirConditioningActive"
CHILD_LOCK = "Vehicle.Cabin.IsWindowChildLockEngaged"
HIGH_BEAM = "Vehicle.Body.Lights.Beam.High.IsOn"
REAR_WINDOW = "Vehicle.Cabin.Door.Row2.DriverSide.Window.Position"
SEAT = "Vehicle.Cabin.Seat.Row1.DriverSide.Position"
SIDES = ("Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide")
TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen"


def test_what_is_wanted_and_what_is_are_two_values(car: ParkedCar) -> None:
    assert isinstance(car.ask(VOLUME, 55), Granted)
    assert (car.store.value(VOLUME), car.store.target(VOLUME)) == (30, 55)
    car.vehicle.step(0.1)
    assert (car.store.value(VOLUME), car.store.target(VOLUME)) == (55, None)


def test_a_broken_contract_is_an_error_and_changes_nothing(car: ParkedCar) -> None:
    before = car.store.snapshot()
    with pytest.raises(UnknownSignalError, match=r"Vehicle\.Warp"):
        car.ask("Vehicle.Warp", 9)
    with pytest.raises(NotWritableError, match=r"Vehicle\.Speed"):
        car.ask("Vehicle.Speed", 9.0)
    with pytest.raises(WrongTypeError, match=VOLUME):
        car.ask(VOLUME, "loud")
    requests = [SetRequest(path=p, value=9, zone=Zone.DRIVER, source="voice") for p in (VOLUME, "Vehicle.Warp")]
    with pytest.raises(UnknownSignalError):
        car.store.request_all(requests)
    assert car.store.snapshot() == before
    assert car.store.target(VOLUME) is None


def test_a_value_outside_the_limits_is_refused_with_what_is_possible(car: ParkedCar) -> None:
    outcome = car.ask("Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", 40.0)
    assert isinstance(outcome, Refused)
    assert outcome.rule == "catalogue-limits"
    assert "16" in outcome.say.zh
    assert "32" in outcome.say.de


def test_without_a_provider_nothing_is_granted() -> None:
    store = SignalStore(load_catalogue(), load_guards(), lambda: 0)
    outcome = store.request(SetRequest(path=VOLUME, value=3, zone=Zone.DRIVER, source="touch"))
    assert isinstance(outcome, Refused)
    assert outcome.rule == "no-provider"


@pytest.mark.parametrize(
    ("value", "error"), [("fast", WrongTypeError), (math.nan, WrongTypeError), (True, WrongTypeError)]
)
def test_a_provider_cannot_publish_nonsense(car: ParkedCar, value: Value, error: type[Exception]) -> None:
    with pytest.raises(error):
        car.store.publish("Vehicle.Speed", value, 0)


def test_a_provider_cannot_publish_outside_the_limits(car: ParkedCar) -> None:
    with pytest.raises(OutOfRangeError):
        car.store.publish("Vehicle.Body.Raindetection.Intensity", 101, 0)


def test_there_is_one_provider_per_actuator(car: ParkedCar) -> None:
    with pytest.raises(ProvidedError, match="virtual vehicle"):
        car.store.provide([VOLUME], lambda path, value: None)


def test_a_yes_counts_once_from_its_zone_and_in_time(car: ParkedCar) -> None:
    first = car.ask(TRUNK, True)
    assert isinstance(first, NeedsYes)
    assert car.store.target(TRUNK) is None
    assert car.store.confirm(first.token, Zone.REAR_LEFT) == ()
    assert car.store.confirm("guessed", Zone.DRIVER) == ()
    assert [o.kind for o in car.store.confirm(first.token, Zone.DRIVER)] == ["granted"]
    assert car.store.confirm(first.token, Zone.DRIVER) == ()


def test_a_yes_that_comes_too_late_does_nothing(car: ParkedCar) -> None:
    question = car.question(TRUNK, True)
    car.clock.time_ns += int((YES_WITHIN_S + 0.1) * 1e9)
    assert car.store.confirm(question.token, Zone.DRIVER) == ()
    assert car.store.target(TRUNK) is None


def test_a_no_ends_the_question(car: ParkedCar) -> None:
    question = car.question(TRUNK, True)
    car.store.deny(question.token, Zone.REAR_LEFT)
    assert len(car.store.confirm(question.token, Zone.DRIVER)) == 1
    question = car.question(HIGH_BEAM, True)
    car.store.deny(question.token, Zone.DRIVER)
    assert car.store.confirm(question.token, Zone.DRIVER) == ()


def test_a_yes_does_not_help_against_what_has_become_forbidden(car: ParkedCar) -> None:
    question = car.question(TRUNK, True)
    car.vehicle.set_state({"Vehicle.Speed": 30.0})
    (outcome,) = car.store.confirm(question.token, Zone.DRIVER)
    assert isinstance(outcome, Refused)
    assert outcome.rule == "lids-stay-closed-while-driving"


def test_one_token_confirms_the_whole_batch(car: ParkedCar) -> None:
    paths = [p for p in car.store.catalogue if p.endswith(".IsLocked") and ".Door." in p]
    requests = [SetRequest(path=p, value=False, zone=Zone.DRIVER, source="voice") for p in paths]
    tokens = {o.token for o in car.store.request_all(requests) if isinstance(o, NeedsYes)}
    assert len(tokens) == 1
    assert [o.kind for o in car.store.confirm(tokens.pop(), Zone.DRIVER)] == ["granted"] * 4


def test_open_questions_and_the_audit_are_bounded(car: ParkedCar) -> None:
    for _ in range(2000):
        car.ask(TRUNK, True)
    assert len(car.store.audit) <= 1000
    assert len(car.store._questions) <= 16


def test_changes_are_told_once_and_never_pile_up(car: ParkedCar) -> None:
    changes = car.store.changes_since(-1)
    revision = changes.revision
    assert set(changes.values) == {path for path, leaf in car.store.catalogue.items() if leaf.default is not None}
    for volume in range(100):
        car.ask(VOLUME, volume)
        car.vehicle.step(0.1)
    changes = car.store.changes_since(revision)
    assert changes.values == {VOLUME: 99}
    assert changes.targets == {VOLUME: None}
    assert car.store.changes_since(changes.revision) == Changes(changes.revision, {}, {}, frozenset())


def test_a_target_that_ends_where_it_began_is_told_as_reached(car: ParkedCar) -> None:
    car.ask(VOLUME, 55)
    car.ask(VOLUME, 30)
    before = car.store.changes_since(-1)
    assert before.targets[VOLUME] == 30
    car.vehicle.step(0.1)
    after = car.store.changes_since(before.revision)
    assert after.revision > before.revision
    assert (after.values, after.targets) == ({VOLUME: 30}, {VOLUME: None})


def test_a_watch_hears_changes_until_it_ends(car: ParkedCar) -> None:
    heard: list[tuple[str, object]] = []
    end = car.store.watch(lambda path, value: heard.append((path, value)))
    car.store.publish("Vehicle.Speed", 3.0, 1)
    car.store.publish("Vehicle.Speed", 3.0, 2)
    end()
    car.store.publish("Vehicle.Speed", 4.0, 3)
    assert heard == [("Vehicle.Speed", 3.0)]


def test_a_yes_counts_for_the_rules_that_asked_and_for_no_other(car: ParkedCar) -> None:
    car.vehicle.set_state({AIR_CONDITIONING: True})
    question = car.question(REAR_WINDOW, 100)
    car.vehicle.set_state({AIR_CONDITIONING: False, CHILD_LOCK: True})
    (again,) = car.store.confirm(question.token, Zone.DRIVER)
    assert isinstance(again, NeedsYes)
    assert again.rule == "locked-rear-window-wants-a-yes"
    assert [o.kind for o in car.store.confirm(again.token, Zone.DRIVER)] == ["granted"]


def test_what_two_rules_ask_is_one_question(car: ParkedCar) -> None:
    car.vehicle.set_state({AIR_CONDITIONING: True, CHILD_LOCK: True})
    question = car.question(REAR_WINDOW, 100)
    assert "空调" in question.ask.zh
    assert "儿童锁" in question.ask.zh
    assert [o.kind for o in car.store.confirm(question.token, Zone.DRIVER)] == ["granted"]


def test_what_is_not_done_yet_is_withdrawn_when_the_car_drives_off(car: ParkedCar) -> None:
    assert car.ask(SEAT, 300).kind == "granted"
    car.vehicle.step(0.5)
    before = car.store.value(SEAT)
    car.vehicle.set_state({"Vehicle.Speed": 36.0})
    assert car.store.target(SEAT) is None
    car.vehicle.step(5.0)
    assert car.store.value(SEAT) == before
    refused = car.store.audit[-1].outcome
    assert isinstance(refused, Refused)
    assert refused.rule == "drivers-seat-stays-while-driving"


def test_a_rear_window_stops_when_the_child_lock_is_set(car: ParkedCar) -> None:
    assert car.ask(REAR_WINDOW, 100, Zone.REAR_LEFT).kind == "granted"
    car.vehicle.step(0.5)
    assert car.ask(CHILD_LOCK, True, Zone.DRIVER).kind == "granted"
    car.vehicle.step(0.1)
    stopped = car.number(REAR_WINDOW)
    assert car.store.target(REAR_WINDOW) is None
    assert 0 < stopped < 25
    car.vehicle.step(5.0)
    assert car.number(REAR_WINDOW) <= stopped
    refused = car.store.audit[-1].outcome
    assert isinstance(refused, Refused)
    assert refused.rule == "rear-seat-cannot-open-locked-windows"


def test_a_child_lock_stops_neither_a_closing_window_nor_one_that_the_front_opens(car: ParkedCar) -> None:
    other = REAR_WINDOW.replace("Driver", "Passenger")
    car.vehicle.set_state({REAR_WINDOW: 100})
    car.ask(REAR_WINDOW, 0, Zone.REAR_LEFT)
    car.ask(other, 60, Zone.DRIVER)
    car.vehicle.step(0.5)
    car.ask(CHILD_LOCK, True, Zone.DRIVER)
    assert car.vehicle.settle(5.0)
    assert (car.store.value(REAR_WINDOW), car.store.value(other)) == (0, 60)


def test_a_rear_door_on_its_way_stays_shut_when_its_child_lock_is_set(car: ParkedCar) -> None:
    door = "Vehicle.Cabin.Door.Row2.DriverSide"
    assert car.ask(f"{door}.IsOpen", True, Zone.REAR_LEFT).kind == "granted"
    car.vehicle.set_state({f"{door}.IsChildLockActive": True})
    car.vehicle.step(0.1)
    assert car.store.value(f"{door}.IsOpen") is False


def test_all_windows_want_a_yes_at_speed_one_by_one_too(car: ParkedCar) -> None:
    car.vehicle.set_state({"Vehicle.Speed": 100.0})
    answers = [car.ask(f"Vehicle.Cabin.Door.{side}.Window.Position", 100).kind for side in SIDES]
    assert answers == ["granted", "granted", "granted", "needs_yes"]


def test_questions_of_one_seat_do_not_push_out_those_of_another(car: ParkedCar) -> None:
    mine = car.question(TRUNK, True)
    for _ in range(40):
        car.store.request(SetRequest(path=TRUNK, value=True, zone=Zone.REAR_LEFT, source="touch"))
    assert [o.kind for o in car.store.confirm(mine.token, Zone.DRIVER)] == ["granted"]


def test_whether_a_window_is_open_only_follows_and_cannot_be_asked_for(car: ParkedCar) -> None:
    outcome = car.ask(REAR_WINDOW.replace("Position", "IsOpen"), True)
    assert isinstance(outcome, Refused)
    assert outcome.rule == "no-provider"


def test_only_an_open_wish_is_handed_on_and_only_to_what_has_a_provider(car: ParkedCar) -> None:
    with pytest.raises(NotWritableError):
        car.store.hand_on(TRUNK, TRUNK.replace("IsOpen", "Position"), 100)
    car.ask(VOLUME, 50)
    with pytest.raises(NotWritableError):
        car.store.hand_on(VOLUME, "Vehicle.Speed", 5.0)
    with pytest.raises(UnknownSignalError):
        car.store.hand_on(VOLUME, "Vehicle.Warp", 9)
    with pytest.raises(WrongTypeError):
        car.store.hand_on(VOLUME, TRUNK, 9)
