"""Recorded road users that look where they go: recorded paths, own pace.

Longitudinal: intelligent driver model (Treiber 2000) along the recorded path towards whatever is on it. Unhindered,
everybody is where the recording has it, which keeps the stops at lights; who was held up hurries after the recording,
but nobody is ever ahead of it, and nobody leaves the recorded path.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m
from zhixing.datatypes.tracks import Tracks
from zhixing.simulation.world import STEP_S

_HEADWAY_S = 0.5
_STANDING_GAP_M = 1.0
"""Short gaps, as people in dense traffic keep them; with textbook values the recorded traffic jams without an ego."""
_ACCEL_MPS2, _BRAKE_MPS2, _FULL_BRAKE_MPS2 = 2.0, 2.5, 8.0
_HURRY = 1.15
"""How much faster than recorded at the same place somebody drives who is late."""
_LOOK_M = 40.0
_HARD_MPS2 = 3.0
"""Harder braking for the ego counts as having had to brake (DRAC limit in Archer 2005 is 3.35)."""

State = tuple[FloatArray, FloatArray, FloatArray, BoolArray]


class PathFollowers:
    """Everybody but the ego, each on the recorded path.

    Args:
        tracks: The recording, with steps of 0.1 s.
    """

    def __init__(self, tracks: Tracks) -> None:
        users, all_steps = tracks.num_objects, np.arange(tracks.num_steps)
        self._size_m = tracks.size_m
        paths, first = [], [0]
        self._enters = np.full(users, np.iinfo(np.int64).max, dtype=np.int64)
        self._schedule_m = np.zeros((users, tracks.num_steps))
        for row in range(users):
            there = np.flatnonzero(tracks.valid[row])
            if not there.size:
                paths.append(np.zeros((1, 5)))
                first.append(first[-1] + 1)
                continue
            self._enters[row] = there[0]
            s_m = polyline_s_m(tracks.xy_m[row, there])
            self._schedule_m[row] = np.interp(all_steps, there, s_m)
            yaw, speed = np.unwrap(tracks.yaw_rad[row, there]), np.abs(tracks.speed_mps[row, there])
            paths.append(np.column_stack((s_m, tracks.xy_m[row, there], yaw, speed)))
            first.append(first[-1] + there.size)
        self._path = np.concatenate(paths) if paths else np.zeros((0, 5))
        self._first: IntArray = np.array(first, dtype=np.int64)
        self._s_m = np.zeros(users)
        self._speed_mps = self._path[self._first[:-1], 4].copy()
        self._ends_m = self._path[self._first[1:] - 1, 0].copy()
        self._last_step = np.array([max(np.flatnonzero(row), default=-1) for row in tracks.valid], dtype=np.int64)
        self._gone = np.zeros(users, dtype=np.bool_)
        self._was_hard = np.zeros(users, dtype=np.bool_)
        self.num_braked_for_ego = 0

    def remove(self, row: int) -> None:
        """Take somebody out for good."""
        self._gone[row] = True

    def step(self, ego: EgoState, body: EgoBody, step: int) -> State:
        """Return positions, headings, speeds and presence at a step; the ego is as it was one step before."""
        ego_box = np.array([ego.x_m, ego.y_m, ego.yaw_rad, body.length_m, body.width_m, ego.speed_mps])
        there = (self._enters < step) & ~self._gone
        hard = _follow(
            self._path,
            self._first,
            self._schedule_m[:, step],
            self._s_m,
            self._speed_mps,
            there,
            self._size_m,
            ego_box,
            STEP_S,
        )
        self.num_braked_for_ego += int((hard & ~self._was_hard).sum())
        self._was_hard |= hard
        # Who stands at the end of the path stays as long as recorded, who arrives there late leaves at once.
        self._gone |= there & (self._s_m >= self._ends_m - 1e-6) & (step > self._last_step)
        now = (self._enters <= step) & ~self._gone
        places = _places(self._path, self._first, self._s_m)
        return places[:, :2], places[:, 2], self._speed_mps.copy(), now


@njit(cache=True)
def _at(path: FloatArray, s: float) -> tuple[float, float, float, float]:
    """Return x, y, heading and recorded speed at a place on a path (points, 5); the last of points on one place."""
    k = min(np.searchsorted(path[:, 0], s, side="right"), path.shape[0] - 1)
    if k == 0:
        return path[0, 1], path[0, 2], path[0, 3], path[0, 4]
    a, b = path[k - 1], path[k]
    length = b[0] - a[0]
    share = min(max((s - a[0]) / length, 0.0), 1.0) if length > 1e-9 else 1.0
    return (
        a[1] + share * (b[1] - a[1]),
        a[2] + share * (b[2] - a[2]),
        a[3] + share * (b[3] - a[3]),
        a[4] + share * (b[4] - a[4]),
    )


@njit(cache=True)
def _places(path: FloatArray, first: IntArray, s: FloatArray) -> FloatArray:
    places = np.zeros((s.shape[0], 4))
    for u in range(s.shape[0]):
        places[u, 0], places[u, 1], places[u, 2], places[u, 3] = _at(path[first[u] : first[u + 1]], s[u])
    return places


@njit(cache=True)
def _follow(
    path: FloatArray,
    first: IntArray,
    schedule: FloatArray,
    s: FloatArray,
    speed: FloatArray,
    there: BoolArray,
    size: FloatArray,
    ego: FloatArray,
    dt: float,
) -> BoolArray:
    """Move everybody on by one step in place; return who brakes hard for the ego."""
    users = s.shape[0]
    places = _places(path, first, s)
    hard = np.zeros(users, dtype=np.bool_)
    later = speed.copy()
    for u in range(users):
        if not there[u]:
            continue
        own = path[first[u] : first[u + 1]]
        gap, lead, is_ego = _gap(own, s[u], u, places, size, speed, there, ego)
        # The mean speed of the step that brings back to the recording is its own speed where nobody is late.
        back = max(0.0, (schedule[u] - s[u]) / dt)
        later[u] = min(back, max(speed[u] + _ACCEL_MPS2 * dt, places[u, 3]), max(0.5, _HURRY * places[u, 3]))
        if back * dt < 0.5:
            later[u] = min(back, max(speed[u] + 4.0 * dt, places[u, 3] + 4.0 * dt))
        if gap < _LOOK_M:
            closing = speed[u] * (speed[u] - lead) / (2.0 * math.sqrt(_ACCEL_MPS2 * _BRAKE_MPS2))
            star = _STANDING_GAP_M + max(0.0, speed[u] * _HEADWAY_S + closing)
            wish = max(-_FULL_BRAKE_MPS2, _ACCEL_MPS2 * (1.0 - (star / max(gap, 0.1)) ** 2))
            if speed[u] + wish * dt < later[u]:
                later[u] = max(0.0, speed[u] + wish * dt)
                hard[u] = is_ego and wish < -_HARD_MPS2 and speed[u] > 0.5
    for u in range(users):
        if there[u]:
            s[u] += later[u] * dt
            speed[u] = later[u]
    return hard


@njit(cache=True)
def _gap(
    own: FloatArray,
    s: float,
    me: int,
    places: FloatArray,
    size: FloatArray,
    speed: FloatArray,
    there: BoolArray,
    ego: FloatArray,
) -> tuple[float, float, bool]:
    """Return the free distance on the own path, the speed of who ends it along it, and whether that is the ego.

    Only who has the centre before one's own is in front: of two side by side on merging paths one goes first.
    """
    front = 0.5 * size[me, 0]
    half = 0.5 * size[me, 1] + 0.1
    reach = min(own[-1, 0], s + _LOOK_M)
    c0, s0 = math.cos(places[me, 2]), math.sin(places[me, 2])
    ahead = s + front
    while ahead <= reach:
        x, y, yaw, _ = _at(own, ahead)
        for other in range(-1, speed.shape[0]):
            if other == me or (other >= 0 and not there[other]):
                continue
            if other < 0:
                ox, oy, oyaw, ol, ow, ov = ego[0], ego[1], ego[2], ego[3], ego[4], ego[5]
            else:
                ox, oy, oyaw = places[other, 0], places[other, 1], places[other, 2]
                ol, ow, ov = size[other, 0], size[other, 1], speed[other]
            c, sn = math.cos(oyaw), math.sin(oyaw)
            along, across = c * (x - ox) + sn * (y - oy), -sn * (x - ox) + c * (y - oy)
            if abs(along) < 0.5 * ol + half and abs(across) < 0.5 * ow + half:
                if c0 * (ox - places[me, 0]) + s0 * (oy - places[me, 1]) < 0.0:
                    continue
                return ahead - s - front, max(0.0, ov * math.cos(oyaw - yaw)), other < 0
        ahead += 1.0
    return np.inf, 0.0, False
