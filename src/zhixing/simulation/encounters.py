"""How close the ego came to whom: distance, time to collision, post-encroachment time.

Each is reported as the smallest over the drive, per class of road user; NaN where there was nobody.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.simulation.collision import BEHIND_RAD, STANDING_MPS, bearing_rad, box_distance_m, boxes_touch
from zhixing.simulation.drivable import drivable_area

TTC_LIMIT_S = 0.95
"""nuPlan closed-loop metrics, "time to collision within bound"."""
_TTC_HORIZON_S = 3.0
_DT_S = 0.1
_AHEAD_RAD = math.radians(30.0)


def encounters(trace: Trace, scenario: Scenario) -> dict[str, float]:
    """Return ``ttc`` (1 or 0) and the smallest distance, time to collision and post-encroachment time per class.

    Who touched the ego without its fault counts up to that moment.
    """
    ego = _ego_rows(trace, scenario)
    tracks = trace.background
    metrics: dict[str, float] = {}
    if not tracks.num_objects:
        return {"ttc": 1.0, "min_ttc_s": math.inf}
    boxes = np.concatenate(
        (
            tracks.xy_m,
            tracks.yaw_rad[..., None],
            np.broadcast_to(tracks.size_m[:, None, :], (*tracks.yaw_rad.shape, 2)),
            _velocity_mps(tracks),
        ),
        axis=-1,
    )
    area = drivable_area(scenario.road)
    is_beside_relevant = np.array(
        [area.is_in_junction(row[0], row[1]) or area.is_between_lanes(row[:5]) for row in ego], dtype=np.bool_
    )
    distance_m, ttc_s = _closest(ego, boxes, tracks.valid, is_beside_relevant, 0.5 * scenario.body.wheelbase_m)
    pet_s = np.array([_pet_s(ego, boxes[k], tracks.valid[k]) for k in range(tracks.num_objects)])
    for road_user in sorted(set(tracks.road_user.tolist())):
        mine = tracks.road_user == road_user
        name = RoadUser(road_user).name.lower()
        metrics[f"min_distance_m_{name}"] = float(distance_m[mine].min())
        metrics[f"min_ttc_s_{name}"] = float(ttc_s[mine].min())
        metrics[f"min_pet_s_{name}"] = float(pet_s[mine].min())
    metrics["min_ttc_s"] = float(ttc_s.min())
    metrics["ttc"] = float(ttc_s.min() > TTC_LIMIT_S)
    return metrics


def _velocity_mps(tracks: Tracks) -> FloatArray:
    """Return (objects, steps, 2) how the box centres move; recorded headings do not always point where they go."""
    xy, valid = tracks.xy_m, tracks.valid
    has_before, has_after = np.zeros_like(valid), np.zeros_like(valid)
    has_before[:, 1:], has_after[:, :-1] = valid[:, :-1], valid[:, 1:]
    before = np.where(has_before[..., None], np.roll(xy, 1, axis=1), xy)
    after = np.where(has_after[..., None], np.roll(xy, -1, axis=1), xy)
    span_s = _DT_S * (has_before.astype(np.float64) + has_after)[..., None]
    along = tracks.speed_mps[..., None] * np.stack((np.cos(tracks.yaw_rad), np.sin(tracks.yaw_rad)), axis=-1)
    velocity: FloatArray = np.where(span_s > 0.0, (after - before) / np.maximum(span_s, _DT_S), along)
    return velocity


def _ego_rows(trace: Trace, scenario: Scenario) -> FloatArray:
    """Return (steps, 7) x, y, yaw, length, width and velocity of the box centre, which slips in a curve."""
    size = np.array([scenario.body.length_m, scenario.body.width_m])
    course = trace.yaw_rad + np.arctan(0.5 * np.tan(trace.steer_rad))
    return np.concatenate(
        (
            trace.xy_m,
            trace.yaw_rad[:, None],
            np.broadcast_to(size, (trace.yaw_rad.shape[0], 2)),
            (trace.speed_mps * np.cos(course))[:, None],
            (trace.speed_mps * np.sin(course))[:, None],
        ),
        axis=1,
    )


@njit(cache=True)
def _moved(box: FloatArray, t: float) -> FloatArray:
    later = box[:5].copy()
    later[0] += box[5] * t
    later[1] += box[6] * t
    return later


@njit(cache=True)
def _closest(
    ego: FloatArray, users: FloatArray, valid: BoolArray, is_beside_relevant: BoolArray, rear_axle: float
) -> tuple[FloatArray, FloatArray]:
    """Return (users,) the smallest distance and the smallest time to collision at constant velocity."""
    distance = np.full(users.shape[0], np.inf)
    ttc = np.full(users.shape[0], np.inf)
    for u in range(users.shape[0]):
        for k in range(ego.shape[0]):
            if not valid[u, k]:
                continue
            dx, dy = users[u, k, 0] - ego[k, 0], users[u, k, 1] - ego[k, 1]
            centre = math.hypot(dx, dy)
            reach = 0.5 * (math.hypot(ego[k, 3], ego[k, 4]) + math.hypot(users[u, k, 3], users[u, k, 4]))
            if centre - reach < distance[u]:
                distance[u] = min(distance[u], box_distance_m(ego[k, :5], users[u, k, :5]))
            speed = math.hypot(ego[k, 5], ego[k, 6])
            if speed <= STANDING_MPS:
                continue
            closing = (speed + math.hypot(users[u, k, 5], users[u, k, 6])) * min(_TTC_HORIZON_S, ttc[u])
            if centre - reach > closing:
                continue
            bearing = bearing_rad(ego[k], users[u, k], rear_axle)
            if bearing > BEHIND_RAD or (bearing > _AHEAD_RAD and not is_beside_relevant[k]):
                continue
            if boxes_touch(ego[k, :5], users[u, k, :5]):
                continue  # a contact is judged as a contact
            for step in range(1, 31):
                t = 0.1 * step
                if t >= ttc[u]:
                    break
                if boxes_touch(_moved(ego[k], t), _moved(users[u, k], t)):
                    ttc[u] = t
                    break
    return distance, ttc


@njit(cache=True)
def _pet_s(ego: FloatArray, user: FloatArray, valid: BoolArray) -> float:
    """Return the smallest time between one leaving and the other reaching the same place, for crossing paths.

    Source: Allen, Shin, Cooper (1978), post-encroachment time. Following (headings within 30 degrees) is left out.
    """
    best = np.inf
    for k in range(ego.shape[0]):
        for m in range(user.shape[0]):
            apart = 0.1 * abs(k - m)
            if not valid[m] or apart >= best:
                continue
            turn = abs((user[m, 2] - ego[k, 2] + math.pi) % (2.0 * math.pi) - math.pi)
            if turn < _AHEAD_RAD:
                continue
            if boxes_touch(ego[k, :5], user[m, :5]):
                best = apart
    return best
