"""The benchmark's car and ours: which signals stand for which of its values, and how each is told.

CAR-bench names 24 values of its car (``fan_speed`` 0 to 5, ``seat_heating_driver`` 0 to 3 ...). Where ours has several
signals for one of them (a fan at each seat), all are set and the driver's is told. Where ours is coarser (the air
flows one way at a time, recirculation is on or off), a task's own value is told until somebody sets it anew, and a
value that the catalogue does not allow cannot be set. Whatever the catalogue gains is used at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from zhixing.datatypes.signal import Value
from zhixing.errors import InputError
from zhixing.runtime.car_bench.untrusted import shown
from zhixing.signals.catalogue import Catalogue, expand
from zhixing.signals.values import check_type, is_allowed

CarValue = bool | int | float | str
CarValues = Mapping[str, CarValue]


class Coding(Protocol):
    """How one kind of value is written in the benchmark and in our signals."""

    def check(self, value: object) -> CarValue:
        """Return a value of the benchmark; ValueError if it is none."""
        ...

    def signal(self, value: CarValue) -> Value | None:
        """Return the value of our signal, None if it has no word for it."""
        ...

    def told(self, value: Value) -> CarValue:
        """Return a value of our signal as the benchmark has it."""
        ...


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    def check(self, value: object) -> CarValue:
        """Return it if it is true or false."""
        if not isinstance(value, bool):
            raise ValueError(f"{shown(value)} is neither true nor false")  # noqa: TRY004 - one error for what is no value
        return value

    def signal(self, value: CarValue) -> Value:
        """Return the same."""
        return value

    def told(self, value: Value) -> CarValue:
        """Return the same."""
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A number within limits, in steps, that means the same in both."""

    low: float
    high: float
    step: float = 1.0

    def check(self, value: object) -> CarValue:
        """Return it if it is within the limits and on a step; whole numbers as int."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise ValueError(f"{shown(value)} is no number from {self.low:g} to {self.high:g}")
        if not (value / self.step).is_integer():
            raise ValueError(f"{shown(value)} is no multiple of {self.step:g}")
        return int(value) if float(value).is_integer() else value

    def signal(self, value: CarValue) -> Value:
        """Return the same."""
        return value

    def told(self, value: Value) -> CarValue:
        """Return the same; whole numbers as int."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels from 0 on that stand for percents."""

    percents: tuple[int, ...]

    def check(self, value: object) -> CarValue:
        """Return it if there is such a level."""
        return Number(0, len(self.percents) - 1).check(value)

    def signal(self, value: CarValue) -> Value:
        """Return the percents of a level."""
        return self.percents[int(value)]

    def told(self, value: Value) -> CarValue:
        """Return the nearest level; ventilation, which is negative, is no heating."""
        percent = value if isinstance(value, int | float) else 0.0
        return min(range(len(self.percents)), key=lambda level: abs(self.percents[level] - percent))


@dataclass(frozen=True, slots=True)
class Words:
    """A choice of words, each of which stands for one value of ours or for none."""

    values: Mapping[str, Value | None]

    def check(self, value: object) -> CarValue:
        """Return it if it is one of the words."""
        if not isinstance(value, str) or value not in self.values:
            raise ValueError(f"{shown(value)} is none of {', '.join(self.values)}")
        return value

    def signal(self, value: CarValue) -> Value | None:
        """Return what the word stands for."""
        return self.values[str(value)]

    def told(self, value: Value) -> CarValue:
        """Return the first word that stands for it."""
        return next((word for word, meant in self.values.items() if meant == value), next(iter(self.values)))


@dataclass(frozen=True, slots=True)
class Lid:
    """Open or closed; the benchmark's context says ``closed``, its expected states say ``OPEN``."""

    def check(self, value: object) -> CarValue:
        """Return ``open`` or ``closed``."""
        word = {"open": "open", "close": "closed", "closed": "closed"}.get(
            value.lower() if isinstance(value, str) else ""
        )
        if word is None:
            raise ValueError(f"{shown(value)} is neither open nor closed")
        return word

    def signal(self, value: CarValue) -> Value:
        """Return whether it is open."""
        return value == "open"

    def told(self, value: Value) -> CarValue:
        """Return the word."""
        return "open" if value else "closed"


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of the benchmark's car, and the signals of ours that stand for it; the first is told."""

    coding: Coding
    paths: tuple[str, ...]


PERCENT, TEMPERATURE_C = Number(0, 100), Number(16, 28, 0.5)
THIRDS, FIFTHS = Levels((0, 33, 67, 100)), Levels((0, 20, 40, 60, 80, 100))
AIRFLOW = Words(
    {
        "FEET": "DOWN",
        "HEAD": "MIDDLE",
        "HEAD_FEET": "MIDDLE_DOWN",
        "WINDSHIELD": "UP",
        "WINDSHIELD_FEET": "UP_DOWN",
        "WINDSHIELD_HEAD": "UP_MIDDLE",
        "WINDSHIELD_HEAD_FEET": "UP_MIDDLE_DOWN",
    }
)
CIRCULATION = Words({"FRESH_AIR": False, "RECIRCULATION": True, "AUTO": None})
COLOURS = Words(
    {
        "OFF": None,
        "RED": "#FF0000",
        "GREEN": "#00FF00",
        "BLUE": "#0000FF",
        "YELLOW": "#FFFF00",
        "WHITE": "#FFFFFF",
        "PINK": "#FFC0CB",
        "ORANGE": "#FFA500",
        "PURPLE": "#800080",
        "CYAN": "#00FFFF",
    }
)

