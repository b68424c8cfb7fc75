"""Sim agents on recorded scenes, beside others, and what they do beside what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from zhixing.runtime.driving_tasks import find_tasks, read_scenario
from zhixing.simulation.realism.agent_features import features_of
from zhixing.simulation.realism.agent_scene import (
    AgentRollouts,
    AgentScene,
    as_recorded,
    constant_velocity,
    path_followers,
    scene_of,
    tracks_of,
)
from zhixing.simulation.realism.agent_score import KINDS, composite, likelihoods, min_ade_m
from zhixing.simulation.realism.agent_world import simulate
from zhixing.simulation.realism.crossing import lags_s
from zhixing.simulation.realism.quantities import Samples, sample

ROLLOUTS = 32
_NOW, _STEPS = 10, 80
_SAMPLED = 4
_SETTLED = 20
"""Steps after which what the agents do is compared: before, they do what they did."""
_WHO: dict[str, Callable[[AgentScene], AgentRollouts]] = {
    "Zhixing's traffic": lambda scene: simulate(scene, ROLLOUTS, 1),
    "constant velocity": constant_velocity,
    "recorded paths, reactive": path_followers,
    "the recording itself": as_recorded,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsRow:
    """How realistic somebody's sim agents are in one family of scenes.

    Attributes:
        family: Of the scenes.
        who: Moves the agents.
        scenes: How many.
        kinematic: Likelihood of these features, 0 to 1; so are the next three.
        interactive: Likelihood.
        map_based: Likelihood.
        composite: All of them.
        min_ade_m: Mean displacement of the nearest future.
        touches: Share of agents that touch somebody.
        leaves: Share of vehicles that leave the road.
    """

    family: str
    who: str
    scenes: int
    kinematic: float
    interactive: float
    map_based: float
    composite: float
    min_ade_m: float
    touches: float
    leaves: float


@dataclass(slots=True)
class AgentsReport:
    """What became of the scenes.

    Attributes:
        rows: By family and who.
        recorded: What was done in these scenes.
        simulated: What Zhixing's traffic does in them.
    """

    rows: list[AgentsRow] = field(default_factory=list)
    recorded: Samples = field(default_factory=Samples)
    simulated: Samples = field(default_factory=Samples)


def half_of(things: Sequence[Path], *, is_held_out: bool) -> Sequence[Path]:
    """Return the second half of a sorted list, which nothing was calibrated on, or the first."""
    middle = len(things) // 2
    return things[middle:] if is_held_out else things[:middle]


def run_agents(folder: Path, *, is_held_out: bool = True) -> AgentsReport:
    """Simulate the scenes of every family of tasks in a folder.

    Args:
        folder: Holds families of OpenSCENARIO tasks.
        is_held_out: The second half of each family, by name, or the first.

    Raises:
        ScenarioError: No task is there, or one cannot be read.
        MapError: A map cannot be read.
    """
    report, families = AgentsReport(), dict[str, list[Path]]()
    for task in find_tasks([folder]):
        families.setdefault(task.parent.name, []).append(task)
    for family, tasks in families.items():
        scores: dict[str, list[tuple[float, ...]]] = {who: [] for who in _WHO}
        for task in half_of(tasks, is_held_out=is_held_out):
            scenario = read_scenario(task)
            steps = min(_STEPS, scenario.background.num_steps - 1 - _NOW)
            scene = scene_of(scenario.road, scenario.background, scenario.lights, _NOW, steps)
            if not scene.tracks.num_objects or steps < _SETTLED:
                continue
            for who, row in _judge(scene, report).items():
                scores[who].append(row)
        for who, rows in scores.items():
            if rows:
                means = np.nanmean(np.array(rows), axis=0).tolist()
                report.rows.append(AgentsRow(family=family, who=who, scenes=len(rows), **_named(means)))
    return report


def _named(means: list[float]) -> dict[str, float]:
    names = ("kinematic", "interactive", "map_based", "composite", "min_ade_m", "touches", "leaves")
    return dict(zip(names, means, strict=True))


def _judge(scene: AgentScene, report: AgentsReport) -> dict[str, tuple[float, ...]]:
    t = scene.tracks
    recorded = features_of(as_recorded(scene), t, scene.road)
    report.recorded.join([sample(t, scene.road, first_step=_SETTLED)])
    report.recorded.add("lag_s", "pedestrian", lags_s(t))
    found = {}
    for who, move in _WHO.items():
        rollouts = move(scene)
        features = features_of(rollouts, t, scene.road)
        likely = likelihoods(recorded, features)
        vehicles = features.leaves[:, features.is_vehicle]
        found[who] = (
            *(composite(likely, names) for names in KINDS.values()),
            composite(likely),
            min_ade_m(t.xy_m, t.valid, rollouts.xy_m),
            float(features.collides.mean()),
            float(vehicles.mean()) if vehicles.size else float("nan"),
        )
        if move is _WHO["Zhixing's traffic"]:
            for future in range(_SAMPLED):
                now = tracks_of(rollouts, scene, future)
                now.valid.setflags(write=True)
                now.valid[:] &= t.valid  # compared is only when the recording knows
                now.valid.setflags(write=False)
                report.simulated.join([sample(now, scene.road, first_step=_SETTLED)])
                report.simulated.add("lag_s", "pedestrian", lags_s(now))
    return found
