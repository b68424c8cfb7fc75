"""What is compared between simulated and recorded traffic, class by class, and in which intervals it is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numba import njit

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES, TWO_WHEELERS, RoadUser, Tracks
from zhixing.driving.lane_map import lane_map_of
from zhixing.simulation.realism.distances import Bins

GROUPS = ("car", "large vehicle", "two-wheeler", "pedestrian")
"""Recordings tell some classes apart that others do not, so classes are compared in these groups."""
_LARGE = frozenset({RoadUser.TRUCK, RoadUser.BUS})
_EVERY_S, _SPAN_S = 0.5, 1.0
_FAR_M, _AROUND_M = 60.0, 15.0
_MOVES_MPS = 2.0
_LANE_WITHIN_M = 2.5
_FAST = {"car": 25.0, "large vehicle": 25.0, "two-wheeler": 12.0, "pedestrian": 4.0}


def group_of(road_user: int) -> str | None:
    """Return the group a class is compared in, None for what is no road user.

    Example:
        >>> group_of(RoadUser.BUS), group_of(RoadUser.TRICYCLE), group_of(RoadUser.OBJECT)
        ('large vehicle', 'two-wheeler', None)
    """
    if road_user in _LARGE:
        return "large vehicle"
    if road_user in MOTOR_VEHICLES:
        return "car"
    if road_user in TWO_WHEELERS:
        return "two-wheeler"
    return "pedestrian" if road_user == RoadUser.PEDESTRIAN else None


def bins_of(quantity: str, group: str) -> Bins:
    """Return in which intervals a quantity is counted.

    Raises:
        KeyError: There is no such quantity.
    """
    if quantity in {"speed_mps", "moving_mps"}:
        return Bins(low=0.0, high=_FAST[group], count=20)
    return {
        "accel_mps2": Bins(low=-4.0, high=4.0, count=16),
        "gap_m": Bins(low=0.0, high=50.0, count=20),
        "standing_gap_m": Bins(low=0.0, high=8.0, count=16),
        "time_gap_s": Bins(low=0.0, high=5.0, count=20),
        "lateral_m": Bins(low=-2.0, high=2.0, count=20),
        "neighbours": Bins(low=0.0, high=20.0, count=20),
        "length_m": Bins(low=0.0, high=14.0, count=28) if group != "two-wheeler" else Bins(low=0.5, high=3.5, count=20),
        "width_m": Bins(low=0.0, high=3.0, count=20) if group != "two-wheeler" else Bins(low=0.2, high=1.6, count=14),
    }[quantity]


@dataclass(slots=True)
class Samples:
    """Values of one source, by quantity and group; the parts are road users.

    Attributes:
        parts: (values,) of each road user that has any.
    """

    parts: dict[tuple[str, str], list[FloatArray]] = field(default_factory=dict)

    def add(self, quantity: str, group: str, values: FloatArray) -> None:
        """Add what one road user has."""
        known = values[np.isfinite(values)]
        if known.size:
            self.parts.setdefault((quantity, group), []).append(known)

    def join(self, others: Iterable[Samples]) -> Samples:
        """Take in what others hold, and return itself."""
        for other in others:
            for key, parts in other.parts.items():
                self.parts.setdefault(key, []).extend(parts)
        return self

    def values(self, quantity: str, group: str) -> FloatArray:
        """Return all values of all parts."""
        parts = self.parts.get((quantity, group), [])
        return np.concatenate(parts) if parts else np.zeros(0)

    def median(self, quantity: str, group: str) -> float:
        """Return the median of all values, NaN without any."""
        values = self.values(quantity, group)
        return float(np.median(values)) if values.size else float("nan")


def sample(tracks: Tracks, road: Road | None = None, *, first_step: int = 0, speed_span_s: float = 0.0) -> Samples:
    """Return what everybody in some tracks does, twice a second.

    Quantities: ``speed_mps`` and, of those faster than 0.5 m/s, ``moving_mps``; ``accel_mps2`` over one second;
    ``gap_m`` from box to box to who is ahead on the own strip of the next 60 m, ``time_gap_s`` the same in seconds
    where one drives 2 m/s or more, ``standing_gap_m`` where both stand; ``lateral_m`` from the middle of the nearest
    lane (left positive, with a road only); ``neighbours`` within 15 m.

    Args:
        tracks: Two steps a second or more.
        road: The map, if there is one.
        first_step: Steps before it do not count.
        speed_span_s: Speeds are how far one came in so long, instead of what the tracks say; for recordings whose
            positions are noisy. Accelerations are left out then.
    """
    found = Samples()
    if tracks.num_steps < 2 or not tracks.num_objects:
        return found
    step_s = float(np.median(np.diff(tracks.time_ns))) * 1e-9
    every, span = max(1, round(_EVERY_S / step_s)), max(1, round(_SPAN_S / step_s))
    speed = _speeds(tracks, max(1, round(speed_span_s / step_s))) if speed_span_s else tracks.speed_mps
    steps = np.arange(first_step, tracks.num_steps, every)
    table = _around(tracks.xy_m, tracks.yaw_rad, speed, tracks.size_m, tracks.road_user, tracks.valid, steps)
    lane_map = lane_map_of(road) if road is not None and road.lanes else None
    kinds = frozenset({LaneKind.DRIVING, LaneKind.BIKING})
    for row in range(tracks.num_objects):
        group = group_of(int(tracks.road_user[row]))
        there = tracks.valid[row, steps]
        if group is None or not there.any():
            continue
        v = np.where(there, speed[row, steps], np.nan)
        gap, lead, near = (np.where(there, table[row, :, k], np.nan) for k in range(3))
        found.add("speed_mps", group, v)
        found.add("moving_mps", group, v[v > 0.5])
        found.add("neighbours", group, near)
        if group != "pedestrian":
            found.add("gap_m", group, gap[v > 0.5])
            found.add("time_gap_s", group, (gap / np.maximum(v, 0.1))[v > _MOVES_MPS])
            found.add("standing_gap_m", group, gap[(np.abs(v) < 0.3) & (np.abs(lead) < 0.3)])
        if not speed_span_s:
            later = steps + span
            both = (later < tracks.num_steps) & there
            both[both] &= tracks.valid[row, later[both]]
            found.add("accel_mps2", group, (speed[row, later[both]] - speed[row, steps[both]]) / (span * step_s))
        if lane_map is not None and group != "pedestrian":
            moving = steps[there & (np.abs(v) > _MOVES_MPS)]
            beside = [
                lane_map.nearest(
                    float(tracks.xy_m[row, step, 0]),
                    float(tracks.xy_m[row, step, 1]),
                    float(tracks.yaw_rad[row, step]),
                    kinds=kinds,
                )
                for step in moving
            ]
            offsets = np.array([offset for lane, _, offset in beside if lane >= 0 and abs(offset) < _LANE_WITHIN_M])
            found.add("lateral_m", group, offsets)
    return found


def _speeds(tracks: Tracks, steps: int) -> FloatArray:
    """Return (objects, steps) how fast everybody came from where it was so many steps before; NaN where unknown."""
    speed = np.full(tracks.valid.shape, np.nan)
    away = np.hypot(*np.moveaxis(tracks.xy_m[:, steps:] - tracks.xy_m[:, :-steps], -1, 0))
    seconds = (tracks.time_ns[steps:] - tracks.time_ns[:-steps]) * 1e-9
    both = tracks.valid[:, steps:] & tracks.valid[:, :-steps] & (seconds < 1.5 * np.median(seconds))
    speed[:, steps:] = np.where(both, away / seconds, np.nan)
    return speed


@njit(cache=True)
def _around(
    xy: FloatArray,
    yaw: FloatArray,
    speed: FloatArray,
    size: FloatArray,
    road_user: IntArray,
    valid: BoolArray,
    steps: IntArray,
) -> FloatArray:
    """Return (objects, steps, 3): gap to who is ahead, that one's speed (NaN without one), and how many are near."""
    users = xy.shape[0]
    table = np.full((users, steps.shape[0], 3), np.nan)
    for at in range(steps.shape[0]):
        step = steps[at]
        for u in range(users):
            if not valid[u, step]:
                continue
            c, s = np.cos(yaw[u, step]), np.sin(yaw[u, step])
            best, near = _FAR_M, 0
            for o in range(users):
                if o == u or not valid[o, step] or road_user[o] > 8:
                    continue
                dx, dy = xy[o, step, 0] - xy[u, step, 0], xy[o, step, 1] - xy[u, step, 1]
                if dx * dx + dy * dy < _AROUND_M * _AROUND_M:
                    near += 1
                along, aside = c * dx + s * dy, c * dy - s * dx
                gap = along - 0.5 * (size[u, 0] + size[o, 0])
                if along <= 0.0 or gap >= best or abs(aside) > 0.4 * (size[u, 1] + size[o, 1]):
                    continue
                if np.cos(yaw[o, step] - yaw[u, step]) < 0.7:
                    continue  # it goes another way
                best = max(gap, 0.0)
                table[u, at, 0], table[u, at, 1] = best, speed[o, step]
            table[u, at, 2] = near
    return table
