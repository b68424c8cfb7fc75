"""A car of software behind any catalogue: the official export of VSS, a tiny one, one with other types."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import Granted, Leaf, NeedsYes, SetRequest, Value, Zone
from zhixing.errors import ZhixingError
from zhixing.signals.catalogue import Catalogue, load_catalogue, parse_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.signals.values import is_allowed
from zhixing.vehicle.faults import Fault
from zhixing.vehicle.interface import Vehicle
from zhixing.vehicle.outfit import fitted
from zhixing.vehicle.virtual import VirtualVehicle

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
SPEED, GEAR = "Vehicle.Speed", "Vehicle.Powertrain.Transmission.SelectedGear"
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
IN_THE_CABIN = ("Vehicle.Cabin.", "Vehicle.Body.")
COMFORT_OUTSIDE = (
    "Vehicle.Chassis.SteeringWheel.HeatingCooling",
    "Vehicle.Powertrain.TractionBattery.BatteryConditioning.",
    "Vehicle.Powertrain.TractionBattery.Charging.",
    "Vehicle.TripMeterReading",
)
"""What issue and guards leave to be asked for outside of cabin and body, also while moving."""


@cache
def official() -> Catalogue:
    files = sorted((SHARED / "vss").glob("vss_v6*.json"))
    if not files:
        pytest.skip(f"no official VSS export in {SHARED / 'vss'}")
    return load_catalogue(files[0])


def car_with(catalogue: Catalogue) -> tuple[SignalStore, VirtualVehicle]:
    store = SignalStore(catalogue, load_guards(), lambda: 0)
    return store, VirtualVehicle(store)


def actuators(catalogue: Catalogue) -> list[Leaf]:
    return [leaf for leaf in catalogue.values() if leaf.kind == "actuator"]


def values_of(leaf: Leaf) -> list[Value]:
    """Return values of its type, allowed or not."""
    if leaf.allowed:
        return [*leaf.allowed]
    if leaf.datatype == "boolean":
        return [True, False]
    if leaf.datatype == "string":
        return ["", "#800080"]
    values = [leaf.min, leaf.max, 1.0 if leaf.min is None else leaf.min + 1.0, 0.0]
    return [float(v) if leaf.datatype in {"float", "double"} else int(v) for v in values if v is not None]


def ask(store: SignalStore, path: str, value: Value, zone: Zone | None) -> Any:
    return store.request(SetRequest(path=path, value=value, zone=zone, source="voice" if zone else "network"))


def test_a_virtual_car_is_a_vehicle_and_lets_go_when_it_is_closed() -> None:
    store, virtual = car_with(load_catalogue())
    vehicle: Vehicle = virtual
    assert vehicle.is_real_time is False
    store.request(SetRequest(path=WINDOW, value=100, zone=Zone.DRIVER, source="voice"))
    vehicle.close()
    assert store.snapshot() == {}
    assert store.target(WINDOW) is None
    assert store.provider(WINDOW) is None
    vehicle.close()
    vehicle.step(60.0)
    vehicle.drive(10.0, 0.0, 0.0, 0.0)
    assert store.snapshot() == {}, "what is closed reports nothing any more"
    assert VirtualVehicle(store).settle(1.0)
    assert store.value(WINDOW) == 0


def test_in_our_catalogue_what_has_no_default_is_not_there() -> None:
    store, _ = car_with(load_catalogue())
    assert store.value("Vehicle.Body.Lights.Running.IsOn") is None
    assert store.provider("Vehicle.Body.Lights.Running.IsOn") is None


def test_a_catalogue_made_like_ours_says_by_its_defaults_what_the_car_has() -> None:
    fridge = leaf_of(path="Vehicle.Cabin.Fridge.IsOn", kind="actuator", datatype="boolean", default=False)
    scent = leaf_of(path="Vehicle.Cabin.Scent.IsOn", kind="actuator", datatype="boolean")
    store, vehicle = car_with({**load_catalogue(), fridge.path: fridge, scent.path: scent})
    assert ask(store, fridge.path, True, Zone.DRIVER).kind == "granted"
    assert ask(store, scent.path, True, Zone.DRIVER).kind == "refused"
    assert vehicle.settle(1.0)
    assert store.value(fridge.path) is True
    assert store.value("Vehicle.Body.Lights.Running.IsOn") is None


def test_the_official_export_makes_a_car_that_drives_and_moves() -> None:
    store, vehicle = car_with(official())
    assert len(actuators(official())) == 643
    ours = load_catalogue()
    assert store.value(SPEED) == 0.0
    assert store.value("Vehicle.Driver.HeartRate") is None
    for path, leaf in official().items():
        value = store.value(path)
        assert value is None or is_allowed(leaf, value), path
        if leaf.kind == "actuator" and leaf.default is None and path in ours and ours[path].default is not None:
            assert value == ours[path].default, path
    for _ in range(50):
        vehicle.drive(20.0, 0.1, 0.0, 0.0)
        vehicle.step(0.1)
    assert store.value(SPEED) == 72.0
    vehicle.set_state({SPEED: 0.0, GEAR: 126, "Vehicle.Cabin.HVAC.AmbientAirTemperature": 30.0})
    assert ask(store, WINDOW, 100, Zone.DRIVER).kind == "granted"
    assert vehicle.settle(10.0)
    assert store.value(WINDOW) == 100
    vehicle.fail(WINDOW, Fault.STUCK)
    vehicle.close()


@pytest.mark.parametrize("speed_kmh", [0.0, 100.0])
def test_every_actuator_of_the_official_export_is_answered_from_every_seat(speed_kmh: float) -> None:
    store, vehicle = car_with(official())
    vehicle.set_state({SPEED: speed_kmh})
    kinds = set()
    for leaf in actuators(official()):
        for zone in (*Zone, None):
            for value in values_of(leaf):
                outcome = ask(store, leaf.path, value, zone)
                kinds.add(outcome.kind)
                if isinstance(outcome, NeedsYes) and zone is not None:
                    outcome = store.confirm(outcome.token, zone)[0]
                if speed_kmh and isinstance(outcome, Granted) and store.target(leaf.path) is not None:
                    assert leaf.path.startswith((*IN_THE_CABIN, *COMFORT_OUTSIDE)), leaf.path
        vehicle.step(0.1)
    assert kinds >= {"granted", "refused"}
    vehicle.settle(60.0, dt_s=1.0)
    for leaf in actuators(official()):
        now = store.value(leaf.path)
        assert now is None or is_allowed(leaf, now), leaf.path


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_while_moving_nothing_but_comfort_is_granted_by_any_value(data: st.DataObject) -> None:
    store, vehicle = car_with(official())
    vehicle.set_state({SPEED: 50.0})
    outside = [leaf for leaf in actuators(official()) if not leaf.path.startswith((*IN_THE_CABIN, *COMFORT_OUTSIDE))]
    leaf = data.draw(st.sampled_from(outside))
    any_value = st.booleans() | st.integers(-300, 300) | st.floats(-300.0, 300.0) | st.sampled_from(["", "START", "ON"])
    try:
        outcome = ask(store, leaf.path, data.draw(any_value), data.draw(st.sampled_from([*Zone, None])))
    except ZhixingError:
        return  # a value of another type
    # What is so already is granted, and nothing comes of it.
    assert outcome.kind == "refused" or store.target(leaf.path) is None, outcome


@pytest.mark.parametrize(
    "left_out",
    ["Vehicle.Powertrain.", "Vehicle.Cabin.", "Vehicle.Body.", "Vehicle.Exterior.", "Vehicle.C", "Vehicle.T"],
)
def test_what_a_catalogue_lacks_is_not_missed(left_out: str) -> None:
    catalogue = {path: leaf for path, leaf in load_catalogue().items() if not path.startswith(left_out)}
    store, vehicle = car_with(catalogue)
    vehicle.drive(20.0, 0.0, 0.0, 0.0)
    vehicle.step(10.0)
    vehicle.set_state({SPEED: 50.0})
    for leaf in actuators(catalogue):
        ask(store, leaf.path, values_of(leaf)[0], Zone.DRIVER)
    vehicle.settle(60.0)
    assert all(path in catalogue for path in store.snapshot())


def test_a_catalogue_of_one_signal_makes_a_car() -> None:
    tree = {"Vehicle": {"children": {"Speed": {"type": "sensor", "datatype": "uint8", "unit": "km/h", "max": 60}}}}
    store, vehicle = car_with(parse_catalogue(tree))
    vehicle.drive(30.0, 0.0, 0.0, 0.0)
    vehicle.step(2.0)
    assert store.snapshot() == {SPEED: 60}


def leaf_of(**facts: Any) -> Leaf:
    return Leaf(**{"path": "A", "kind": "sensor", "datatype": "float", "description": "", **facts})


@pytest.mark.parametrize(
    ("leaf", "value", "expected"),
    [
        (leaf_of(), 1.5, 1.5),
        (leaf_of(datatype="int8"), 1.6, 2),
        (leaf_of(datatype="uint8", max=100), 300.0, 100),
        (leaf_of(datatype="uint8"), -5.0, 0),
        (leaf_of(min=3.0), 1.0, 3.0),
        (leaf_of(datatype="string", allowed=("A",)), "B", None),
        (leaf_of(datatype="boolean"), 1, None),
        (leaf_of(datatype="int16", allowed=(1, 2)), 5, None),
    ],
)
def test_a_value_is_fitted_to_a_leaf_that_is_not_ours(leaf: Leaf, value: Value, expected: Value | None) -> None:
    assert fitted(leaf, value) == expected
