"""The world as a Gymnasium environment, so that other people's agents drive in it (``pip install 'zhixing[gym]'``).

    >>> DrivingEnv().observation_space["route"].shape
    (20, 2)

Everything in an observation is seen from the ego: x ahead, y to the left, SI units. What is not there is zero.
"""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Control
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.collision import is_at_fault, touching
from zhixing.simulation.drivable import drivable_area
from zhixing.simulation.next_light import next_light
from zhixing.simulation.replay_world import Background, ReplayWorld
from zhixing.simulation.world import STEP_S, World

Observation = dict[str, npt.NDArray[np.float32]]

_USERS, _ROUTE_POINTS, _ROUTE_STEP_M = 32, 20, 3.0
_FAR_M = 1e4
_NO_STOP_M = 200.0
_MAX_SPEED_MPS = 60.0
_REWARD_PER_M, _REWARD_GOAL, _REWARD_CRASH = 0.1, 10.0, -10.0
_REWARD_OVERSPEED, _REWARD_RED = -0.1, -5.0


class DrivingEnv(gymnasium.Env[dict[str, Any], npt.NDArray[np.float32]]):
    """Drive to the goal: in the built-in city, or in a scenario.

    Action, (2,): acceleration in m/s² (-8 to 4) and steering rate in rad/s (-0.8 to 0.8), held for 0.1 s; the bicycle
    model clips them to what the car can do. Who prefers -1 to 1 wraps it: ``gymnasium.wrappers.RescaleAction``.

    Observation, a dictionary:

    - ``ego`` (5,): speed m/s, acceleration m/s², steering angle rad, speed limit m/s, signed distance from the route m.
    - ``goal`` (2,): centre of the goal area, m.
    - ``route`` (20, 2): points of the way to go, every 3 m from the ego on, m.
    - ``users`` (32, 8): the nearest road users, nearest first: x m, y m, cos and sin of the heading relative to the
      ego's, speed m/s, length m, width m, class (:class:`~zhixing.datatypes.tracks.RoadUser`). A row of zeros is
      nobody.
    - ``light`` (2,): distance from the ego's front to the next place to wait on the route, m (200 if there is none
      within), and the :class:`Light` there.

    Reward of a step: 0.1 per metre along the route, -0.1 per m/s above the limit, -5 for passing a red light, -10 for
    a collision by own fault or leaving the road, 10 for the goal. The last three end the episode, and standing for 90 s
    in the city does; time (``max_steps``, or the scenario's stop trigger) truncates it.

    Args:
        scenario: A task to drive; None for the city, a new one for each seed.
        background: How the others move in a scenario.
        num_users: Road users in the city.
        max_steps: Steps of 0.1 s in the city.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        background: Background = "reactive",
        num_users: int = 40,
        max_steps: int = 600,
    ) -> None:
        self._scenario, self._background = scenario, background
        self._num_users, self._max_steps = num_users, max_steps
        space = gymnasium.spaces
        self.action_space = space.Box(
            np.array([-8.0, -0.8], dtype=np.float32), np.array([4.0, 0.8], dtype=np.float32), dtype=np.float32
        )
        far = np.float32(_FAR_M)
        shapes = {"ego": (5,), "goal": (2,), "route": (_ROUTE_POINTS, 2), "users": (_USERS, 8), "light": (2,)}
        self.observation_space = space.Dict(
            {name: space.Box(-far, far, shape, dtype=np.float32) for name, shape in shapes.items()}
        )

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start anew; the same seed gives the same episode."""
        super().reset(seed=seed, options=options)
        if self._scenario is None:
            city = CityWorld(seed=int(self.np_random.integers(1_000_000)), num_users=self._num_users)
            self._begin(city, city.briefing(), self._max_steps)
        else:
            task = self._scenario
            briefing = task.briefing()
            steps = round((task.stop_ns - task.start_ns) * 1e-9 / STEP_S)
            self._begin(ReplayWorld(task, self._background), briefing, steps)
        return self._observation(), {}

    def step(self, action: npt.NDArray[np.float32]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Let 0.1 s pass; ``info["outcome"]`` names what ended the episode, empty while it goes on."""
        before_m, before = self._s_m, self._next_stop()
        self._world.step(Control(accel_mps2=float(action[0]), steer_rate_radps=float(action[1])))
        self._see()
        ego, outcome = self._scene.ego, self._outcome()
        has_run_red = before[0] < _NO_STOP_M and before[1] == Light.RED and self._passed(before_m, before[0])
        was_put_back = outcome in {"off_road", "stuck"} and self._scenario is None
        reward = 0.0 if was_put_back else _REWARD_PER_M * (self._s_m - before_m)
        reward += _REWARD_OVERSPEED * max(0.0, ego.speed_mps - self._limit_mps())
        reward += _REWARD_RED * has_run_red
        reward += {"goal": _REWARD_GOAL, "collision": _REWARD_CRASH, "off_road": _REWARD_CRASH}.get(outcome, 0.0)
        is_late = not outcome and self._steps >= self._limit_steps
        info = {"outcome": "timeout" if is_late else outcome}
        return self._observation(), float(reward), bool(outcome), is_late, info

    def _begin(self, world: World, briefing: Briefing, limit_steps: int) -> None:
        self._world, self._briefing, self._limit_steps = world, briefing, limit_steps
        self._route: Route = find_route(build_lane_map(briefing.road), briefing.start, briefing.goal)
        self._steps, self._s_m, self._offset_m = -1, self._route.start_m, 0.0
        self._gone: set[int] = set()
        self._see()

    def _see(self) -> None:
        """Look at the world and find the ego on its route, near where it was so that loops do not confuse it."""
        self._scene: Scene = self._world.scene()
        self._steps += 1
        ego, line = self._scene.ego, self._route.line
        first, last = max(0, int(self._s_m) - 10), min(line.s_m.shape[0], int(self._s_m) + 20)
        away = line.xy_m[first:last] - np.array([ego.x_m, ego.y_m])
        near = first + int(np.argmin(np.hypot(away[:, 0], away[:, 1])))
        c, s = math.cos(line.yaw_rad[near]), math.sin(line.yaw_rad[near])
        dx, dy = ego.x_m - line.xy_m[near, 0], ego.y_m - line.xy_m[near, 1]
        self._s_m, self._offset_m = float(line.s_m[near] + c * dx + s * dy), float(-s * dx + c * dy)

    def _outcome(self) -> str:
        """Return what has ended the episode, empty while it goes on."""
        if isinstance(self._world, CityWorld) and self._world.needs_briefing():  # the city has put the ego elsewhere
            return "off_road" if self._world.event_counts().get("off-road") else "stuck"
        ego, body, others = self._scene.ego, self._briefing.body, self._scene.others
        box = np.array([ego.x_m, ego.y_m, ego.yaw_rad, body.length_m, body.width_m])
        area = drivable_area(self._briefing.road)
        if others.num_objects:
            boxes = np.concatenate((others.xy_m[:, -1], others.yaw_rad[:, -1:], others.size_m), axis=1)
            there = others.valid[:, -1] & ~np.isin(others.object_id, list(self._gone))
            for row in np.flatnonzero(touching(box, boxes, there)).tolist():
                leaves = area.is_between_lanes(box)
                speed = float(others.speed_mps[row, -1])
                if is_at_fault(box, ego.speed_mps, boxes[row], speed, leaves_lane=leaves):
                    return "collision"
                self._gone.add(int(others.object_id[row]))
        if not area.contains_box(box):
            return "off_road"
        return "goal" if self._briefing.goal.contains(ego.x_m, ego.y_m) else ""

    def _limit_mps(self) -> float:
        limit = float(np.interp(self._s_m, self._route.line.s_m, self._route.limit_mps))
        return min(limit, _MAX_SPEED_MPS)

    def _next_stop(self) -> tuple[float, int]:
        """Return the distance from the front to the next place to wait, and the light there."""
        front_m = self._s_m + 0.5 * self._briefing.body.length_m
        distance_m, light = next_light(self._route, self._briefing, self._scene, front_m)
        return (distance_m, int(light)) if distance_m < _NO_STOP_M else (_NO_STOP_M, int(Light.OFF))

    def _passed(self, before_m: float, distance_m: float) -> bool:
        return self._s_m - before_m > distance_m

    def _observation(self) -> Observation:
        ego, goal, line = self._scene.ego, self._briefing.goal, self._route.line
        ahead_m = self._s_m + _ROUTE_STEP_M * np.arange(_ROUTE_POINTS)
        route = np.stack([np.interp(ahead_m, line.s_m, line.xy_m[:, k]) for k in (0, 1)], axis=-1)
        centre = np.array([[0.5 * (goal.x_min_m + goal.x_max_m), 0.5 * (goal.y_min_m + goal.y_max_m)]])
        rows = {
            "ego": np.array([ego.speed_mps, ego.accel_mps2, ego.steer_rad, self._limit_mps(), self._offset_m]),
            "goal": _seen_from(ego, centre)[0],
            "route": _seen_from(ego, route),
            "users": self._users(),
            "light": np.array(self._next_stop()),
        }
        return {name: np.clip(values, -_FAR_M, _FAR_M).astype(np.float32) for name, values in rows.items()}

    def _users(self) -> FloatArray:
        table, others, ego = np.zeros((_USERS, 8)), self._scene.others, self._scene.ego
        there = np.flatnonzero(others.valid[:, -1]) if others.num_objects else np.zeros(0, dtype=np.int64)
        xy = _seen_from(ego, others.xy_m[there, -1]) if there.size else np.zeros((0, 2))
        nearest = np.argsort(np.hypot(xy[:, 0], xy[:, 1]), kind="stable")[:_USERS]
        rows = there[nearest]
        turn = others.yaw_rad[rows, -1] - ego.yaw_rad if rows.size else np.zeros(0)
        if rows.size:
            table[: rows.size] = np.column_stack(
                (
                    xy[nearest],
                    np.cos(turn),
                    np.sin(turn),
                    others.speed_mps[rows, -1],
                    others.size_m[rows],
                    others.road_user[rows],
                )
            )
        return table


def _seen_from(ego: EgoState, xy_m: FloatArray) -> FloatArray:
    """Return points (points, 2) of the world in the ego's frame."""
    c, s = math.cos(ego.yaw_rad), math.sin(ego.yaw_rad)
    away = xy_m - np.array([ego.x_m, ego.y_m])
    seen: FloatArray = away @ np.array([[c, -s], [s, c]])
    return seen
