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
from zhixing.driving.sampling.motion import ACCEL, ALONG, OFFSET, SPEED
from zhixing.driving.sampling.own_cost import OWN_HIDDEN, OWN_LIGHT
from zhixing.driving.sampling.surroundings import Surroundings

_SAME_MPS = 1.5
_EMERGENCY_MPS2 = -4.5
_STANDING_MPS = 0.3
_ALONG_RAD = math.radians(40.0)
_MATTERS = 0.02


def without_others(own: FloatArray) -> int:
    """Return which candidate would be chosen if nobody, nothing hidden and no light were there.

    Args:
        own: (candidates, 6) what each costs by itself.
    """
    return int(np.argmin(own.sum(axis=1) - own[:, OWN_LIGHT] - own[:, OWN_HIDDEN]))


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
) -> Decision:
    """Return why a candidate was chosen, as data and as a sentence.

    Args:
        states: (candidates, STEPS + 1, 8) what was considered.
        own: (candidates, 6) what each costs by itself.
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
    """
    s_m, ego = float(states[best, 0, ALONG]), scene.ego
    slower = float(states[alone, -1, ALONG] - states[best, -1, ALONG]) / 6.0
    by_user = others.by_user(states[alone], body, weights)
    trouble = by_user.sum(axis=1)
    beside = abs(float(states[alone, -1, OFFSET] - states[best, -1, OFFSET]))
    if own[alone, OWN_LIGHT] > 0.0 and (not trouble.size or own[alone, OWN_LIGHT] >= trouble.max()):
        return explain("red-light" if light == Light.RED else "yellow-light", 0, -1)
    fears = float(own[alone, OWN_HIDDEN] - own[best, OWN_HIDDEN])
    if fears > max(_MATTERS, float(trouble.max()) if trouble.size else 0.0):
        first = int(hidden[np.argmin(hidden[:, H_ALONG]), H_ROW])
        return explain("hidden", int(scene.others.road_user[first]), int(scene.others.object_id[first]))
    if trouble.size and trouble.max() > _MATTERS and (slower > _SAME_MPS / 6.0 or beside > 0.3):
        return _about(int(np.argmax(trouble)), float(states[best, 1, ACCEL]), others, scene)
    blocks = others.in_the_way_out(braking, body) if slower > _SAME_MPS / 6.0 else -1
    if blocks >= 0:
        return _about(blocks, float(states[best, 1, ACCEL]), others, scene)
    if not route.is_mapped:
        return explain("no-route", 0, -1)
    if s_m > route.goal_m - 5.0:
        return explain("goal", 0, -1)
    limit = float(np.interp(s_m, route.line.s_m, route.limit_mps))
    is_curve = ego.speed_mps < 0.7 * limit and float(states[alone, -1, SPEED]) < 0.7 * limit
    return explain("curve" if is_curve else "free-road", 0, -1)


def _about(user: int, accel_mps2: float, others: Surroundings, scene: Scene) -> Decision:
    """Return the reason that is a road user."""
    tracks = others.tracks if others.tracks is not None else scene.others
    ego = scene.ego
    road_user, object_id = int(tracks.road_user[user]), int(tracks.object_id[user])
    turn = abs(math.remainder(float(tracks.yaw_rad[user, -1]) - ego.yaw_rad, 2.0 * math.pi))
    speed = abs(float(tracks.speed_mps[user, -1]))
    if accel_mps2 < _EMERGENCY_MPS2:
        return explain("emergency", road_user, object_id)
    if turn > _ALONG_RAD and speed > _STANDING_MPS:
        return explain("yield", road_user, object_id)
    if ego.speed_mps < _STANDING_MPS and speed < _STANDING_MPS:
        return explain("queue", road_user, object_id)
    return explain("follow", road_user, object_id)
