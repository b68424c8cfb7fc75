"""A :class:`Road` as SUMO's plain XML (nodes, edges, connections), from which ``netconvert`` makes a network.

Plain XML takes the middle line and the width of every lane and of every way over a junction as they are, so that SUMO's
lanes lie exactly on the map's. From OpenDRIVE, which it reads too, ``netconvert`` makes lanes of one width, draws the
ways over junctions anew, cuts lanes short there, and knows no direct junctions.

Source: SUMO documentation, "PlainXML" (Eclipse SUMO 1.28).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np
import shapely

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, Lane, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.formats.sumo_crossings import Crossed, Crossing, crossings_of
from zhixing.formats.sumo_streets import Layout, Link, Street, layout_of
from zhixing.formats.xml_write import child, xml_bytes

_UNKNOWN_LIMIT_MPS = 13.9
_MOTORS = "passenger truck bus delivery trailer coach emergency taxi"
_CYCLES = "bicycle moped motorcycle"
_NODE_M = 0.01
_ON_FOOT = "pedestrian"
_STRAIGHT_PRIORITY, _STREET_PRIORITY, _JOINS_PRIORITY = 4, 3, 1


@dataclass(frozen=True, slots=True)
class PlainNet:
    """What ``netconvert`` reads, and what is what in it.

    Attributes:
        nodes: A ``.nod.xml`` file.
        edges: A ``.edg.xml`` file.
        connections: A ``.con.xml`` file.
        lane_of: SUMO's lane for each of the map's lanes that is part of a street.
        group_of: The light group of each connection, by (lane it comes from, lane it goes to), as SUMO names them.
        crossing_groups: The light group of each crossing, by the node it is at and the edges it leads over.
        pavements: Edges with a pavement: its lane of the map, and the nodes at its ends.
    """

    nodes: bytes
    edges: bytes
    connections: bytes
    lane_of: dict[int, str]
    group_of: dict[tuple[str, str], int]
    crossing_groups: dict[Crossed, int]
    pavements: dict[str, tuple[int, int, int]]


def plain_net(road: Road) -> PlainNet:
    """Return a road as plain XML."""
    layout = layout_of(road)
    names = {lane: f"{_street(street)}_{place}" for lane, (street, place) in layout.place.items()}
    group_of = {
        (names[link.lane], names[link.following]): road.lanes[link.via[-1]].light_group
        for link in layout.links
        if link.via
    }
    crossings = crossings_of(road, layout)
    return PlainNet(
        xml_bytes(_nodes(road, layout)),
        xml_bytes(_edges(road, layout)),
        xml_bytes(_connections(road, layout, crossings)),
        names,
        group_of,
        {(f"n{one.node}", frozenset(_street(k) for k in one.streets)): one.group for one in crossings},
        {
            _street(k): (street.walk, street.before, street.after)
            for k, street in enumerate(layout.streets)
            if street.walk != NO_LANE
        },
    )


def _street(number: int) -> str:
    return f"s{number}"


def _is_lit(road: Road, link: Link) -> bool:
    return bool(link.via) and road.lanes[link.via[-1]].light_group != NO_LIGHT


def _nodes(road: Road, layout: Layout) -> Element:
    lit = {link.node for link in layout.links if _is_lit(road, link)}
    corners: list[list[FloatArray]] = [[] for _ in range(layout.nodes_xy_m.shape[0])]
    for street in layout.streets:
        for node, end in ((street.before, 0), (street.after, -1)):
            for lane in street.lanes:
                corners[node] += [road.lanes[lane].left_xy_m[end], road.lanes[lane].right_xy_m[end]]
    root = Element("nodes")
    for k, (x, y) in enumerate(layout.nodes_xy_m.tolist()):
        kind = "traffic_light" if k in lit else "priority"
        # The area between the ends of the streets: netconvert would cut the streets for a larger one of its own.
        area = shapely.convex_hull(shapely.MultiPoint(np.array(corners[k]))).buffer(_NODE_M, quad_segs=1)
        shape = _shape(np.asarray(shapely.get_coordinates(area)))
        child(root, "node", id=f"n{k}", x=x, y=y, type=kind, shape=shape)
    return root


def _edges(road: Road, layout: Layout) -> Element:
    root = Element("edges")
    for k, street in enumerate(layout.streets):
        lanes = [road.lanes[lane] for lane in street.lanes]
        edge = child(
            root,
            "edge",
            id=_street(k),
            **{"from": f"n{street.before}"},
            to=f"n{street.after}",
            numLanes=len(lanes) + (street.walk != NO_LANE),
            priority=_priority(lanes[-1]),
            speed=max(_limit_mps(lane) for lane in lanes),
            shape=_shape(lanes[-1].left_xy_m),
            spreadType="right",
        )
        _add_walk(edge, road, street)
        has_bike_lane = lanes[0].kind == LaneKind.BIKING
        for place, lane in enumerate(lanes, start=int(street.walk != NO_LANE)):
            users = _CYCLES if lane.kind == LaneKind.BIKING else _MOTORS
            users = users if has_bike_lane else f"{users} {_CYCLES}"
            width_m = float(np.hypot(*(lane.left_xy_m - lane.right_xy_m).T).mean())
            attributes: dict[str, str | float] = {"index": place, "allow": users, "width": width_m}
            child(edge, "lane", **attributes, speed=_limit_mps(lane), shape=_shape(lane.centre_xy_m))
    return root


def _add_walk(edge: Element, road: Road, street: Street) -> None:
    """Add the pavement as SUMO's lane 0; people walk both ways on it."""
    if street.walk == NO_LANE:
        return
    walk, outer = road.lanes[street.walk], road.lanes[street.lanes[0]]
    width_m = float(np.hypot(*(walk.left_xy_m[0] - walk.right_xy_m[0]).T))
    edge_xy_m, across = outer.right_xy_m, outer.right_xy_m - outer.left_xy_m
    away_m = shapely.LineString(walk.centre_xy_m).distance(shapely.Point(edge_xy_m[edge_xy_m.shape[0] // 2]))
    line = edge_xy_m + (away_m - 0.5 * width_m) * across / np.hypot(*across.T)[:, None]
    child(edge, "lane", index=0, allow=_ON_FOOT, width=2.0 * width_m, shape=_shape(line))


def _connections(road: Road, layout: Layout, crossings: list[Crossing]) -> Element:
    root = Element("connections")
    for link in layout.links:
        (one, from_lane), (other, to_lane) = layout.place[link.lane], layout.place[link.following]
        ends: dict[str, str | float] = {"from": _street(one), "to": _street(other)}
        ends |= {"fromLane": from_lane, "toLane": to_lane}
        if not link.via:
            child(root, "connection", **ends)
            continue
        lanes = [road.lanes[lane] for lane in link.via]
        line = np.concatenate([lane.centre_xy_m[int(k > 0) :] for k, lane in enumerate(lanes)])
        ends |= {"shape": _shape(line), "speed": min(_limit_mps(lane) for lane in lanes)}
        child(root, "connection", **ends)
    for crossing in crossings:
        edges = " ".join(_street(k) for k in crossing.streets)
        place: dict[str, str | float] = {"node": f"n{crossing.node}", "edges": edges, "priority": "true"}
        child(root, "crossing", **place, width=crossing.width_m, shape=_shape(crossing.line_xy_m))
    for k in range(len(layout.streets)):
        if not any(layout.place[link.lane][0] == k for link in layout.links):
            child(root, "connection", **{"from": _street(k)})
    return root


def _priority(lane: Lane) -> int:
    """Return who goes first where streets meet without a junction of the map's: in a roundabout those who are in it."""
    if lane.junction < 0:
        return _STREET_PRIORITY
    return _STRAIGHT_PRIORITY if lane.turn in {"straight", ""} else _JOINS_PRIORITY


def _limit_mps(lane: Lane) -> float:
    return lane.speed_limit_mps if math.isfinite(lane.speed_limit_mps) else _UNKNOWN_LIMIT_MPS


def _shape(xy_m: FloatArray) -> str:
    return " ".join(f"{x:.4f},{y:.4f}" for x, y in xy_m.tolist())
