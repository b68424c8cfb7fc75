"""Rain and night as factors on how people drive.

Sources: capacity lost to rain, Highway Capacity Manual 2010, exhibit 10-15 (2.0, 7.2 and 14.1 % for up to 2.5, up to
6.4 and over 6.4 mm/h). Free speed lost, Hranac et al., Empirical studies on traffic flow in inclement weather (FHWA
2006): 2 to 4 % in light and 6 to 9 % in heavy rain; the middle is ours. The headway is what makes both true of cars
that follow by the intelligent driver model at 52 km/h. Friction: asphalt has about 0.8 dry and 0.5 to 0.6 wet; that
braking is gentler in this proportion is ours, and so is the factor of the night and who stays at home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zhixing.datatypes.tracks import RoadUser

Rain = Literal["none", "light", "medium", "heavy"]
NIGHT_FROM_H, NIGHT_UNTIL_H = 19.0, 6.0
_NIGHT_SPEED = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What the weather and the light of day change, as factors.

    Attributes:
        speed: On wished speeds.
        headway: On time gaps.
        brake: On decelerations, the hardest ones as well.
        outdoors: On the shares of people on foot and on two wheels.
    """

    speed: float = 1.0
    headway: float = 1.0
    brake: float = 1.0
    outdoors: float = 1.0


_RAIN: dict[Rain, Weather] = {
    "none": Weather(),
    "light": Weather(speed=0.98, headway=1.02, brake=0.9, outdoors=0.9),
    "medium": Weather(speed=0.95, headway=1.09, brake=0.8, outdoors=0.7),
    "heavy": Weather(speed=0.92, headway=1.20, brake=0.7, outdoors=0.5),
}
OUTDOORS = frozenset({RoadUser.PEDESTRIAN, RoadUser.EBIKE, RoadUser.BICYCLE, RoadUser.TRICYCLE})


def is_night(hour: float) -> bool:
    """Return whether it is dark at an hour of the day."""
    return not NIGHT_UNTIL_H <= hour < NIGHT_FROM_H


def weather_at(rain: Rain, hour: float) -> Weather:
    """Return the factors of a rain at an hour of the day.

    Example:
        >>> weather_at("heavy", 12.0).brake, weather_at("none", 23.0).speed
        (0.7, 0.95)
    """
    rained = _RAIN[rain]
    speed = rained.speed * (_NIGHT_SPEED if is_night(hour) else 1.0)
    return Weather(speed=speed, headway=rained.headway, brake=rained.brake, outdoors=rained.outdoors)