SEATS = {"driver": "Row1.Driver", "passenger": "Row1.Passenger"}
PLACES = {**SEATS, "driver_rear": "Row2.Driver", "passenger_rear": "Row2.Passenger"}
_HVAC = "Vehicle.Cabin.HVAC."
_STATIONS = _HVAC + "Station.{Row1,Row2}.{Driver,Passenger}."
_LIGHTS = "Vehicle.Body.Lights."
_AMBIENT = "Vehicle.Cabin.Light.AmbientLight.{Row1,Row2}.{DriverSide,PassengerSide}."
_AMBIENT_ON, _AMBIENT_COLOUR = tuple(expand(_AMBIENT + "IsLightOn")), tuple(expand(_AMBIENT + "Color"))
_RECIRCULATION = f"{_HVAC}IsRecirculationActive"
AUTOMATIC = f"{_HVAC}IsRecirculationAutomatic"
"""Not in VSS 6.0; used where the catalogue has it by overlay."""

SLOTS: Mapping[str, Slot] = {
    "sunroof_position": Slot(PERCENT, ("Vehicle.Cabin.Sunroof.Position",)),
    "sunshade_position": Slot(PERCENT, ("Vehicle.Cabin.Sunroof.Shade.Position",)),
    "trunk_door_position": Slot(Lid(), ("Vehicle.Body.Trunk.Rear.IsOpen",)),
    **{
        f"window_{place}_position": Slot(PERCENT, (f"Vehicle.Cabin.Door.{seat}Side.Window.Position",))
        for place, seat in PLACES.items()
    },
    **{
        f"reading_light_{place}": Slot(Switch(), (f"Vehicle.Cabin.Light.Spotlight.{seat}Side.IsLightOn",))
        for place, seat in PLACES.items()
    },
    "fog_lights": Slot(Switch(), (f"{_LIGHTS}Fog.Front.IsOn",)),
    "head_lights_low_beams": Slot(Switch(), (f"{_LIGHTS}Beam.Low.IsOn",)),
    "head_lights_high_beams": Slot(Switch(), (f"{_LIGHTS}Beam.High.IsOn",)),
    "ambient_light": Slot(COLOURS, _AMBIENT_COLOUR),
    **{
        f"climate_temperature_{place}": Slot(TEMPERATURE_C, (f"{_HVAC}Station.{seat}.Temperature",))
        for place, seat in SEATS.items()
    },
    "steering_wheel_heating": Slot(THIRDS, ("Vehicle.Chassis.SteeringWheel.HeatingCooling",)),
    **{
        f"seat_heating_{place}": Slot(THIRDS, (f"Vehicle.Cabin.Seat.{seat}Side.HeatingCooling",))
        for place, seat in SEATS.items()
    },
    "fan_speed": Slot(FIFTHS, tuple(expand(_STATIONS + "FanSpeed"))),
    "window_front_defrost": Slot(Switch(), (f"{_HVAC}IsFrontDefrosterActive",)),
    "window_rear_defrost": Slot(Switch(), (f"{_HVAC}IsRearDefrosterActive",)),
    "fan_airflow_direction": Slot(AIRFLOW, tuple(expand(_STATIONS + "AirDistribution"))),
    "air_conditioning": Slot(Switch(), (f"{_HVAC}IsAirConditioningActive",)),
    "air_circulation": Slot(CIRCULATION, (_RECIRCULATION,)),
}
"""Every value of the benchmark's car that is a matter of the vehicle, in the order of its schema."""


def check_value(name: str, value: object, where: str) -> CarValue:
    """Return a value of the benchmark's car.

    Raises:
        InputError: The benchmark's car has no such value.
    """
    try:
        return SLOTS[name].coding.check(value)
    except ValueError as error:
        raise InputError(f"{where}: {name}: {error}", hint="Compare it with state_schema.json.") from error


def signals_for(name: str, value: CarValue, catalogue: Catalogue) -> dict[str, Value] | None:
    """Return which signals must have which values, None if our car has no such value.

    Example:
        >>> from zhixing.signals.catalogue import load_catalogue
        >>> signals_for("seat_heating_driver", 2, load_catalogue())
        {'Vehicle.Cabin.Seat.Row1.DriverSide.HeatingCooling': 67}
    """
    slot = SLOTS[name]
    match name, value:
        case "ambient_light", "OFF":
            return dict.fromkeys(_AMBIENT_ON, False)
        case "ambient_light", _:
            colour = slot.coding.signal(value)
            return None if colour is None else dict.fromkeys(slot.paths, colour) | dict.fromkeys(_AMBIENT_ON, True)
        case "air_circulation", _ if AUTOMATIC in catalogue:
            return {AUTOMATIC: True} if value == "AUTO" else {AUTOMATIC: False, _RECIRCULATION: value != "FRESH_AIR"}
    coded = slot.coding.signal(value)
    if coded is None:
        return None
    fine = all(is_allowed(catalogue[path], check_type(catalogue[path], coded)) for path in slot.paths)
    return dict.fromkeys(slot.paths, coded) if fine else None


def stand_in(name: str, value: CarValue) -> CarValue:
    """Return the value that our car begins with where it has no word for a task's own.

    Example:
        >>> stand_in("fan_airflow_direction", "WINDSHIELD_FEET"), stand_in("air_circulation", "AUTO")
        ('WINDSHIELD', 'FRESH_AIR')
    """
    if name == "air_circulation":
        return "FRESH_AIR"
    return str(value).split("_", maxsplit=1)[0]


def told(name: str, signals: Mapping[str, Value]) -> CarValue:
    """Return a value of the benchmark's car, as our signals tell it."""
    slot = SLOTS[name]
    if name == "ambient_light" and not signals[_AMBIENT_ON[0]]:
        return "OFF"
    if name == "air_circulation" and signals.get(AUTOMATIC) is True:
        return "AUTO"
    return slot.coding.told(signals[slot.paths[0]])
