"""Every value knows its time and source, and whether it can still be relied on."""

from __future__ import annotations

import pytest

from zhixing.datatypes.signal import Granted, Refused, Sample, SetRequest
from zhixing.errors import UnknownSignalError
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.testing.parked_car import HandClock, ParkedCar

SPEED = "Vehicle.Speed"
HEART = "Vehicle.Driver.HeartRate"
VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
DOOR = "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen"
TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen"


@pytest.fixture
def store() -> SignalStore:
    return SignalStore(load_catalogue(), load_guards(), HandClock())


def test_nothing_is_known_until_it_is_reported(store: SignalStore) -> None:
    assert store.value(HEART) is None
    assert store.sample(HEART) == Sample(None, 0)
    assert store.snapshot() == {}
    assert store.changes_since(-1).values == {}
    assert store.fresh(HEART, 1e9) is None


def test_a_value_knows_when_it_was_reported_and_by_whom(store: SignalStore) -> None:
    store.publish(HEART, 70, 5_000_000_000, "a watch")
    assert store.sample(HEART) == Sample(70, 5_000_000_000, "a watch")
    store.publish(HEART, 70, 6_000_000_000, "a watch")
    assert store.sample(HEART).time_ns == 6_000_000_000, "the same value, reported again, is newer"


def test_a_reader_can_ask_for_an_age(store: SignalStore) -> None:
    clock = store._clock
    assert isinstance(clock, HandClock)
    clock.time_ns = 1_000_000_000
    store.publish(HEART, 70, clock.time_ns)
    clock.time_ns = 2_000_000_000
    assert store.fresh(HEART, 1.0) == 70
    assert store.fresh(HEART, 0.9) is None
    store.lose([HEART])
    assert store.fresh(HEART, 100.0) is None


def test_what_is_lost_is_stale_until_it_is_reported_again(store: SignalStore) -> None:
    store.publish(HEART, 70, 0)
    revision = store.changes_since(-1).revision
    store.lose([HEART])
    store.lose([HEART])
    assert store.sample(HEART).is_stale
    assert (store.value(HEART), HEART in store.snapshot()) == (70, False)
    changes = store.changes_since(revision)
    assert (changes.values, changes.stale) == ({HEART: 70}, frozenset({HEART}))
    heard: list[object] = []
    store.watch(lambda path, value: heard.append(value))
    store.publish(HEART, 70, 1)
    assert heard == [70], "who watches hears that it is known again"
    assert not store.sample(HEART).is_stale
    assert store.changes_since(changes.revision).stale == frozenset()


def test_losing_what_was_never_known_changes_nothing(store: SignalStore) -> None:
    revision = store.changes_since(-1).revision
    store.lose([HEART])
    assert store.changes_since(revision).revision == revision
    with pytest.raises(UnknownSignalError):
        store.lose(["Vehicle.Nope"])


def test_where_nobody_knows_the_speed_the_car_counts_as_driving(car: ParkedCar) -> None:
    car.vehicle.set_state({DOOR: False})
    assert car.ask(DOOR, True).kind == "granted"
    car.vehicle.settle(1.0)
    car.ask(DOOR, False)
    car.vehicle.settle(1.0)
    car.store.lose([SPEED])
    outcome = car.ask(DOOR, True)
    assert isinstance(outcome, Refused)
    assert outcome.rule == "doors-stay-closed-while-driving"
    assert outcome.say.zh == "现在读不到车速，为了安全先不动。"


def test_a_wish_is_withdrawn_when_nobody_knows_the_speed_any_more(car: ParkedCar) -> None:
    assert car.ask(DOOR, True).kind == "granted"
    car.store.lose([SPEED])
    assert car.store.target(DOOR) is None


def test_a_provider_that_gives_up_leaves_stale_values_and_no_wishes(store: SignalStore) -> None:
    told: list[object] = []
    release = store.provide([VOLUME, HEART], lambda path, value: told.append((path, value)), "a box")
    assert store.provider(VOLUME) == "a box"
    store.publish(VOLUME, 10, 0, "a box")
    store.publish(HEART, 66, 0, "a box")
    from_nowhere = store.request(_wish(VOLUME, 20))
    assert isinstance(from_nowhere, Granted)
    assert told == [(VOLUME, 20)]
    release()
    release()
    assert (store.provider(VOLUME), store.target(VOLUME)) == (None, None)
    assert store.sample(VOLUME).is_stale
    assert store.sample(HEART).is_stale
    refused = store.request(_wish(VOLUME, 20))
    assert isinstance(refused, Refused)
    assert refused.rule == "no-provider"
    assert store.provide([VOLUME], lambda path, value: None, "another box") is not None
    release()
    assert store.provider(VOLUME) == "another box", "who has given up takes nothing from who came after"


def _wish(path: str, value: bool | int) -> SetRequest:
    return SetRequest(path=path, value=value, zone=None, source="network", caller="test")


def test_who_sits_nowhere_is_judged_as_strictly_as_any_seat(car: ParkedCar) -> None:
    car.vehicle.set_state({"Vehicle.Cabin.IsWindowChildLockEngaged": True})
    window = "Vehicle.Cabin.Door.Row2.DriverSide.Window.Position"
    outcome = car.ask(window, 50, None, "network")
    assert isinstance(outcome, Refused)
    assert outcome.rule == "rear-seat-cannot-open-locked-windows"


def test_what_needs_a_yes_is_refused_where_there_is_nobody_to_ask(car: ParkedCar) -> None:
    outcome = car.ask(TRUNK, True, None, "network")
    assert isinstance(outcome, Refused)
    assert outcome.rule == "trunk-wants-a-yes"
    assert "车里的人" in outcome.say.zh
    assert not car.store._questions


def test_a_whole_batch_or_nothing(car: ParkedCar) -> None:
    first, second = car.store.request_all([_wish(VOLUME, 40), _wish(TRUNK, True)], is_atomic=True)
    assert isinstance(first, Refused)
    assert first.rule == "batch-not-whole"
    assert isinstance(second, Refused)
    assert car.store.target(VOLUME) is None
    assert [one.kind for one in car.store.request_all([_wish(VOLUME, 40)], is_atomic=True)] == ["granted"]


def test_who_watches_some_signals_hears_of_no_others(store: SignalStore) -> None:
    heard: list[object] = []
    end = store.watch(lambda path, value: heard.append((path, value)), [HEART])
    store.publish(HEART, 60, 0)
    store.publish(SPEED, 1.0, 0)
    end()
    end()
    store.publish(HEART, 61, 0)
    assert heard == [(HEART, 60)]
    with pytest.raises(UnknownSignalError):
        store.watch(lambda path, value: None, [HEART, "Vehicle.Nope"])
    assert store._entries[HEART].watchers == ()


def test_who_watches_targets_hears_of_wishes_and_of_their_end(car: ParkedCar) -> None:
    heard: list[object] = []
    end = car.store.watch_targets(lambda path, value: heard.append((path, value)))
    car.ask(VOLUME, 44)
    car.vehicle.step(0.1)
    end()
    car.ask(VOLUME, 45)
    assert heard == [(VOLUME, 44), (VOLUME, None)]
