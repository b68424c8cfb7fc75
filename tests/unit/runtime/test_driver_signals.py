"""Wishes come to the driver by the store, and are reported when it has taken them on."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.datatypes.signal import Granted, Refused, SetRequest, Value, Zone
from zhixing.errors import NotWritableError
from zhixing.runtime.driver_signals import BRANCH, HEADWAY, MANOEUVRE, MAX_SPEED, STYLE, DriverSignals, wish_of
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.vehicle.virtual import VirtualVehicle


@pytest.fixture(scope="module")
def ride() -> Ride:
    return Ride(CityConfig(seed=3, num_users=0), "idm")


@pytest.fixture
def store(ride: Ride) -> Iterator[SignalStore]:
    store = SignalStore(load_catalogue(), load_guards(), lambda: 0)
    VirtualVehicle(store)
    store.driver = DriverSignals(store, ride)  # type: ignore[attr-defined]
    yield store
    ride.wish = AS_USUAL
    ride.begin("none")


def ask(store: SignalStore, path: str, value: Value) -> object:
    return store.request(SetRequest(path=path, value=value, zone=Zone.DRIVER, source="voice"))


def step(store: SignalStore) -> None:
    store.driver.step()  # type: ignore[attr-defined]


def test_a_wish_is_done_when_the_ride_has_it(store: SignalStore, ride: Ride) -> None:
    assert store.value(STYLE) == "NORMAL"
    assert isinstance(ask(store, STYLE, "CALM"), Granted)
    assert isinstance(ask(store, HEADWAY, 2.5), Granted)
    assert isinstance(ask(store, MAX_SPEED, 36.0), Granted)
    assert (store.value(STYLE), store.target(STYLE)) == ("NORMAL", "CALM")
    step(store)
    assert (store.value(STYLE), store.target(STYLE)) == ("CALM", None)
    assert ride.wish == DrivingWish(style="calm", headway_s=2.5, max_speed_mps=10.0)


def test_a_manoeuvre_is_reported_while_it_lasts(store: SignalStore, ride: Ride) -> None:
    ask(store, MANOEUVRE, "PULL_OVER")
    step(store)
    assert store.value(MANOEUVRE) == "PULL_OVER"
    assert ride.manoeuvre == "pull-over"
    ride.begin("none")
    step(store)
    assert store.value(MANOEUVRE) == "NONE"


def test_what_has_become_impossible_meanwhile_is_given_up(
    store: SignalStore, ride: Ride, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(store, MANOEUVRE, "TURN_LEFT")
    monkeypatch.setattr(ride, "begin", lambda manoeuvre: False)
    step(store)
    assert (store.value(MANOEUVRE), store.target(MANOEUVRE)) == ("NONE", None)


def test_where_there_is_no_turn_the_door_says_so(
    store: SignalStore, ride: Ride, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert float(str(store.value(f"{BRANCH}.LeftTurnDistance"))) > 0.0
    monkeypatch.setattr(ride, "turn_in_m", lambda turn: None)
    for _ in range(6):
        step(store)
    outcome = ask(store, MANOEUVRE, "TURN_LEFT")
    assert isinstance(outcome, Refused)
    assert outcome.rule == "no-left-turn-ahead"


def test_nobody_sets_the_distances(store: SignalStore) -> None:
    with pytest.raises(NotWritableError):
        ask(store, f"{BRANCH}.LeftTurnDistance", 10.0)


def test_a_driver_that_lets_go_leaves_nothing_to_be_wished(store: SignalStore) -> None:
    store.driver.close()  # type: ignore[attr-defined]
    assert store.is_stale(STYLE)
    assert isinstance(ask(store, STYLE, "CALM"), Refused)
    step(store)


def test_without_the_signals_or_beside_another_driver_it_keeps_quiet(ride: Ride) -> None:
    taken = SignalStore(load_catalogue(), load_guards(), lambda: 0)
    taken.provide([STYLE], lambda path, value: None)
    DriverSignals(taken, ride).step()
    assert taken.value(MANOEUVRE) is None
    makers = {path: leaf for path, leaf in load_catalogue().items() if not path.startswith(BRANCH)}
    DriverSignals(SignalStore(makers, load_guards(), lambda: 0), ride).step()


@given(
    st.sampled_from(["CALM", "NORMAL", "BRISK"]),
    st.floats(0.8, 3.0),
    st.floats(10.0, 120.0),
)
@settings(max_examples=50)
def test_whatever_the_signals_can_be_is_a_wish_within_bounds(style: str, headway_s: float, max_kmh: float) -> None:
    wish = wish_of({STYLE: style, HEADWAY: headway_s, MAX_SPEED: max_kmh})
    assert wish.style == style.lower()
    assert wish.headway_s is None or wish.headway_s == headway_s
    assert math.isinf(wish.max_speed_mps) == (max_kmh >= 120.0)
