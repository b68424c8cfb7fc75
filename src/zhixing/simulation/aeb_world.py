"""A world for one emergency braking scene: the ego sees only whom a line of sight reaches."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Control, Decision, Plan
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.datatypes.tracks import Tracks, are_motor_vehicles
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.lane_map import project
from zhixing.driving.tracking import track
from zhixing.simulation.aeb_road import goal_of, way_xy_m
from zhixing.simulation.aeb_scenes import BODY, AebScene
from zhixing.simulation.collision import STANDING_MPS, boxes_touch
from zhixing.simulation.visibility import visible_share
from zhixing.simulation.world import STEP_NS, STEP_S

TARGET_ID = 1
_SEEN_SHARE = 0.5
"""Half of the silhouette has to be in sight."""
_LONGEST_STEPS = 300
_HISTORY_STEPS = 20
_GENTLE_MPS2 = 2.5
_SLOWEST_MPS = 10.0 / 3.6
_PAST_M = 5.0
_PLAN_S: FloatArray = STEP_S * np.arange(31, dtype=np.float64)
_WHY = Decision(action="cruise", rule="bound", say=Localized("沿路线", "Along the way.", "Den Weg entlang."))


class AebWorld:
    """The ego, the target and what is parked.

    Attributes:
        ego: Where the ego is.
        has_hit: Whether the moving ego has touched the target or what is parked.
        has_passed: Whether the ego's rear is beyond the place of impact.

    Args:
        scene: What happens.
        road: Of the scene (``aeb_road.aeb_road``), to be shared between worlds.
    """

    def __init__(self, scene: AebScene, road: Road) -> None:
        self._case, self._road = scene, road
        self._way_xy_m = way_xy_m(scene)
        self._way_s_m = polyline_s_m(self._way_xy_m)
        self.ego = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=scene.ego_mps)
        self.has_hit = self.has_passed = False
        self._step, self._goes = 0, scene.target.reaches_s == 0.0
        rows = 1 + len(scene.parked)
        self._kinds = np.array([scene.target.road_user, *(kind for kind, *_ in scene.parked)], dtype=np.int64)
        self._size_m = np.array([scene.target.size_m, *((length, width) for _, length, width, _, _ in scene.parked)])
        self._opaque = are_motor_vehicles(self._kinds)
        self._xy_m = np.zeros((rows, _LONGEST_STEPS + 1, 2))
        self._xy_m[0], self._xy_m[1:] = (
            (scene.target.x_m, scene.target.y_m),
            np.array([[x, y] for *_, x, y in scene.parked]).reshape(-1, 1, 2),
        )
        self._yaw_rad = np.zeros((rows, _LONGEST_STEPS + 1))
        self._yaw_rad[0] = scene.target.yaw_rad
        self._speed_mps = np.zeros((rows, _LONGEST_STEPS + 1))
        self._speed_mps[0, 0] = scene.target.speed_mps if self._goes else 0.0
        self._seen = np.zeros((rows, _LONGEST_STEPS + 1), dtype=np.bool_)
        self._look()

    @property
    def road(self) -> Road:
        """The map."""
        return self._road

    @property
    def body(self) -> EgoBody:
        """The ego's size and limits."""
        return BODY

    @property
    def sees_target(self) -> bool:
        """Whether the target is in sight now."""
        return bool(self._seen[0, self._step])

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen any more."""
        return self.has_hit or self.has_passed or self._step >= _LONGEST_STEPS

    def briefing(self) -> Briefing:
        """Return the task to go on along the way."""
        return Briefing(road=self._road, body=BODY, start=self.ego, goal=goal_of(self._case))

    def scene(self) -> Scene:
        """Return who was in sight within the last 2 s."""
        past = slice(max(0, self._step + 1 - _HISTORY_STEPS), self._step + 1)
        rows = np.flatnonzero(self._seen[:, past].any(axis=1))
        others = Tracks(
            STEP_NS * np.arange(past.start, past.stop, dtype=np.int64),
            TARGET_ID + rows,
            self._kinds[rows],
            self._size_m[rows],
            self._xy_m[rows, past],
            self._yaw_rad[rows, past],
            self._speed_mps[rows, past],
            self._seen[rows, past],
        )
        return Scene(time_ns=self._step * STEP_NS, ego=self.ego, others=others, lights=np.zeros(0, dtype=np.int64))

    def along_m(self) -> float:
        """Return how far along its way the ego's centre is."""
        return float(project(self.ego.x_m, self.ego.y_m, self._way_xy_m, self._way_s_m)[0])

    def on_its_way(self, accel_mps2: float) -> Control:
        """Return what an ego does that keeps to its way with an acceleration."""
        speed = np.maximum(0.5, self.ego.speed_mps + accel_mps2 * _PLAN_S)
        ahead = self.along_m() + np.concatenate(([0.0], np.cumsum(0.5 * STEP_S * (speed[1:] + speed[:-1]))))
        xy = np.stack([np.interp(ahead, self._way_s_m, self._way_xy_m[:, k]) for k in (0, 1)], axis=-1)
        step = np.gradient(xy, axis=0)
        plan = Plan(
            time_s=_PLAN_S.copy(),
            xy_m=xy,
            yaw_rad=np.unwrap(np.arctan2(step[:, 1], step[:, 0])),
            speed_mps=speed,
            accel_mps2=np.full(_PLAN_S.size, accel_mps2),
            decision=_WHY,
        )
        return track(plan, self.ego, BODY, STEP_S)

    def step(self, control: Control) -> None:
        """Let 0.1 s pass."""
        self._move_target()
        self.ego = step_bicycle(self.ego, BODY, control, STEP_S)
        self._step += 1
        boxes = self._boxes()
        ego = np.array([self.ego.x_m, self.ego.y_m, self.ego.yaw_rad, BODY.length_m, BODY.width_m])
        if abs(self.ego.speed_mps) > STANDING_MPS:
            self.has_hit |= any(boxes_touch(ego, box) for box in boxes)
        gone_m = self._case.impact_m
        if self._case.target.yaw_rad == 0.0 and not self._case.turn:  # ahead in the same lane: where it is now
            gone_m = max(gone_m, float(self._xy_m[0, self._step, 0]) + 0.5 * self._case.target.size_m[0])
        self.has_passed |= self.along_m() - 0.5 * BODY.length_m > gone_m + _PAST_M
        self._look()

    def _move_target(self) -> None:
        """Move the target on; it sets out within a step, at the moment that its way takes."""
        target, now = self._case.target, self._step
        goes_s = STEP_S
        if not self._goes:
            left_m = self._case.impact_m - self.along_m() - 0.5 * BODY.length_m
            goes_s = target.reaches_s + STEP_S - left_m / max(self.ego.speed_mps, 1e-6)
            self._goes = goes_s > 0.0
        before = float(self._speed_mps[0, now])
        later = target.speed_mps if self._goes else 0.0
        if target.brake_mps2:
            brakes = target.brake_mps2 * STEP_S if now * STEP_S >= target.brakes_s else 0.0
            later = max(0.0, before - brakes)
        mean = 0.5 * (before + later) if target.brake_mps2 else later
        way = np.array([math.cos(target.yaw_rad), math.sin(target.yaw_rad)])
        self._xy_m[0, now + 1] = (
            self._xy_m[0, now] + mean * min(goes_s, STEP_S) * way if self._goes else self._xy_m[0, now]
        )
        self._speed_mps[0, now + 1] = later

    def _boxes(self) -> FloatArray:
        now = self._step
        boxes: FloatArray = np.concatenate((self._xy_m[:, now], self._yaw_rad[:, now, None], self._size_m), axis=1)
        return boxes

    def _look(self) -> None:
        """Note who is in sight from the middle of the ego's front."""
        reach_m = 0.5 * BODY.length_m
        x_m, y_m = (
            self.ego.x_m + reach_m * math.cos(self.ego.yaw_rad),
            self.ego.y_m + reach_m * math.sin(self.ego.yaw_rad),
        )
        share = visible_share(x_m, y_m, self._boxes(), np.ones(self._kinds.shape[0], dtype=np.bool_), self._opaque)
        self._seen[:, self._step] = share >= _SEEN_SHARE


def is_avoidable(scene: AebScene, road: Road, slower_mps: float = 0.0) -> bool:
    """Return whether full braking at first sight avoids the impact, with no reaction time, no build-up and no evading.

    Args:
        scene: What happens.
        road: Of the scene.
        slower_mps: The driver has slowed down by so much before, gently, because of what could hide.
    """
    world = AebWorld(scene, road)
    has_seen = False
    while not (world.is_over or (has_seen and world.ego.speed_mps == 0.0)):
        has_seen = has_seen or world.sees_target
        too_fast = world.ego.speed_mps - (scene.ego_mps - slower_mps)
        gentle = -min(_GENTLE_MPS2, too_fast / STEP_S)
        world.step(world.on_its_way(BODY.min_accel_mps2 if has_seen else gentle))
    return not world.has_hit


def is_avoidable_with_foresight(scene: AebScene, road: Road) -> bool:
    """Return whether some slower approach, no slower than 10 km/h, avoids the impact by full braking at first sight."""
    most = max(0.0, scene.ego_mps - _SLOWEST_MPS)
    return any(is_avoidable(scene, road, share * most) for share in (0.0, 0.25, 0.5, 0.75, 1.0))
