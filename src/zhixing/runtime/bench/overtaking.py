"""How often a wish to overtake ends in overtaking, beside the same scene without the wish.

The ego is behind somebody slower. In the first scenes a second lane runs its way, with nobody, or with a stream in
which it has to find a gap; in the others it has to borrow the lane of those who come towards it.
"""

from __future__ import annotations

import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from multiprocessing import get_context

import numpy as np

from zhixing.datatypes.driving_wish import DrivingStyle, DrivingWish
from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.road import Lane, Road, lane_along
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.units import mps_from_kmh
from zhixing.driving.interfaces import Planner
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.errand import GIVES_UP_S, PASSED_M
from zhixing.runtime.planners import make_planner
from zhixing.simulation.rollout import rollout
from zhixing.simulation.world import STEP_NS, STEP_S

_LASTS_S = GIVES_UP_S
_LIMIT_MPS = mps_from_kmh(60.0)
_LANE_M, _ROAD_M, _START_M, _GAP_M = 3.5, 2400.0, 600.0, 20.0
_BODY = EgoBody()
_CAR_M, _TRICYCLE_M = (4.6, 1.85), (3.0, 1.3)
_STYLES: tuple[DrivingStyle, ...] = ("normal", "calm")
_SAME_WAY = tuple(
    (share, stream)
    for share in (0.3, 0.5, 0.7, 0.85)
    for stream in ((math.inf, 0.0), *product((1.5, 2.5, 4.0), (0.6, 1.0)))
)
"""The slower car's share of the limit; time gap of the stream on the second lane in s, and its share of the limit."""
_ONCOMING = tuple((mps / _LIMIT_MPS, (gap_s, -0.8)) for mps in (2.0, 4.0, 5.5) for gap_s in (math.inf, 8.0, 15.0, 30.0))
"""The same where the second lane runs the other way: what people overtake there is slower than 21 km/h."""
_JOBS = 2


@dataclass(frozen=True, slots=True)
class _Wishing:
    """A planner for people who wish something all the time."""

    planner: Planner
    wish: DrivingWish

    @property
    def name(self) -> str:
        return self.planner.name

    def start(self, briefing: Briefing) -> None:
        self.planner.start(briefing)

    def plan(self, scene: Scene) -> Plan:
        return self.planner.plan(replace(scene, wish=self.wish))


def overtaking(planner_name: str = "sampling", jobs: int = _JOBS) -> list[Measure]:
    """Measure how many wishes end in somebody being passed within a minute, by style, beside no wish.

    Args:
        planner_name: Registered name.
        jobs: Processes.
    """
    make_planner(planner_name)  # a wrong name is told at once
    measures, events = [], 0
    for place, cases in (("on a second lane", _SAME_WAY), ("through the oncoming lane", _ONCOMING)):
        scenarios = [slower_ahead(share, *stream) for share, stream in cases]
        for style, overtakes in product(_STYLES, (True, False)):
            drive = partial(drive_wish, planner_name, DrivingWish(style=style, overtakes=overtakes))
            if jobs == 1:
                traces = [drive(scenario) for scenario in scenarios]
            else:
                with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
                    traces = list(pool.map(drive, scenarios))
            said = "told to overtake" if overtakes else "told nothing"
            after_s = [passed_after_s(trace) for trace in traces]
            passed_s = [one_s for one_s in after_s if one_s < math.inf]
            name = f"{planner_name}, {place}, {style}, {said}"
            measures.append(Measure(name=f"{name}: passes of {len(cases)}", value=float(len(passed_s)), unit="times"))
            if passed_s:
                measures.append(Measure(name=f"{name}: after, mean", value=float(np.mean(passed_s)), unit="s"))
            events += sum(trace.outcome in ("collision", "off_road") for trace in traces)
    name = f"{planner_name}, collisions at fault and rides off the road"
    return [*measures, Measure(name=name, value=float(events), unit="times", target=0.0)]


def drive_wish(planner_name: str, wish: DrivingWish, scenario: Scenario) -> Trace:
    """Drive a scene for people with a wish, the others reacting and the checker behind the planner as in the car."""
    driver = _Wishing(make_planner(planner_name), wish)
    return rollout(scenario, driver, background="reactive", checker=SafetyChecker())


