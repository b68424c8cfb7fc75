"""One call through policies and door, and the laws that hold for any calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhixing.datatypes.signal import Zone
from zhixing.errors import InputError
from zhixing.runtime.car_bench.outside import MockData, Outside
from zhixing.runtime.car_bench.session import Person, Session
from zhixing.runtime.car_bench.state import (
    SLOTS,
    CarValue,
    Levels,
    Lid,
    Number,
    Switch,
    Words,
    check_value,
    signals_for,
    told,
)
from zhixing.runtime.car_bench.tasks import Task
from zhixing.runtime.car_bench.tools import READING_TOOLS, VEHICLE_TOOLS, Call, wanted_by
from zhixing.signals.catalogue import load_catalogue, parse_catalogue
from zhixing.testing.parked_car import parked_state

NEEDS_YES = frozenset({"open_close_trunk_door", "set_head_lights_high_beams", "send_email"})
CATALOGUE = load_catalogue()


def task(**changes: Any) -> Task:
    given: dict[str, Any] = {
        "task_id": "t",
        "kind": "base",
        "location_id": "here",
        "location": "Here",
        "moment": (2025, 6, 7, 8, 9),
        "calendar_id": "cal",
        "state": {},
        "calls": (),
    }
    return Task(**given | changes)


def session(
    state: Mapping[str, CarValue] | None = None, person: Person = lambda _: True, condition: str = "sunny"
) -> Session:
    slot = {"start_time": "00:00", "end_time": "24:00", "condition": condition}
    return Session(task(state=state or {}), MockData(weather={"here": [slot]}), person, NEEDS_YES)


def call(name: str, **arguments: Any) -> Call:
    return Call(name, arguments)


def values_of(name: str) -> list[CarValue]:
    match SLOTS[name].coding:
        case Switch():
            return [False, True]
        case Lid():
            return ["open", "closed"]
        case Words(values):
            return list(values)
        case Levels(percents):
            return list(range(len(percents)))
        case Number(low, high, step):
            return [low + step * i for i in range(int((high - low) / step) + 1)]
    raise AssertionError


CALLS = st.one_of(
    st.builds(
        lambda name, percentage: call(name, percentage=percentage),
        st.sampled_from(["open_close_sunroof", "open_close_sunshade"]),
        st.integers(0, 100),
    ),
    st.builds(
        lambda window, percentage: call("open_close_window", window=window, percentage=percentage),
        st.sampled_from(["ALL", "DRIVER", "LEFT_REAR"]),
        st.integers(0, 100),
    ),
    st.builds(
        lambda name, on: call(name, on=on),
        st.sampled_from(
            ["set_air_conditioning", "set_fog_lights", "set_head_lights_high_beams", "set_head_lights_low_beams"]
        ),
        st.booleans(),
    ),
    st.builds(lambda level: call("set_fan_speed", level=level), st.integers(0, 5)),
    st.builds(
        lambda direction: call("set_fan_airflow_direction", direction=direction),
        st.sampled_from(["FEET", "WINDSHIELD", "WINDSHIELD_FEET"]),
    ),
    st.builds(
        lambda on, window: call("set_window_defrost", on=on, defrost_window=window),
        st.booleans(),
        st.sampled_from(["ALL", "FRONT", "REAR"]),
    ),
    st.builds(lambda action: call("open_close_trunk_door", action=action), st.sampled_from(["OPEN", "CLOSE"])),
)
STATES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values_of(name)) for name in SLOTS if name != "ambient_light"}
)


@given(state=STATES, calls=st.lists(CALLS, max_size=6))
@example(
    state={}, calls=[call("set_air_conditioning", on=True), call("open_close_window", window="ALL", percentage=30)]
)
def test_what_is_switched_on_finds_its_companions(state: dict[str, CarValue], calls: list[Call]) -> None:
    one = session(state)
    before = one.values()
    one.call_together(calls)
    now = one.values()
    if now["air_conditioning"] and not before["air_conditioning"]:
        assert all(int(now[f"window_{p}_position"]) <= 20 for p in ("driver", "passenger", "driver_rear"))
        assert int(now["fan_speed"]) >= 1
    if now["window_front_defrost"] and not before["window_front_defrost"]:
        assert int(now["fan_speed"]) >= 2
        assert "WINDSHIELD" in str(now["fan_airflow_direction"])
        assert now["air_conditioning"]
    if now["fog_lights"] and not before["fog_lights"]:
        assert now["head_lights_low_beams"]
        assert not now["head_lights_high_beams"]
    if now["head_lights_high_beams"] and not before["head_lights_high_beams"]:
        assert not now["fog_lights"]
    if int(now["sunroof_position"]) > int(before["sunroof_position"]):
        assert int(now["sunshade_position"]) >= int(now["sunroof_position"])


@given(state=STATES, calls=st.lists(CALLS, max_size=6))
def test_without_a_yes_nothing_that_wants_one_changes(state: dict[str, CarValue], calls: list[Call]) -> None:
    one = session(state, lambda _: False, "cloudy_and_rain")
    before = one.values()
    answers = one.call_together(calls)
    now = one.values()
    for name in ("trunk_door_position", "head_lights_high_beams"):
        assert now[name] == before[name]
    assert before["fog_lights"] or not now["fog_lights"]
    assert int(now["sunroof_position"]) <= int(before["sunroof_position"])
    assert {a.status for a in answers if a.call.name == "open_close_trunk_door"} <= {"declined"}


@given(data=st.data())
def test_a_value_survives_the_way_through_our_signals(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(SLOTS)))
    value = data.draw(st.sampled_from(values_of(name)))
    signals = signals_for(name, value, CATALOGUE)
    if signals is not None:
        defaults = parked_state(CATALOGUE)
        assert told(name, defaults | signals) == check_value(name, value, "here")


@given(
    name=st.sampled_from([*VEHICLE_TOOLS, *READING_TOOLS]),
    arguments=st.dictionaries(
        st.sampled_from(["on", "level", "percentage", "window", "seat_zone", "temperature", "action"]),
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.lists(st.integers()),
    ),
)
@example(name="set_climate_temperature", arguments={"temperature": float("nan"), "seat_zone": "DRIVER"})
@example(name="open_close_sunroof", arguments={"percentage": 10**400})
@example(name="open_close_sunroof", arguments={"percentage": True})
def test_wrong_arguments_are_a_value_and_change_nothing(name: str, arguments: dict[str, Any]) -> None:
    car = session()
    before = car.values()
    answer = car.call(Call(name, arguments))
    try:
        wanted_by(Call(name, arguments), "here")
    except InputError:
        assert (answer.status, car.values()) == ("wrong", before)
    else:
        assert answer.status != "wrong"


@pytest.mark.parametrize(
    ("one", "name", "value"),
    [
        (call("open_close_sunshade", percentage=40), "sunshade_position", 40),
        (call("open_close_trunk_door", action="OPEN"), "trunk_door_position", "open"),
        (call("open_close_window", window="RIGHT_REAR", percentage=15), "window_passenger_rear_position", 15),
        (call("set_air_circulation", mode="RECIRCULATION"), "air_circulation", "RECIRCULATION"),
        (call("set_ambient_lights", on=True, lightcolor="CYAN"), "ambient_light", "CYAN"),
        (
            call("set_climate_temperature", temperature=21.5, seat_zone="PASSENGER"),
            "climate_temperature_passenger",
            21.5,
        ),
        (call("set_fan_airflow_direction", direction="HEAD"), "fan_airflow_direction", "HEAD"),
        (call("set_fan_speed", level=4), "fan_speed", 4),
        (call("set_head_lights_high_beams", on=True), "head_lights_high_beams", True),
        (call("set_head_lights_low_beams", on=True), "head_lights_low_beams", True),
        (call("set_reading_light", position="ALL", on=True), "reading_light_driver_rear", True),
        (call("set_seat_heating", level=3, seat_zone="ALL_ZONES"), "seat_heating_passenger", 3),
        (call("set_steering_wheel_heating", level=1), "steering_wheel_heating", 1),
        (call("set_window_defrost", on=True, defrost_window="REAR"), "window_rear_defrost", True),
    ],
)
def test_a_call_is_done_and_read_back(one: Call, name: str, value: CarValue) -> None:
    car = session()
    answer = car.call(one)
    assert (answer.status, dict(answer.result)) == ("done", dict(one.arguments))
    assert car.values()[name] == value
    reading = next(tool for tool, (names, _) in READING_TOOLS.items() if name in names)
    assert car.call(call(reading)).result[name] == value


def test_requests_come_from_the_wheel_and_from_an_app() -> None:
    car = session()
    car.call(call("set_fan_speed", level=5))
    requests = [entry.outcome.request for entry in car.cabin.store.audit]
    assert len(requests) == 4
    assert {(request.zone, request.source) for request in requests} == {(Zone.DRIVER, "app")}


def test_done_is_said_after_the_window_has_moved() -> None:
    car = session()
    started_ns = car.cabin.clock()
    car.call(call("open_close_window", window="DRIVER", percentage=100))
    assert car.cabin.clock() - started_ns >= 3_500_000_000


def test_the_door_s_question_stands_for_the_policy_s() -> None:
    car = session()
    car.call(call("open_close_trunk_door", action="OPEN"))
    car.call(call("open_close_trunk_door", action="CLOSE"))
    assert [(question.by, question.rules) for question in car.questions] == [
        ("door", ("trunk-wants-a-yes", "LLM-POL:004")),
        ("adapter", ("LLM-POL:004",)),
    ]


def test_a_declined_wish_changes_no_window_even_where_one_is_free() -> None:
    car = session({"air_conditioning": True, "window_passenger_position": 100}, lambda _: False)
    assert car.call(call("open_close_window", window="ALL", percentage=50)).status == "declined"
    assert car.values()["window_passenger_position"] == 100


def test_what_is_on_already_needs_no_companions() -> None:
    car = session({"fog_lights": True, "head_lights_low_beams": False})
    assert car.call(call("set_fog_lights", on=True)).status == "done"


def test_calls_of_one_tool_keep_their_order() -> None:
    car = session({"fan_speed": 1})
    car.call_together([call("set_air_conditioning", on=True), call("set_air_conditioning", on=False)])
    assert car.values()["air_conditioning"] is False


def test_a_setting_that_our_car_lacks_is_unavailable_until_the_catalogue_has_it() -> None:
    car = session({"air_circulation": "RECIRCULATION"})
    answer = car.call(call("set_air_circulation", mode="AUTO"))
    if signals_for("air_circulation", "AUTO", CATALOGUE) is None:
        assert (answer.status, answer.rule) == ("unavailable", "no-such-value")
        assert car.values()["air_circulation"] == "RECIRCULATION"
    leaf = {"type": "actuator", "description": "What an overlay adds."}
    station = {"AirDistribution": leaf | {"datatype": "string", "allowed": ["UP", "UP_DOWN"], "default": "UP"}}
    seats = {"children": {seat: {"children": station} for seat in ("Driver", "Passenger")}}
    hvac = {
        "IsRecirculationAutomatic": leaf | {"datatype": "boolean", "default": False},
        "Station": {"children": dict.fromkeys(("Row1", "Row2"), seats)},
    }
    tree = {"Vehicle": {"children": {"Cabin": {"children": {"HVAC": {"children": hvac}}}}}}
    overlay = parse_catalogue(tree)
    richer = {**CATALOGUE, **overlay}
    for name, value in (("air_circulation", "AUTO"), ("fan_airflow_direction", "WINDSHIELD_FEET")):
        signals = signals_for(name, value, richer)
        assert signals is not None
        assert told(name, parked_state(richer) | signals) == value


def test_a_state_that_no_car_can_be_in_is_the_task_s_fault() -> None:
    with pytest.raises(InputError, match=r"task t: .*StateOfCharge"):
        Session(task(context={"state_of_charge": 150}), MockData(), lambda _: True, NEEDS_YES)


MOCK = MockData(
    weather={"here": [{"start_time": "06:00", "end_time": "09:00", "condition": "cloudy"}]},
    locations={"here": "here"},
    contacts={"con_1": {"id": "con_1", "name": {"first_name": "Ada", "last_name": "Li"}}},
    calendars={"cal": {"id": "cal", "date": {}, "meetings": []}},
    routes={("a", "b"): [{"route_id": "r"}]},
)


@pytest.mark.parametrize(
    ("one", "result"),
    [
        (
            call("get_weather", location_or_poi_id="here", month=6, day=7, time_hour_24hformat=8),
            {"current_slot": MOCK.weather["here"][0], "next_slot": None},
        ),
        (call("get_weather", location_or_poi_id="here", month=6, day=8, time_hour_24hformat=8), None),
        (call("get_weather", location_or_poi_id="here", month=6, day=7, time_hour_24hformat=12), None),
        (call("get_location_id_by_location_name", location="HERE"), {"id": "here"}),
        (call("get_contact_id_by_contact_name", contact_first_name="ada"), {"matches": {"con_1": "ada li"}}),
        (call("get_contact_id_by_contact_name"), None),
        (call("get_contact_information", contact_ids=["con_1", "con_2"]), {"con_1": MOCK.contacts["con_1"]}),
        (call("get_contact_information", contact_ids=[["con_1"]]), None),
        (call("get_entries_from_calendar", month=6, day=7), {"date": {}, "meetings": []}),
        (call("get_entries_from_calendar", month=7, day=7), None),
        (
            call("get_routes_from_start_to_destination", start_id="a", destination_id="b"),
            {"routes": [{"route_id": "r"}]},
        ),
        (
            call("get_user_preferences", preference_categories={"weather": {"weather": True}}),
            {"weather": {"weather": ["x"]}},
        ),
        (call("get_user_preferences", preference_categories=[1]), None),
        (call("get_seats_occupancy"), {"seats_occupied": {"driver": True}}),
        (call("think", thought="hm"), {"noted": True}),
        (call("calculate_math", expression="__import__('os')"), None),
        (call("search_poi_at_location", location_id="here"), None),
        (call("get_current_navigation_state"), {"navigation_active": False}),
    ],
)
def test_what_is_not_the_car_is_looked_up_or_unavailable(one: Call, result: Any) -> None:
    context = {
        "user_preferences": {"weather": {"weather": ["x"]}},
        "seats_occupied": {"driver": True},
        "navigation_active": False,
    }
    assert Outside(task(context=context), MOCK).answer(one) == result


def test_what_was_recorded_is_told_in_its_order() -> None:
    calls = (call("get_current_navigation_state"),) * 2
    recorded = ({"status": "SUCCESS", "result": {"n": 1}}, {"status": "SUCCESS", "result": {"n": 2}})
    outside = Outside(task(calls=calls, recorded=recorded), MOCK)
    assert [outside.answer(calls[0]) for _ in range(3)] == [{"n": 1}, {"n": 2}, {"n": 2}]


def test_a_changed_navigation_is_not_told_from_the_context() -> None:
    outside = Outside(task(context={"navigation_active": False}), MOCK)
    assert outside.answer(call("set_new_navigation", route_ids=["r"])) is None
    assert outside.answer(call("get_current_navigation_state")) is None
