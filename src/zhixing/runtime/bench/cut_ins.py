"""How a driver copes with 2,400 cut-ins, beside the reference drivers of regulation and literature."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context

import numpy as np

from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Lane, Road, lane_along
from zhixing.datatypes.scene import Briefing, EgoState, Goal, Scene
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.units import mps_from_kmh
from zhixing.driving.asking import ask, brief, follow_or_brake, supervise
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.interfaces import Planner
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.planners import make_planner
from zhixing.simulation.collision import boxes_touch
from zhixing.simulation.cut_in import BODY, LANE_WIDTH_M, CutIns, bench_cases
from zhixing.simulation.reference_drivers import REFERENCE_DRIVERS, drive_reference
from zhixing.simulation.world import STEP_NS, STEP_S

_PUBLISHED_PERCENT = {
    "fuzzy safety model": 6.7,
    "RSS": 6.9,
    "UN R157 5.2.5.2": 15.4,
    "careful and competent driver": 25.8,
}
"""Shares of crashes that were published for 2,400 cases of another grid."""
_BEFORE_S = 1.0
"""So much of the other's past is known when a case begins."""
_LONGEST_S = 30.0
_SETTLED_S = 2.0
_HISTORY_STEPS = 20
_ROAD_M = (-200.0, 1500.0)
_JOBS = 2
_CHUNK = 50


def cut_ins(planner_name: str = "sampling") -> list[Measure]:
    """Measure the share of crashes of a planner and of the reference drivers, and where only the planner crashes."""
    make_planner(planner_name)  # a wrong name is told at once
    cases = bench_cases()
    avoided = np.zeros(cases.num_cases, dtype=np.bool_)
    measures = []
    for driver in REFERENCE_DRIVERS:
        crashed, shown = drive_reference(cases, driver)
        avoided |= shown
        published = _PUBLISHED_PERCENT[driver.name]
        measures.append(
            Measure(
                name=f"{driver.name}, crashes (published: {published} %)", value=100.0 * float(crashed.mean()), unit="%"
            )
        )
    crashed = drive_cut_ins(cases, planner_name, _JOBS)
    motorway = cases.ego_mps > mps_from_kmh(65.0)
    return [
        *measures,
        Measure(
            name=f"cases that no reference driver is shown to avoid, of {cases.num_cases}",
            value=_count(~avoided),
            unit="cases",
        ),
        Measure(name=f"{planner_name}, crashes", value=100.0 * float(crashed.mean()), unit="%"),
        Measure(
            name=f"{planner_name}, crashes below 65 km/h", value=100.0 * float(crashed[~motorway].mean()), unit="%"
        ),
        Measure(name=f"{planner_name}, crashes above", value=100.0 * float(crashed[motorway].mean()), unit="%"),
        Measure(
            name=f"{planner_name}, crashes where a reference driver avoids",
            value=_count(crashed & avoided),
            unit="cases",
            target=0.0,
        ),
    ]


def _count(rows: BoolArray) -> float:
    return float(np.count_nonzero(rows))


def drive_cut_ins(cases: CutIns, planner_name: str, jobs: int = 1) -> BoolArray:
    """Let a planner drive cases in closed loop.

    Args:
        cases: What happens.
        planner_name: Registered name.
        jobs: Processes.

    Returns:
        (cases,) whether it crashes.
    """
    chunks = [range(first, min(first + _CHUNK, cases.num_cases)) for first in range(0, cases.num_cases, _CHUNK)]
    if jobs == 1:
        parts = [_drive_chunk(cases, planner_name, chunk) for chunk in chunks]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(_drive_chunk, *zip(*((cases, planner_name, chunk) for chunk in chunks), strict=True)))
    return np.concatenate(parts)


def _drive_chunk(cases: CutIns, planner_name: str, chunk: range) -> BoolArray:
    planner, checker = make_planner(planner_name), SafetyChecker()
    return np.array([drive_cut_in(cases.case(index), planner, checker) for index in chunk], dtype=np.bool_)


