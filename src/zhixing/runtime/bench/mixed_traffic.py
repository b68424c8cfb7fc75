"""How a driver gets on in the mixed traffic of the built-in city, from one seed after the other.

Every seed is another city with other lights and other people in it: cars, buses, e-bikes and bicycles that keep to no
lane and run lights at the recorded rates, and pedestrians, all of which react to the ego.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.planners import make_planner
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig
from zhixing.simulation.world import STEP_S

SEEDS = 1000
_SCENE_S = 20.0
_USERS = 60
_JOBS = 2
_PEER = "idm"


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneResult:
    """What became of one scene.

    Attributes:
        distance_m: Driven.
        events: What went wrong, by kind, see ``CityWorld``.
    """

    distance_m: float
    events: dict[str, int]

    @property
    def survives(self) -> bool:
        """Whether the driver neither ran into somebody nor left the road."""
        return not self.events.get("collision") and not self.events.get("off-road")


def mixed_traffic(planner_name: str, seeds: int = SEEDS, jobs: int = _JOBS) -> list[Measure]:
    """Measure collisions and progress of a planner, with the checker behind it, beside the simplest driver's.

    Args:
        planner_name: Registered name.
        seeds: How many scenes.
        jobs: Processes.
    """
    make_planner(planner_name)  # a wrong name is told at once
    measures, results = [], {}
    for name in dict.fromkeys((planner_name, _PEER)):
        results[name] = drive_scenes(name, range(1, seeds + 1), jobs)
        events: Counter[str] = Counter()
        for result in results[name]:
            events.update(result.events)
        measures += [
            Measure(
                name=f"{name}, collisions at fault in {seeds} scenes of {_SCENE_S:.0f} s",
                value=float(events["collision"]),
                unit="collisions",
                target=0.0,
            ),
            Measure(name=f"{name}, hit without fault", value=float(events["hit-without-fault"]), unit="times"),
            Measure(name=f"{name}, off the road", value=float(events["off-road"]), unit="times", target=0.0),
            Measure(name=f"{name}, driven", value=sum(r.distance_m for r in results[name]) / 1000.0, unit="km"),
        ]
    pairs = [(a, b) for a, b in zip(results[planner_name], results[_PEER], strict=True) if b.survives]
    ratio = sum(a.distance_m for a, _ in pairs) / max(sum(b.distance_m for _, b in pairs), 1e-9)
    measures.append(
        Measure(
            name=f"{planner_name}, progress against {_PEER} in the {len(pairs)} scenes that {_PEER} survives",
            value=ratio, unit="", target=0.85, more_is_better=True,
        )
    )  # fmt: skip
    return measures


def drive_scenes(planner_name: str, seeds: Iterable[int], jobs: int) -> list[SceneResult]:
    """Return what became of the scenes of some seeds, in their order; the same whatever the number of processes."""
    if jobs == 1:
        return [drive_scene(planner_name, seed) for seed in seeds]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(drive_scene, *zip(*((planner_name, seed) for seed in seeds), strict=True), chunksize=5))


def drive_scene(planner_name: str, seed: int) -> SceneResult:
    """Drive one scene."""
    ride = Ride(CityConfig(seed=seed, num_users=_USERS), planner_name, SafetyChecker())
    distance_m = 0.0
    for _ in range(round(_SCENE_S / STEP_S)):
        ride.step()
        distance_m += ride.scene.ego.speed_mps * STEP_S
    return SceneResult(distance_m=distance_m, events=ride.world.event_counts())
