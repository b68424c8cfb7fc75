"""Hand-made streets, scenarios and drivers for tests of the moving world, and the option to accept new goldens."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import thread_time
from types import SimpleNamespace
from typing import Any

import hypothesis
import numpy as np
import pytest

import zhixing
from zhixing.datatypes.driving_wish import DrivingWish
from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.road import Lane, LaneKind, Road, StopLine
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.tracks import RoadUser, Tracks, empty_tracks
from zhixing.driving.interfaces import Planner

# The first example of a law may compile a kernel; how long an example takes is not what a law is about. The same
# examples come every time, so that a change is judged by what it changes; `make test-all` looks for new ones.
hypothesis.settings.register_profile("laws", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("laws")

STEP_NS = 100_000_000
LIMIT_MPS = 10.0
TRIES = 5


def pytest_configure(config: pytest.Config) -> None:
    """Drop compiled kernels that are older than a source.

    Numba looks only at the file a kernel stands in, not at those whose kernels it has taken in.
    """
    if not hasattr(config, "workerinput"):
        package = Path(zhixing.__file__).parent
        compiled = list(package.rglob("*.nb[ic]"))
        newest_ns = max(source.stat().st_mtime_ns for source in package.rglob("*.py"))
        if any(kernel.stat().st_mtime_ns < newest_ns for kernel in compiled):
            for kernel in compiled:
                kernel.unlink(missing_ok=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what came out as the new expectation")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


def _counting_s() -> float:
    """Return the time that this core takes now to count to 20,000: 1.0 ms on an idle core of the benchmarks."""
    started_s = thread_time()
    total = 0
    for number in range(20_000):
        total += number & 7
    return thread_time() - started_s


@pytest.fixture
def countings() -> Callable[..., float]:
    """Return how long a deed takes, in times of counting to 20,000 on the same core just before and after it.

    Seconds are no measure on a machine with neighbours; they slow down both alike, or mostly. What takes longer than
    `most` is tried again: a neighbour makes a try slower, none makes one quicker than it is.
    """

    def timed(deed: Callable[[], object], most: float = math.inf) -> float:
        least = math.inf
        for _ in range(TRIES):
            before_s = _counting_s()
            started_s = thread_time()
            deed()
            taken_s = thread_time() - started_s
            least = min(least, 2.0 * taken_s / (before_s + _counting_s()))
            if least < most:
                break
        return least

    return timed


def lane(lane_id: str, points: Sequence[tuple[float, float]], **more: Any) -> Lane:
    """Return a lane 3.5 m wide along a polyline."""
    centre = np.array(points, dtype=np.float64)
    along = np.gradient(centre, axis=0)
    left = np.stack((-along[:, 1], along[:, 0]), axis=-1) / np.hypot(*along.T)[:, None]
    half = 0.5 * more.pop("width", 3.5)
    about: dict[str, Any] = {"kind": LaneKind.DRIVING, "speed_limit_mps": LIMIT_MPS} | more
    return Lane(
        lane_id=lane_id, centre_xy_m=centre, left_xy_m=centre + half * left, right_xy_m=centre - half * left, **about
    )


def straight(start: tuple[float, float], end: tuple[float, float], points: int = 21) -> list[tuple[float, float]]:
    x, y = np.linspace(start[0], end[0], points), np.linspace(start[1], end[1], points)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def street() -> Road:
    """Return a street from x = 0 to 300: two lanes east (y = 0 and 3.5), in two sections, and one lane west (y = 7)."""
    return Road(
        name="street",
        lanes=(
            lane("right/a", straight((0, 0), (100, 0)), left_lane=1),
            lane("left/a", straight((0, 3.5), (100, 3.5)), right_lane=0),
            lane("right/b", straight((100, 0), (300, 0), 41), left_lane=3),
            lane("left/b", straight((100, 3.5), (300, 3.5), 41), right_lane=2),
            lane("west", straight((300, 7), (0, 7), 61)),
        ),
        successors=((2,), (3,), (), (), ()),
    )


def crossing(turn: str = "straight", light_group: int = 0) -> Road:
    """Return a road east with a junction from x = 100 to 120, a stop line at x = 98, and a road that crosses."""
    return Road(
        name="crossing",
        lanes=(
            lane("approach", straight((0, 0), (100, 0))),
            lane("through", straight((100, 0), (120, 0)), junction=0, light_group=light_group, turn=turn),
            lane("exit", straight((120, 0), (300, 0))),
            lane("south", straight((110, -60), (110, -10))),
            lane("across", straight((110, -10), (110, 10)), junction=0, turn="straight"),
            lane("north", straight((110, 10), (110, 60))),
        ),
        successors=((1,), (2,), (), (4,), (5,), ()),
        stop_lines=(StopLine(xy_m=np.array([[98.0, 1.75], [98.0, -1.75]]), lanes=(0,)),),
        num_junctions=1,
        num_light_groups=1,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody in a hand-made recording: a constant speed along a heading, from one step to another."""

    object_id: int
    x_m: float
    y_m: float = 0.0
    yaw_rad: float = 0.0
    speed_mps: float = 0.0
    road_user: RoadUser = RoadUser.CAR
    size_m: tuple[float, float] = (4.0, 2.0)
    first_step: int = 0
    last_step: int = 10_000


