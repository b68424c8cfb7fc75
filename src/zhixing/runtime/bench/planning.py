"""How long planners think in the built-in city, beside each other on the same core."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from zhixing.driving.asking import ask, brief, follow_or_brake
from zhixing.driving.idm import IdmPlanner
from zhixing.driving.interfaces import Planner
from zhixing.driving.pdm import PdmPlanner
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.driving.sampling.surroundings import MOST_USERS
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.world import STEP_S

_USERS_IN_CITY = 280
"""So many that 64, the most that the planner looks at, are within its sight in part of the cycles."""
_WARM_UP, _CYCLES, _RUNS = 60, 600, 3
_SEED = 1


def planning() -> list[Measure]:
    """Measure planning cycles of the planner and its peers: prediction, candidates, scoring and choice, one core.

    The same cycles are driven several times: the quickest time of each is what the planner takes, the rest of the tail
    is what else the machine does.
    """
    sampling = SamplingPlanner()
    runs = [_cycles(sampling, sampling) for _ in range(_RUNS)]
    _, seen, candidates = runs[0]
    times_ms = [time_ms for times, _, _ in runs for time_ms in times]
    quickest_ms = [min(times) for times in zip(*(times for times, _, _ in runs), strict=True)]
    measures = [
        Measure(name="sampling planner, candidates a cycle, least", value=float(min(candidates)), unit="candidates",
                target=1000.0, more_is_better=True),
        Measure(name="sampling planner, road users a cycle, median", value=float(median(seen)), unit="road users"),
    ]  # fmt: skip
    name = f"sampling planner, one cycle, {{}} of {_CYCLES}"
    measures += median_and_p99(f"{name}, {_RUNS} times", times_ms, p99_target=10.0)
    measures += median_and_p99(f"{name}, the quickest of {_RUNS}", quickest_ms)
    crowded_ms = [
        time_ms for times, users, _ in runs for time_ms, user in zip(times, users, strict=True) if user == MOST_USERS
    ]
    if crowded_ms:
        name = f"sampling planner, one cycle, {{}} of {len(crowded_ms)} with {MOST_USERS} road users"
        measures += median_and_p99(name, crowded_ms, p99_target=10.0)
    for planner in (PdmPlanner(), IdmPlanner()):
        measures += median_and_p99(f"{planner.name}, one cycle, {{}} of {_CYCLES}", _cycles(planner)[0])
    return measures


def _cycles(planner: Planner, counts: SamplingPlanner | None = None) -> tuple[list[float], list[int], list[int]]:
    """Drive through the city; return times in milliseconds, road users looked at and candidates of each cycle."""
    world = CityWorld(seed=_SEED, num_users=_USERS_IN_CITY)
    briefing = world.briefing()
    brief(planner, briefing)
    times_ms: list[float] = []
    seen: list[int] = []
    candidates: list[int] = []
    for cycle in range(_WARM_UP + _CYCLES):
        scene = world.scene()
        if briefing.goal.is_reached(scene.ego, scene.time_ns) or world.needs_briefing():
            briefing = world.briefing()
            brief(planner, briefing)
        started = perf_counter()
        plan = ask(planner, scene)
        took_ms = (perf_counter() - started) * 1e3
        if cycle >= _WARM_UP:
            times_ms.append(took_ms)
            if counts is not None:
                seen.append(counts.num_users)
                candidates.append(counts.num_candidates)
        world.step(follow_or_brake(plan, scene.ego, world.body, STEP_S))
    return times_ms, seen, candidates
