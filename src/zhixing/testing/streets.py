"""A hand-made street for exams that need no data."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.road import Lane, Road, lane_along
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal

_LANE_WIDTH_M = 3.5


def street() -> Road:
    """Return a straight street from x = 0 to 300 m with two lanes east (y = 0 and 3.5 m), limit 15 m/s."""
    return Road(
        name="street",
        lanes=(_lane("right", 0.0, left_lane=1), _lane("left", _LANE_WIDTH_M, right_lane=0)),
        successors=((), ()),
    )


def briefing_on(road: Road, start: EgoState, *, goal_x_m: float) -> Briefing:
    """Return the task to go to a goal 4 m square on the right lane of the street."""
    goal = Goal(x_min_m=goal_x_m - 2.0, x_max_m=goal_x_m + 2.0, y_min_m=-2.0, y_max_m=2.0)
    return Briefing(road=road, body=EgoBody(), start=start, goal=goal)


def _lane(lane_id: str, y_m: float, *, left_lane: int = -1, right_lane: int = -1) -> Lane:
    x_m = np.linspace(0.0, 300.0, 61)
    centre = np.stack((x_m, np.full_like(x_m, y_m)), axis=-1)
    return lane_along(lane_id, centre, _LANE_WIDTH_M, 15.0, left_lane=left_lane, right_lane=right_lane)
