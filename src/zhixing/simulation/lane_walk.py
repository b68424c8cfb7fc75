"""Where the ego of an endless ride starts, where it is sent, and where the map ends for it."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.road import NO_LANE, LaneKind
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.driving.lane_map import LaneMap
from zhixing.errors import MapError

_GOAL_HALF_M = 5.0
_GOAL_AWAY_M = (250.0, 700.0)
_NEAREST_GOAL_M = 150.0
_GOAL_SHARE, _GOAL_BEFORE_END_M = 0.6, 8.0
_TRIES, _MOST_LANES = 20, 60
_LONG_ENOUGH_M = 30.0
_START_LENGTH_M = (120.0, 240.0)
_START_SHARE, _START_MPS, _START_LATERAL_MPS2, _START_LOOK_M = 0.35, 8.0, 2.0, 20.0
_ENTERS_AT_M, _CLEAR_M = 4.5, 22.0
_END_M = 16.0
"""Before the end of the map by more than a goal reaches back."""
_AHEAD_MOST_M, _AHEAD_LEAST_M, _AHEAD_ROUNDS = 400.0, 20.0, 64
_GOOD_SHARE = 0.6


class LaneWalk:
    """The lanes for cars as a network to be sent through.

    Args:
        lane_map: Of the map.
        rng: Every choice follows from it.

    Attributes:
        has_ends: Whether some lane leads out of the map.

    Raises:
        MapError: There is no lane outside junctions from which one gets anywhere.
    """

    def __init__(self, lane_map: LaneMap, rng: np.random.Generator) -> None:
        self._map, self._rng = lane_map, rng
        lanes = lane_map.road.lanes
        self._drives: BoolArray = lane_map.kind == LaneKind.DRIVING
        self._nexts = [self._continuing(k) if self._drives[k] else [] for k in range(len(lanes))]
        self._ends: BoolArray = self._drives & np.array([not nexts for nexts in self._nexts], dtype=np.bool_)
        self.has_ends = bool(self._ends.any())
        self._starts = self._start_lanes()
        if not self._starts:
            raise MapError(
                f"{lane_map.road.name} has no lane for cars that leads anywhere",
                hint=f"A car needs a way of {_AHEAD_LEAST_M:.0f} m at least, outside junctions.",
            )

    def start(self, others_xy_m: FloatArray | None = None) -> EgoState:
        """Return where to begin: on a street; where the map has ends, at one of them, clear of (users, 2) others."""
        lanes = self._starts
        if others_xy_m is not None and others_xy_m.shape[0]:
            free_m = [float(np.hypot(*(others_xy_m - self._place(k)).T).min()) for k in lanes]
            clear = [k for k, free in zip(lanes, free_m, strict=True) if free > _CLEAR_M]
            lanes = clear or [lanes[int(np.argmax(free_m))]]
        lane = int(self._rng.choice(lanes))
        return self.state_on(lane, self._start_m(lane), self._start_speed_mps(lane))

    def goal(self, ego: EgoState) -> Goal:
        """Return somewhere some streets on, reached without turning round; at the end of the map where that is near."""
        here, _, _ = self._map.nearest(ego.x_m, ego.y_m, ego.yaw_rad)
        x, y = ego.x_m, ego.y_m
        for _ in range(_TRIES):
            lane = self._wander(max(here, 0))
            length_m = float(self._map.length_m[lane])
            near_end_m = max(length_m - _GOAL_BEFORE_END_M, 0.5 * length_m)
            x, y = self._on_lane(lane, near_end_m if self._ends[lane] else _GOAL_SHARE * length_m)
            if math.hypot(x - ego.x_m, y - ego.y_m) > _NEAREST_GOAL_M:
                break
        half = _GOAL_HALF_M
        return Goal(x_min_m=x - half, x_max_m=x + half, y_min_m=y - half, y_max_m=y + half)

    def is_over(self, ego: EgoState) -> bool:
        """Return whether the ego is about to leave the map."""
        if not self.has_ends:
            return False
        lane, s_m, _ = self._map.nearest(ego.x_m, ego.y_m, ego.yaw_rad)
        return lane >= 0 and bool(self._ends[lane]) and float(self._map.length_m[lane]) - s_m < _END_M

    def state_on(self, lane: int, s_m: float, speed_mps: float) -> EgoState:
        """Return an ego in the middle of a lane, headed along it."""
        x, y = self._on_lane(lane, s_m)
        _, _, yaw = self._map.project(lane, x, y)
        return EgoState(x_m=x, y_m=y, yaw_rad=yaw, speed_mps=speed_mps)

    def _continuing(self, lane: int) -> list[int]:
        """Return the lanes for cars after a lane, or after those beside it where it ends before they do."""
        lanes = self._map.road.lanes
        nexts = self._drivable(lane)
        for side in ("left_lane", "right_lane"):
            beside, seen = int(getattr(lanes[lane], side)), {lane}
            while not nexts and beside != NO_LANE and beside not in seen:
                nexts = self._drivable(beside) if self._drives[beside] else []
                seen.add(beside)
                beside = int(getattr(lanes[beside], side))
        return nexts

    def _drivable(self, lane: int) -> list[int]:
        return [k for k in self._map.road.successors[lane] if self._drives[k]]

    def _start_lanes(self) -> list[int]:
        lanes, length_m = self._map.road.lanes, self._map.length_m
        outside = [k for k, lane in enumerate(lanes) if self._drives[k] and lane.junction < 0]
        if not self.has_ends:
            low, high = _START_LENGTH_M
            good = [k for k in outside if low < length_m[k] < high]
            return good or [k for k in outside if length_m[k] > _AHEAD_LEAST_M]
        ahead_m = self._ahead_m()
        entered = {following for nexts in self._nexts for following in nexts}
        first = [k for k in outside if k not in entered] or outside
        best_m = max((float(ahead_m[k]) for k in first), default=0.0)
        if best_m < _AHEAD_LEAST_M:
            return []
        return [k for k in first if ahead_m[k] >= _GOOD_SHARE * best_m]

    def _ahead_m(self) -> FloatArray:
        """Return (lanes,) how long the longest way from the start of a lane is, as far as that matters."""
        length_m = self._map.length_m
        ahead_m = np.minimum(length_m, _AHEAD_MOST_M)
        for _ in range(_AHEAD_ROUNDS):
            before_m = ahead_m.copy()
            for k, nexts in enumerate(self._nexts):
                if nexts:
                    ahead_m[k] = min(_AHEAD_MOST_M, float(length_m[k]) + float(ahead_m[nexts].max()))
            if np.array_equal(before_m, ahead_m):
                break
        return ahead_m

    def _wander(self, lane: int) -> int:
        """Return a street some hundred metres on, found by taking turns at random; the end where there is one."""
        left_m = float(self._rng.uniform(*_GOAL_AWAY_M))
        for _ in range(_MOST_LANES):
            left_m -= float(self._map.length_m[lane])
            if not self._nexts[lane]:
                break
            lane = int(self._rng.choice(self._nexts[lane]))
            if left_m < 0.0 and self._map.road.lanes[lane].junction < 0 and self._map.length_m[lane] > _LONG_ENOUGH_M:
                break
        return lane

    def _start_m(self, lane: int) -> float:
        length_m = float(self._map.length_m[lane])
        return min(_ENTERS_AT_M, _START_SHARE * length_m) if self.has_ends else _START_SHARE * length_m

    def _start_speed_mps(self, lane: int) -> float:
        """Return how fast the ego may be where it starts; in a bend slower, or it would begin by leaving the road."""
        xy, s = self._map.lane_xy_m(lane), self._map.lane_s_m(lane)
        begin_m = self._start_m(lane)
        near = np.flatnonzero((s > begin_m - _START_LOOK_M) & (s < begin_m + _START_LOOK_M))
        pieces = np.diff(xy[near], axis=0)
        turned = np.abs(np.diff(np.unwrap(np.arctan2(pieces[:, 1], pieces[:, 0])))).sum()
        bend_1pm = max(float(turned) / _START_LOOK_M, 1e-6)
        return min(_START_MPS, math.sqrt(_START_LATERAL_MPS2 / bend_1pm))

    def _place(self, lane: int) -> FloatArray:
        return np.array(self._on_lane(lane, self._start_m(lane)))

    def _on_lane(self, lane: int, at_m: float) -> tuple[float, float]:
        xy, s = self._map.lane_xy_m(lane), self._map.lane_s_m(lane)
        return float(np.interp(at_m, s, xy[:, 0])), float(np.interp(at_m, s, xy[:, 1]))
