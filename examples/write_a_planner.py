"""A planner of one's own in 40 lines: it follows its route and stops behind whatever stands or drives in its lane.

Run it in the built-in city, or on a task (a folder with an OpenSCENARIO file and its OpenDRIVE map):

    python examples/write_a_planner.py
    python examples/write_a_planner.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.asking import ask, brief, follow_or_brake
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import find_route
from zhixing.formats.openscenario import read_task
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score

TIME_S = np.arange(0.0, 3.01, 0.1)
WHY = Decision(action="cruise", rule="example", say=Localized("按路线行驶", "On my route.", "Auf meiner Route."))


class GentlePlanner:
    """Drives along its route, and keeps a gap."""

    name = "gentle"

    def start(self, briefing: Briefing) -> None:
        """Find the route."""
        self.route = find_route(build_lane_map(briefing.road), briefing.start, briefing.goal)

    def plan(self, scene: Scene) -> Plan:
        """Return three seconds of constant acceleration along the route."""
        line, ego = self.route.line, scene.ego
        s_m = line.project(ego.x_m, ego.y_m)[0]
        # 1. how fast: the limit, the curve, and a stop 4 m behind who is in the way
        places = [line.project(x, y) for x, y in scene.others.xy_m[:, -1:][scene.others.valid[:, -1:]]]
        gap_m = min((s - s_m - 9.0 for s, offset_m, _ in places if s > s_m and abs(offset_m) < 1.8), default=200.0)
        curve_mps = np.sqrt(
            2.0 / max(0.001, np.abs(np.interp(s_m + np.arange(20), line.s_m, line.curvature_radpm)).max())
        )
        allowed_mps = min(np.interp(s_m, line.s_m, self.route.limit_mps), curve_mps, np.sqrt(4.0 * max(0.0, gap_m)))
        accel = float(np.clip(allowed_mps - ego.speed_mps, -6.0, 1.5))
        # 2. where that leads
        speed_mps = np.maximum(0.0, ego.speed_mps + accel * TIME_S)
        along_m = s_m + np.concatenate(([0.0], np.cumsum(0.05 * (speed_mps[1:] + speed_mps[:-1]))))
        xy_m = np.stack([np.interp(along_m, line.s_m, line.xy_m[:, k]) for k in (0, 1)], axis=-1)
        yaw_rad, accels = np.interp(along_m, line.s_m, line.yaw_rad), np.full_like(TIME_S, accel)
        return Plan(time_s=TIME_S, xy_m=xy_m, yaw_rad=yaw_rad, speed_mps=speed_mps, accel_mps2=accels, decision=WHY)


def main(folder: str = "") -> None:
    """Drive a task and print its score, or half a minute in the city."""
    planner = GentlePlanner()
    if folder:
        task = read_task(Path(folder))
        print(score(rollout(task, planner), task))
        return
    world = CityWorld(seed=1)
    brief(planner, world.briefing())
    for _ in range(300):
        scene = world.scene()
        world.step(follow_or_brake(ask(planner, scene), scene.ego, world.body, 0.1))
    print(f"now at ({world.ego.x_m:.0f}, {world.ego.y_m:.0f}), incidents: {world.event_counts()}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
