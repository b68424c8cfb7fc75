"""The tools of CAR-bench that concern the vehicle: what each call wants of the car, and what each question is told.

A call becomes wanted values of the benchmark's car (:mod:`zhixing.runtime.car_bench.state`); these become requests at
the door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zhixing.errors import InputError
from zhixing.runtime.car_bench.state import (
    AIRFLOW,
    CIRCULATION,
    COLOURS,
    FIFTHS,
    PERCENT,
    PLACES,
    SEATS,
    TEMPERATURE_C,
    THIRDS,
    CarValue,
    CarValues,
    Coding,
    Switch,
    Words,
)
from zhixing.runtime.car_bench.untrusted import shown

_PLACE = Words(
    dict.fromkeys(("ALL", "DRIVER", "PASSENGER", "DRIVER_REAR", "PASSENGER_REAR", "RIGHT_REAR", "LEFT_REAR"))
)
_ZONE = Words(dict.fromkeys(("ALL_ZONES", "DRIVER", "PASSENGER")))
_SIDES = {"LEFT_REAR": "driver_rear", "RIGHT_REAR": "passenger_rear"}  # the steering wheel is on the left
_COLOUR = Words(dict.fromkeys((*(colour for colour in COLOURS.values if colour != "OFF"), "NONE")))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VehicleTool:
    """A tool that changes the car.

    Attributes:
        parameters: All of them must be given.
        wants: Checked arguments to wanted values of the benchmark's car.
    """

    parameters: Mapping[str, Coding]
    wants: Callable[[CarValues], dict[str, CarValue]]


def _one(name: str, parameter: str, coding: Coding) -> VehicleTool:
    return VehicleTool({parameter: coding}, lambda given: {name: given[parameter]})


def _places(where: CarValue) -> tuple[str, ...]:
    return tuple(PLACES) if where == "ALL" else (_SIDES.get(str(where), str(where).lower()),)


def _zones(where: CarValue) -> tuple[str, ...]:
    return tuple(SEATS) if where == "ALL_ZONES" else (str(where).lower(),)


def _ambient(given: CarValues) -> dict[str, CarValue]:
    if given["on"] and given["lightcolor"] == "NONE":
        raise ValueError("a light that is on has a colour")
    return {"ambient_light": given["lightcolor"] if given["on"] else "OFF"}


def _defrost(given: CarValues) -> dict[str, CarValue]:
    sides = {"FRONT": ("front",), "REAR": ("rear",)}.get(str(given["defrost_window"]), ("front", "rear"))
    return {f"window_{side}_defrost": given["on"] for side in sides}


VEHICLE_TOOLS: Mapping[str, VehicleTool] = {
    "open_close_sunroof": _one("sunroof_position", "percentage", PERCENT),
    "open_close_sunshade": _one("sunshade_position", "percentage", PERCENT),
    "open_close_trunk_door": VehicleTool(
        {"action": Words({"OPEN": True, "CLOSE": False})},
        lambda given: {"trunk_door_position": "open" if given["action"] == "OPEN" else "closed"},
    ),
    "open_close_window": VehicleTool(
        {"window": _PLACE, "percentage": PERCENT},
        lambda given: {f"window_{place}_position": given["percentage"] for place in _places(given["window"])},
    ),
    "set_air_circulation": _one("air_circulation", "mode", CIRCULATION),
    "set_air_conditioning": _one("air_conditioning", "on", Switch()),
    "set_ambient_lights": VehicleTool({"on": Switch(), "lightcolor": _COLOUR}, _ambient),
    "set_climate_temperature": VehicleTool(
        {"temperature": TEMPERATURE_C, "seat_zone": _ZONE},
        lambda given: {f"climate_temperature_{seat}": given["temperature"] for seat in _zones(given["seat_zone"])},
    ),
    "set_fan_airflow_direction": _one("fan_airflow_direction", "direction", AIRFLOW),
    "set_fan_speed": _one("fan_speed", "level", FIFTHS),
    "set_fog_lights": _one("fog_lights", "on", Switch()),
    "set_head_lights_high_beams": _one("head_lights_high_beams", "on", Switch()),
    "set_head_lights_low_beams": _one("head_lights_low_beams", "on", Switch()),
    "set_reading_light": VehicleTool(
        {"position": _PLACE, "on": Switch()},
        lambda given: {f"reading_light_{place}": given["on"] for place in _places(given["position"])},
    ),
    "set_seat_heating": VehicleTool(
        {"level": THIRDS, "seat_zone": _ZONE},
        lambda given: {f"seat_heating_{seat}": given["level"] for seat in _zones(given["seat_zone"])},
    ),
    "set_steering_wheel_heating": _one("steering_wheel_heating", "level", THIRDS),
    "set_window_defrost": VehicleTool(
        {"on": Switch(), "defrost_window": Words(dict.fromkeys(("ALL", "FRONT", "REAR")))}, _defrost
    ),
}

_ROOF = {"description": "Current positions of sunroof and sunshade"}
_WINDOWS = {"description": "0 = closed, 100=open."}
_CELSIUS = {"temperature_unit": "Celsius"}
_CLIMATE = (
    "fan_speed",
    "fan_airflow_direction",
    "air_conditioning",
    "air_circulation",
    "window_front_defrost",
    "window_rear_defrost",
)

READING_TOOLS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "get_ambient_light_status_and_color": (("ambient_light",), {}),
    "get_climate_settings": (_CLIMATE, {}),
    "get_exterior_lights_status": (("fog_lights", "head_lights_low_beams", "head_lights_high_beams"), {}),
    "get_reading_lights_status": (tuple(f"reading_light_{place}" for place in PLACES), {}),
    "get_seat_heating_level": (tuple(f"seat_heating_{seat}" for seat in SEATS), {}),
    "get_steering_wheel_heating_level": (("steering_wheel_heating",), {}),
    "get_sunroof_and_sunshade_position": (("sunroof_position", "sunshade_position"), _ROOF),
    "get_temperature_inside_car": (tuple(f"climate_temperature_{seat}" for seat in SEATS), _CELSIUS),
    "get_trunk_door_position": (("trunk_door_position",), {}),
    "get_vehicle_window_positions": (tuple(f"window_{place}_position" for place in PLACES), _WINDOWS),
}
"""Which values each read-only tool tells, and what it says beside them."""


def wanted_by(call: Call, where: str) -> dict[str, CarValue] | None:
    """Return which values of the benchmark's car a call wants, None if the tool changes nothing about the vehicle.

    Args:
        call: From a file or a language model; nothing about it is trusted.
        where: What the message names.

    Raises:
        InputError: An argument is absent, unknown or wrong.

    Example:
        >>> wanted_by(Call("open_close_window", {"window": "LEFT_REAR", "percentage": 50}), "line 1")
        {'window_driver_rear_position': 50}
    """
    tool = VEHICLE_TOOLS.get(call.name)
    parameters = tool.parameters if tool else {}
    if tool is None and call.name not in READING_TOOLS:
        return None
    unknown, absent = set(call.arguments) - set(parameters), set(parameters) - set(call.arguments)
    if unknown or absent:
        names = ", ".join(shown(name) for name in sorted(unknown or absent)[:5])
        raise InputError(
            f"{where}: {call.name}: {names} {'unknown' if unknown else 'absent'}",
            hint=f"It takes {', '.join(parameters) or 'no arguments'}.",
        )
    if tool is None:
        return None
    try:
        return tool.wants({name: coding.check(call.arguments[name]) for name, coding in parameters.items()})
    except ValueError as error:
        raise InputError(f"{where}: {call.name}: {error}", hint="Compare it with tools.json.") from error