def drive_cut_in(case: CutIns, planner: Planner, checker: SafetyChecker | None) -> bool:
    """Let a planner drive one case, with the checker behind it as in the car, and return whether it crashes.

    The ego moves by the bicycle model. Who cuts in is judged as a box along the road, as the reference drivers are,
    and seen with the heading of its movement. The case ends when the ego has passed, or has been no faster than the
    other in front for 2 s.
    """
    ego_mps = float(case.ego_mps[0])
    begins_s = -float(np.floor(float(case.lead_in_s()[0]) / STEP_S + 1.0)) * STEP_S
    others = _other(case, begins_s - _BEFORE_S)
    now = first = round(_BEFORE_S / STEP_S)
    ego = EgoState(x_m=ego_mps * begins_s, y_m=0.0, yaw_rad=0.0, speed_mps=ego_mps)
    briefing = _briefing(ego)
    is_ready = brief(planner, briefing)
    if checker is not None:
        checker.start(briefing)
    calm_s = 0.0
    for scene in _scenes(others, first):
        scene_now = Scene(time_ns=int(scene.time_ns[-1]), ego=ego, others=scene, lights=_NO_LIGHTS)
        plan, _ = supervise(ask(planner, scene_now) if is_ready else None, scene_now, checker)
        control: Control = follow_or_brake(plan, ego, BODY, STEP_S)
        ego = step_bicycle(ego, BODY, control, STEP_S)
        now += 1
        other_x_m, other_y_m = others.xy_m[0, now]
        box = np.array([ego.x_m, ego.y_m, ego.yaw_rad, BODY.length_m, BODY.width_m])
        if boxes_touch(box, np.array([other_x_m, other_y_m, 0.0, BODY.length_m, BODY.width_m])):
            return True
        if ego.x_m > other_x_m + BODY.length_m + 1.0 and ego.speed_mps >= float(case.other_mps[0]):
            return False
        is_calm = other_y_m == 0.0 and ego.x_m < other_x_m and ego.speed_mps <= float(case.other_mps[0])
        calm_s = calm_s + STEP_S if is_calm else 0.0
        if calm_s >= _SETTLED_S:
            return False
    return False


_NO_LIGHTS: IntArray = np.zeros(0, dtype=np.int64)


def _scenes(others: Tracks, first: int) -> Iterator[Tracks]:
    """Yield what is known of the other at each step, 2 s back."""
    for now in range(first, others.num_steps - 1):
        past = slice(max(0, now + 1 - _HISTORY_STEPS), now + 1)
        yield Tracks(
            others.time_ns[past],
            others.object_id,
            others.road_user,
            others.size_m,
            others.xy_m[:, past],
            others.yaw_rad[:, past],
            others.speed_mps[:, past],
            others.valid[:, past],
        )


def _other(case: CutIns, first_s: float) -> Tracks:
    """Return who cuts in from the right over the whole case."""
    steps = round((_LONGEST_S - first_s) / STEP_S)
    time_s: FloatArray = first_s + STEP_S * np.arange(steps, dtype=np.float64)
    offset_m: FloatArray = case.offset_m(time_s)
    drift_mps = case.drift_mps(time_s)
    along_m = case.gap_m + BODY.length_m + case.other_mps * time_s
    return Tracks(
        STEP_NS * np.arange(steps, dtype=np.int64),
        np.array([1], dtype=np.int64),
        np.array([RoadUser.CAR], dtype=np.int64),
        np.array([[BODY.length_m, BODY.width_m]]),
        np.stack((along_m, -offset_m), axis=-1)[None],
        np.arctan2(drift_mps, case.other_mps)[None],
        np.hypot(drift_mps, case.other_mps)[None],
        np.ones((1, steps), dtype=np.bool_),
    )


def _briefing(ego: EgoState) -> Briefing:
    end_m = _ROAD_M[1]
    goal = Goal(x_min_m=end_m - 60.0, x_max_m=end_m - 40.0, y_min_m=-LANE_WIDTH_M, y_max_m=LANE_WIDTH_M)
    return Briefing(road=_motorway(ego.speed_mps), body=BODY, start=ego, goal=goal)


@lru_cache(maxsize=16)
def _motorway(limit_mps: float) -> Road:
    """Return a straight road with two lanes east, the ego's at y = 0 and one on its right."""
    x_m = np.arange(_ROAD_M[0], _ROAD_M[1] + 1.0, 5.0)

    def lane(lane_id: str, y_m: float, left_lane: int, right_lane: int) -> Lane:
        centre = np.stack((x_m, np.full_like(x_m, y_m)), axis=-1)
        return lane_along(lane_id, centre, LANE_WIDTH_M, limit_mps, left_lane=left_lane, right_lane=right_lane)

    return Road(
        name="two lanes", lanes=(lane("left", 0.0, -1, 1), lane("right", -LANE_WIDTH_M, 0, -1)), successors=((), ())
    )
