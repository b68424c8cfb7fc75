"""Why the planner chose what it chose.

The reason is what speaks against the motion that the ego would have chosen alone: the light, the road user who would
have made most trouble there, or the one who might have left it no way out.
"""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Decision
from zhixing.datatypes.scene import Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.explain import explain
from zhixing.driving.route import Route
from zhixing.driving.sampling.hidden import H_ALONG, H_ROW
from zhixing.driving.sampling.motion import ACCEL, ALONG, SPEED
from zhixing.driving.sampling.own_cost import OWN_HELD_UP, OWN_HIDDEN, OWN_LIGHT
from zhixing.driving.sampling.surroundings import Surroundings

_SAME_MPS = 1.5
_EMERGENCY_MPS2 = -4.5
_STANDING_MPS = 0.3
_ALONG_RAD = math.radians(40.0)
_MATTERS = 0.02
_SLOWS_MPS, _BESIDE_M = 0.8, 0.5
_WEIGHS = ("", "collision", "time-to-collision", "headway", "side-gap", "delay")
"""By kind of encounter, see ``encounters``."""


def without_others(own: FloatArray) -> int:
    """Return which candidate would be chosen if nobody, nothing hidden and no light were there.

    Args:
        own: (candidates, 8) what each costs by itself.
    """
    return int(np.argmin(own.sum(axis=1) - own[:, [OWN_LIGHT, OWN_HIDDEN, OWN_HELD_UP]].sum(axis=1)))


def reason(
    states: FloatArray,
    own: FloatArray,
    alone: int,
    best: int,
    braking: FloatArray,
    others: Surroundings,
    body: FloatArray,
    weights: FloatArray,
    route: Route,
    scene: Scene,
    light: int,
    hidden: FloatArray,
    aside_m: float,
) -> Decision:
    """Return why a candidate was chosen, as data and as a sentence.

    Args:
        states: (candidates, STEPS + 1, 8) what was considered.
        own: (candidates, 8) what each costs by itself.
        alone: Which one would be chosen if nobody and no light were there, see :func:`without_others`.
        braking: (STEPS + 1, 8) the way out of that one.
        best: Which one was chosen.
        others: Who may be where.
        body: (7,) of the ego, see ``roll_out``.
        weights: See ``SamplingConfig.weights``.
        route: The way to the goal.
        scene: What is there now.
        light: What the next light that matters shows, ``GREEN`` where none does.
        hidden: (places, 4) from where somebody could step out, see ``hidden_places``.
        aside_m: How far apart the two are sideways in the end.
    """
    s_m, ego = float(states[best, 0, ALONG]), scene.ego
    slower = float(states[alone, -1, ALONG] - states[best, -1, ALONG]) / 6.0
    by_user = others.by_user(states[alone], body, weights)
    trouble = by_user.sum(axis=1)
    most = float(trouble.max()) if trouble.size else 0.0
    lit, fears = float(own[alone, OWN_LIGHT]), float(own[alone, OWN_HIDDEN] - own[best, OWN_HIDDEN])
    if lit > 0.0 and lit >= most:
        return explain("red-light" if light == Light.RED else "yellow-light", 0, -1, "red-light", lit)
    if fears > max(_MATTERS, most):
        first = int(hidden[np.argmin(hidden[:, H_ALONG]), H_ROW])
        user, object_id = int(scene.others.road_user[first]), int(scene.others.object_id[first])
        return explain("hidden", user, object_id, "hidden", fears)
    if most > _MATTERS and (slower > _SAME_MPS / 6.0 or aside_m > 0.3):
        user = int(np.argmax(trouble))
        weighs = _WEIGHS[int(np.argmax(by_user[user]))]
        return _about(user, float(states[best, 1, ACCEL]), others, scene, body, weighs, most)
    blocks = others.in_the_way_out(braking, body) if slower > _SAME_MPS / 6.0 else -1
    if blocks >= 0:
        return _about(blocks, float(states[best, 1, ACCEL]), others, scene, body, "way-out", 0.0)
    if not route.is_mapped:
        return explain("no-route", 0, -1)
    if s_m > route.goal_m - 5.0:
        return explain("goal", 0, -1)
    limit = float(np.interp(s_m, route.line.s_m, route.limit_mps))
    slowest = float(states[alone, :, SPEED].min())
    is_curve = slowest < ego.speed_mps - _SLOWS_MPS or (ego.speed_mps < 0.7 * limit and slowest < 0.7 * limit)
    return explain("curve" if is_curve else "free-road", 0, -1)


def _about(
    user: int, accel_mps2: float, others: Surroundings, scene: Scene, body: FloatArray, weighs: str, cost: float
) -> Decision:
    """Return the reason that is a road user."""
    tracks = others.tracks if others.tracks is not None else scene.others
    ego = scene.ego
    road_user, object_id = int(tracks.road_user[user]), int(tracks.object_id[user])
    turn = abs(math.remainder(float(tracks.yaw_rad[user, -1]) - ego.yaw_rad, 2.0 * math.pi))
    speed = abs(float(tracks.speed_mps[user, -1]))
    dx, dy = tracks.xy_m[user, -1, 0] - ego.x_m, tracks.xy_m[user, -1, 1] - ego.y_m
    along_m = float(math.cos(ego.yaw_rad) * dx + math.sin(ego.yaw_rad) * dy)
    is_beside = along_m < 0.5 * (body[0] + float(tracks.size_m[user, 0])) + _BESIDE_M
    rule = "beside" if is_beside else "follow"
    is_across = turn > _ALONG_RAD and speed > _STANDING_MPS
    if accel_mps2 < _EMERGENCY_MPS2:
        rule = "emergency"
    elif others.holds[user] and (is_across or weighs == "delay"):
        rule = "right-of-way"
    elif is_across:
        rule = "yield"
    elif ego.speed_mps < _STANDING_MPS and speed < _STANDING_MPS:
        rule = "queue"
    return explain(rule, road_user, object_id, weighs, cost)
