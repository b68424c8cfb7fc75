"""The other road users of the built-in city, as a struct of arrays around the ego."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import TWO_WHEELERS, RoadUser, Tracks
from zhixing.driving.lane_map import LaneMap
from zhixing.simulation.traffic_kernel import next_lane, place_on, step_users

SEE_M = 170.0
"""Beyond this distance from the ego road users appear and disappear."""
_SPAWN_M = 122.0
_BEFORE_LIGHT_M = 45.0
_FREE_M = 14.0
_MAX_SPAWNS_A_STEP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UserClass:
    """How one class of road user moves.

    Attributes:
        road_user: The class.
        share: Of all road users.
        lane_kinds: Where it appears.
        size_m: Mean length and width.
        speed_mps: Mean and standard deviation of the speed on a free road.
        accel_mps2: When it sets off.
        headway_s: Behind a leader.
        red_rate: Share of the reds it meets that it runs.
        spread_m: It keeps up to this far beside the middle of its lane.
    """

    road_user: RoadUser
    share: float
    lane_kinds: tuple[LaneKind, ...]
    size_m: tuple[float, float]
    speed_mps: tuple[float, float]
    accel_mps2: float
    headway_s: float
    red_rate: float
    spread_m: float


_WALKS = (LaneKind.SIDEWALK, LaneKind.CROSSING)
CLASSES: tuple[UserClass, ...] = (
    UserClass(road_user=RoadUser.CAR, share=0.44, lane_kinds=(LaneKind.DRIVING,), size_m=(4.6, 1.85),
              speed_mps=(14.5, 2.0), accel_mps2=1.8, headway_s=1.1, red_rate=0.01, spread_m=0.2),
    UserClass(road_user=RoadUser.TRUCK, share=0.03, lane_kinds=(LaneKind.DRIVING,), size_m=(8.0, 2.4),
              speed_mps=(11.5, 1.0), accel_mps2=1.0, headway_s=1.5, red_rate=0.01, spread_m=0.1),
    UserClass(road_user=RoadUser.BUS, share=0.03, lane_kinds=(LaneKind.DRIVING,), size_m=(11.5, 2.5),
              speed_mps=(11.0, 1.0), accel_mps2=1.0, headway_s=1.5, red_rate=0.0, spread_m=0.1),
    UserClass(road_user=RoadUser.EBIKE, share=0.24, lane_kinds=(LaneKind.BIKING,), size_m=(1.8, 0.75),
              speed_mps=(6.3, 0.8), accel_mps2=1.5, headway_s=0.8, red_rate=0.46, spread_m=0.75),
    UserClass(road_user=RoadUser.BICYCLE, share=0.09, lane_kinds=(LaneKind.BIKING,), size_m=(1.7, 0.6),
              speed_mps=(4.2, 0.7), accel_mps2=1.0, headway_s=0.8, red_rate=0.39, spread_m=0.75),
    UserClass(road_user=RoadUser.TRICYCLE, share=0.02, lane_kinds=(LaneKind.BIKING,), size_m=(2.6, 1.1),
              speed_mps=(4.5, 0.6), accel_mps2=0.9, headway_s=1.0, red_rate=0.39, spread_m=0.3),
    UserClass(road_user=RoadUser.PEDESTRIAN, share=0.15, lane_kinds=_WALKS, size_m=(0.5, 0.55),
              speed_mps=(1.3, 0.25), accel_mps2=1.0, headway_s=0.4, red_rate=0.05, spread_m=0.45),
)  # fmt: skip
"""Red-light rates: recorded at one crossroads in Tianjin (SinD, Xu et al. 2022): 46 % of motorcycles and e-bikes, 39 %
of bicycles and 1 % of cars that met a red went through. Walking speed: 1.3 m/s, a usual mean at crossings."""


class Traffic:
    """Everybody but the ego.

    Args:
        lane_map: The city.
        num_users: How many are around the ego.
        seed: Of every choice they make.
    """

    def __init__(self, lane_map: LaneMap, num_users: int, seed: int) -> None:
        road = lane_map.road
        self._map = lane_map
        self._seed = seed
        self._rng = np.random.default_rng([seed, 2])
        counts = [len(nexts) for nexts in road.successors]
        self._first_successor: IntArray = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        self._successors: IntArray = np.array([k for nexts in road.successors for k in nexts], dtype=np.int64)
        self._lane_group: IntArray = np.array([lane.light_group for lane in road.lanes], dtype=np.int64)
        self._gives_way: BoolArray = np.array(
            [lane.kind == LaneKind.DRIVING and lane.turn in {"right", "merge"} for lane in road.lanes], dtype=np.bool_
        )
        self._in_junction: BoolArray = np.array([lane.junction >= 0 for lane in road.lanes], dtype=np.bool_)
        self._spots = {kind: self._spots_on(kind) for kind in LaneKind}
        self._classes = _draw_classes(num_users)
        n = num_users
        self._identity: IntArray = np.zeros(n, dtype=np.int64)
        self._next_identity = 1
        self._lane: IntArray = np.zeros(n, dtype=np.int64)
        self._following: IntArray = np.zeros(n, dtype=np.int64)
        self._following2: IntArray = np.zeros(n, dtype=np.int64)
        self._count: IntArray = np.zeros(n, dtype=np.int64)
        self._s_m, self._speed, self._waited = np.zeros(n), np.zeros(n), np.zeros(n)
        self._offset, self._swerve, self._wanted = np.zeros(n), np.zeros(n), np.zeros(n)
        self._pose: FloatArray = np.full((n, 3), 1e7)
        self._size: FloatArray = np.ones((n, 2))
        self._there: BoolArray = np.zeros(n, dtype=np.bool_)
        pick = self._classes
        self._road_user: IntArray = np.array([int(CLASSES[k].road_user) for k in pick], dtype=np.int64)
        self._is_wheeled: BoolArray = self._road_user != int(RoadUser.PEDESTRIAN)
        is_agile = np.isin(self._road_user, [int(user) for user in (*TWO_WHEELERS, RoadUser.PEDESTRIAN)])
        self._swerve_after = np.where(is_agile, 1.5, 5.0)
        self._swerve_most = np.where(is_agile, 2.5, 1.4)
        self._accel = np.array([CLASSES[k].accel_mps2 for k in pick], dtype=np.float64)
        self._headway = np.array([CLASSES[k].headway_s for k in pick], dtype=np.float64)
        self._red_rate = np.array([CLASSES[k].red_rate for k in pick], dtype=np.float64)

    def populate(self, ego: EgoState) -> None:
        """Put everybody somewhere around the ego, at the start."""
        for row in range(self._lane.shape[0]):
            self._spawn(row, ego, 18.0)

    def step(self, dt_s: float, lights: IntArray, ego: EgoState, body: EgoBody) -> None:
        """Move everybody on; who is far from the ego goes, and somebody else comes."""
        ego_row = np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, body.length_m, body.width_m])
        lane_map = self._map
        step_users(
            dt_s, self._seed, lane_map.first, lane_map.xy_m, lane_map.s_m, lane_map.length_m,
            lane_map.speed_limit_mps, self._lane_group, self._gives_way, self._in_junction,
            self._first_successor, self._successors, lights, self._is_wheeled, self._swerve_after,
            self._swerve_most, self._accel, self._headway, self._red_rate, self._size, self._wanted,
            self._offset, self._swerve, self._identity, self._lane, self._following,
            self._following2, self._count, self._s_m, self._speed, self._waited, self._pose,
            ego_row,
        )  # fmt: skip
        away = np.hypot(self._pose[:, 0] - ego.x_m, self._pose[:, 1] - ego.y_m)
        gone = np.flatnonzero(~(away < SEE_M))
        for row in gone[:_MAX_SPAWNS_A_STEP].tolist():
            self._spawn(row, ego, _SPAWN_M)

    def tracks(self, time_ns: int) -> Tracks:
        """Return everybody now, as one step."""
        return Tracks(
            np.array([time_ns], dtype=np.int64),
            self._identity.copy(),
            self._road_user,
            self._size.copy(),
            self._pose[:, None, :2].copy(),
            self._pose[:, 2:3].copy(),
            self._speed[:, None].copy(),
            self._there[:, None].copy(),
        )

    def boxes(self) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return (users, 5) boxes, (users,) speeds and (users,) who is there."""
        return np.concatenate((self._pose, self._size), axis=1), self._speed, self._there

    def _spots_on(self, kind: LaneKind) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return lane, distance along it and (spots, 2) position of places where somebody may appear."""
        lanes, along, places = [], [], []
        lane_map = self._map
        for lane in np.flatnonzero(lane_map.kind == int(kind)).tolist():
            if self._lane_group[lane] >= 0 or lane_map.road.lanes[lane].junction >= 0:
                continue
            nexts = lane_map.road.successors[lane]
            # Nobody appears at speed just before a red light.
            keep_m = _BEFORE_LIGHT_M if any(self._lane_group[k] >= 0 for k in nexts) else 8.0
            for s in np.arange(4.0, float(lane_map.length_m[lane]) - keep_m, 9.0).tolist():
                x, y, _ = place_on(lane, s, 0.0, lane_map.first, lane_map.xy_m, lane_map.s_m)
                lanes.append(lane)
                along.append(s)
                places.append((x, y))
        return np.array(lanes, dtype=np.int64), np.array(along, dtype=np.float64), np.array(places).reshape(-1, 2)

    def _spawn(self, row: int, ego: EgoState, nearest_m: float) -> None:
        """Let a new road user of the same class appear at a free place around the ego, if there is one."""
        kind = CLASSES[self._classes[row]]
        self._there[row] = False
        self._pose[row] = 1e7
        lanes, along, places = self._spots[kind.lane_kinds[0]]
        away = np.hypot(places[:, 0] - ego.x_m, places[:, 1] - ego.y_m)
        near = np.flatnonzero((away > nearest_m) & (away < SEE_M - 10.0))
        if not near.size:
            return
        taken = self._pose[self._there, :2]
        free_m = _FREE_M if kind.lane_kinds[0] == LaneKind.DRIVING else 3.0
        for spot in self._rng.choice(near, size=min(6, near.size), replace=False).tolist():
            if taken.size and np.hypot(*(taken - places[spot]).T).min() < free_m + 0.5 * kind.size_m[0]:
                continue
            self._appear(row, kind, int(lanes[spot]), float(along[spot]))
            return

    def _appear(self, row: int, kind: UserClass, lane: int, s_m: float) -> None:
        rng = self._rng
        identity = self._next_identity
        self._next_identity += 1
        self._identity[row], self._lane[row], self._s_m[row], self._count[row] = identity, lane, s_m, 0
        first, successors = self._first_successor, self._successors
        self._following[row] = next_lane(first, successors, lane, self._seed, identity, 1)
        self._following2[row] = (
            next_lane(first, successors, int(self._following[row]), self._seed, identity, 2)
            if self._following[row] >= 0
            else -1
        )
        scale = rng.normal(1.0, 0.05)
        self._size[row] = np.clip(scale, 0.85, 1.15) * np.array(kind.size_m)
        mean, deviation = kind.speed_mps
        self._wanted[row] = max(0.5 * mean, rng.normal(mean, deviation))
        self._offset[row] = rng.uniform(-kind.spread_m, kind.spread_m)
        self._waited[row] = self._swerve[row] = 0.0
        limit = float(self._map.speed_limit_mps[lane])
        self._speed[row] = 0.8 * min(self._wanted[row], limit)
        self._pose[row] = place_on(lane, s_m, float(self._offset[row]), self._map.first, self._map.xy_m, self._map.s_m)
        self._there[row] = True


def _draw_classes(num_users: int) -> IntArray:
    """Return (users,) classes in the stated shares, as exactly as whole numbers allow."""
    shares = np.array([kind.share for kind in CLASSES])
    wanted = shares * num_users
    counts = np.floor(wanted).astype(np.int64)
    for k in np.argsort(counts - wanted, kind="stable")[: num_users - int(counts.sum())]:
        counts[k] += 1
    return np.repeat(np.arange(len(CLASSES)), counts)
