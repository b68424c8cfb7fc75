"""Lanelets as lanes: who may use them, how fast, what continues them and what lies beside them.

Source: Lanelet2 documentation, "Lanelet and area tagging", "Regulatory element tagging"; participants that a subtype
stands for are overridden by ``participant:*`` tags.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import numpy as np

from zhixing.datatypes.frames import wrap_rad
from zhixing.datatypes.road import NO_LANE, Lane, LaneKind
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.units import mps_from_kmh, mps_from_mph
from zhixing.errors import MapError
from zhixing.formats.lanelet2_bounds import bound_length_m, num_sections, oriented, sections
from zhixing.formats.osm_files import OsmMap, OsmRelation, OsmWay

_MAX_LANES = 20_000
_MAX_POINTS = 200_000
_TOUCH_M = 0.3
"""In maps drawn by hand the end of a lanelet and the beginning of the next are not always the same nodes."""
_TOUCH_RAD = math.radians(45.0)

_KINDS = {
    "bicycle_lane": LaneKind.BIKING,
    "walkway": LaneKind.SIDEWALK,
    "shared_walkway": LaneKind.SIDEWALK,
    "pedestrian_lane": LaneKind.SIDEWALK,
    "stairs": LaneKind.SIDEWALK,
    "crosswalk": LaneKind.CROSSING,
    "bus_lane": LaneKind.OTHER,
    "emergency_lane": LaneKind.OTHER,
    "road_shoulder": LaneKind.OTHER,
}
"""Subtypes of lanelets that cars do not use; all others, also those that Lanelet2 does not know, are for cars."""
_ON_FOOT = frozenset({LaneKind.SIDEWALK, LaneKind.CROSSING})
_LIMIT = re.compile(r"(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>km/?h|kmh|kph|mph|m/s|mps)?", re.IGNORECASE)
_SIGN = re.compile(r"[a-z]{2}\d[\d.]*-(?P<value>\d+(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Lanelet:
    """A lanelet of the file.

    Attributes:
        relation: As it stands there.
        left_ids: The nodes of its left bound in the direction of travel.
        right_ids: Of its right bound.
        lane: Without what it needs the others for.
    """

    relation: OsmRelation
    left_ids: tuple[str, ...]
    right_ids: tuple[str, ...]
    lane: Lane


def read_lanelets(osm: OsmMap) -> list[Lanelet]:
    """Return the lanelets of a file.

    Raises:
        MapError: A lanelet has not one left and one right bound of two points, no length or no width, a speed limit
            that is none, or there is nothing to drive on, or too much.
    """
    relations = [relation for relation in osm.relations.values() if relation.tags.get("type") == "lanelet"]
    bounds = [tuple(_bound(osm, relation, side) for side in ("left", "right")) for relation in relations]
    lengths_m = [max(bound_length_m(way) for way in pair) for pair in bounds]
    total_m = sum(lengths_m)
    num_points = sum(map(num_sections, lengths_m)) if total_m <= _MAX_POINTS else math.inf
    if len(relations) > _MAX_LANES or not num_points <= _MAX_POINTS:
        raise MapError(
            f"{osm.name} has {len(relations):,} lanelets, {total_m / 1e3:,.0f} km long",
            hint=f"Cut out at most {_MAX_LANES:,} lanelets and {_MAX_POINTS / 1e3:,.0f} km.",
        )
    limits_mps = _signed_limits_mps(osm)
    found = [_lanelet(osm, r, left, right, limits_mps) for r, (left, right) in zip(relations, bounds, strict=True)]
    if not any(one.lane.kind == LaneKind.DRIVING for one in found):
        raise MapError(f"{osm.name} has no lane to drive on", hint="At least one lanelet must be for cars.")
    return found


def find_successors(lanelets: list[Lanelet]) -> tuple[tuple[int, ...], ...]:
    """Return for each lanelet those of its kind that begin with both bounds where its own end."""
    lanes = [one.lane for one in lanelets]
    begins = np.array([[lane.left_xy_m[0], lane.right_xy_m[0]] for lane in lanes]).reshape(-1, 4)
    ends = np.array([[lane.left_xy_m[-1], lane.right_xy_m[-1]] for lane in lanes]).reshape(-1, 4)
    found = []
    for k, lane in enumerate(lanes):
        away = np.abs(begins - ends[k])
        near = np.flatnonzero((np.hypot(*away[:, :2].T) < _TOUCH_M) & (np.hypot(*away[:, 2:].T) < _TOUCH_M))
        yaw = _yaw_rad(lane.centre_xy_m[-2:])
        found.append(
            tuple(
                other
                for other in near.tolist()
                if other != k
                and lanes[other].kind == lane.kind
                and (
                    _shares_ends(lanelets[k], lanelets[other])
                    or abs(wrap_rad(_yaw_rad(lanes[other].centre_xy_m[:2]) - yaw)) < _TOUCH_RAD
                )
            )
        )
    return tuple(found)


def with_neighbours(lanelets: list[Lanelet]) -> list[Lane]:
    """Return the lanes with their neighbours: those of the same kind that share a bound and run the same way."""
    by_left: dict[tuple[LaneKind, tuple[str, ...]], list[int]] = {}
    by_right: dict[tuple[LaneKind, tuple[str, ...]], list[int]] = {}
    for k, one in enumerate(lanelets):
        by_left.setdefault((one.lane.kind, one.left_ids), []).append(k)
        by_right.setdefault((one.lane.kind, one.right_ids), []).append(k)
    return [
        replace(
            one.lane,
            left_lane=by_right.get((one.lane.kind, one.left_ids), [NO_LANE])[0],
            right_lane=by_left.get((one.lane.kind, one.right_ids), [NO_LANE])[0],
        )
        for one in lanelets
    ]


def limit_mps(text: str) -> float:
    """Return a speed limit as written: in km/h unless it says otherwise; NaN where it is none.

    Example:
        >>> [round(limit_mps(text), 3) for text in ("36", "36 km/h", "10 mph", "5 m/s", "de274-36")]
        [10.0, 10.0, 4.47, 5.0, 10.0]
    """
    match = _SIGN.fullmatch(text.strip()) or _LIMIT.fullmatch(text.strip())
    if match is None:
        return math.nan
    value, unit = float(match["value"]), (match.groupdict().get("unit") or "km/h").lower()
    if unit == "mph":
        return mps_from_mph(value)
    return value if unit in {"m/s", "mps"} else mps_from_kmh(value)


def _bound(osm: OsmMap, relation: OsmRelation, side: str) -> OsmWay:
    refs = relation.refs(side)
    what = f"{osm.name}: lanelet {relation.relation_id[:40]}"
    if len(refs) != 1:
        raise MapError(f"{what} has {len(refs)} {side} bounds, not one", hint="Join them, or drop the lanelet.")
    way = osm.ways.get(refs[0])
    if way is None:
        raise MapError(f"{what} has the {side} bound {refs[0][:40]}, which is not there", hint="Fetch the whole map.")
    if len(way.node_ids) < 2:
        raise MapError(f"{what}: way {way.way_id[:40]} has {len(way.node_ids)} points", hint="Give it two or more.")
    return way


def _lanelet(osm: OsmMap, relation: OsmRelation, left: OsmWay, right: OsmWay, limits_mps: dict[str, float]) -> Lanelet:
    name = relation.relation_id[:40]
    turns = oriented(left, right)
    left_xy_m, right_xy_m = sections(left, right, turns, f"{osm.name}: lanelet {name}")
    kind = _kind(relation.tags)
    is_two_way = kind in _ON_FOOT or relation.tags.get("one_way", "yes") in {"no", "false"}
    lane = Lane(
        lane_id=name,
        kind=kind,
        centre_xy_m=0.5 * (left_xy_m + right_xy_m),
        left_xy_m=left_xy_m,
        right_xy_m=right_xy_m,
        speed_limit_mps=_limit_mps(osm.name, relation, limits_mps),
        is_two_way=is_two_way,
    )
    ids = [
        way.node_ids[::-1] if is_turned else way.node_ids for way, is_turned in zip((left, right), turns, strict=True)
    ]
    return Lanelet(relation, ids[0], ids[1], lane)


def _kind(tags: dict[str, str]) -> LaneKind:
    kind = _KINDS.get(tags.get("subtype", ""), LaneKind.DRIVING)
    said = {key.removeprefix("participant:"): value for key, value in tags.items() if key.startswith("participant:")}
    if not said or kind == LaneKind.CROSSING:
        return kind
    if _may_use(said, "vehicle:car"):
        return LaneKind.DRIVING
    if _may_use(said, "bicycle"):
        return LaneKind.BIKING
    return LaneKind.SIDEWALK if _may_use(said, "pedestrian") else LaneKind.OTHER


def _may_use(said: dict[str, str], who: str) -> bool:
    """Return what the most telling of the tags says of somebody; whom none names may not."""
    while who:
        if who in said:
            return said[who] in {"yes", "true"}
        who = who.rpartition(":")[0]
    return False


def _limit_mps(name: str, relation: OsmRelation, limits_mps: dict[str, float]) -> float:
    limits = [limits_mps.get(ref, math.inf) for ref in relation.refs("regulatory_element", "relation")]
    if "speed_limit" in relation.tags:
        limits.append(_stated_mps(name, relation.relation_id, relation.tags["speed_limit"]))
    return min(limits, default=math.inf)


def _signed_limits_mps(osm: OsmMap) -> dict[str, float]:
    """Return the greatest speed of each regulatory element that has one, by its id."""
    found = {}
    for relation in osm.relations.values():
        if relation.tags.get("type") != "regulatory_element" or relation.tags.get("subtype") != "speed_limit":
            continue
        signs = [osm.ways[ref].tags.get("subtype", "") for ref in relation.refs("refers") if ref in osm.ways]
        texts = [relation.tags[key] for key in ("speed_limit", "sign_type", "limit") if key in relation.tags] or signs
        if not texts:
            raise MapError(
                f"{osm.name}: speed limit {relation.relation_id[:40]} says no speed", hint="Give it a sign_type."
            )
        found[relation.relation_id] = min(_stated_mps(osm.name, relation.relation_id, text) for text in texts)
    return found


def _stated_mps(name: str, relation_id: str, text: str) -> float:
    value = limit_mps(text)
    if not 0.0 < value < math.inf:
        raise MapError(
            f"{name}: relation {relation_id[:40]} has the speed limit {text[:40]!r}",
            hint="Write a number, alone for km/h or with its unit: 50, 50 km/h, 30 mph.",
        )
    return value


def _shares_ends(one: Lanelet, following: Lanelet) -> bool:
    return one.left_ids[-1] == following.left_ids[0] and one.right_ids[-1] == following.right_ids[0]


def _yaw_rad(two_xy_m: FloatArray) -> float:
    dx, dy = two_xy_m[1] - two_xy_m[0]
    return math.atan2(dy, dx)
