"""An endless ride through the city: observe, plan, track, move, and ask for the next goal."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Any, TypedDict

import numpy as np

from zhixing.datatypes.driving_account import Account
from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish, Manoeuvre
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.units import s_from_ns
from zhixing.driving.asking import NO_PLAN, ask, brief, follow_or_brake, supervise
from zhixing.driving.because import cause_of
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.logbook import Logbook
from zhixing.driving.reins import rein_in
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.errand import Errand
from zhixing.runtime.planners import make_planner
from zhixing.settings import CityConfig
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.world import STEP_S


class Motion(TypedDict):
    """What the vehicle under the signals is told about its own movement."""

    speed_mps: float
    yaw_rad: float
    x_m: float
    y_m: float


class Ride:
    """A planner that drives the ego through a :class:`CityWorld`.

    Args:
        city: Which city.
        planner_name: Registered name.
        checker: Stands between planner and tracker and may change every plan.

    Attributes:
        world: The city with everybody in it.
        scene: What is there now.
        plan: The newest plan, None before the first step and while the planner fails.
        plan_ms: How long the newest plan took.
        num_safety_interventions: Steps in which the checker changed the plan.
        wish: How the people in the car would like to be driven. The planner sees it on its scene; the checker does not.
    """

    def __init__(self, city: CityConfig, planner_name: str, checker: SafetyChecker | None = None) -> None:
        self._planner = make_planner(planner_name)
        self._checker = checker
        self.world = CityWorld(city.seed, city.num_users, city.hour, city.rain, has_districts=city.districts)
        self._lane_map = lane_map_of(self.world.road)
        self.scene: Scene = self.world.scene()
        self.plan: Plan | None = None
        self.plan_ms = 0.0
        self.num_goals = 0
        self.num_safety_interventions = 0
        self.wish: DrivingWish = AS_USUAL
        self._errand = Errand(self._lane_map)
        self._logbook = Logbook()
        self._lane = -1
        self._briefing: Briefing = self.world.briefing()
        self._has_task = self._brief()

    @property
    def decision(self) -> Decision:
        """Why the car does what it does."""
        return self.plan.decision if self.plan else NO_PLAN

    @property
    def manoeuvre(self) -> Manoeuvre:
        """What the car has been asked to do next and has not finished."""
        return self._errand.manoeuvre

    def begin(self, manoeuvre: Manoeuvre) -> bool:
        """Take on a manoeuvre instead of the one before, ``none`` to drive on; return whether it can be done here."""
        had_goal = self._errand.goal is not None
        if not self._errand.begin(manoeuvre, self.scene):
            return False
        if (had_goal or self._errand.goal is not None) and not self._start_task():
            self._errand.end()
            self._start_task()
            return manoeuvre == "none"
        return True

    def turn_in_m(self, manoeuvre: Manoeuvre) -> float | None:
        """Return how far it is to where a turn is or would be taken, None where there is none."""
        if manoeuvre == self.manoeuvre:
            return self._errand.turn_in_m
        place = self._errand.way_to(manoeuvre, self.scene.ego)
        return None if place is None else place.distance_m

    def step(self) -> None:
        """Move on by 0.1 s."""
        # 1. a new goal before the old one is reached, unless somebody wants to stay there
        self._follow_errand()
        # 2. what now: as the people like it, and then as the checker allows
        started = perf_counter()
        wish = replace(self.wish, overtakes=self.wish.overtakes or self.manoeuvre == "overtake")
        wanted = ask(self._planner, replace(self.scene, wish=wish)) if self._has_task else None
        if wanted is not None:
            wanted = rein_in(wanted, self.scene.ego, wish.max_speed_mps, self._errand.stop_in_m(self.scene.ego))
        self.plan, rule = supervise(wanted, self.scene, self._checker)
        self.num_safety_interventions += bool(rule)
        control = follow_or_brake(self.plan, self.scene.ego, self.world.body, STEP_S)
        self.plan_ms = (perf_counter() - started) * 1e3
        # 3. everybody moves
        self.world.step(control)
        self.scene = self.world.scene()
        self._note()

    def account(self) -> Account:
        """Return what the car has done lately and why."""
        return Account(
            time_ns=self.scene.time_ns,
            speed_mps=self.scene.ego.speed_mps,
            limit_mps=self.speed_limit_mps(),
            cause=cause_of(self.decision, self._road_user(self.decision.object_id)),
            wished_mps=self.wish.max_speed_mps,
            episodes=self._logbook.episodes(self.scene.time_ns),
        )

    def _follow_errand(self) -> None:
        """Take the next task where one is due, and end what has been asked for once it is done."""
        errand, scene = self._errand, self.scene
        self.world.may_stand = errand.keeps_goal
        if errand.is_overtaking_over(scene):
            errand.end()
        if self.world.needs_briefing():
            self._logbook.forget()
            self._begin_again()
        elif errand.keeps_goal:
            if errand.has_missed(scene.ego):
                self._begin_again()
        elif self._briefing.goal.is_reached(scene.ego, scene.time_ns):
            if errand.goal is not None:
                errand.end()
            self.num_goals += 1
            self._start_task()

    def _begin_again(self) -> None:
        """Look anew from here for where the errand leads; give it up where that is nowhere."""
        if not self._errand.begin(self.manoeuvre, self.scene):
            self._errand.end()
        self._start_task()

    def _start_task(self) -> bool:
        """Brief the planner with the errand's goal, or else with the next one of the city."""
        self._briefing = self.world.briefing(self._errand.goal)
        self._has_task = self._brief()
        return self._has_task

    def _note(self) -> None:
        """Write into the logbook what has come of the step."""
        ego, lanes = self.scene.ego, self.world.road.lanes
        self._errand.move(ego.speed_mps * STEP_S)
        lane, _, _ = self._lane_map.nearest(ego.x_m, ego.y_m, ego.yaw_rad, within_m=5.0)
        changes = lane >= 0 and self._lane >= 0 and lane in (lanes[self._lane].left_lane, lanes[self._lane].right_lane)
        self._lane = lane
        cause = cause_of(self.decision, self._road_user(self.decision.object_id))
        self._logbook.step(self.scene.time_ns, ego, cause, changes_lane=changes)

    def _road_user(self, object_id: int) -> int | None:
        others = self.scene.others
        rows = np.flatnonzero(others.object_id == object_id)
        return int(others.road_user[rows[0]]) if object_id >= 0 and rows.size else None

    def _brief(self) -> bool:
        if self._checker is not None:
            self._checker.start(self._briefing)
        return brief(self._planner, self._briefing)

    def speed_limit_mps(self) -> float | None:
        """Return the limit where the ego is, None off the road."""
        ego = self.scene.ego
        lane, _, _ = self._lane_map.nearest(ego.x_m, ego.y_m, ego.yaw_rad, within_m=5.0)
        return None if lane < 0 else float(self._lane_map.speed_limit_mps[lane])

    def motion(self) -> Motion:
        """Return the ego's movement for the vehicle's sensors."""
        ego = self.scene.ego
        return {"speed_mps": ego.speed_mps, "yaw_rad": ego.yaw_rad, "x_m": ego.x_m, "y_m": ego.y_m}

    def frame(self) -> dict[str, Any]:
        """Return the wire's ``frame`` message."""
        scene, ego, others = self.scene, self.scene.ego, self.scene.others
        now = others.valid[:, -1]
        users = zip(
            others.object_id[now].tolist(),
            others.road_user[now].tolist(),
            others.xy_m[now, -1].round(2).tolist(),
            others.yaw_rad[now, -1].round(3).tolist(),
            others.speed_mps[now, -1].round(2).tolist(),
            others.size_m[now].round(2).tolist(),
            strict=True,
        )
        decision = self.decision
        return {
            "type": "frame",
            "t": s_from_ns(scene.time_ns),
            "ego": {
                "x": round(ego.x_m, 3),
                "y": round(ego.y_m, 3),
                "yaw": round(ego.yaw_rad, 4),
                "speed": round(ego.speed_mps, 3),
                "accel": round(ego.accel_mps2, 3),
                "steer": round(ego.steer_rad, 4),
                "length": self.world.body.length_m,
                "width": self.world.body.width_m,
            },
            "users": [[i, c, *xy, yaw, v, *size] for i, c, xy, yaw, v, size in users],
            "lights": scene.lights.tolist(),
            "plan": self.plan.xy_m[::2].round(2).tolist() if self.plan else [],
            "decision": {
                "action": decision.action,
                "rule": decision.rule,
                "object": decision.object_id,
                "say": {lang: decision.say.in_lang(lang) for lang in LANGS},
            },
            "limit": self.speed_limit_mps(),
        }
