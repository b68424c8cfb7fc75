"""Drivers nobody should let drive: each makes one kind of mistake, always."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.interfaces import Planner
from zhixing.errors import ScenarioError

_STEPS = 51
_WHY = Decision(action="cruise", rule="reckless", say=Localized("只管开", "Just driving.", "Ich fahre einfach."))
_TIME_S: FloatArray = 0.1 * np.arange(_STEPS, dtype=np.float64)


class _Reckless:
    """Follows the line of its lane and looks at nobody.

    Args:
        seed: Of its moods.
    """

    kind = "reckless"
    accel_mps2 = 4.0
    top_mps = 25.0

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.line = np.zeros((2, 2))

    @property
    def name(self) -> str:
        return self.kind

    def start(self, briefing: Briefing) -> None:
        """Take the lane at the start and whatever continues it."""
        self.line = _line(briefing.road, briefing.start)

    def plan(self, scene: Scene) -> Plan:
        """Return five seconds along the line."""
        ego = scene.ego
        wanted = float(np.clip((self.top_mps - ego.speed_mps) / 0.1, -8.0, self.accel_mps2))
        speed = np.clip(ego.speed_mps + wanted * _TIME_S, 0.0, self.top_mps)
        away = np.concatenate(([0.0], np.cumsum(0.05 * (speed[1:] + speed[:-1]))))
        return self.shaped(ego, away, speed, wanted)

    def shaped(self, ego: EgoState, away_m: FloatArray, speed: FloatArray, accel_mps2: float) -> Plan:
        """Return a plan along the line, for children to spoil."""
        return _plan(_ahead(self.line, ego, away_m), speed, accel_mps2)


class _Throttle(_Reckless):
    kind = "full throttle"


class _Blind(_Reckless):
    kind = "blind at 12 m/s"
    top_mps = 12.0
    accel_mps2 = 2.0


class _Swerving(_Reckless):
    kind = "swerves"
    top_mps = 13.0

    def shaped(self, ego: EgoState, away_m: FloatArray, speed: FloatArray, accel_mps2: float) -> Plan:
        """Return a plan with bends that change at random."""
        xy = _ahead(self.line, ego, away_m)
        yaw = np.arctan2(*np.gradient(xy, axis=0).T[::-1])
        bend = self.rng.uniform(-4.0, 4.0) * np.sin(away_m / self.rng.uniform(4.0, 15.0))
        return _plan(xy + bend[:, None] * np.stack((-np.sin(yaw), np.cos(yaw)), axis=-1), speed, accel_mps2)


class _LaneChanger(_Reckless):
    kind = "always changes lanes to the left"
    top_mps = 12.0

    def shaped(self, ego: EgoState, away_m: FloatArray, speed: FloatArray, accel_mps2: float) -> Plan:
        """Return a plan to a line 3.5 m farther left, whoever is there."""
        xy = _ahead(self.line, ego, away_m)
        yaw = np.arctan2(*np.gradient(xy, axis=0).T[::-1])
        left = 3.5 * np.minimum(1.0, 0.3 + away_m / 15.0)
        return _plan(xy + left[:, None] * np.stack((-np.sin(yaw), np.cos(yaw)), axis=-1), speed, accel_mps2)


class _OffRoad(_Reckless):
    kind = "off the road"
    top_mps = 12.0

    def shaped(self, ego: EgoState, away_m: FloatArray, speed: FloatArray, accel_mps2: float) -> Plan:
        """Return a plan that leaves the road at 30 degrees."""
        yaw = ego.yaw_rad - math.radians(30.0)
        here = np.array([ego.x_m, ego.y_m])
        return _plan(here + away_m[:, None] * np.array([math.cos(yaw), math.sin(yaw)]), speed, accel_mps2)


class _Impossible(_Reckless):
    kind = "impossible kinematics"

    def shaped(self, ego: EgoState, away_m: FloatArray, speed: FloatArray, accel_mps2: float) -> Plan:
        """Return right angles at full speed, jumps and ten times the acceleration."""
        xy = _ahead(self.line, ego, 3.0 * away_m)
        xy[10:, 1] += self.rng.uniform(-20.0, 20.0)
        return _plan(xy, 3.0 * speed, 10.0 * accel_mps2)


class _Garbage(_Reckless):
    kind = "garbage"

    def plan(self, scene: Scene) -> Plan:
        """Return what is not finite, what is far away, or nothing."""
        plan, mood = super().plan(scene), int(self.rng.integers(4))
        if mood == 0:
            raise ScenarioError("out of order")
        if mood == 1:
            return _plan(np.full((_STEPS, 2), np.nan), plan.speed_mps, 4.0)
        if mood == 2:
            return _plan(plan.xy_m + 500.0, plan.speed_mps, 4.0)
        return plan


BAD_DRIVERS: Mapping[str, Callable[[int], Planner]] = {
    kind.kind: kind for kind in (_Throttle, _Blind, _Swerving, _LaneChanger, _OffRoad, _Impossible, _Garbage)
}
"""By what they do wrong; each is made from a seed."""


def _plan(xy_m: FloatArray, speed_mps: FloatArray, accel_mps2: float) -> Plan:
    yaw = np.unwrap(np.arctan2(*np.gradient(xy_m, axis=0).T[::-1]))
    return Plan(
        time_s=_TIME_S,
        xy_m=xy_m,
        yaw_rad=yaw,
        speed_mps=speed_mps,
        accel_mps2=np.full(_STEPS, accel_mps2),
        decision=_WHY,
    )


def _line(road: Road, start: EgoState) -> FloatArray:
    """Return the centre of the driving lane nearest to a start, with what continues it."""
    cars = [k for k, lane in enumerate(road.lanes) if lane.kind == LaneKind.DRIVING]
    here = np.array([start.x_m, start.y_m])
    lane = min(cars, key=lambda k: float(np.hypot(*(road.lanes[k].centre_xy_m - here).T).min()))
    parts, seen = [road.lanes[lane].centre_xy_m], {lane}
    while road.successors[lane] and road.successors[lane][0] not in seen:
        lane = road.successors[lane][0]
        seen.add(lane)
        parts.append(road.lanes[lane].centre_xy_m[1:])
    return np.concatenate(parts)


def _ahead(line: FloatArray, ego: EgoState, away_m: FloatArray) -> FloatArray:
    """Return the points of a line at distances from where it is nearest to the ego, straight on at its end."""
    s_m = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    even = np.arange(0.0, s_m[-1], 0.5)
    xy = np.stack([np.interp(even, s_m, line[:, axis]) for axis in (0, 1)], axis=-1)
    here = even[int(np.argmin(np.hypot(xy[:, 0] - ego.x_m, xy[:, 1] - ego.y_m)))] + away_m
    end = (line[-1] - line[-2]) / np.hypot(*(line[-1] - line[-2]))
    inside = np.stack([np.interp(here, s_m, line[:, axis]) for axis in (0, 1)], axis=-1)
    ahead: FloatArray = inside + np.maximum(0.0, here - s_m[-1])[:, None] * end
    return ahead
