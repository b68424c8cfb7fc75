"""The traffic lights of a CommonRoad file: which lanes they let traffic into, and what they show.

Source: CommonRoad XML format 2020a. A light stands at the end of the lanelets that refer to it and repeats its cycle
from its offset on.
"""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import NO_LIGHT, Road
from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import ScenarioError
from zhixing.formats.turning import turn_along
from zhixing.formats.xml_files import text_number

_COLOURS = {
    "red": Light.RED,
    "redYellow": Light.RED,  # one still has to wait
    "yellow": Light.YELLOW,
    "green": Light.GREEN,
    "inactive": Light.OFF,
}
_DIRECTIONS = {
    "right": {"right"},
    "straight": {"straight"},
    "left": {"left", "u-turn"},
    "leftStraight": {"left", "straight", "u-turn"},
    "straightRight": {"straight", "right"},
    "leftRight": {"left", "right", "u-turn"},
}
_ALL = {"left", "straight", "right", "u-turn"}
_MAX_STATES = 10_000_000


def read_lights(root: Element, road: Road, index: dict[str, int], step_s: float, last_step: int) -> tuple[Road, Lights]:
    """Return the road with the light group of each lane, and what each group shows from step 0 on.

    Args:
        root: The file.
        road: Without lights.
        index: Of the lane of each lanelet, by the lanelet's id.
        step_s: Length of a time step of the file.
        last_step: Of interest.

    Raises:
        ScenarioError: A cycle has an unknown colour or a duration that is none.
    """
    lights = root.findall("trafficLight")
    if len(lights) * (last_step + 1) > _MAX_STATES:
        raise ScenarioError(f"{len(lights):,} lights over {last_step:,} steps are too many", hint="Cut the scenario.")
    shown = np.zeros((len(lights), last_step + 1), dtype=np.int64)
    for row, light in enumerate(lights):
        shown[row] = _shown(light, last_step)
    changes = np.flatnonzero(np.concatenate(([True], (shown[:, 1:] != shown[:, :-1]).any(axis=0))))
    time_ns = np.array([ns_from_s(step * step_s) for step in changes.tolist()], dtype=np.int64)
    group = _groups(root, lights, road, index)
    lanes = tuple(replace(lane, light_group=group.get(k, NO_LIGHT)) for k, lane in enumerate(road.lanes))
    return replace(road, lanes=lanes, num_light_groups=len(lights)), Lights(time_ns, shown[:, changes].copy())


def _shown(light: Element, last_step: int) -> IntArray:
    """Return (steps,) what a light shows."""
    elements = light.findall("cycle/cycleElement")
    if not elements or (light.findtext("active") or "true").strip() == "false":
        return np.full(last_step + 1, int(Light.OFF), dtype=np.int64)
    durations = [round(text_number(element, "duration", ScenarioError)) for element in elements]
    names = [(element.findtext("color") or "").strip() for element in elements]
    if any(duration <= 0 for duration in durations) or any(name not in _COLOURS for name in names):
        raise ScenarioError(
            f"the cycle of traffic light {light.get('id', '?')[:40]} has a duration below 1 or an unknown colour",
            hint=f"Colours are {', '.join(_COLOURS)}.",
        )
    offset = round(text_number(light, "cycle/timeOffset", ScenarioError, default=0.0))
    ends = np.cumsum(durations)
    since = (np.arange(last_step + 1) - offset) % ends[-1]
    colours = np.array([int(_COLOURS[name]) for name in names], dtype=np.int64)
    found: IntArray = colours[np.searchsorted(ends, since, side="right")]
    return found


def _groups(root: Element, lights: list[Element], road: Road, index: dict[str, int]) -> dict[int, int]:
    """Return the light of each lane that has one: of those at its approach the one for the fewest directions."""
    row_by_id = {light.get("id", ""): row for row, light in enumerate(lights)}
    ways = [_DIRECTIONS.get((light.findtext("direction") or "all").strip(), _ALL) for light in lights]
    found: dict[int, int] = {}
    for lanelet in root.iterfind("lanelet"):
        refs = [ref.get("ref", "") for ref in lanelet.iterfind("trafficLightRef")]
        rows = sorted((row_by_id[ref] for ref in refs if ref in row_by_id), key=lambda row: (len(ways[row]), row))
        for following in road.successors[index[lanelet.get("id", "")]]:
            turn = road.lanes[following].turn or turn_along(road.lanes[following].centre_xy_m)
            row = next((row for row in rows if turn in ways[row]), None)
            if row is not None:
                found.setdefault(following, row)
    return found
