"""Counting what a recording says of the traffic that a simulation shall resemble."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.traffic_facts import Movement, TrafficFacts, TrafficMix, Violation
from zhixing.errors import ShapeError

_LIT = [Movement.STRAIGHT, Movement.LEFT]


def count_traffic(facts: TrafficFacts) -> TrafficMix:
    """Return the shares, sizes, turns and red-light runners of each class that occurs.

    Raises:
        ShapeError: There is nobody.

    Example:
        >>> from zhixing.datatypes.tracks import RoadUser
        >>> bikes = TrafficFacts(
        ...     object_id=np.array([1, 2]),
        ...     road_user=np.array([RoadUser.EBIKE, RoadUser.EBIKE]),
        ...     size_m=np.array([[1.6, 0.7], [1.8, 0.7]]),
        ...     movement=np.array([Movement.STRAIGHT, Movement.STRAIGHT]),
        ...     violation=np.array([Violation.RED, Violation.NONE]),
        ...     present_ns=np.zeros((2, 2), dtype=np.int64),
        ... )
        >>> count_traffic(bikes).red_share[0].tolist()
        [0.5, nan, nan, nan]
    """
    if not facts.road_user.size:
        raise ShapeError("there is nobody to count", hint="Give the facts of a recording with road users.")
    classes, row, count = np.unique(facts.road_user, return_inverse=True, return_counts=True)
    turns = np.zeros((classes.size, len(Movement)))
    np.add.at(turns, (row, facts.movement), 1.0)
    runners = np.zeros_like(turns)
    np.add.at(runners, (row, facts.movement), (facts.violation == Violation.RED).astype(np.float64))
    red_share = np.full_like(turns, np.nan)
    red_share[:, _LIT] = np.divide(runners, turns, out=np.full_like(turns, np.nan), where=turns > 0.0)[:, _LIT]
    sizes = [_mean_and_std(facts.size_m[row == k]) for k in range(classes.size)]
    return TrafficMix(
        road_user=classes,
        count=count.astype(np.int64),
        share=count / facts.road_user.size,
        size_mean_m=np.stack([mean for mean, _ in sizes]),
        size_std_m=np.stack([std for _, std in sizes]),
        turn_share=turns / count[:, None],
        red_share=red_share,
    )


def _mean_and_std(size_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = size_m[np.isfinite(size_m).all(axis=1)]
    if not known.size:
        return np.full(2, np.nan), np.full(2, np.nan)
    return known.mean(axis=0), known.std(axis=0)
