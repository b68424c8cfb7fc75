"""What the checker assumes: how others may behave, and what the ego can do.

Sources named below:

- RSS: Shalev-Shwartz, Shammah, Shashua (2017), "On a formal model of safe and scalable self-driving cars".
- assertive: Rodionova et al. (2020), "How safe is safe enough? Automatic safety constraints boundary estimation for
  decision-making in automated vehicles", the assertive parameter set of RSS found in simulation.
- ad-rss: the starting values of Intel's RSS library, appendix "Parameter discussion".
- GB 17761-2018, "Safety technical specification for electric bicycle": 25 km/h at most, stops from there within 7 m.

- recorded: change of speed over half a second in recordings of Chinese city traffic (OnSite tasks made from SinD,
  INTERACTION and others): 232,000 samples of cars, 1,300 of trucks, 6,700 of cyclists, 4,700 of pedestrians; 99.9 % of
  them are within the figure.

IEEE 2846-2022 names the kinds of assumption (speed, acceleration, braking, lateral and response), not their values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

from zhixing.datatypes.tracks import RoadUser


@dataclass(frozen=True, slots=True, kw_only=True)
class UserBounds:
    """How one class of road user behaves at worst.

    Attributes:
        max_speed_mps: Faster only if it already is.
        max_accel_mps2: Speeding up at most.
        start_accel_mps2: The same for somebody who stands.
        max_brake_mps2: Braking at most, positive.
        min_brake_mps2: Braking at least of who is behind and has to keep its distance, positive.
        response_s: How long sideways drift may grow, or somebody behind speed up, before it is answered.
        lateral_accel_mps2: Sideways acceleration at most while that lasts.
        lateral_brake_mps2: Sideways braking at least afterwards, positive.
    """

    max_speed_mps: float
    max_accel_mps2: float
    start_accel_mps2: float
    max_brake_mps2: float
    min_brake_mps2: float = 4.64  # assertive, a_min_brake
    response_s: float = 0.53  # assertive, rho
    lateral_accel_mps2: float = 0.43  # assertive, a_lat_max_accel
    lateral_brake_mps2: float = 0.96  # assertive, a_lat_min_brake


_CAR = UserBounds(
    max_speed_mps=22.2,  # 80 km/h, urban expressways in China (GB 50220-95)
    max_accel_mps2=2.0,  # recorded: 1.98
    start_accel_mps2=1.1,  # recorded: 1.10
    max_brake_mps2=8.03,  # assertive, a_max_brake; recorded: 2.2
)
_HEAVY = UserBounds(
    max_speed_mps=22.2,
    max_accel_mps2=1.5,  # recorded: 1.38
    start_accel_mps2=1.0,  # recorded: 1.02
    max_brake_mps2=6.0,  # 5 m/s² is required of loaded ones (GB 12676-2014), dry roads give a little more
)
_TWO_WHEELER = UserBounds(
    max_speed_mps=9.0,  # faster than the 25 km/h of GB 17761-2018: many are tuned; recorded: 8.1
    max_accel_mps2=1.5,  # recorded: 0.98 in 99 %; above that the recordings jump
    start_accel_mps2=1.0,  # recorded: 1.04
    max_brake_mps2=5.0,  # 3.4 m/s² is required (GB 17761-2018); tipping over limits it to about 5
    min_brake_mps2=3.4,  # GB 17761-2018
)
_WALKER = UserBounds(
    max_speed_mps=3.0,  # a run over the road; 85 % of people cross at 1.74 m/s or slower (Harbin, 42 crossings, 2004)
    max_accel_mps2=1.1,  # recorded: 1.02
    start_accel_mps2=1.0,  # recorded: 1.01
    max_brake_mps2=3.0,  # stops within one step at walking pace
    min_brake_mps2=1.0,
)
_THING = UserBounds(max_speed_mps=0.0, max_accel_mps2=0.0, start_accel_mps2=0.0, max_brake_mps2=8.03)

_BOUNDS: MappingProxyType[int, UserBounds] = MappingProxyType(
    {
        RoadUser.CAR: _CAR,
        RoadUser.TRUCK: _HEAVY,
        RoadUser.BUS: _HEAVY,
        RoadUser.MOTORCYCLE: UserBounds(
            max_speed_mps=16.7,  # 60 km/h
            max_accel_mps2=2.5,  # more than a car: a motorcycle of 125 cm³ leaves most of them behind at lights
            start_accel_mps2=1.1,
            max_brake_mps2=8.03,
        ),
        RoadUser.EBIKE: _TWO_WHEELER,
        RoadUser.BICYCLE: _TWO_WHEELER,
        RoadUser.TRICYCLE: _TWO_WHEELER,
        RoadUser.PEDESTRIAN: _WALKER,
        RoadUser.OBJECT: _THING,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyConfig:
    """What the check is made with; no planner and no wish for another style reaches it.

    Attributes:
        bounds: By class of road user.
        brake_jerk_mps3: How fast the ego's brakes build up.
        margin_along_m: Kept to whoever is ahead even at the end.
        margin_beside_m: Kept sideways.
        max_lateral_mps2: What the tyres give, so that what the bicycle model does can be done.
        road_margin_m: How far a corner of the ego may be outside of all lanes.
        junction_margin_m: The same in a junction, where the area between its lanes belongs to it too.
        start_gap_m: A plan that begins farther from the ego is none.
    """

    bounds: MappingProxyType[int, UserBounds] = field(default_factory=lambda: _BOUNDS)
    brake_jerk_mps3: float = 40.0  # full braking after 0.2 s, the build-up time of hydraulic brakes
    margin_along_m: float = 0.2
    margin_beside_m: float = 0.1  # ad-rss, lateral fluctuation margin
    max_lateral_mps2: float = 6.9  # 0.7 g, dry asphalt with reserve
    road_margin_m: float = 0.2
    junction_margin_m: float = 1.5
    start_gap_m: float = 3.0
