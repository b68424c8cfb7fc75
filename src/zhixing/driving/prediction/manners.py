"""How each class of road user moves: the numbers of prediction."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import RoadUser


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What is assumed of one class of road user.

    Attributes:
        free_cost: How unlikely (negative logarithm) it leaves lanes that fit, and keeps its course instead.
        against_cost: The same for going against a lane's direction.
        change_cost: The same for changing lanes now.
        course_sigma_m: How far its present motion and the path it takes differ after 1.2 s.
        start_mps2: How it sets off.
        fast_mps2: How it speeds up in the mode that does.
        slow_mps2: How it slows down in the mode that does.
        brake_mps2: How it brakes in the mode that stops.
        top_mps: It does not speed up beyond this.
        lateral_mps2: Curves are taken with this much.
        headway_s: It keeps this behind a leader at most; who follows closer is content with that.
        gap_m: The same at standstill.
        accel_weight: How far the acceleration seen goes on.
        accel_decay_s: How long.
        turn_decay_s: How long the turn rate seen goes on off lanes.
        veer_rad: By how much the modes that veer do.
        settle_s: How long it takes to settle beside the middle of its lane.
        red_rate: Share of the reds it meets that it runs.
        drift_weight: How far the displacement of the last second counts beside heading and speed.
        seek_1ps: How quickly it approaches the speed of a free lane.
    """

    free_cost: float
    against_cost: float = 99.0
    change_cost: float
    course_sigma_m: float
    start_mps2: float
    fast_mps2: float
    slow_mps2: float
    brake_mps2: float
    top_mps: float
    lateral_mps2: float
    headway_s: float
    gap_m: float
    accel_weight: float
    accel_decay_s: float
    turn_decay_s: float
    veer_rad: float
    settle_s: float
    red_rate: float
    drift_weight: float
    seek_1ps: float


_CAR = Manners(
    free_cost=3.5, change_cost=3.0, course_sigma_m=1.2, start_mps2=1.3, fast_mps2=0.9, slow_mps2=1.1, brake_mps2=2.6,
    top_mps=16.7, lateral_mps2=2.5, headway_s=1.1, gap_m=1.5, accel_weight=0.7, accel_decay_s=1.5, turn_decay_s=0.7,
    veer_rad=0.4, settle_s=1.5, red_rate=0.01, drift_weight=0.0, seek_1ps=0.05,
)  # fmt: skip
_TRUCK = Manners(
    free_cost=3.5, change_cost=3.5, course_sigma_m=1.2, start_mps2=0.9, fast_mps2=0.6, slow_mps2=0.9, brake_mps2=2.0,
    top_mps=13.9, lateral_mps2=1.8, headway_s=1.3, gap_m=2.0, accel_weight=0.7, accel_decay_s=1.5, turn_decay_s=0.7,
    veer_rad=0.4, settle_s=1.5, red_rate=0.01, drift_weight=0.0, seek_1ps=0.05,
)  # fmt: skip
_MOTORCYCLE = Manners(
    free_cost=1.0, against_cost=2.5, change_cost=2.0, course_sigma_m=0.7, start_mps2=1.4, fast_mps2=0.8, slow_mps2=0.8,
    brake_mps2=1.8, top_mps=11.0, lateral_mps2=2.5, headway_s=0.8, gap_m=1.0, accel_weight=0.6, accel_decay_s=1.0,
    turn_decay_s=0.3, veer_rad=0.5, settle_s=3.0, red_rate=0.46, drift_weight=0.5, seek_1ps=0.0,
)  # fmt: skip
_BICYCLE = Manners(
    free_cost=1.0, against_cost=2.0, change_cost=2.5, course_sigma_m=0.7, start_mps2=1.0, fast_mps2=0.5, slow_mps2=0.6,
    brake_mps2=1.4, top_mps=6.5, lateral_mps2=2.0, headway_s=0.8, gap_m=1.0, accel_weight=0.5, accel_decay_s=1.0,
    turn_decay_s=0.3, veer_rad=0.5, settle_s=3.0, red_rate=0.39, drift_weight=0.5, seek_1ps=0.0,
)  # fmt: skip
_PEDESTRIAN = Manners(
    free_cost=0.0, against_cost=0.5, change_cost=9.0, course_sigma_m=0.5, start_mps2=0.8, fast_mps2=0.2, slow_mps2=0.25,
    brake_mps2=0.8, top_mps=2.2, lateral_mps2=9.0, headway_s=0.4, gap_m=0.4, accel_weight=0.2, accel_decay_s=0.8,
    turn_decay_s=0.3, veer_rad=0.7, settle_s=3.0, red_rate=0.05, drift_weight=1.0, seek_1ps=0.0,
)  # fmt: skip
_OBJECT = Manners(
    free_cost=0.0, change_cost=99.0, course_sigma_m=0.8, start_mps2=0.5, fast_mps2=0.5, slow_mps2=0.6, brake_mps2=1.4,
    top_mps=8.0, lateral_mps2=2.0, headway_s=0.8, gap_m=1.0, accel_weight=0.5, accel_decay_s=1.0, turn_decay_s=1.0,
    veer_rad=0.5, settle_s=1.5, red_rate=0.0, drift_weight=0.5, seek_1ps=0.0,
)  # fmt: skip
MANNERS: dict[RoadUser, Manners] = {
    RoadUser.CAR: _CAR,
    RoadUser.TRUCK: _TRUCK,
    RoadUser.BUS: _TRUCK,
    RoadUser.MOTORCYCLE: _MOTORCYCLE,
    RoadUser.EBIKE: _MOTORCYCLE,
    RoadUser.BICYCLE: _BICYCLE,
    RoadUser.TRICYCLE: _BICYCLE,
    RoadUser.PEDESTRIAN: _PEDESTRIAN,
    RoadUser.OBJECT: _OBJECT,
}
"""Red-light rates: recorded at one crossroads in Tianjin (SinD, Xu et al. 2022): 46 % of motorcycles and e-bikes, 39 %
of bicycles and 1 % of cars that met a red went through. The rest: what predicts recorded traffic best, see
``zhixing bench prediction``; by class, whatever the recording."""

COLUMN = {field.name: k for k, field in enumerate(fields(Manners))}
"""Which column of the table holds which number."""


def manners_table() -> FloatArray:
    """Return (classes + 1, columns) the numbers of every class, row 0 unused."""
    table = np.zeros((len(RoadUser) + 1, len(COLUMN)))
    for road_user, manners in MANNERS.items():
        table[road_user] = [getattr(manners, name) for name in COLUMN]
    return table


def lane_kinds() -> BoolArray:
    """Return (classes + 1, kinds + 1) which kinds of lane each class uses."""
    table = np.zeros((len(RoadUser) + 1, len(LaneKind) + 1), dtype=np.bool_)
    for road_user in (RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS):
        table[road_user, LaneKind.DRIVING] = True
    for road_user in (RoadUser.MOTORCYCLE, RoadUser.EBIKE, RoadUser.BICYCLE, RoadUser.TRICYCLE):
        table[road_user, [LaneKind.DRIVING, LaneKind.BIKING]] = True
    table[RoadUser.PEDESTRIAN, [LaneKind.SIDEWALK, LaneKind.CROSSING]] = True
    return table
