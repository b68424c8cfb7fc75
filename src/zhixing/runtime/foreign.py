"""Planners in a process of their own: a scene goes in and a plan comes out, one JSON object a line.

So a planner in another language, or with dependencies that do not go together with ours, drives in our world. What it
is told and what it answers is in docs/extensions.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.units import s_from_ns
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.errors import PluginError, ScenarioError
from zhixing.simulation.next_light import next_light

_LONGEST_LINE = 1_000_000
FOREIGN = Decision(
    action="cruise",
    rule="foreign-planner",
    say=Localized("按外部规划器行驶", "Driven by a foreign planner.", "Ein fremder Planer fährt."),
)


class ForeignPlanner:
    """A planner in a child process.

    Args:
        command: What to start; it reads requests from its standard input and answers each on its standard output.
        name: In kebab-case.
        patience_s: How long an answer may take, the first one ten times as long.
    """

    def __init__(self, command: Sequence[str], *, name: str, patience_s: float = 5.0) -> None:
        self._command, self._name, self._patience_s = list(command), name, patience_s
        self._child: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._briefing: Briefing | None = None

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def start(self, briefing: Briefing) -> None:
        """Find the route, and tell the child about road and task.

        Raises:
            ScenarioError: No lane to drive on is near the start.
            PluginError: The child does not take the task.
        """
        self._route: Route = find_route(build_lane_map(briefing.road), briefing.start, briefing.goal)
        self._briefing = briefing
        answer = self._ask(_start_request(briefing, self._route), 10.0 * self._patience_s)
        if answer.get("ok") is not True:
            raise PluginError(f"{self._name} does not take the task: {str(answer)[:200]}")

    def plan(self, scene: Scene) -> Plan:
        """Ask the child.

        Raises:
            ScenarioError: ``start`` was not called.
            PluginError: It has no plan, or gives none that can be read.
        """
        if self._briefing is None:
            raise ScenarioError("the planner was not briefed", hint="Call start before plan.")
        answer = self._ask(self._plan_request(scene, self._briefing), self._patience_s)
        try:
            table = np.array(answer["plan"], dtype=np.float64)
        except (KeyError, TypeError, ValueError) as error:
            raise PluginError(f"{self._name} answered no plan: {str(answer)[:200]}") from error
        if table.ndim != 2 or table.shape[1] != 6 or table.shape[0] < 2 or not np.isfinite(table).all():
            raise PluginError(f"{self._name} answered a plan of shape {table.shape}, expected (steps, 6), all finite")
        time_s, x_m, y_m, yaw_rad, speed_mps, accel_mps2 = table.T.copy()
        return Plan(
            time_s=time_s,
            xy_m=np.stack((x_m, y_m), axis=-1),
            yaw_rad=np.unwrap(yaw_rad),
            speed_mps=speed_mps,
            accel_mps2=accel_mps2,
            decision=FOREIGN,
        )

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # what was not sent cannot be sent any more
                        pipe.close()

    def _plan_request(self, scene: Scene, briefing: Briefing) -> dict[str, Any]:
        ego, others = scene.ego, scene.others
        there = np.flatnonzero(others.valid[:, -1]) if others.num_steps else np.zeros(0, dtype=np.int64)
        table = np.column_stack(
            (
                others.object_id[there],
                others.road_user[there],
                others.xy_m[there, -1] if there.size else np.zeros((0, 2)),
                others.yaw_rad[there, -1] if there.size else np.zeros(0),
                others.speed_mps[there, -1] if there.size else np.zeros(0),
                others.size_m[there],
            )
        )
        return {
            "type": "plan",
            "time_s": s_from_ns(scene.time_ns),
            "ego": [ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.accel_mps2, ego.steer_rad],
            "others": table.tolist(),
            "stop_m": self._stop_m(scene, briefing),
        }

    def _stop_m(self, scene: Scene, briefing: Briefing) -> float | None:
        """Return the distance from the ego's front to the next red or yellow light on the route, None without one."""
        s_m, _, _ = self._route.line.project(scene.ego.x_m, scene.ego.y_m)
        distance_m, light = next_light(self._route, briefing, scene, s_m + 0.5 * briefing.body.length_m)
        return distance_m if light in {Light.RED, Light.YELLOW} else None

    def _ask(self, request: dict[str, Any], patience_s: float) -> dict[str, Any]:
        """Return the child's answer; one that does not answer properly is ended, the next request starts another."""
        try:
            answer = json.loads(self._exchanged(json.dumps(request, allow_nan=False).encode() + b"\n", patience_s))
        except (OSError, ValueError) as error:
            self.close()
            raise PluginError(f"the process of {self._name} cannot be talked to: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            self.close()
            raise PluginError(f"{self._name} answered {str(answer)[:200]}, no object")
        return answer

    def _exchanged(self, line: bytes, patience_s: float) -> bytes:
        """Send a line and return the next one.

        Raises:
            OSError: The child has ended, is silent for too long, or says too much.
        """
        reads, writes = self._pipes()
        os.set_blocking(writes.fileno(), False)
        while line:
            _, writable, _ = select.select([], [writes], [], patience_s)
            if not writable:
                raise TimeoutError
            line = line[os.write(writes.fileno(), line) :]
        while b"\n" not in self._rest:
            readable, _, _ = select.select([reads], [], [], patience_s)
            part = os.read(reads.fileno(), 65536) if readable else b""
            if not part or len(self._rest) > _LONGEST_LINE:
                raise TimeoutError if not readable else BrokenPipeError
            self._rest += part
        answer, self._rest = self._rest.split(b"\n", 1)
        return answer

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Return where the child writes and where it reads; it is started if it is not there."""
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._rest = b""
            self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        if self._child.stdin is None or self._child.stdout is None:
            raise BrokenPipeError
        return self._child.stdout, self._child.stdin


def _start_request(briefing: Briefing, route: Route) -> dict[str, Any]:
    body, goal, start = briefing.body, briefing.goal, briefing.start
    limit_mps = np.minimum(route.limit_mps, 100.0)
    return {
        "type": "start",
        "lanes": _lanes(briefing.road),
        "route": np.column_stack((route.line.xy_m, limit_mps)).tolist(),
        "body": {
            "length_m": body.length_m,
            "width_m": body.width_m,
            "wheelbase_m": body.wheelbase_m,
            "max_steer_rad": body.max_steer_rad,
            "max_steer_rate_radps": body.max_steer_rate_radps,
            "min_accel_mps2": body.min_accel_mps2,
            "max_accel_mps2": body.max_accel_mps2,
        },
        "start": [start.x_m, start.y_m, start.yaw_rad, start.speed_mps],
        "goal": [goal.x_min_m, goal.x_max_m, goal.y_min_m, goal.y_max_m],
    }


def _lanes(road: Road) -> list[dict[str, Any]]:
    """Return the lanes for cars; a lane is named by its index in the road."""
    kept = {k for k, lane in enumerate(road.lanes) if lane.kind == LaneKind.DRIVING}
    return [
        {
            "id": k,
            "centre": lane.centre_xy_m.tolist(),
            "left": lane.left_xy_m.tolist(),
            "right": lane.right_xy_m.tolist(),
            "limit_mps": min(lane.speed_limit_mps, 100.0),
            "left_lane": lane.left_lane if lane.left_lane in kept else None,
            "right_lane": lane.right_lane if lane.right_lane in kept else None,
            "successors": [after for after in road.successors[k] if after in kept],
        }
        for k, lane in enumerate(road.lanes)
        if k in kept
    ]
