"""Which of a SinD record's lights lets whom go: the maps do not say it, or not by the names of the log.

The places of the lights are those of the pictures that come with the maps, in Tianjin those of the map's traffic
lights. In Changchun and Xi'an the pedestrians agree: those who walk along a street within the junction do so mostly
(three times in four, and nearly always) while the light that is taken for this street is green.
"""

from __future__ import annotations

import math
from dataclasses import replace

from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import RecordingError
from zhixing.formats.lanelet2_rules import movements

_ARMS = ("east", "north", "west", "south")
"""As the axes of the map point: x to the east, y to the north."""
_LIGHTS = {
    "tianjin": {"south": "8", "north": "4", "west": "6", "east": "2"},
    "chongqing": {"south": "vehicle 1", "west": "vehicle 2", "north": "vehicle 3", "east": "vehicle 4"},
    "changchun": {"south": "vehicle 1", "north": "vehicle 1", "west": "vehicle 2", "east": "vehicle 2"},
    "xian": {"south": "1", "north": "1", "west": "2", "east": "2"},
}
"""For each city the light of those who come from an arm."""
_WALKS = {
    "tianjin": {"south": "6", "north": "2", "west": "8", "east": "4"},
    "chongqing": {"south": "pedestrian 1", "west": "pedestrian 2", "north": "pedestrian 3", "east": "pedestrian 4"},
    "changchun": {"south": "vehicle 2", "north": "vehicle 2", "west": "vehicle 1", "east": "vehicle 1"},
    "xian": {"south": "2", "north": "2", "west": "1", "east": "1"},
}
"""For each city the light of those who walk over an arm; where they have none of their own, that of the street."""


def city_in(name: str) -> str:
    """Return the city that a folder or file is named after, or nothing.

    Example:
        >>> city_in("Xi'an_412_m1"), city_in("Paris")
        ('xian', '')
    """
    plain = "".join(letter for letter in name.lower() if letter.isalpha())
    return next((city for city in _LIGHTS if plain.startswith(city)), "")


def with_lights(road: Road, city: str, names: tuple[str, ...]) -> Road:
    """Return the road with the lights of a log as its light groups, in the order of the log.

    Right turns have none: they may go at red, giving way (Regulation on the Implementation of the Road Traffic Safety
    Law, article 38).

    Args:
        road: Of the city, in the frame of its map.
        city: See :func:`city_in`; nothing for a place that is not known, whose lights bind nobody.
        names: See :class:`zhixing.formats.sind_lights.LightLog`.

    Raises:
        RecordingError: The log lacks a light of the city.
    """
    row = {name: k for k, name in enumerate(names)}
    group: dict[int, int] = {}
    if city:
        missing = {*_LIGHTS[city].values(), *_WALKS[city].values()} - set(names)
        if missing:
            raise RecordingError(
                f"the log of the lights in {city} lacks {', '.join(sorted(missing))}",
                hint="Give the log of this place.",
            )
        for line in road.stop_lines:
            for k in movements(set(line.lanes), list(road.lanes), road.successors):
                if road.lanes[k].turn != "right":
                    along = road.lanes[line.lanes[0]].centre_xy_m
                    group[k] = row[_LIGHTS[city][_arm(along[0] - along[-1])]]
        middle = _middle(road)
        for k, lane in enumerate(road.lanes):
            if lane.kind == LaneKind.CROSSING:
                group[k] = row[_WALKS[city][_arm(lane.centre_xy_m.mean(axis=0) - middle)]]
    lanes = tuple(replace(lane, light_group=group.get(k, NO_LIGHT)) for k, lane in enumerate(road.lanes))
    return replace(road, lanes=lanes, num_light_groups=len(names))


def _middle(road: Road) -> FloatArray:
    """Return the middle of the stop lines."""
    points = [line.xy_m.mean(axis=0) for line in road.stop_lines] or [road.lanes[0].centre_xy_m[0]]
    middle: FloatArray = sum(points, 0.0 * points[0]) / len(points)
    return middle


def _arm(way: FloatArray) -> str:
    return _ARMS[round(math.atan2(way[1], way[0]) / (0.5 * math.pi)) % 4]
