"""The map as a screen draws it: rounded to centimetres, without what only a driver needs."""

from __future__ import annotations

from typing import Any

from zhixing.datatypes.road import NO_LIGHT, Road
from zhixing.datatypes.shapes import FloatArray


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
                "junction": lane.junction >= 0,
                "turn": lane.turn,
                "group": lane.light_group,
                "left_lane": lane.left_lane,
                "right_lane": lane.right_lane,
            }
            for lane in road.lanes
        ],
        "stop_lines": [
            {
                "xy": _rounded(line.xy_m),
                "groups": sorted(
                    {
                        road.lanes[following].light_group
                        for lane in line.lanes
                        for following in road.successors[lane]
                        if road.lanes[following].light_group != NO_LIGHT
                    }
                ),
            }
            for line in road.stop_lines
        ],
    }


def _rounded(xy_m: FloatArray) -> list[list[float]]:
    rounded: list[list[float]] = xy_m.round(2).tolist()
    return rounded
