"""One step of everybody's life, in one world or in many, without a Python loop."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import IntArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.dice import next_way
from zhixing.simulation.traffic.look import (
    BOX_COLUMNS,
    COS,
    MEET_COLUMNS,
    MOST_SEEN,
    NUM_FUTURES,
    PATH_COLUMNS,
    PATH_POINTS,
    SEEN_COLUMNS,
    SIN,
    Scratch,
    bound,
    foresee,
    look_along,
    look_around,
)
from zhixing.simulation.traffic.models import Heeds, Mind
from zhixing.simulation.traffic.pace import pace_mps2
from zhixing.simulation.traffic.people import Motion, Traits
from zhixing.simulation.traffic.sides import change_lanes, choose_place, slide_mps
from zhixing.simulation.traffic.walking import walk_mps2
from zhixing.simulation.traffic.ways import Ways

_PLACES, _LANES = int(Heeds.PLACES), int(Heeds.LANES)
_OUTSIDE = int(Mind.OUTSIDE)
"""Minds up to this one are not moved here."""
_DRIVES, _WALKS = int(Mind.DRIVES), int(Mind.WALKS)
_STRAIGHT_RAD = 0.02
_PLACE_EVERY, _LANE_EVERY = 3, 10
_WALK_MOST_MPS2 = 4.0
_STANDS_MPS = 0.2
_SLACK_M = 0.12
_TURNS_RADPS = 4.0
_SWING_M = 0.35
WHEELBASE_SHARE = 0.58
"""Of the length of a vehicle: 2.7 m of 4.6 m is usual."""


@njit(cache=True, nogil=True)
def step_worlds(
    dt: float,
    steps_before: int,
    seeds: IntArray,
    first_user: IntArray,
    ways: Ways,
    traits: Traits,
    motion: Motion,
    lights: IntArray,
) -> None:
    """Move everybody on by one step, in place.

    Args:
        dt: Step, s.
        steps_before: Steps taken so far; staggers what is not decided at every step.
        seeds: (worlds,) of every random choice.
        first_user: (worlds + 1,) rows ``first_user[w]:first_user[w + 1]`` are in world w.
        ways: Shared by all worlds.
        traits: (users,)
        motion: (users,), changed in place.
        lights: (worlds, groups) what is shown.
    """
    most = 0
    for w in range(seeds.shape[0]):
        most = max(most, first_user[w + 1] - first_user[w])
    scratch = Scratch(
        paths=np.empty((most, PATH_POINTS, PATH_COLUMNS)),
        spacings=np.empty(most),
        is_straight=np.empty(most, dtype=np.bool_),
        futures=np.empty((most, NUM_FUTURES, SIN + 1)),
        headings=np.empty((most, 2)),
        boxes=np.empty((most, BOX_COLUMNS)),
        seen=np.empty((MOST_SEEN, SEEN_COLUMNS)),
        meets=np.empty((MOST_SEEN + 1, MEET_COLUMNS)),
        accels=np.empty(most),
        slides=np.empty(most),
    )
    for w in range(seeds.shape[0]):
        _step_world(
            dt, steps_before, seeds[w], ways, first_user[w], first_user[w + 1], traits, motion, lights[w],
            scratch,
        )  # fmt: skip


@leaf_kernel
def _rows(t: Traits, a: int, b: int) -> Traits:
    return Traits(
        t.mind[a:b], t.road_user[a:b], t.length_m[a:b], t.width_m[a:b], t.wanted_mps[a:b], t.accel_mps2[a:b],
        t.brake_mps2[a:b], t.headway_s[a:b], t.gap_m[a:b], t.side_gap_m[a:b], t.roam_mps[a:b], t.likes_m[a:b],
        t.red_rate[a:b], t.dash_rate[a:b], t.courtesy[a:b], t.politeness[a:b], t.patience_s[a:b], t.heeds[a:b],
        t.backwards[a:b],
    )  # fmt: skip


@leaf_kernel
def _moving(m: Motion, a: int, b: int) -> Motion:
    return Motion(
        m.identity[a:b], m.there[a:b], m.x_m[a:b], m.y_m[a:b], m.yaw_rad[a:b], m.speed_mps[a:b], m.accel_mps2[a:b],
        m.way[a:b], m.next_way[a:b], m.second_way[a:b], m.legs[a:b], m.s_m[a:b], m.offset_m[a:b], m.slide_mps[a:b],
        m.wish_m[a:b], m.waited_s[a:b], m.runs[a:b], m.rank[a:b],
    )  # fmt: skip


@leaf_kernel
def _step_world(
    dt: float,
    steps_before: int,
    seed: int,
    ways: Ways,
    begin: int,
    end: int,
    everybodys_traits: Traits,
    everybodys_motion: Motion,
    lights: IntArray,
    scratch: Scratch,
) -> None:
    traits, motion = _rows(everybodys_traits, begin, end), _moving(everybodys_motion, begin, end)
    users, paths, spacings, boxes = end - begin, scratch.paths, scratch.spacings, scratch.boxes
    accels, slides = scratch.accels, scratch.slides
    for u in range(users):
        if not motion.there[u]:
            boxes[u, 4], boxes[u, 6] = np.inf, -np.inf
            continue
        spacings[u] = look_along(u, ways, traits, motion, paths[u])
        bends = 0.0
        for k in range(1, PATH_POINTS):
            bends = max(bends, abs(paths[u, 0, COS] * paths[u, k, SIN] - paths[u, 0, SIN] * paths[u, k, COS]))
        scratch.is_straight[u] = bends < _STRAIGHT_RAD and abs(motion.wish_m[u] - motion.offset_m[u]) < 0.1
        scratch.headings[u, 0], scratch.headings[u, 1] = math.cos(motion.yaw_rad[u]), math.sin(motion.yaw_rad[u])
        foresee(motion.speed_mps[u], paths[u], spacings[u], scratch.futures[u])
        bound(u, traits, motion, paths[u], scratch.futures[u], boxes[u])
    for u in range(users):
        mind = traits.mind[u]
        if not motion.there[u] or mind <= _OUTSIDE:
            continue
        num_seen, num_meets = look_around(u, traits, motion, scratch)
        now, later = scratch.seen[:num_seen], scratch.meets[:num_meets]
        if mind == _WALKS:
            along, across = walk_mps2(u, seed, ways, traits, motion, lights, now, later)
            accels[u] = min(max(along, -_WALK_MOST_MPS2), _WALK_MOST_MPS2)
            slides[u] = motion.slide_mps[u] + min(max(across, -_WALK_MOST_MPS2), _WALK_MOST_MPS2) * dt
            slides[u] = min(max(slides[u], -traits.roam_mps[u]), traits.roam_mps[u])
            continue
        accels[u] = pace_mps2(u, seed, ways, traits, motion, lights, paths[u], spacings[u], now, later)
        turn = steps_before + u
        if traits.heeds[u] & _PLACES and turn % _PLACE_EVERY == 0:
            choose_place(u, ways, traits, motion, now)
        if traits.heeds[u] & _LANES and mind == _DRIVES and turn % _LANE_EVERY == 0 and accels[u] < 0.5:
            change_lanes(u, seed, ways, traits, motion, now, accels[u])
        slides[u] = slide_mps(u, dt, traits, motion, now)
    for u in range(users):
        if motion.there[u] and traits.mind[u] > _OUTSIDE:
            _move(u, dt, seed, accels[u], slides[u], ways, traits, motion)


@leaf_kernel
def _move(u: int, dt: float, seed: int, accel: float, slide: float, ways: Ways, traits: Traits, motion: Motion) -> None:
    """Move one on along its way and the ways after it."""
    walks = traits.mind[u] == _WALKS
    before = motion.speed_mps[u]
    later = max(0.0, before + accel * dt)
    motion.accel_mps2[u] = (later - before) / dt
    motion.s_m[u] += 0.5 * (before + later) * dt
    motion.offset_m[u] += 0.5 * (motion.slide_mps[u] + slide) * dt
    motion.speed_mps[u], motion.slide_mps[u] = later, slide
    motion.waited_s[u] = motion.waited_s[u] + dt if later < _STANDS_MPS else 0.0
    while motion.s_m[u] > ways.length_m[motion.way[u]]:
        following = motion.next_way[u]
        if following < 0:
            motion.there[u] = False
            return
        motion.s_m[u] -= ways.length_m[motion.way[u]]
        motion.way[u], motion.next_way[u] = following, motion.second_way[u]
        motion.legs[u] += 1
        if ways.junction[following] < 0:
            motion.runs[u] = False
        else:
            room = max(0.0, ways.half_m[following] - 0.5 * traits.width_m[u])
            motion.wish_m[u] = min(max(motion.wish_m[u], -room), room)
        motion.second_way[u] = next_way(ways, motion.next_way[u], seed, motion.identity[u], motion.legs[u] + 2)
    if walks:
        _walk_to(u, dt, slide, ways, motion)
    else:
        _steer_to(u, dt, ways, traits, motion)


@leaf_kernel
def _walk_to(u: int, dt: float, slide: float, ways: Ways, motion: Motion) -> None:
    """Put somebody on foot where it is now; at sharp corners the place beside the line jumps, and nobody does."""
    x, y, yaw = place_on(ways, motion.way[u], motion.s_m[u], motion.offset_m[u])
    dx, dy = x - motion.x_m[u], y - motion.y_m[u]
    jump, reach = math.hypot(dx, dy), math.hypot(motion.speed_mps[u], slide) * dt + _SLACK_M
    share = min(1.0, reach / max(jump, 1e-9))
    motion.x_m[u] += share * dx
    motion.y_m[u] += share * dy
    turn = (yaw - motion.yaw_rad[u] + math.pi) % (2.0 * math.pi) - math.pi
    motion.yaw_rad[u] += min(max(turn, -_TURNS_RADPS * dt), _TURNS_RADPS * dt)


@leaf_kernel
def _steer_to(u: int, dt: float, ways: Ways, traits: Traits, motion: Motion) -> None:
    """Put somebody on wheels where it is now: the front axle keeps to the way and pulls the rear one (a tractrix).

    So long vehicles cut corners with their rear wheels, as they do.
    """
    half = 0.5 * WHEELBASE_SHARE * traits.length_m[u]
    c, s = math.cos(motion.yaw_rad[u]), math.sin(motion.yaw_rad[u])
    rear_x, rear_y = motion.x_m[u] - half * c, motion.y_m[u] - half * s
    way, at = motion.way[u], motion.s_m[u] + half
    if at > ways.length_m[way] and motion.next_way[u] >= 0:
        at -= ways.length_m[way]
        way = motion.next_way[u]
    # Long vehicles take bends from outside, so that their middle stays on the way.
    swing = half * half * bend_at(ways, way, at)
    x, y, _ = place_on(ways, way, at, motion.offset_m[u] - min(max(swing, -_SWING_M), _SWING_M))
    dx, dy = x - motion.x_m[u] - half * c, y - motion.y_m[u] - half * s
    reach = motion.speed_mps[u] * dt + _SLACK_M
    share = min(1.0, reach / max(math.hypot(dx, dy), 1e-9))
    front_x, front_y = motion.x_m[u] + half * c + share * dx, motion.y_m[u] + half * s + share * dy
    yaw = math.atan2(front_y - rear_y, front_x - rear_x)
    motion.x_m[u], motion.y_m[u] = front_x - half * math.cos(yaw), front_y - half * math.sin(yaw)
    motion.yaw_rad[u] += (yaw - motion.yaw_rad[u] + math.pi) % (2.0 * math.pi) - math.pi


@leaf_kernel
def _piece_at(ways: Ways, way: int, s_m: float) -> int:
    """Return the first point of the piece of a way's line at a distance along it; the nearest one beyond its ends."""
    lo, hi = ways.first[way], ways.first[way + 1] - 1
    while hi - lo > 1:
        middle = (lo + hi) // 2
        if ways.s_m[middle] <= s_m:
            lo = middle
        else:
            hi = middle
    return int(lo)


