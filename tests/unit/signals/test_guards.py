"""The table "forbidden, confirmed and free" of the cockpit exam, line by line."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import Granted, Leaf, NeedsYes, Refused, SetRequest, Source, Value, Zone
from zhixing.errors import ConfigError, WrongTypeError
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import Circumstances, Forbid, load_guards, parse_guards
from zhixing.signals.values import check_type, is_allowed
from zhixing.testing.parked_car import ParkedCar, parked_state

DOOR = "Vehicle.Cabin.Door.Row1.DriverSide"
REAR = "Vehicle.Cabin.Door.Row2.DriverSide.Window.Position"
REAR_DOOR = "Vehicle.Cabin.Door.Row2.DriverSide.IsOpen"
DOOR_LOCK = "Vehicle.Cabin.Door.Row2.DriverSide.IsChildLockActive"
LIGHTS = "Vehicle.Body.Lights"
GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"
AC = "Vehicle.Cabin.HVAC.IsAirConditioningActive"
WIPERS = "Vehicle.Body.Windshield.Front.Wiping.Mode"
TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen"
HAZARD = f"{LIGHTS}.Hazard.IsSignaling"
LOW = f"{LIGHTS}.Beam.Low.IsOn"
RAIN = "Vehicle.Body.Raindetection.Intensity"
SUNROOF = "Vehicle.Cabin.Sunroof.Position"
CHILD = "Vehicle.Cabin.IsWindowChildLockEngaged"

TABLE = [
    # state, path, value, zone, outcome
    ({"Vehicle.Speed": 5.0}, f"{DOOR}.IsOpen", True, "driver", "refused"),
    ({GEAR: 127}, f"{DOOR}.IsOpen", True, "driver", "refused"),
    ({}, f"{DOOR}.IsOpen", True, "driver", "granted"),
    ({"Vehicle.Speed": 5.0}, f"{DOOR}.IsLocked", False, "passenger", "refused"),
    ({}, f"{DOOR}.IsLocked", False, "driver", "needs_yes"),
    ({"Vehicle.Speed": 5.0, f"{DOOR}.IsLocked": False}, f"{DOOR}.IsLocked", True, "driver", "granted"),
    ({"Vehicle.Speed": 5.0}, TRUNK, True, "driver", "refused"),
    ({"Vehicle.Speed": 5.0}, "Vehicle.Body.Hood.IsOpen", True, "driver", "refused"),
    ({"Vehicle.Speed": 5.0, TRUNK: True}, TRUNK, False, "driver", "granted"),
    ({}, TRUNK, True, "driver", "needs_yes"),
    ({"Vehicle.Speed": 5.0}, "Vehicle.Cabin.Seat.Row1.DriverSide.Position", 100, "driver", "refused"),
    ({"Vehicle.Speed": 5.0}, "Vehicle.Cabin.Seat.Row1.PassengerSide.Position", 100, "passenger", "granted"),
    ({"Vehicle.Speed": 5.0}, "Vehicle.Chassis.SteeringWheel.Tilt", 10, "driver", "refused"),
    ({"Vehicle.Speed": 5.0}, "Vehicle.Body.Mirrors.DriverSide.IsFolded", True, "driver", "refused"),
    ({}, "Vehicle.Body.Mirrors.DriverSide.IsFolded", True, "driver", "granted"),
    ({}, GEAR, 127, "driver", "refused"),
    ({}, "Vehicle.Chassis.ParkingBrake.IsEngaged", False, "driver", "refused"),
    ({"Vehicle.Speed": 5.0, LOW: True}, LOW, False, "driver", "refused"),
    ({"Vehicle.Speed": 5.0}, LOW, True, "driver", "granted"),
    ({LOW: True}, LOW, False, "driver", "granted"),
    ({"Vehicle.Speed": 5.0, HAZARD: True}, HAZARD, False, "driver", "refused"),
    ({"Vehicle.Speed": 5.0}, HAZARD, True, "rear_left", "granted"),
    ({}, f"{LIGHTS}.Beam.High.IsOn", True, "driver", "needs_yes"),
    ({f"{LIGHTS}.Beam.High.IsOn": True, "Vehicle.Speed": 5.0}, f"{LIGHTS}.Beam.High.IsOn", False, "driver", "granted"),
    ({}, f"{LIGHTS}.Fog.Rear.IsOn", True, "driver", "needs_yes"),
    (
        {"Vehicle.Speed": 5.0, RAIN: 40, WIPERS: "SLOW"},
        WIPERS, "OFF", "driver", "refused",
    ),
    (
        {"Vehicle.Speed": 5.0, WIPERS: "SLOW"},
        WIPERS, "OFF", "driver", "granted",
    ),
    ({"Vehicle.Speed": 5.0, CHILD: True}, CHILD, False, "driver", "refused"),
    ({"Vehicle.Speed": 5.0}, CHILD, True, "driver", "granted"),
    ({"Vehicle.Speed": 5.0}, "Vehicle.Cabin.Seat.Row1.DriverSide.HeatingCooling", 67, "passenger", "refused"),
    ({}, "Vehicle.Cabin.Seat.Row1.DriverSide.HeatingCooling", 67, "passenger", "granted"),
    ({CHILD: True}, REAR, 40, "rear_left", "refused"),
    ({CHILD: True}, REAR, 40, "driver", "needs_yes"),
    ({CHILD: True, REAR: 80}, REAR, 0, "rear_left", "granted"),
    ({DOOR_LOCK: True}, REAR_DOOR, True, "rear_left", "refused"),
    ({DOOR_LOCK: True}, REAR_DOOR, True, "rear_right", "refused"),
    ({DOOR_LOCK: True}, REAR_DOOR, True, "driver", "needs_yes"),
    ({DOOR_LOCK: True}, REAR_DOOR, True, "passenger", "needs_yes"),
    ({DOOR_LOCK: True, REAR_DOOR: True}, REAR_DOOR, False, "rear_left", "granted"),
    ({DOOR_LOCK: True}, REAR_DOOR.replace("Driver", "Passenger"), True, "rear_right", "granted"),
    ({DOOR_LOCK: True}, f"{DOOR}.IsOpen", True, "driver", "granted"),
    ({}, REAR_DOOR, True, "rear_left", "granted"),
    ({DOOR_LOCK: True, "Vehicle.Speed": 5.0}, REAR_DOOR, True, "driver", "refused"),
    ({RAIN: 10}, SUNROOF, 50, "driver", "needs_yes"),
    ({}, SUNROOF, 50, "driver", "granted"),
    ({RAIN: 10, SUNROOF: -100}, SUNROOF, 100, "driver", "needs_yes"),
    ({RAIN: 10, SUNROOF: -100}, SUNROOF, 1, "driver", "needs_yes"),
    ({RAIN: 10, SUNROOF: 60}, SUNROOF, -30, "driver", "needs_yes"),
    ({RAIN: 10, SUNROOF: -50}, SUNROOF, -60, "driver", "needs_yes"),
    ({RAIN: 10, SUNROOF: -100}, SUNROOF, -50, "driver", "granted"),
    ({RAIN: 10, SUNROOF: -100}, SUNROOF, 0, "driver", "granted"),
    ({RAIN: 10, SUNROOF: 60}, SUNROOF, 20, "driver", "granted"),
    ({AC: True}, f"{DOOR}.Window.Position", 25, "driver", "granted"),
    ({AC: True}, f"{DOOR}.Window.Position", 26, "driver", "needs_yes"),
    ({AC: True, f"{DOOR}.Window.Position": 80}, f"{DOOR}.Window.Position", 30, "driver", "granted"),
    ({"Vehicle.Speed": 120.0}, "Vehicle.Cabin.Infotainment.Media.Volume", 80, "rear_right", "granted"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "path", "value", "zone", "kind"), TABLE)
def test_the_table_of_the_exam(
    car: ParkedCar, state: dict[str, Value], path: str, value: Value, zone: str, kind: str
) -> None:
    car.vehicle.set_state(state)
    assert car.ask(path, value, Zone(zone)).kind == kind


def test_all_windows_at_speed_want_a_yes_but_not_one(car: ParkedCar) -> None:
    car.vehicle.set_state({"Vehicle.Speed": 90.0})
    windows = [p for p in car.store.catalogue if p.endswith(".Window.Position")]
    requests = [SetRequest(path=p, value=50, zone=Zone.DRIVER, source="voice") for p in windows]
    assert {o.kind for o in car.store.request_all(requests)} == {"needs_yes"}
    assert car.store.request(requests[0]).kind == "granted"


def test_a_defroster_of_the_cars_own_stays_on_while_driving(moving: ParkedCar) -> None:
    path = "Vehicle.Cabin.HVAC.IsFrontDefrosterActive"
    moving.ask(path, True, source="system")
    moving.vehicle.step(0.1)
    assert moving.ask(path, False).kind == "refused"
    moving.ask(path, False, source="system")
    moving.vehicle.step(0.1)
    moving.ask(path, True)
    moving.vehicle.step(0.1)
    assert moving.ask(path, False).kind == "granted"


@pytest.mark.parametrize("order", [("system", "voice"), ("voice", "system")])
def test_a_defroster_that_the_car_wants_too_is_the_cars(car: ParkedCar, order: tuple[Source, Source]) -> None:
    path = "Vehicle.Cabin.HVAC.IsFrontDefrosterActive"
    for source in order:
        car.ask(path, True, Zone.PASSENGER, source)
    car.vehicle.step(0.1)
    assert car.ask(path, True, Zone.PASSENGER).kind == "granted"
    car.vehicle.set_state({"Vehicle.Speed": 60.0})
    assert car.ask(path, False, Zone.PASSENGER).kind == "refused"


def test_a_defroster_switched_off_and_on_by_a_person_is_the_persons(car: ParkedCar) -> None:
    path = "Vehicle.Cabin.HVAC.IsFrontDefrosterActive"
    car.ask(path, True, source="system")
    for value in (False, True):
        assert car.ask(path, value).kind == "granted"
    car.vehicle.step(0.1)
    car.vehicle.set_state({"Vehicle.Speed": 60.0})
    assert car.ask(path, False).kind == "granted"


def test_an_unknown_state_counts_as_moving() -> None:
    request = SetRequest(path=f"{DOOR}.IsOpen", value=True, zone=Zone.DRIVER, source="touch")
    states: list[dict[str, Value]] = [
        {},
        {"Vehicle.Speed": float("nan"), GEAR: 126},
        {"Vehicle.Speed": "fast", GEAR: 126},
    ]
    for state in states:
        (verdict,) = load_guards().judge(Circumstances(state, [request], {}, {}))
        assert isinstance(verdict, Forbid)
        assert verdict.rule == "doors-stay-closed-while-driving"


def test_every_rule_speaks_three_languages_and_names_its_source() -> None:
    for rule in load_guards().rules:
        assert all(len(text) > 5 for text in (rule.say.zh, rule.say.en, rule.say.de)), rule.name
        assert rule.source, rule.name
        assert any(rule in load_guards().rules_for(path) for path in load_catalogue()), rule.name


FORBIDDEN_WHILE_MOVING = {
    (path, rule.to)
    for rule in load_guards().rules
    for path in load_catalogue()
    if rule in load_guards().rules_for(path)
    and rule.verdict == "forbid"
    and rule.when == ("moving-or-out-of-park",)
    and isinstance(rule.to, bool)
}
REQUESTS = st.sampled_from(sorted(load_catalogue())).flatmap(
    lambda path: st.tuples(
        st.just(path), st.booleans() | st.integers(-200, 400) | st.sampled_from(["OFF", "PLAY", "#FF0000", "UP"]),
        st.sampled_from(list(Zone)),
    )
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(REQUESTS, max_size=6), st.floats(0.0, 200.0), st.booleans())
def test_nothing_outside_the_limits_and_nothing_forbidden_is_ever_granted(
    requests: list[tuple[str, Value, Zone]], speed_kmh: float, says_yes: bool
) -> None:
    car = ParkedCar()
    car.vehicle.set_state({"Vehicle.Speed": speed_kmh})
    for path, value, zone in requests:
        leaf = car.store.catalogue[path]
        if leaf.kind != "actuator" or not has_type(leaf, value):
            continue
        outcomes = [car.ask(path, value, zone)]
        if says_yes and isinstance(outcomes[0], NeedsYes):
            outcomes += car.store.confirm(outcomes[0].token, zone)
        for outcome in outcomes:
            if isinstance(outcome, Granted):
                assert is_allowed(leaf, outcome.request.value)
                if speed_kmh > 0.0:
                    assert (path, outcome.request.value) not in FORBIDDEN_WHILE_MOVING


def has_type(leaf: Leaf, value: Value) -> bool:
    try:
        check_type(leaf, value)
    except WrongTypeError:
        return False
    return True


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_of_a_batch_changes_no_verdict(moving: ParkedCar, order: tuple[int, ...]) -> None:
    wishes = [
        (f"{DOOR}.IsOpen", True),
        ("Vehicle.Cabin.Infotainment.Media.Volume", 40),
        (f"{LIGHTS}.Beam.High.IsOn", True),
    ]
    requests = [SetRequest(path=wishes[k][0], value=wishes[k][1], zone=Zone.DRIVER, source="app") for k in order]
    kinds = {o.request.path: o.kind for o in moving.store.request_all(requests)}
    assert [kinds[path] for path, _ in wishes] == ["refused", "granted", "needs_yes"]


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "maybe"},
        {"when": ["at-full-moon"]},
        {"zones": ["roof"]},
        {"say": {"zh": "不行"}},
        {"source": None, "say": 3},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    rule = {"verdict": "forbid", "paths": ["A"], "say": {"zh": "不", "en": "no", "de": "nein"}, "source": "x"}
    with pytest.raises(ConfigError, match="a-rule"):
        parse_guards({"a-rule": {**rule, **change}})


def test_a_refusal_says_what_is_possible_instead(moving: ParkedCar) -> None:
    outcome = moving.ask(TRUNK, True)
    assert isinstance(outcome, Refused)
    assert "停稳" in outcome.say.zh
    assert "parked" in outcome.say.en


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("Rear", ("后备箱", "the trunk", "den Kofferraum", "Der Kofferraum")),
        ("Front", ("前备箱", "the front trunk", "den vorderen Kofferraum", "Der vordere Kofferraum")),
    ],
)
def test_what_is_said_of_a_trunk_names_that_trunk(end: str, words: tuple[str, str, str, str]) -> None:
    zh, en, de, de_subject = words
    for leaf, value in (("IsOpen", True), ("Position", 60), ("IsLocked", False)):
        ask = ParkedCar().question(f"Vehicle.Body.Trunk.{end}.{leaf}", value).ask
        assert (zh in ask.zh, en in ask.en, de in ask.de) == (True, True, True), ask
        assert ("解锁" in ask.zh, "Unlock" in ask.en, "entriegeln" in ask.de) == (leaf == "IsLocked",) * 3, ask
    moving = ParkedCar()
    moving.vehicle.set_state({"Vehicle.Speed": 20.0})
    refused = moving.ask(f"Vehicle.Body.Trunk.{end}.IsLocked", False)
    assert isinstance(refused, Refused)
    assert (zh in refused.say.zh, en in refused.say.en.lower(), de_subject in refused.say.de) == (True, True, True)


WINDOWS = [path for path in load_catalogue() if path.endswith(".Window.Position")]


def of(zone: Zone, *wishes: tuple[str, Value]) -> list[SetRequest]:
    return [SetRequest(path=path, value=value, zone=zone, source="voice") for path, value in wishes]


def test_air_conditioning_and_open_windows_in_one_breath_are_one_question(car: ParkedCar) -> None:
    wishes = of(Zone.DRIVER, (AC, True), *((path, 100) for path in WINDOWS), (f"{LIGHTS}.Parking.IsOn", True))
    outcomes = car.store.request_all(wishes)
    asked = [o for o in outcomes if isinstance(o, NeedsYes)]
    assert [o.request for o in asked] == wishes[:5]
    assert {o.rule for o in asked} == {"window-wants-a-yes-with-air-conditioning"}
    assert len({o.token for o in asked}) == 1
    car.vehicle.step(5.0)
    assert [car.store.value(path) for path in (AC, *WINDOWS)] == [False, 0, 0, 0, 0]
    assert [o.kind for o in car.store.confirm(asked[0].token, Zone.DRIVER)] == ["granted"] * 5


def test_who_holds_back_what_is_free_is_asked_too(car: ParkedCar) -> None:
    wishes = of(Zone.DRIVER, (AC, True), (WINDOWS[0], 100), ("Vehicle.Cabin.Infotainment.Media.Volume", 50))
    needing = car.store.needing_yes(wishes)
    assert list(needing) == wishes[:2]
    assert {o.kind for o in car.store.request_all(needing)} == {"needs_yes"}


def test_air_conditioning_beside_a_crack_or_a_question_about_something_else_stays_free(car: ParkedCar) -> None:
    wishes = of(Zone.DRIVER, (AC, True), (WINDOWS[0], 25), (TRUNK, True))
    assert [o.kind for o in car.store.request_all(wishes)] == ["granted", "granted", "needs_yes"]


def test_what_is_on_its_way_counts_as_done(car: ParkedCar) -> None:
    assert car.ask(AC, True).kind == "granted"
    assert car.ask(WINDOWS[0], 100).kind == "needs_yes"
    assert car.ask(CHILD, True).kind == "granted"
    assert car.ask(REAR, 20, Zone.REAR_LEFT).kind == "refused"
    assert car.ask(REAR, 20, Zone.DRIVER).kind == "needs_yes"


def test_switching_off_on_its_way_frees_nothing_yet(car: ParkedCar) -> None:
    car.vehicle.set_state({AC: True, CHILD: True})
    outcomes = car.store.request_all(of(Zone.REAR_LEFT, (AC, False), (CHILD, False), (REAR, 20)))
    assert [o.kind for o in outcomes] == ["granted", "granted", "refused"]
    assert car.ask(WINDOWS[0], 100).kind == "needs_yes"


def test_the_rear_cannot_lock_its_window_and_open_it_in_one_breath(car: ParkedCar) -> None:
    outcomes = car.store.request_all(of(Zone.REAR_LEFT, (CHILD, True), (REAR, 100)))
    assert [o.kind for o in outcomes] == ["granted", "refused"]
    outcomes = ParkedCar().store.request_all(of(Zone.DRIVER, (CHILD, True), (REAR, 100)))
    assert [o.kind for o in outcomes] == ["needs_yes", "needs_yes"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Vehicle.Cabin.Door.Row1.Left.IsOpen", True),
        ("Vehicle.Cabin.Door.Row3.DriverSide.IsOpen", True),
        ("Vehicle.Cabin.Door.Row3.DriverSide.Position", 50),
        ("Vehicle.Cabin.Door.Row1.Left.IsLocked", False),
        ("Vehicle.Cabin.Door.Row2.DriverSide.IsChildLockActive", False),
        ("Vehicle.Body.Lights.IsLowBeamOn", False),
        ("Vehicle.Body.Lights.Running.IsOn", False),
        ("Vehicle.Body.Lights.Brake.IsActive", "INACTIVE"),
        ("Vehicle.Body.Trunk.IsOpen", True),
        ("Vehicle.Body.Windshield.Front.Wiping.Intensity", 0),
        ("Vehicle.Body.Windshield.Rear.Wiping.Mode", "OFF"),
        ("Vehicle.Cabin.Seat.Row1.Pos1.Position", 200),
        ("Vehicle.Cabin.Seat.Row1.DriverSide.Backrest.LumbarSupport", 80.0),
        ("Vehicle.ADAS.ESC.IsEnabled", False),
        ("Vehicle.MotionManagement.Brake.Torque", 1.0),
        ("Vehicle.Cabin.Seat.Row1.PassengerSide.IsForwardSwitchEngaged", True),
    ],
)
def test_other_names_for_the_same_things_are_guarded_too(path: str, value: Value) -> None:
    state: dict[str, Value] = {
        "Vehicle.Speed": 100.0,
        "Vehicle.Powertrain.Transmission.SelectedGear": 127,
        "Vehicle.Body.Raindetection.Intensity": 50,
    }
    request = SetRequest(path=path, value=value, zone=None, source="network")
    (verdict,) = load_guards().judge(Circumstances(state, [request], {}, {}))
    assert isinstance(verdict, Forbid)


@pytest.mark.parametrize("path", ["Vehicle.Body.Lights.Beam.High.IsOn", "Vehicle.Body.Lights.Fog.Rear.IsOn"])
def test_lights_that_dazzle_can_always_be_switched_off(path: str) -> None:
    request = SetRequest(path=path, value=False, zone=Zone.DRIVER, source="voice")
    assert load_guards().judge(Circumstances({"Vehicle.Speed": 100.0}, [request], {}, {})) == (None,)


def test_a_car_that_goes_backwards_moves() -> None:
    request = SetRequest(path="Vehicle.Body.Lights.Beam.Low.IsOn", value=False, zone=Zone.DRIVER, source="voice")
    state: dict[str, Value] = {"Vehicle.Speed": -5.0, "Vehicle.Powertrain.Transmission.SelectedGear": 126}
    (verdict,) = load_guards().judge(Circumstances(state, [request], {}, {}))
    assert isinstance(verdict, Forbid)


@pytest.mark.parametrize(
    ("zone", "is_locked", "is_free"), [(None, True, False), (None, False, True), (Zone.DRIVER, True, True)]
)
def test_another_program_opens_no_locked_door(zone: Zone | None, is_locked: bool, is_free: bool) -> None:
    door = "Vehicle.Cabin.Door.Row1.DriverSide"
    state = parked_state() | {f"{door}.IsLocked": is_locked}
    request = SetRequest(path=f"{door}.IsOpen", value=True, zone=zone, source="network")
    (verdict,) = load_guards().judge(Circumstances(state, [request], {}, {}))
    assert (verdict is None) is is_free