def passed_after_s(trace: Trace) -> float:
    """Return after which time the slower one is behind the ego, infinity where it never is."""
    steps = trace.background.num_steps
    is_past = trace.background.valid[0] & (trace.xy_m[:steps, 0] > trace.background.xy_m[0, :, 0] + PASSED_M)
    return float(np.argmax(is_past)) * STEP_S if is_past.any() else math.inf


def slower_ahead(share: float, gap_s: float, stream_share: float) -> Scenario:
    """Return a straight road with two lanes and somebody slower ahead of the ego, on the right one.

    Args:
        share: Of the limit, how fast that one drives: a car, or a tricycle where the left lane comes towards the ego.
        gap_s: Time between those on the left lane; infinity where nobody is.
        stream_share: Of the limit, how fast they drive; negative where they come towards the ego.
    """
    slower_mps, stream_mps = share * _LIMIT_MPS, stream_share * _LIMIT_MPS
    comes = stream_share < 0.0
    steps = round((_LASTS_S + 1.0) / STEP_S)
    time_s = STEP_S * np.arange(steps, dtype=np.float64)
    first_m = np.array([_START_M + _GAP_M + _BODY.length_m])
    speeds_mps, rows_m = np.array([slower_mps]), np.zeros(1)
    if math.isfinite(gap_s):
        apart_m = gap_s * abs(stream_mps)
        reach_m = _ROAD_M + abs(stream_mps) * _LASTS_S
        stream_m = np.arange(-reach_m, _ROAD_M + reach_m, apart_m) + 0.5 * apart_m
        first_m = np.concatenate((first_m, stream_m))
        speeds_mps = np.concatenate((speeds_mps, np.full(stream_m.size, stream_mps)))
        rows_m = np.concatenate((rows_m, np.full(stream_m.size, _LANE_M)))
    along_m = first_m[:, None] + speeds_mps[:, None] * time_s
    is_there = (along_m > 0.0) & (along_m < _ROAD_M)
    users = first_m.size
    size_m = np.full((users, 2), _CAR_M)
    classes = np.full(users, RoadUser.CAR, dtype=np.int64)
    if comes:
        size_m[0], classes[0] = _TRICYCLE_M, RoadUser.TRICYCLE
    background = Tracks(
        STEP_NS * np.arange(steps, dtype=np.int64),
        np.arange(users, dtype=np.int64),
        classes,
        size_m,
        np.stack((along_m, np.repeat(rows_m[:, None], steps, axis=1)), axis=-1),
        np.repeat(np.where(speeds_mps < 0.0, math.pi, 0.0)[:, None], steps, axis=1),
        np.repeat(np.abs(speeds_mps)[:, None], steps, axis=1),
        is_there,
    )
    return Scenario(
        scenario_id="slower-ahead",
        family="overtaking",
        road=_road(comes=comes),
        body=_BODY,
        start=EgoState(x_m=_START_M, y_m=0.0, yaw_rad=0.0, speed_mps=slower_mps),
        goal=Goal(x_min_m=_ROAD_M - 40.0, x_max_m=_ROAD_M - 20.0, y_min_m=-_LANE_M, y_max_m=2.0 * _LANE_M),
        start_ns=0,
        stop_ns=round(_LASTS_S / STEP_S) * STEP_NS,
        background=background,
        lights=Lights(np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.int64)),
    )


def _road(*, comes: bool) -> Road:
    """Return two lanes, the right one east at y = 0, the left one beside it the same way or the other."""
    x_m = np.arange(0.0, _ROAD_M + 1.0, 5.0)

    def lane(lane_id: str, y_m: float, *, west: bool, left_lane: int, right_lane: int) -> Lane:
        along_m = x_m[::-1] if west else x_m
        centre = np.stack((along_m, np.full_like(x_m, y_m)), axis=-1)
        return lane_along(lane_id, centre, _LANE_M, _LIMIT_MPS, left_lane=left_lane, right_lane=right_lane)

    right = lane("right", 0.0, west=False, left_lane=-1 if comes else 1, right_lane=-1)
    left = lane("left", _LANE_M, west=comes, left_lane=-1, right_lane=-1 if comes else 0)
    return Road(name="two lanes", lanes=(right, left), successors=((), ()))
