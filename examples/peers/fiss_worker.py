"""FISS+ (Sun et al., IROS 2023) behind JSON lines; runs in an environment of its own, knows nothing of Zhixing.

pip install fiss-planner==1.0.0        # Apache-2.0
"""

import json
import math
import sys
from typing import Any

import fiss_planner as fp
import numpy as np

STEP_S = 0.1
WALL_M = (0.5, 3.0)
VULNERABLE = {5, 6, 7, 8}
"""E-bikes, bicycles, tricycles and pedestrians do not keep to lanes."""


class Worker:
    """Answers requests."""

    def start(self, ask: dict[str, Any]) -> dict[str, Any]:
        """Make a planner for a task; it plans along the line of the route, and predicts others along the lanes."""
        config, vehicle, body = fp.LocalPlannerConfig(), fp.VehicleParams(), ask["body"]
        vehicle.length, vehicle.width, vehicle.wheelbase = body["length_m"], body["width_m"], body["wheelbase_m"]
        vehicle.rear_axle_to_center = 0.5 * body["wheelbase_m"]
        vehicle.max_steer, vehicle.max_steer_rate = body["max_steer_rad"], body["max_steer_rate_radps"]
        vehicle.max_accel, vehicle.max_decel = body["max_accel_mps2"], -body["min_accel_mps2"]
        vehicle.max_lat_accel = 8.0  # as its own CommonRoad benchmark sets it
        config.smoother.enabled = fp.has_optimizers()
        config.path.num_left_lanes = config.path.num_right_lanes = 0
        self.body = body
        self.line = np.array(ask["route"])
        self.road = road_map(ask["lanes"])
        self.planner = fp.LocalPlanner(config, vehicle)
        self.horizon_s = config.planner.sampling.max_t + 0.5
        self.planner.set_reference_path(self.line[:, 0], self.line[:, 1])
        return {"ok": True}

    def plan(self, ask: dict[str, Any]) -> dict[str, Any]:
        """Plan one cycle."""
        x, y, yaw, speed, accel, steer = ask["ego"]
        kappa = math.tan(steer) / self.body["wheelbase_m"]
        near = int(np.argmin(np.hypot(self.line[:, 0] - x, self.line[:, 1] - y)))
        obstacles = [self.obstacle(*row) for row in ask["others"] if math.hypot(row[2] - x, row[3] - y) < 120.0]
        if ask["stop_m"] is not None:
            obstacles.append(self.wall(near, ask["stop_m"]))
        ego = fp.EgoState(x, y, yaw, speed, accel, kappa)
        found = self.planner.step(ask["time_s"], ego, obstacles, float(self.line[near, 2])).trajectory
        if found is None or len(found.x) < 2:
            return {"plan": None}
        columns = (found.t, found.x, found.y, found.yaw, found.v, found.a)
        return {"plan": np.column_stack([np.asarray(c, dtype=float) for c in columns]).tolist()}

    def obstacle(
        self, number: float, kind: float, x: float, y: float, yaw: float, speed: float, length: float, width: float
    ) -> Any:
        """Predict somebody: along the lanes, or straight on if it is not bound to them."""
        where = (int(number), x, y, yaw, speed, length, width, self.horizon_s, STEP_S)
        if int(kind) in VULNERABLE or abs(speed) < 0.5:
            return fp.predict_constant_velocity(*where)
        return fp.predict_lane_following(self.road, *where)

    def wall(self, near: int, ahead_m: float) -> Any:
        """A red light as something that stands across the lane."""
        at = min(len(self.line) - 2, near + int(ahead_m + 0.5 * self.body["length_m"] + 1.0))
        step = self.line[at + 1] - self.line[at]
        yaw = math.atan2(step[1], step[0])
        return fp.Obstacle.from_arrays(10**6, *WALL_M, [0.0], [self.line[at, 0]], [self.line[at, 1]], [yaw], True)


def road_map(lanes: list[dict[str, Any]]) -> Any:
    """The lanes as its own map."""
    road = fp.RoadMap()
    for given in lanes:
        lane = fp.MapLane()
        lane.id = given["id"] + 1
        lane.centerline, lane.left, lane.right = (np.array(given[side]) for side in ("centre", "left", "right"))
        lane.successors = [after + 1 for after in given["successors"]]
        lane.speed_limit = given["limit_mps"]
        if given["left_lane"] is not None:
            lane.left_neighbor, lane.can_change_left = given["left_lane"] + 1, True
        if given["right_lane"] is not None:
            lane.right_neighbor, lane.can_change_right = given["right_lane"] + 1, True
        road.add_lane(lane)
    road.finalize()
    return road


def main() -> None:
    """Answer every line with a line."""
    worker = Worker()
    for line in sys.stdin:
        ask = json.loads(line)
        print(json.dumps(getattr(worker, {"start": "start", "plan": "plan"}[ask["type"]])(ask)), flush=True)


if __name__ == "__main__":
    main()
