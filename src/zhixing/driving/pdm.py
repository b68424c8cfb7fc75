"""A planner in the manner of PDM-Closed: fifteen proposals, three offsets times five speeds of the intelligent driver.

It is here as a peer: what a good rule-based planner of the field makes of the same tasks with the same map and tracker.
Others go straight on at their present speed; proposals are scored by gates times a weighted mean; where the best one
collides soon, the car brakes.

Source: Dauner, Hallgarten, Geiger, Chitta (2023), "Parting with misconceptions about learning-based vehicle motion
planning": offsets of -1, 0 and 1 m, speeds of 20 to 100 % of the limit, horizon 4 s, and its scoring.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.frames import wrap_rad
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.explain import explain
from zhixing.driving.following import follow_accel, free_accel, stop_accel
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.route import find_route
from zhixing.driving.sampling.candidates import PATH_COS, PATH_SHIFT, PATH_SIN, PATH_X, PATH_YAW, paths_beside
from zhixing.driving.sampling.config import SamplingConfig
from zhixing.driving.sampling.encounters import goes_first, touches
from zhixing.driving.sampling.pace import allowed_speed
from zhixing.driving.stop_lines import StopLines
from zhixing.errors import ScenarioError

_STEP_S, _STEPS, _POINTS = 0.1, 40, 130
_OFFSETS_M, _SHARES, _SETTLE_M = (0.0, -1.0, 1.0), (0.2, 0.4, 0.6, 0.8, 1.0), 10.0
_ACCEL_MPS2, _BRAKE_MPS2, _HEADWAY_S, _STANDSTILL_M = 1.5, 3.0, 1.5, 1.0
"""The intelligent driver of PDM-Closed."""
_STOP_BEFORE_M, _LIGHT_NEAR_M, _BRAKE_SOON_S, _BRAKE_NOW_MPS2, _SOFT_JERK_MPS3 = 1.0, 30.0, 2.0, -6.0, 3.0
_TTC_S, _PROGRESS, _TTC, _COMFORT = 0.95, 5.0, 5.0, 2.0


class PdmPlanner:
    """Chooses among fifteen proposals as PDM-Closed does."""

    def __init__(self) -> None:
        self._briefing: Briefing | None = None

    @property
    def name(self) -> str:
        """Registered name."""
        return "pdm"

    def start(self, briefing: Briefing) -> None:
        """Find the route.

        Raises:
            ScenarioError: No lane to drive on is near the start.
        """
        lane_map = lane_map_of(briefing.road)
        self._briefing = briefing
        self._route = find_route(lane_map, briefing.start, briefing.goal)
        self._allowed_mps = allowed_speed(self._route, SamplingConfig(), briefing.body)
        self._stop_lines = StopLines(self._route, briefing)

    def plan(self, scene: Scene) -> Plan:
        """Return four seconds along the best proposal.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        if self._briefing is None:
            raise ScenarioError("the planner was not briefed", hint="Call start before plan.")
        line, ego, body = self._route.line, scene.ego, self._briefing.body
        # 1. where on the route, and what stands still there
        s_m, offset_m, yaw_rad = line.project(ego.x_m, ego.y_m)
        slope = math.tan(min(max(wrap_rad(ego.yaw_rad - yaw_rad), -0.4), 0.4))
        stops = self._stop_lines.ahead(scene, s_m)
        stop_m = min((stop.distance_m - _STOP_BEFORE_M for stop in stops), default=math.inf)
        # 2. propose and simulate
        targets = np.array([(target_m, _SETTLE_M) for target_m in _OFFSETS_M])
        paths = paths_beside(line.xy_m, line.yaw_rad, line.curvature_radpm, s_m, offset_m, slope, targets, _POINTS)
        users = _users(scene)
        size = np.array([0.5 * body.length_m, 0.5 * body.width_m])
        at = int(min(max(s_m, 0.0), self._allowed_mps.shape[0] - 1))
        allowed = self._allowed_mps[at : at + _POINTS]
        proposals = simulate(paths, np.array(_SHARES), ego.speed_mps, allowed, stop_m, users, size)
        # 3. score
        room = self._route.beside_m[at : at + _POINTS]
        scores, contact_s, whom = score_proposals(proposals, paths, len(_SHARES), users, size, room)
        best = int(np.argmax(scores))
        # 4. brake, or follow the proposal
        row, path = proposals[best], paths[best // len(_SHARES)]
        accel = float(row[0, 2])
        decision = explain("red-light" if stop_m < _LIGHT_NEAR_M and accel < 0.0 else "free-road", 0, -1)
        if contact_s[best] < _BRAKE_SOON_S:
            accel, who = _BRAKE_NOW_MPS2, np.flatnonzero(scene.others.valid[:, -1])[whom[best]]
            decision = explain("emergency", int(scene.others.road_user[who]), int(scene.others.object_id[who]))
        least = ego.accel_mps2 - _SOFT_JERK_MPS3 * _STEP_S if accel > -4.0 else accel
        accel = min(max(accel, least), ego.accel_mps2 + _SOFT_JERK_MPS3 * _STEP_S)
        index = np.arange(_POINTS, dtype=np.float64)
        accels = row[:, 2].copy()
        accels[0] = accel
        return Plan(
            time_s=_STEP_S * np.arange(_STEPS + 1, dtype=np.float64),
            xy_m=np.stack([np.interp(row[:, 0], index, path[:, PATH_X + k]) for k in (0, 1)], axis=-1),
            yaw_rad=np.interp(row[:, 0], index, path[:, PATH_YAW]),
            speed_mps=row[:, 1].copy(),
            accel_mps2=accels,
            decision=decision,
        )


def _users(scene: Scene) -> FloatArray:
    """Return (users, 7) x, y, cosine and sine of the heading, speed, half length and half width of who is there."""
    others = scene.others
    if not others.num_objects or not others.num_steps:
        return np.zeros((0, 7))
    now = others.valid[:, -1]
    yaw = others.yaw_rad[now, -1]
    columns = (others.xy_m[now, -1], np.cos(yaw)[:, None], np.sin(yaw)[:, None], others.speed_mps[now, -1:])
    return np.concatenate((*columns, 0.5 * others.size_m[now]), axis=1)


@njit(cache=True)
def simulate(
    paths: FloatArray,
    shares: FloatArray,
    speed: float,
    allowed: FloatArray,
    stop_m: float,
    users: FloatArray,
    size: FloatArray,
) -> FloatArray:
    """Return (paths * shares, steps + 1, 3) distance along the path, speed and acceleration of every proposal.

    Args:
        paths: (paths, points, 9), see ``paths_beside``.
        shares: (shares,) of the allowed speed that are wanted.
        speed: Of the ego, m/s.
        allowed: (points,) speed allowed at each metre ahead.
        stop_m: From the ego's front to where it has to stop, infinity where nowhere.
        users: (users, 7) see ``_users``.
        size: (2,) half length and half width of the ego.
    """
    found = np.empty((paths.shape[0] * shares.shape[0], _STEPS + 1, 3))
    for p in range(paths.shape[0]):
        leaders = _leaders(paths[p], users, size)
        for q in range(shares.shape[0]):
            s, v = 0.0, speed
            for k in range(_STEPS + 1):
                here = allowed[min(int(s), allowed.shape[0] - 1)]
                wish = free_accel(v, max(shares[q] * here, 0.1), _ACCEL_MPS2, _BRAKE_MPS2)
                gap, lead = np.inf, 0.0
                for u in range(users.shape[0]):
                    ahead = leaders[k, u, 0] - s - size[0]
                    if ahead > -1.0 and ahead < gap:
                        gap, lead = max(ahead, 0.1), leaders[k, u, 1]
                if gap < np.inf:
                    wish = min(
                        wish,
                        follow_accel(v, gap, lead, 0.0, _HEADWAY_S, _STANDSTILL_M, _ACCEL_MPS2, _BRAKE_MPS2),
                    )
                if stop_m < np.inf:
                    wish = min(wish, stop_accel(v, stop_m - s, _ACCEL_MPS2, _BRAKE_MPS2))
                wish = max(wish, -8.0)
                row = found[p * shares.shape[0] + q, k]
                row[0], row[1], row[2] = s, v, wish
                later = max(v + wish * _STEP_S, 0.0)
                s += 0.5 * (v + later) * _STEP_S
                v = later
    return found


@njit(cache=True)
def _leaders(path: FloatArray, users: FloatArray, size: FloatArray) -> FloatArray:
    """Return (steps + 1, users, 2) where on a path the rear of everybody is, infinity beside it, and how fast."""
    found = np.full((_STEPS + 1, users.shape[0], 2), np.inf)
    for u in range(users.shape[0]):
        for k in range(_STEPS + 1):
            t = k * _STEP_S
            x, y = users[u, 0] + users[u, 4] * users[u, 2] * t, users[u, 1] + users[u, 4] * users[u, 3] * t
            best, nearest = 1e18, 0
            for n in range(0, path.shape[0], 2):
                away = (path[n, PATH_X] - x) ** 2 + (path[n, PATH_X + 1] - y) ** 2
                if away < best:
                    best, nearest = away, n
            c, s = path[nearest, PATH_COS], path[nearest, PATH_SIN]
            across = -s * (x - path[nearest, PATH_X]) + c * (y - path[nearest, PATH_X + 1])
            along = nearest + c * (x - path[nearest, PATH_X]) + s * (y - path[nearest, PATH_X + 1])
            cr, sr = c * users[u, 2] + s * users[u, 3], c * users[u, 3] - s * users[u, 2]
            wide = users[u, 5] * abs(sr) + users[u, 6] * abs(cr)
            if abs(across) < size[1] + wide and along > 0.0:
                found[k, u, 0] = along - users[u, 5] * abs(cr) - users[u, 6] * abs(sr)
                found[k, u, 1] = max(users[u, 4] * cr, 0.0)
    return found


@njit(cache=True)
def score_proposals(
    proposals: FloatArray, paths: FloatArray, per_path: int, users: FloatArray, size: FloatArray, room: FloatArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return (proposals,) scores of gates times a weighted mean, seconds until a contact by fault, and with whom.

    Args:
        proposals: (proposals, steps + 1, 3) see :func:`simulate`.
        paths: (paths, points, 9)
        per_path: Proposals along each path.
        users: (users, 7) see ``_users``.
        size: (2,) half length and half width of the ego.
        room: (points, 2) from the route's line to the right and left edge of the lanes that run its way.
    """
    count = proposals.shape[0]
    scores, contact, whom = np.zeros(count), np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
    farthest = 1.0
    for n in range(count):
        farthest = max(farthest, proposals[n, _STEPS, 0])
    for n in range(count):
        path = paths[n // per_path]
        on_road, is_close, comfort = 1.0, False, 1.0
        for k in range(1, _STEPS + 1):
            s, v = proposals[n, k, 0], proposals[n, k, 1]
            index = min(int(s), path.shape[0] - 1)
            shift, side = path[index, PATH_SHIFT], room[min(index, room.shape[0] - 1)]
            if side[0] + side[1] > 1.0 and (shift + size[1] > side[1] + 0.3 or size[1] - shift > side[0] + 0.3):
                on_road = 0.0
            if proposals[n, k, 2] < -4.05 or proposals[n, k, 2] > 2.4:
                comfort = 0.0
            c, sn = path[index, PATH_COS], path[index, PATH_SIN]
            x, y = path[index, PATH_X] + c * (s - index), path[index, PATH_X + 1] + sn * (s - index)
            t = k * _STEP_S
            for u in range(users.shape[0]):
                dx = users[u, 0] + users[u, 4] * users[u, 2] * t - x
                dy = users[u, 1] + users[u, 4] * users[u, 3] * t - y
                along, across = c * dx + sn * dy, c * dy - sn * dx
                if abs(along) > 45.0 or abs(across) > 15.0:
                    continue
                cr, sr = c * users[u, 2] + sn * users[u, 3], c * users[u, 3] - sn * users[u, 2]
                hl, hw, vu = users[u, 5], users[u, 6], users[u, 4]
                if touches(along, across, cr, sr, hl, hw, size[0], size[1], 0.0, 0.0):
                    is_first = goes_first(along, -(along * cr + across * sr), cr, v, hl, size[0])
                    if not is_first and t < contact[n]:
                        contact[n], whom[n] = t, u
                elif along > 0.0 and v > 0.1:
                    later, aside = along + (vu * cr - v) * _TTC_S, across + vu * sr * _TTC_S
                    is_close = is_close or touches(later, aside, cr, sr, hl, hw, size[0], size[1], 0.0, 0.0)
        gate = on_road * (0.0 if contact[n] < np.inf else 1.0)
        mean = _PROGRESS * proposals[n, _STEPS, 0] / farthest + _TTC * (0.0 if is_close else 1.0) + _COMFORT * comfort
        scores[n] = gate * mean / (_PROGRESS + _TTC + _COMFORT) + 1e-3 * min(contact[n], 9.0)
    return scores, contact, whom
