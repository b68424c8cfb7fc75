"""Where across the road the ego may want to be."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import FloatArray

_EDGE_M = 0.25
_BEHIND_M, _AHEAD_M, _AHEAD_S = 5, 10, 1.5
_ALIKE_M = 0.2
_NUDGES_M = (0.35, -0.35, 0.8, -0.8)
_STEP_M = 1.1
_MOST_M = 5.5
_QUICK_M, _QUICK_S, _CALM_M, _CALM_S = 4.5, 0.55, 8.0, 1.2
_TIGHT_M = 1.6
"""As tightly as the wheels turn, at walking pace."""
_NEAR_GOAL_M, _SEES_GOAL_M = 25.0, 140.0


def lateral_targets(
    beside_m: FloatArray,
    goal: FloatArray,
    body: EgoBody,
    s_m: float,
    speed_mps: float,
    shift_m: float,
    before_m: float,
    *,
    is_tight: bool,
) -> FloatArray:
    """Return (paths, 2) offsets from the route's line to go to, and over which distances, in m.

    The middle, where the ego was going, where it is, a little beside that, and an even raster over the lanes that run
    its way; each calmly, and quickly too if it is far.

    Args:
        beside_m: (points, 2) room to the right and left of the route's line at every metre.
        goal: (7,) the goal, see ``own_costs``: where on the line it is and how far beside that one may be there.
        body: The ego's size.
        s_m: Where on the route's line the ego is.
        speed_mps: Faster egos take more room.
        shift_m: Where beside the line it is now, left positive.
        before_m: Where it was going.
        is_tight: Whether there is something to swing round close ahead.
    """
    near = slice(max(0, int(s_m) - _BEHIND_M), max(1, int(s_m + _AHEAD_M + _AHEAD_S * speed_mps)))
    room = beside_m[near]
    edge_m = 0.5 * body.width_m + _EDGE_M
    right_m, left_m = np.minimum(np.maximum(room.min(axis=0) - edge_m, 0.0), _MOST_M).tolist() if room.size else (0, 0)
    if s_m > goal[4] - _NEAR_GOAL_M:
        right_m, left_m = min(right_m, 0.8), min(left_m, 0.8)
    low_m, high_m = min(-right_m, shift_m), max(left_m, shift_m)
    raster = np.concatenate((np.arange(0.0, left_m, _STEP_M), [left_m], -np.arange(0.0, right_m, _STEP_M), [-right_m]))
    # who has somebody beside them has to know how little to the side would do; of a narrow goal the middle will
    is_near = s_m > goal[4] - _SEES_GOAL_M
    within = [side_m for side_m in goal[5:7].tolist() if is_near and abs(side_m) >= _STEP_M]
    wanted = [0.0, *within, before_m, shift_m, *(shift_m + nudge_m for nudge_m in _NUDGES_M), *raster.tolist()]
    chosen: list[float] = []
    for target_m in wanted:
        if low_m <= target_m <= high_m and all(abs(target_m - other_m) > _ALIKE_M for other_m in chosen):
            chosen.append(target_m)
    calm_m, quick_m = max(_CALM_M, _CALM_S * speed_mps), max(_TIGHT_M if is_tight else _QUICK_M, _QUICK_S * speed_mps)
    rows = [(target_m, calm_m) for target_m in chosen]
    rows += [(target_m, quick_m) for target_m in chosen if abs(target_m - shift_m) > 0.3]
    return np.array(rows, dtype=np.float64)