@leaf_kernel
def bend_at(ways: Ways, way: int, s_m: float) -> float:
    """Return the curvature of a way at a distance along it, positive to the left."""
    lo = _piece_at(ways, way, s_m)
    share = (s_m - ways.s_m[lo]) / max(ways.s_m[lo + 1] - ways.s_m[lo], 1e-9)
    return float(ways.bend_1pm[lo] + min(max(share, 0.0), 1.0) * (ways.bend_1pm[lo + 1] - ways.bend_1pm[lo]))


@leaf_kernel
def place_on(ways: Ways, way: int, s_m: float, offset_m: float) -> tuple[float, float, float]:
    """Return x, y and direction at a distance along a way, moved sideways (left positive)."""
    lo = _piece_at(ways, way, s_m)
    dx, dy = ways.xy_m[lo + 1, 0] - ways.xy_m[lo, 0], ways.xy_m[lo + 1, 1] - ways.xy_m[lo, 1]
    long = max(math.hypot(dx, dy), 1e-9)
    share = (s_m - ways.s_m[lo]) / long
    c, s = dx / long, dy / long
    return (
        ways.xy_m[lo, 0] + share * dx - s * offset_m,
        ways.xy_m[lo, 1] + share * dy + c * offset_m,
        math.atan2(dy, dx),
    )
