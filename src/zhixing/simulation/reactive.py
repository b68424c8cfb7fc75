"""Recorded road users that look where they go: recorded paths, own pace.

Longitudinal: intelligent driver model (Treiber 2000) along the recorded path towards whatever stands or moves on it;
wanted speed is the recorded one at that place. Nobody leaves the recorded path.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m
from zhixing.datatypes.tracks import Tracks
from zhixing.simulation.world import STEP_S

_HARD_MPS2 = -3.0
"""Harder braking for the ego counts as having had to brake (DRAC limit in Archer 2005 is 3.35)."""

State = tuple[FloatArray, FloatArray, FloatArray, BoolArray]


class PathFollowers:
    """Everybody but the ego, each on the recorded path.

    Args:
        tracks: The recording.
    """

    def __init__(self, tracks: Tracks) -> None:
        users = tracks.num_objects
        self._size_m = tracks.size_m
        paths, pace, first, self._enters = [], [], [0], np.zeros(users, dtype=np.int64)
        for row in range(users):
            there = np.flatnonzero(tracks.valid[row])
            steps = there if there.size else np.zeros(1, dtype=np.int64)
            self._enters[row] = steps[0] if there.size else np.iinfo(np.int64).max
            s_m = polyline_s_m(tracks.xy_m[row, steps])
            paths.append(np.column_stack((s_m, tracks.xy_m[row, steps], tracks.yaw_rad[row, steps])))
            pace.append(np.abs(tracks.speed_mps[row, steps]))
            first.append(first[-1] + steps.size)
        self._path = np.concatenate(paths) if paths else np.zeros((0, 4))
        self._pace = np.concatenate(pace) if pace else np.zeros(0)
        self._first: IntArray = np.array(first, dtype=np.int64)
        self._s_m = np.zeros(users)
        self._speed_mps = np.array([self._pace[self._first[row]] for row in range(users)])
        self._gone = np.zeros(users, dtype=np.bool_)
        self._was_hard = np.zeros(users, dtype=np.bool_)
        self.num_braked_for_ego = 0

    def remove(self, row: int) -> None:
        """Take somebody out for good."""
        self._gone[row] = True

    def step(self, ego: EgoState, body: EgoBody, step: int) -> State:
        """Return positions, headings, speeds and presence after one more step."""
        ego_box = np.array([ego.x_m, ego.y_m, ego.yaw_rad, body.length_m, body.width_m, ego.speed_mps])
        there = (self._enters < step) & ~self._gone
        hard = _follow(
            self._path, self._pace, self._first, self._s_m, self._speed_mps, there, self._size_m, ego_box, STEP_S
        )
        self.num_braked_for_ego += int((hard & ~self._was_hard).sum())
        self._was_hard = hard
        ends = self._path[self._first[1:] - 1, 0] if self._first.size > 1 else np.zeros(0)
        self._gone |= (self._s_m >= ends - 1e-6) & (self._enters < step) & (ends > 0.5)
        now = (self._enters <= step) & ~self._gone
        xyyaw = _places(self._path, self._first, self._s_m)
        return xyyaw[:, :2], xyyaw[:, 2], self._speed_mps.copy(), now


@njit(cache=True)
def _at(path: FloatArray, s: float) -> tuple[float, float, float]:
    k = min(max(np.searchsorted(path[:, 0], s), 1), path.shape[0] - 1) if path.shape[0] > 1 else 0
    if k == 0:
        return path[0, 1], path[0, 2], path[0, 3]
    length = path[k, 0] - path[k - 1, 0]
    share = min(max((s - path[k - 1, 0]) / length, 0.0), 1.0) if length > 1e-9 else 0.0
    x = path[k - 1, 1] + share * (path[k, 1] - path[k - 1, 1])
    y = path[k - 1, 2] + share * (path[k, 2] - path[k - 1, 2])
    return x, y, path[k - 1, 3] + share * (path[k, 3] - path[k - 1, 3])


@njit(cache=True)
def _places(path: FloatArray, first: IntArray, s: FloatArray) -> FloatArray:
    places = np.zeros((s.shape[0], 3))
    for u in range(s.shape[0]):
        places[u, 0], places[u, 1], places[u, 2] = _at(path[first[u] : first[u + 1]], s[u])
    return places


@njit(cache=True)
def _follow(
    path: FloatArray,
    pace: FloatArray,
    first: IntArray,
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
    accel = np.zeros(users)
    for u in range(users):
        if not there[u]:
            continue
        own = path[first[u] : first[u + 1]]
        k = min(np.searchsorted(own[:, 0], s[u], side="right"), own.shape[0] - 1)
        wanted = max(0.5, pace[first[u] + k])
        gap, lead, is_ego = _gap(own, s[u], u, places, size, speed, there, ego)
        free = 1.5 * (1.0 - (speed[u] / wanted) ** 4) if speed[u] <= wanted else max(-4.0, -(speed[u] - wanted) / dt)
        accel[u] = free
        if gap < 60.0:
            star = 1.5 + max(0.0, speed[u] * 0.8 + speed[u] * (speed[u] - lead) / (2.0 * math.sqrt(1.5 * 2.0)))
            wish = 1.5 * (1.0 - (star / max(gap, 0.1)) ** 2)
            if wish < free:
                accel[u] = max(wish, -8.0)
                hard[u] = is_ego and accel[u] < _HARD_MPS2
    for u in range(users):
        if there[u]:
            later = max(0.0, speed[u] + accel[u] * dt)
            s[u] += 0.5 * (speed[u] + later) * dt
            speed[u] = later
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
    """Return the free distance on the own path, the speed of who ends it along it, and whether that is the ego."""
    best = np.inf
    lead = 0.0
    is_ego = False
    reach = min(own[-1, 0], s + 40.0)
    ahead = s + 0.5 * size[me, 0]
    while ahead <= reach:
        x, y, yaw = _at(own, ahead)
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
            half = 0.5 * size[me, 1] + 0.1
            if abs(along) < 0.5 * ol + half and abs(across) < 0.5 * ow + half:
                best = ahead - s - 0.5 * size[me, 0]
                lead = max(0.0, ov * math.cos(oyaw - yaw))
                is_ego = other < 0
                return best, lead, is_ego
        ahead += 1.0
    return best, lead, is_ego