def tracks(users: Sequence[User], steps: int) -> Tracks:
    time_ns = STEP_NS * np.arange(steps, dtype=np.int64)
    if not users:
        return empty_tracks(time_ns)
    k = np.arange(steps)
    away = [0.1 * (k - user.first_step) * user.speed_mps for user in users]
    return Tracks(
        time_ns,
        np.array([user.object_id for user in users], dtype=np.int64),
        np.array([user.road_user for user in users], dtype=np.int64),
        np.array([user.size_m for user in users]),
        np.stack(
            [
                np.stack((u.x_m + np.cos(u.yaw_rad) * s, u.y_m + np.sin(u.yaw_rad) * s), axis=-1)
                for u, s in zip(users, away, strict=True)
            ]
        ),
        np.stack([np.full(steps, user.yaw_rad) for user in users]),
        np.stack([np.full(steps, user.speed_mps) for user in users]),
        np.stack([(k >= user.first_step) & (k <= user.last_step) for user in users]),
    )


def scenario(
    road: Road | None = None,
    *,
    users: Sequence[User] = (),
    start: tuple[float, float, float, float] = (10.0, 0.0, 0.0, 10.0),
    goal: tuple[float, float, float, float] = (200.0, 206.0, -2.0, 2.0),
    duration_s: float = 5.0,
    recorded_s: float | None = None,
    light: Light | None = None,
    ego_light: int = -1,
) -> Scenario:
    """Return a task; ``start`` is x, y, yaw, speed, ``goal`` x_min, x_max, y_min, y_max."""
    shown = np.zeros((0, 1)) if light is None else np.array([[light]])
    recorded = round(10 * (duration_s if recorded_s is None else recorded_s)) + 1
    return Scenario(
        scenario_id="by-hand",
        family="by-hand",
        road=road or street(),
        body=EgoBody(),
        start=EgoState(x_m=start[0], y_m=start[1], yaw_rad=start[2], speed_mps=start[3]),
        goal=Goal(x_min_m=goal[0], x_max_m=goal[1], y_min_m=goal[2], y_max_m=goal[3]),
        start_ns=0,
        stop_ns=round(duration_s * 10) * STEP_NS,
        background=tracks(users, recorded),
        lights=Lights(np.zeros(1, dtype=np.int64), shown.astype(np.int64)),
        ego_light=ego_light,
    )


def trace(task: Scenario, x_m: Any, *, y_m: Any = 0.0, yaw_rad: Any = 0.0, outcome: Any = "timeout") -> Trace:
    """Return what an ego did that was at these places every 0.1 s; speed and acceleration follow from them."""
    x = np.asarray(x_m, dtype=np.float64)
    y, yaw = (np.broadcast_to(np.asarray(v, dtype=np.float64), x.shape).copy() for v in (y_m, yaw_rad))
    speed = np.hypot(np.gradient(x, 0.1), np.gradient(y, 0.1))
    time_ns = STEP_NS * np.arange(x.size, dtype=np.int64)
    return Trace(
        scenario_id=task.scenario_id,
        planner="by-hand",
        outcome=outcome,
        time_ns=time_ns,
        xy_m=np.stack((x, y), axis=-1),
        yaw_rad=yaw,
        speed_mps=speed,
        accel_mps2=np.gradient(speed, 0.1),
        steer_rad=np.zeros_like(x),
        background=task.background.until(x.size - 1),
        lights=np.stack([task.lights.at(int(t)) for t in time_ns], axis=1),
        plan_ms=np.full(x.size - 1, 0.5),
    )


class StraightPlanner:
    """Drives on along its heading with a constant acceleration, whatever is there; remembers what it saw."""

    name = "straight"

    def __init__(self, accel_mps2: float = 0.0, change: Callable[[int, Plan], Any] | None = None) -> None:
        self.accel_mps2 = accel_mps2
        self.change = change
        self.scenes: list[Scene] = []

    def start(self, briefing: Briefing) -> None:
        self.scenes.clear()

    def plan(self, scene: Scene) -> Any:
        self.scenes.append(scene)
        ego, time_s = scene.ego, np.linspace(0.0, 5.0, 51)
        speed = np.maximum(0.0, ego.speed_mps + self.accel_mps2 * time_s)
        away = np.concatenate(([0.0], np.cumsum(0.05 * (speed[1:] + speed[:-1]))))
        plan = Plan(
            time_s=time_s,
            xy_m=np.stack((ego.x_m + away * np.cos(ego.yaw_rad), ego.y_m + away * np.sin(ego.yaw_rad)), axis=-1),
            yaw_rad=np.full(51, ego.yaw_rad),
            speed_mps=speed,
            accel_mps2=np.full(51, self.accel_mps2),
            decision=Decision(action="cruise", rule="straight", say=Localized("直行", "Straight on.", "Geradeaus.")),
        )
        return self.change(len(self.scenes) - 1, plan) if self.change else plan


class Wished:
    """A planner in a car in which somebody wishes something."""

    def __init__(self, planner: Planner, wish: DrivingWish) -> None:
        self._planner, self._wish = planner, wish

    @property
    def name(self) -> str:
        return self._planner.name

    def start(self, briefing: Briefing) -> None:
        self._planner.start(briefing)

    def plan(self, scene: Scene) -> Plan:
        return self._planner.plan(replace(scene, wish=self._wish))


@pytest.fixture
def by_hand() -> SimpleNamespace:
    """Give tests what they build streets, recordings, scenarios, traces and drivers with."""
    return SimpleNamespace(
        lane=lane,
        straight=straight,
        street=street,
        crossing=crossing,
        User=User,
        tracks=tracks,
        scenario=scenario,
        trace=trace,
        Planner=StraightPlanner,
        Wished=Wished,
    )
