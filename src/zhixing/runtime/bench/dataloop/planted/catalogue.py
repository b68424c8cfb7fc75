"""A maker of scenes for every measure, and the figures over all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

from zhixing.runtime.bench.dataloop.planted.conflicts import CONFLICTS
from zhixing.runtime.bench.dataloop.planted.junctions import JUNCTIONS
from zhixing.runtime.bench.dataloop.planted.lane_pairs import LANE_PAIRS
from zhixing.runtime.bench.dataloop.planted.margins import MARGINS
from zhixing.runtime.bench.dataloop.planted.on_road import ON_ROAD
from zhixing.runtime.bench.dataloop.planted.one_user import ONE_USER
from zhixing.runtime.bench.dataloop.planted.scenes import Sower
from zhixing.runtime.bench.dataloop.planted.scoring import Finder, Score, find_quickly, planted_scenes, score
from zhixing.runtime.bench.dataloop.planted.threats import THREATS
from zhixing.runtime.bench.dataloop.planted.two_users import TWO_USERS
from zhixing.runtime.bench.measure import Measure

SOWERS: MappingProxyType[str, Sower] = MappingProxyType(
    {**ONE_USER, **TWO_USERS, **CONFLICTS, **THREATS, **MARGINS, **ON_ROAD, **LANE_PAIRS, **JUNCTIONS}
)
"""Who makes the scenes for which measure."""
_SCENES, _TARGET = 40, 0.98


def score_all(scenes: int, find: Finder = find_quickly) -> dict[str, Score]:
    """Return how an engine does at each predicate, over so many scenes of each."""
    return {name: score(planted_scenes(name, sower, scenes), find) for name, sower in SOWERS.items()}


def measure_planted(scenes: int = _SCENES) -> list[Measure]:
    """Measure recall and precision of every predicate over planted events, and say which are the worst.

    Args:
        scenes: How many there are for each predicate.
    """
    scores = score_all(scenes)
    what = f"planted events, {len(scores)} predicates, {scenes} scenes each"
    whole = [one for one in scores.values() if one.recall == one.precision == 1.0]
    return [
        _least(scores, f"{what}: least recall", lambda one: one.recall, _TARGET),
        _least(scores, f"{what}: least precision", lambda one: one.precision, _TARGET),
        _least(scores, f"{what}: least mean overlap", lambda one: one.mean_fit),
        Measure(name=f"{what}: predicates without a mistake", value=float(len(whole)), unit=""),
        Measure(name=f"{what}: events", value=float(sum(one.planted for one in scores.values())), unit=""),
    ]


def _least(scores: dict[str, Score], what: str, of: Callable[[Score], float], target: float = math.nan) -> Measure:
    """Return the least of some shares, and of which predicate it is unless nothing is wrong with any."""
    worst = min(scores, key=lambda name: of(scores[name]))
    share = of(scores[worst])
    name = what if share == 1.0 else f"{what} ({worst})"
    return Measure(name=name, value=share, unit="", target=target, more_is_better=True)
