"""What somebody sees: the own path ahead, who is near it now, and who will cross it and when.

Everything is told in the frame of the own path: how far along it, and how far beside it. So leaders, somebody beside,
oncoming riders, crossing pedestrians, turning traffic and the ego are all the same case, on any geometry.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.models import Mind
from zhixing.simulation.traffic.people import Motion, Traits
from zhixing.simulation.traffic.ways import RANK_STRAIGHT, Ways

PATH_POINTS = 12
FUTURE_S = 0.8
NUM_FUTURES = 4
"""Where everybody will be is looked at so many times, at this distance in time."""
MOST_SEEN = 24
"""Of more, the nearest and those who come first."""
BACK_M = 14.0
"""Who is farther behind is not looked at."""
ASIDE_M = 6.0
"""Who is farther beside is not looked at, unless it comes."""
BOX_COLUMNS = 8

X, Y, COS, SIN, BEND, BESIDE = range(6)
"""Columns of a path point: world frame, direction as cosine and sine, curvature in 1/m, offset from the way."""
PATH_COLUMNS, SEEN_COLUMNS, MEET_COLUMNS = 6, 10, 7
ALONG, LATERAL, HALF_ALONG, HALF_LATERAL, ALONG_MPS, LATERAL_MPS, WHO, PLACE, TURN_COS, TURN_SIN = range(10)
"""Columns of somebody seen, in the frame of the own path, from centre to centre; speeds over ground; its offset from
the way the path is on; cosine and sine of its heading."""
ZONE_M, IN_S, OUT_S, CROSSES, RANK, WHOM, THERE_MPS = range(7)
"""Columns of a meeting: distance of the own front to where the paths meet, when the other enters and leaves that
place (infinite: it stays on the path), whether it crosses or joins, its rank, who it is, its speed along the path."""

_OUTSIDE, _WALKS, _DRIVES = int(Mind.OUTSIDE), int(Mind.WALKS), int(Mind.DRIVES)


class Scratch(NamedTuple):
    """What is worked out anew at every step of a world.

    Attributes:
        paths: (users, points, 6) from :func:`look_along`.
        spacings: (users,) distance of the points.
        is_straight: (users,) whether the path is.
        futures: (users, futures, 4) from :func:`foresee`.
        headings: (users, 2) cosine and sine.
        boxes: (users, 8) from :func:`bound`.
        seen: (seen, 10) whom one road user sees, from :func:`look_around`.
        meets: (meets + 1, 7) who will come onto its path, from :func:`look_around`; the last row is for whoever may be
            one of them.
        accels: (users,) what each decided.
        slides: (users,) the same, sideways.
    """

    paths: FloatArray
    spacings: FloatArray
    is_straight: BoolArray
    futures: FloatArray
    headings: FloatArray
    boxes: FloatArray
    seen: FloatArray
    meets: FloatArray
    accels: FloatArray
    slides: FloatArray


@leaf_kernel
def most_slide_mps(u: int, traits: Traits, motion: Motion) -> float:
    """Return how fast somebody moves sideways at most: no car does while standing, long vehicles less."""
    v = motion.speed_mps[u]
    most = 0.25 * v * min(1.0, 4.6 / traits.length_m[u]) if traits.mind[u] == _DRIVES else 0.25 + 0.35 * v
    return float(min(traits.roam_mps[u], most)) + 0.02


@leaf_kernel
def look_along(u: int, ways: Ways, traits: Traits, motion: Motion, path: FloatArray) -> float:
    """Write the own path ahead, (points, 6), and return the distance between its points in metres."""
    v = motion.speed_mps[u]
    if traits.mind[u] == _OUTSIDE or motion.way[u] < 0:
        spacing = max(1.0, (4.0 + 3.4 * abs(v)) / (PATH_POINTS - 1))
        c, s = math.cos(motion.yaw_rad[u]), math.sin(motion.yaw_rad[u])
        for k in range(PATH_POINTS):
            path[k, X], path[k, Y] = motion.x_m[u] + k * spacing * c, motion.y_m[u] + k * spacing * s
            path[k, COS], path[k, SIN], path[k, BEND], path[k, BESIDE] = c, s, 0.0, 0.0
        return float(spacing)
    look_m = 6.0 + 4.0 * v if traits.mind[u] == _WALKS else 10.0 + 3.3 * v + v * v / 6.0
    spacing = look_m / (PATH_POINTS - 1)
    aside = motion.wish_m[u] - motion.offset_m[u]
    # Sideways one gets only as far as the speed allows (see slide_mps).
    shifts_m = 1.0 + 1.3 * abs(aside) * v / most_slide_mps(u, traits, motion)
    way, at, step = motion.way[u], motion.s_m[u], 0
    lo, end = ways.first[way], ways.first[way + 1] - 1
    for k in range(PATH_POINTS):
        while at > ways.length_m[way] and step < 2:
            following = motion.next_way[u] if step == 0 else motion.second_way[u]
            if following < 0:
                break
            at -= ways.length_m[way]
            way, step = following, step + 1
            lo, end = ways.first[way], ways.first[way + 1] - 1
        while lo < end - 1 and ways.s_m[lo + 1] < at:
            lo += 1
        dx, dy = ways.xy_m[lo + 1, 0] - ways.xy_m[lo, 0], ways.xy_m[lo + 1, 1] - ways.xy_m[lo, 1]
        long = max(math.sqrt(dx * dx + dy * dy), 1e-9)
        c, s = dx / long, dy / long
        share = (at - ways.s_m[lo]) / long
        beside = motion.offset_m[u] + aside * min(1.0, k * spacing / shifts_m)
        path[k, X] = ways.xy_m[lo, 0] + share * dx - s * beside
        path[k, Y] = ways.xy_m[lo, 1] + share * dy + c * beside
        path[k, COS], path[k, SIN], path[k, BESIDE] = c, s, beside
        path[k, BEND] = abs(ways.bend_1pm[lo] if share < 0.5 else ways.bend_1pm[lo + 1])
        at += spacing
    return float(spacing)


@leaf_kernel
def foresee(v: float, path: FloatArray, spacing: float, future: FloatArray) -> None:
    """Write where somebody will be, (futures, 4), if it goes on along its path at its speed; columns as of a path."""
    for k in range(NUM_FUTURES):
        at = max(0.0, v) * FUTURE_S * (k + 1) / spacing
        lo = min(int(at), PATH_POINTS - 2)
        share = at - lo
        future[k, X] = path[lo, X] + share * (path[lo + 1, X] - path[lo, X])
        future[k, Y] = path[lo, Y] + share * (path[lo + 1, Y] - path[lo, Y])
        near = lo if share < 0.5 else lo + 1
        future[k, COS], future[k, SIN] = path[near, COS], path[near, SIN]


@leaf_kernel
def bound(u: int, traits: Traits, motion: Motion, path: FloatArray, future: FloatArray, boxes: FloatArray) -> None:
    """Write the axis-aligned box (x_min, y_min, x_max, y_max) of what somebody looks at, and of where it will be."""
    x, y, half = motion.x_m[u], motion.y_m[u], 0.5 * traits.length_m[u]
    back_x, back_y = x - BACK_M * path[0, COS], y - BACK_M * path[0, SIN]
    boxes[0], boxes[1], boxes[2], boxes[3] = min(x, back_x), min(y, back_y), max(x, back_x), max(y, back_y)
    for k in range(1, PATH_POINTS):
        boxes[0], boxes[1] = min(boxes[0], path[k, X]), min(boxes[1], path[k, Y])
        boxes[2], boxes[3] = max(boxes[2], path[k, X]), max(boxes[3], path[k, Y])
    boxes[0] -= ASIDE_M
    boxes[1] -= ASIDE_M
    boxes[2] += ASIDE_M
    boxes[3] += ASIDE_M
    boxes[4], boxes[5], boxes[6], boxes[7] = x, y, x, y
    for k in range(NUM_FUTURES):
        boxes[4], boxes[5] = min(boxes[4], future[k, X]), min(boxes[5], future[k, Y])
        boxes[6], boxes[7] = max(boxes[6], future[k, X]), max(boxes[7], future[k, Y])
    boxes[4] -= half
    boxes[5] -= half
    boxes[6] += half
    boxes[7] += half


@leaf_kernel
def on_path(
    path: FloatArray, spacing: float, is_straight: bool, x: float, y: float
) -> tuple[float, float, float, float]:
    """Return how far along a path a point is, how far to its left, and cosine and sine of its direction there."""
    lo = 0
    if not is_straight:
        best = 1e18
        for k in range(PATH_POINTS):
            dx, dy = x - path[k, X], y - path[k, Y]
            away = dx * dx + dy * dy
            if away < best:
                best, lo = away, k
        if lo == PATH_POINTS - 1 or (
            lo > 0 and path[lo, COS] * (x - path[lo, X]) + path[lo, SIN] * (y - path[lo, Y]) < 0.0
        ):
            lo -= 1
    dx, dy = path[lo + 1, X] - path[lo, X], path[lo + 1, Y] - path[lo, Y]
    shrink = 1.0 / math.sqrt(dx * dx + dy * dy + 1e-18)
    c, s = dx * shrink, dy * shrink
    ox, oy = x - path[lo, X], y - path[lo, Y]
    return lo * spacing + c * ox + s * oy, c * oy - s * ox, c, s


@leaf_kernel
def begins_m(row: FloatArray, half_m: float, length_m: float, width_m: float) -> float:
    """Return how far along the own path the box of somebody seen begins within a strip along it; infinite: it does not.

    Args:
        row: Of ``seen``.
        half_m: Half the width of the strip.
        length_m: Of the box.
        width_m: Of the box.
    """
    c, s = row[TURN_COS], row[TURN_SIN]
    first = np.inf
    for edge in range(4):
        # Corners in turn: front left, rear left, rear right, front right.
        ahead = 0.5 if edge in (0, 3) else -0.5
        ahead_next = 0.5 if edge in (2, 3) else -0.5
        beside = 0.5 if edge < 2 else -0.5
        beside_next = 0.5 if edge in (0, 3) else -0.5
        x0, y0 = c * ahead * length_m - s * beside * width_m, s * ahead * length_m + c * beside * width_m
        x1 = c * ahead_next * length_m - s * beside_next * width_m
        y1 = s * ahead_next * length_m + c * beside_next * width_m
        y0, y1 = y0 + row[LATERAL], y1 + row[LATERAL]
        enters, leaves = 0.0, 1.0
        if abs(y1 - y0) < 1e-9:
            if abs(y0) > half_m:
                continue
        else:
            one, two = (-half_m - y0) / (y1 - y0), (half_m - y0) / (y1 - y0)
            enters, leaves = max(enters, min(one, two)), min(leaves, max(one, two))
            if enters > leaves:
                continue
        first = min(first, x0 + enters * (x1 - x0), x0 + leaves * (x1 - x0))
    return float(row[ALONG] + first)


@leaf_kernel
def _beside(path: FloatArray, at: float) -> float:
    """Return how far from its way a path is, at so many points along it."""
    lo = min(max(int(at), 0), PATH_POINTS - 2)
    share = min(max(at - lo, 0.0), 1.0)
    return float(path[lo, BESIDE] + share * (path[lo + 1, BESIDE] - path[lo, BESIDE]))


@leaf_kernel
def _farthest(rows: FloatArray, column: int) -> int:
    """Return the row that has the largest value, of either sign, in a column."""
    found = 0
    for k in range(1, rows.shape[0]):
        if abs(rows[k, column]) > abs(rows[found, column]):
            found = k
    return found


@leaf_kernel
def look_around(u: int, traits: Traits, motion: Motion, scratch: Scratch) -> tuple[int, int]:
    """Write who is near the own path and who will come onto it.

    Args:
        u: Who looks.
        traits: Of everybody.
        motion: Of everybody.
        scratch: Holds what everybody looks at; ``seen`` and ``meets`` are written.

    Returns:
        How many rows of ``seen`` and of ``meets`` hold somebody.
    """
    path, spacing, straight = scratch.paths[u], scratch.spacings[u], scratch.is_straight[u]
    headings, boxes, seen, meets = scratch.headings, scratch.boxes, scratch.seen, scratch.meets
    look_m = spacing * (PATH_POINTS - 1)
    num_seen, num_meets = 0, 0
    margin = 0.5 * traits.width_m[u] + 0.3
    x_min, y_min, x_max, y_max = boxes[u, 0], boxes[u, 1], boxes[u, 2], boxes[u, 3]
    for o in range(motion.there.shape[0]):
        if boxes[o, 4] > x_max or boxes[o, 6] < x_min or boxes[o, 5] > y_max or boxes[o, 7] < y_min:
            continue
        if o == u or not motion.there[o]:
            continue
        v, length, width = motion.speed_mps[o], traits.length_m[o], traits.width_m[o]
        along, lateral, pc, ps = on_path(path, spacing, straight, motion.x_m[o], motion.y_m[o])
        if along < -BACK_M:
            continue
        c, s = headings[o, 0] * pc + headings[o, 1] * ps, headings[o, 1] * pc - headings[o, 0] * ps
        half_lateral = 0.5 * (abs(s) * length + abs(c) * width)
        at = num_seen
        if num_seen == MOST_SEEN:
            at = _farthest(seen, ALONG)
        if along < look_m + 8.0 and abs(lateral) < ASIDE_M and (at == num_seen or abs(along) < abs(seen[at, ALONG])):
            row = seen[at]
            row[ALONG], row[LATERAL], row[HALF_LATERAL] = along, lateral, half_lateral
            row[HALF_ALONG] = 0.5 * (abs(c) * length + abs(s) * width)
            row[ALONG_MPS], row[LATERAL_MPS], row[WHO] = v * c, v * s, o
            row[PLACE], row[TURN_COS], row[TURN_SIN] = lateral + _beside(path, along / spacing), c, s
            num_seen = max(num_seen, at + 1)
        before_m = abs(lateral) - margin - half_lateral
        if v < 0.3 or along < -0.5 * traits.length_m[u] or before_m < 0.0:
            continue  # it will not come, or it is on the path already: somebody in front
        if straight and scratch.is_straight[o]:
            moves = -v * s if lateral > 0.0 else v * s
            if moves * NUM_FUTURES * FUTURE_S < before_m:
                continue
        if _meets(
            u, o, lateral, before_m, margin, path, spacing, straight, scratch.futures[o], traits, meets[num_meets]
        ):
            meets[num_meets, RANK] = RANK_STRAIGHT if traits.mind[o] == _OUTSIDE else motion.rank[o]
            if num_meets < MOST_SEEN:
                num_meets += 1
                continue
            last = _farthest(meets[:MOST_SEEN], IN_S)
            if meets[MOST_SEEN, IN_S] < meets[last, IN_S]:
                for column in range(MEET_COLUMNS):
                    meets[last, column] = meets[MOST_SEEN, column]
    return num_seen, num_meets


@leaf_kernel
def _meets(
    u: int,
    o: int,
    lateral: float,
    before_m: float,
    margin: float,
    path: FloatArray,
    spacing: float,
    straight: bool,
    future: FloatArray,
    traits: Traits,
    row: FloatArray,
) -> bool:
    """Write when and where somebody comes onto a path and leaves it again; return whether it does."""
    look_m = spacing * (PATH_POINTS - 1)
    length, width = traits.length_m[o], traits.width_m[o]
    v = math.hypot(future[1, X] - future[0, X], future[1, Y] - future[0, Y]) / FUTURE_S
    entered, left, zone, joins_mps, crosses = -1.0, np.inf, 0.0, 0.0, 1.0
    for k in range(NUM_FUTURES):
        along, beside, pc, ps = on_path(path, spacing, straight, future[k, X], future[k, Y])
        c, s = future[k, COS] * pc + future[k, SIN] * ps, future[k, SIN] * pc - future[k, COS] * ps
        half_lateral = 0.5 * (abs(s) * length + abs(c) * width)
        rear = along - 0.5 * (abs(c) * length + abs(s) * width)
        free_m = abs(beside) - margin - half_lateral
        has_passed = beside * lateral < 0.0
        if entered < 0.0:
            if (free_m < 0.0 or has_passed) and 0.0 < along < look_m:
                share = 0.3 if has_passed else before_m / max(before_m - min(free_m, 0.0), 1e-6)
                entered, zone = FUTURE_S * (k + share), rear
                joins_mps, crosses = v * c, 1.0 if abs(s) > 0.6 else 0.0
        elif free_m > 0.0:
            left = FUTURE_S * (k + 1)
            break
        else:
            joins_mps, crosses = v * c, 1.0 if abs(s) > 0.6 else 0.0
            if crosses > 0.0:
                zone = min(zone, rear)
        before_m = free_m
    if entered < 0.0:
        return False
    if left == np.inf and crosses > 0.0:
        left = FUTURE_S * NUM_FUTURES + 0.5
    row[ZONE_M], row[IN_S], row[OUT_S] = zone - 0.5 * traits.length_m[u], entered, left
    row[CROSSES], row[WHOM], row[THERE_MPS] = crosses, o, joins_mps
    return True
