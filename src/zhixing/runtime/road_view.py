"""The map as a screen draws it: rounded to centimetres, without what only a driver needs."""

from __future__ import annotations

from typing import Any

from zhixing.datatypes.road import NO_LIGHT, Road, StopLine
from zhixing.datatypes.shapes import FloatArray

_FROM_LEFT = {"u-turn": 0, "left": 0, "straight": 1, "right": 2}


def road_message(road: Road) -> dict[str, Any]:
    """Return the wire's ``road`` message."""
    return {
        "type": "road",
        "name": road.name,
        "lanes": [
            {
                "kind": lane.kind.name.lower(),
                "left": _rounded(lane.left_xy_m),
                "right": _rounded(lane.right_xy_m),
                "junction": lane.junction,
                "turn": lane.turn,
                "group": lane.light_group,
                "left_lane": lane.left_lane,
                "right_lane": lane.right_lane,
            }
            for lane in road.lanes
        ],
        "stop_lines": [_stop_line(road, line) for line in road.stop_lines],
    }


def _stop_line(road: Road, line: StopLine) -> dict[str, Any]:
    """Return a stop line with the lights of the movements behind it, from left to right.

    The light of who has to wait in a waiting area stands with the others before the junction, none at its own line.
    """
    ends_within = {lane for one in road.stop_lines for lane in one.lanes if road.lanes[lane].junction >= 0}
    movements = [
        road.lanes[road.successors[following][0] if following in ends_within else following]
        for lane in line.lanes
        if lane not in ends_within
        for following in road.successors[lane]
    ]
    lit = sorted((m for m in movements if m.light_group != NO_LIGHT), key=lambda m: _FROM_LEFT.get(m.turn, 1))
    return {
        "xy": _rounded(line.xy_m),
        "groups": list(dict.fromkeys(m.light_group for m in lit)),
    }


def _rounded(xy_m: FloatArray) -> list[list[float]]:
    rounded: list[list[float]] = xy_m.round(2).tolist()
    return rounded
