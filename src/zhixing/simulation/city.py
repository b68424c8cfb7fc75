"""The built-in city: twelve signalised crossroads, a roundabout, an urban expressway with ramps, and no dead end.

The grid has four streets north-south and three east-west. In the north and south the outer arms are joined by
arches, in the west they meet at a roundabout, in the east at an expressway with an on-ramp and an off-ramp. Street
distances, light offsets and limits follow from the seed, and so does which crossroads have waiting areas or an arrow
for right turns.

Source: CJJ 37-2012 (lane widths, speeds), GB 50647-2011 (crossroads) for typical sizes.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.simulation.city_crossroads import HALF_SIZE_M, PLAIN, Arm, Layout, draw_crossroads
from zhixing.simulation.city_curves import bezier, cut, offset, rounded, straight
from zhixing.simulation.city_draft import LANE_WIDTH_M, MEDIAN_M, Draft, Side, draw_side

_COLUMNS, _ROWS = 4, 3
_ARTERIAL_MPS, _STREET_MPS, _EXPRESSWAY_MPS = 60.0 / 3.6, 40.0 / 3.6, 80.0 / 3.6
_ROUNDABOUT_MPS = 25.0 / 3.6
_RAMP_MPS = 40.0 / 3.6
_EAST, _NORTH, _WEST, _SOUTH = range(4)
_RADIUS_M = 20.0
_OUT_M = 130.0

_LAYOUTS = (
    Layout(left_waits=True), Layout(left_waits=True), Layout(left_waits=True, straight_waits=True),
    Layout(right_arrows=True),
)  # fmt: skip
"""Of some of the crossroads whose streets all have two lanes in each direction; the seed tells of which."""

_Place = tuple[int, int]


def build_city(seed: int) -> Road:
    """Return the road network; the same seed gives the same network.

    Example:
        >>> city = build_city(1)
        >>> city.num_junctions >= 10, all(city.successors)
        (True, True)
    """
    rng = np.random.default_rng(seed)
    draft = Draft()
    x = np.concatenate(([0.0], np.cumsum(rng.uniform(170.0, 240.0, _COLUMNS - 1)))).round(1)
    y = np.concatenate(([0.0], np.cumsum(rng.uniform(170.0, 240.0, _ROWS - 1)))).round(1)
    sides: dict[tuple[_Place, int], tuple[Side, Side]] = {}  # (place, arm) -> (inbound, outbound)

    def street(one: _Place, arm: int, two: _Place, other_arm: int, path: FloatArray, lanes: int, limit: float) -> None:
        name = f"{one[0]}{one[1]}{'enws'[arm]}"
        there = draw_side(draft, f"{name}>", path, lanes, limit, is_urban=True)
        back = draw_side(draft, f"{name}<", path[::-1].copy(), lanes, limit, is_urban=True)
        sides[one, arm], sides[two, other_arm] = (back, there), (there, back)

    for i in range(_COLUMNS):
        for j in range(_ROWS):
            if i + 1 < _COLUMNS:
                path = straight(_edge(x, y, (i, j), _EAST), _edge(x, y, (i + 1, j), _WEST))
                street((i, j), _EAST, (i + 1, j), _WEST, path, 2, _ARTERIAL_MPS)
            if j + 1 < _ROWS:
                path = straight(_edge(x, y, (i, j), _NORTH), _edge(x, y, (i, j + 1), _SOUTH))
                street((i, j), _NORTH, (i, j + 1), _SOUTH, path, 2, _ARTERIAL_MPS if i % 2 else _STREET_MPS)
    for row, arm, sign in ((_ROWS - 1, _NORTH, 1.0), (0, _SOUTH, -1.0)):
        for left, right, out in ((1, 2, 70.0), (0, 3, 150.0)):
            a, b = _edge(x, y, (left, row), arm), _edge(x, y, (right, row), arm)
            top = a[1] + sign * out
            path = rounded([(a[0], a[1]), (a[0], top), (b[0], top), (b[0], b[1])], 45.0)
            street((left, row), arm, (right, row), arm, path, 2, _STREET_MPS)
    _draw_roundabout(draft, x, y, sides)
    _draw_expressway(draft, x, y, sides)
    places = [(i, j) for i in range(_COLUMNS) for j in range(_ROWS)]
    arms = {place: [Arm(*sides[place, arm]) for arm in (_EAST, _NORTH, _WEST, _SOUTH)] for place in places}
    wide = [place for place in places if all(len(arm.inbound.driving) > 1 for arm in arms[place])]
    chosen = np.random.default_rng([seed, 5]).permutation(len(wide)).tolist()
    layouts = dict(zip((wide[k] for k in chosen), _LAYOUTS, strict=False))
    for i, j in places:
        one = arms[i, j]
        draw_crossroads(
            draft, f"x{i}{j}", np.array([x[i], y[j]]), (one[0], one[1], one[2], one[3]), layouts.get((i, j), PLAIN)
        )
    return draft.freeze(f"city-{seed}")


def _edge(x: FloatArray, y: FloatArray, place: _Place, arm: int) -> FloatArray:
    """Return (2,) where the stop lines of an arm are."""
    angle = arm * math.pi / 2.0
    return np.array([x[place[0]], y[place[1]]]) + HALF_SIZE_M * np.array([math.cos(angle), math.sin(angle)]).round(9)


def _draw_roundabout(
    draft: Draft, x: FloatArray, y: FloatArray, sides: dict[tuple[_Place, int], tuple[Side, Side]]
) -> None:
    """Draw three single-lane streets from the west side to a roundabout."""
    middle = np.array([x[0] - _OUT_M, y[1]])
    reach = _RADIUS_M + 14.0
    north, south = _edge(x, y, (0, 2), _WEST), _edge(x, y, (0, 0), _WEST)
    paths = {
        0: (_edge(x, y, (0, 1), _WEST), 0.0, (0, 1)),
        1: (north, math.pi / 2.0, (0, 2)),
        2: (south, -math.pi / 2.0, (0, 0)),
    }
    junction = draft.num_junctions
    draft.num_junctions += 1
    arms: list[tuple[Side, Side, float]] = []
    for edge, angle, place in paths.values():
        gate = middle + reach * np.array([math.cos(angle), math.sin(angle)])
        corners = [(edge[0], edge[1]), (gate[0], gate[1])]
        if angle != 0.0:
            corners.insert(1, (middle[0], edge[1]))
        path = rounded(corners, 50.0)
        to_ring = draw_side(draft, f"ring{place[1]}>", path, 1, _STREET_MPS, is_urban=False)
        from_ring = draw_side(draft, f"ring{place[1]}<", path[::-1].copy(), 1, _STREET_MPS, is_urban=False)
        sides[place, _WEST] = (from_ring, to_ring)
        arms.append((to_ring, from_ring, angle))
    # Each street touches the ring twice: traffic leaves the ring before the street and enters after it.
    nodes = sorted(
        [(angle - 0.5, "out", k) for k, (_, _, angle) in enumerate(arms)]
        + [(angle + 0.5, "in", k) for k, (_, _, angle) in enumerate(arms)],
        key=lambda node: node[0] % (2.0 * math.pi),
    )
    starts = {(kind, k): angle % (2.0 * math.pi) for angle, kind, k in nodes}
    ring: list[int] = []
    for (angle, _, _), (following, _, _) in zip(nodes, nodes[1:] + nodes[:1], strict=True):
        span = (following - angle) % (2.0 * math.pi)
        turn = np.linspace(angle, angle + span, max(4, int(span * _RADIUS_M / 2.0) + 1))
        arc = middle + _RADIUS_M * np.stack((np.cos(turn), np.sin(turn)), axis=-1)
        ring.append(
            draft.add(
                f"ring/{len(ring)}", LaneKind.DRIVING, arc, 4.5, _ROUNDABOUT_MPS, junction=junction, turn="straight"
            )
        )
    for k, lane in enumerate(ring):
        draft.join(lane, ring[(k + 1) % len(ring)])
    for index, (_, kind, k) in enumerate(nodes):
        angle = starts[kind, k]
        point = middle + _RADIUS_M * np.array([math.cos(angle), math.sin(angle)])
        tangent = np.array([-math.sin(angle), math.cos(angle)])
        if kind == "in":
            lane = arms[k][0].driving[0]
            start, direction = draft.end(lane)
            curve = bezier(start, direction, point, tangent, 0.39)
            entry = draft.add(
                f"ring/in/{k}", LaneKind.DRIVING, curve, 3.75, _ROUNDABOUT_MPS, junction=junction, turn="right"
            )
            draft.join(lane, entry)
            draft.join(entry, ring[index])
        else:
            lane = arms[k][1].driving[0]
            end, direction = draft.begin(lane)
            curve = bezier(point, tangent, end, direction, 0.39)
            leave = draft.add(
                f"ring/out/{k}", LaneKind.DRIVING, curve, 3.75, _ROUNDABOUT_MPS, junction=junction, turn="right"
            )
            draft.join(ring[index - 1], leave)
            draft.join(leave, lane)


def _draw_expressway(
    draft: Draft, x: FloatArray, y: FloatArray, sides: dict[tuple[_Place, int], tuple[Side, Side]]
) -> None:
    """Draw two-lane carriageways in the east; southbound has an off-ramp to and an on-ramp from the middle street."""
    last = _COLUMNS - 1
    low, mid, high = (_edge(x, y, (last, j), _EAST) for j in range(_ROWS))
    far = x[last] + _OUT_M + 60.0
    path = rounded([(low[0], low[1]), (far, low[1]), (far, high[1]), (high[0], high[1])], 70.0)
    north = draw_side(draft, "express/north", path, 2, _EXPRESSWAY_MPS, is_urban=False)
    # Southbound in sections: before the off-ramp, between the ramps, beside the acceleration lane, after it.
    south_path = path[::-1].copy()
    s_m = polyline_s_m(south_path)
    beside = float(s_m[int(np.argmin(np.hypot(*(south_path - [far, mid[1]]).T)))])
    marks = [0.0, beside - 70.0, beside + 40.0, beside + 110.0, float(s_m[-1])]
    sections = [
        draw_side(draft, f"express/south/{k}", cut(south_path, a, b), 2, _EXPRESSWAY_MPS, is_urban=False)
        for k, (a, b) in enumerate(itertools.pairwise(marks))
    ]
    for one, two in itertools.pairwise(sections):
        for before, after in zip(one.driving, two.driving, strict=True):
            draft.lanes[after].centre[0] = draft.lanes[before].centre[-1]
            draft.join(before, after)
    sides[(last, 2), _EAST] = (north, sections[0])
    street = straight(mid, mid + np.array([40.0, 0.0]))
    outbound = draw_side(draft, "express/ramp-street>", street, 1, _RAMP_MPS, is_urban=False)
    inbound = draw_side(draft, "express/ramp-street<", street[::-1].copy(), 1, _RAMP_MPS, is_urban=False)
    sides[(last, 1), _EAST] = (inbound, outbound)
    exit_at, _ = draft.end(sections[0].driving[-1])
    street_in, _ = draft.begin(inbound.driving[0])
    south = np.array([0.0, -1.0])
    beside_m = exit_at + np.array([-12.0, -46.0])
    down = rounded(
        [(beside_m[0], beside_m[1]), (beside_m[0], street_in[1]), (street_in[0], street_in[1])],
        20.0,
    )
    off_path = np.concatenate((bezier(exit_at, south, beside_m, south, 0.4)[:-1], down))
    off_ramp = draft.add("express/off-ramp", LaneKind.DRIVING, off_path, 3.5, _RAMP_MPS)
    draft.join(sections[0].driving[-1], off_ramp)
    draft.join(off_ramp, inbound.driving[0])
    right = sections[2].driving[-1]
    acceleration_line = offset(cut(south_path, marks[2], marks[3]), -(MEDIAN_M + 2.5 * LANE_WIDTH_M))
    acceleration = draft.add("express/acceleration", LaneKind.DRIVING, acceleration_line, LANE_WIDTH_M, _EXPRESSWAY_MPS)
    draft.neighbours(right, acceleration)
    street_out, _ = draft.end(outbound.driving[0])
    entry_at, _ = draft.begin(acceleration)
    corner_x = entry_at[0]
    on_path = rounded([(street_out[0], street_out[1]), (corner_x, street_out[1]), (entry_at[0], entry_at[1])], 20.0)
    on_ramp = draft.add("express/on-ramp", LaneKind.DRIVING, on_path, 3.5, _RAMP_MPS)
    draft.join(outbound.driving[0], on_ramp)
    draft.join(on_ramp, acceleration)
    # The taper: the lane ends by running into its neighbour, which has the right of way.
    merged = sections[3].driving[-1]
    taper_m = 40.0
    whole = draft.lanes[merged].centre
    first, rest = cut(whole, 0.0, taper_m), cut(whole, taper_m, float(polyline_s_m(whole)[-1]))
    sides[(last, 0), _EAST] = (_split(draft, sections[3], taper_m, merged, first, rest, acceleration), north)


def _split(
    draft: Draft, section: Side, at_m: float, merged: int, first: FloatArray, rest: FloatArray, acceleration: int
) -> Side:
    """Add the taper beside the first metres of a carriageway and return what follows it."""
    start, start_dir = draft.end(acceleration)
    end = first[-1]
    step = rest[1] - rest[0]
    curve = bezier(start, start_dir, end, step / np.hypot(*step), 0.33)
    taper = draft.add("express/taper", LaneKind.DRIVING, curve, LANE_WIDTH_M, _RAMP_MPS * 1.5, turn="merge")
    draft.join(acceleration, taper)
    after = draft.add("express/merged", LaneKind.DRIVING, rest, LANE_WIDTH_M, _EXPRESSWAY_MPS)
    draft.lanes[merged].centre = first
    draft.join(merged, after)
    draft.join(taper, after)
    # The inner lane is cut at the same place, so that the two stay neighbours.
    inner = section.driving[0]
    whole = draft.lanes[inner].centre
    length = float(polyline_s_m(whole)[-1])
    ratio = at_m / float(polyline_s_m(first)[-1] + polyline_s_m(rest)[-1])
    draft.lanes[inner].centre = cut(whole, 0.0, ratio * length)
    inner_after = draft.add(
        "express/inner", LaneKind.DRIVING, cut(whole, ratio * length, length), LANE_WIDTH_M, _EXPRESSWAY_MPS
    )
    draft.join(inner, inner_after)
    draft.neighbours(inner_after, after)
    return Side((inner_after, after))
