"""How likely what was recorded is under many simulated futures: the composite of the sim agents' challenge.

For every agent and feature the values of all futures and steps make a histogram, and every recorded value is given its
probability there; a scene's likelihood is the geometric mean over its agents and steps. Whether somebody ever collides
or leaves the road is a yes or no for each agent and future.

Source: Montali et al. (2023), "The Waymo Open Sim Agents Challenge"; intervals and weights of its configuration of 2024
(kinematic 4 x 0.05, nearest 0.10, collision 0.25, time to collision 0.10, road edge 0.10, off-road 0.25).

What deviates from the official metric: scenes, classes and maps are others; the moment follows after 1.0 s instead of
1.1 s, and futures end where the recording does; distances between boxes that touch are -1 m whatever their depth; the
road's edge is a raster of 0.25 m around lanes and junctions made 0.3 m larger, counts for cars, trucks and buses only,
and only where the map is; objects that appear later are in no future.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.simulation.realism.agent_features import AgentFeatures

_SMOOTHING = 0.1
"""Added to the count of each interval."""
_SMOOTHING_YES = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One feature of the composite.

    Attributes:
        name: Field of :class:`AgentFeatures`.
        weight: In the composite.
        low: Where the first interval begins; values below count in it.
        high: Where the last one ends.
        count: Intervals; 0 for yes or no.
    """

    name: str
    weight: float
    low: float = 0.0
    high: float = 1.0
    count: int = 0


JUDGED = (
    Judged(name="speed_mps", weight=0.05, low=0.0, high=25.0, count=10),
    Judged(name="accel_mps2", weight=0.05, low=-12.0, high=12.0, count=11),
    Judged(name="turn_radps", weight=0.05, low=-0.628, high=0.628, count=11),
    Judged(name="turn_radps2", weight=0.05, low=-3.14, high=3.14, count=11),
    Judged(name="nearest_m", weight=0.10, low=-5.0, high=40.0, count=10),
    Judged(name="collides", weight=0.25),
    Judged(name="collision_s", weight=0.10, low=0.0, high=5.0, count=10),
    Judged(name="edge_m", weight=0.10, low=-20.0, high=40.0, count=10),
    Judged(name="leaves", weight=0.25),
)
KINDS = {
    "kinematic": ("speed_mps", "accel_mps2", "turn_radps", "turn_radps2"),
    "interactive": ("nearest_m", "collides", "collision_s"),
    "map": ("edge_m", "leaves"),
}


def likelihoods(recorded: AgentFeatures, simulated: AgentFeatures) -> dict[str, float]:
    """Return the likelihood of what was recorded under what was simulated, 0 to 1, by feature; NaN where unknown."""
    found = {}
    for one in JUDGED:
        log, sim = getattr(recorded, one.name), getattr(simulated, one.name)
        if one.count:
            found[one.name] = _of_values(log[0], sim, one)
        else:
            counts = recorded.is_vehicle if one.name == "leaves" else np.ones_like(recorded.is_vehicle)
            found[one.name] = _of_yes(log[0][counts], sim[:, counts])
    return found


def composite(by_feature: dict[str, float], names: tuple[str, ...] | None = None) -> float:
    """Return the weighted mean of likelihoods, of all features or some; those not known do not count."""
    chosen = [one for one in JUDGED if (names is None or one.name in names) and np.isfinite(by_feature[one.name])]
    weight = sum(one.weight for one in chosen)
    return sum(one.weight * by_feature[one.name] for one in chosen) / weight if weight else float("nan")


def min_ade_m(recorded_xy: FloatArray, valid: BoolArray, simulated_xy: FloatArray) -> float:
    """Return the mean displacement of everybody in the future that is nearest to what happened.

    Args:
        recorded_xy: (agents, steps, 2)
        valid: (agents, steps) whether the recording knows.
        simulated_xy: (rollouts, agents, steps, 2)
    """
    away = np.hypot(*np.moveaxis(simulated_xy - recorded_xy, -1, 0))
    known = valid.sum(axis=1)
    mean = np.where(valid, away, 0.0).sum(axis=2)[:, known > 0] / known[known > 0]
    return float(mean.mean(axis=1).min()) if mean.size else float("nan")


def _of_values(log: FloatArray, sim: FloatArray, one: Judged) -> float:
    """Return exp of the mean log likelihood of (agents, steps) under (rollouts, agents, steps)."""
    logs = []
    for agent in range(log.shape[0]):
        values, theirs = log[agent][np.isfinite(log[agent])], sim[:, agent][np.isfinite(sim[:, agent])]
        if not values.size or not theirs.size:
            continue
        counts = np.bincount(_interval(theirs, one), minlength=one.count) + _SMOOTHING
        logs.append(np.log(counts / counts.sum())[_interval(values, one)])
    return float(np.exp(np.concatenate(logs).mean())) if logs else float("nan")


def _of_yes(log: BoolArray, sim: BoolArray) -> float:
    if not log.size:
        return float("nan")
    yes = (sim.sum(axis=0) + _SMOOTHING_YES) / (sim.shape[0] + 2.0 * _SMOOTHING_YES)
    return float(np.exp(np.log(np.where(log, yes, 1.0 - yes)).mean()))


def _interval(values: FloatArray, one: Judged) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    share = (np.clip(values, one.low, one.high) - one.low) / (one.high - one.low)
    return np.minimum((share * one.count).astype(np.int64), one.count - 1)
