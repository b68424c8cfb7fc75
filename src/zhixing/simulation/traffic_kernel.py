"""One step of everybody's life, without a Python loop: who sees what, who goes, who waits.

Every road user walks or drives along lanes, a little beside the centre line. It looks along its own path some way
ahead; whoever is on it, or will be before it gets there, makes it slow down by the intelligent driver model (Treiber
2000). So leaders, merging, crossing pedestrians, turning traffic and the ego are all the same case.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

PATH_POINTS = 14
_LOOK_S = (0.0, 0.8, 1.6, 2.4)
_PATIENCE_S = 6.0
_SWERVE_MPS = 0.6
_BACK_OFF_AFTER_S, _BACK_OFF_MPS = 9.0, 1.0
_MIX = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True)
def random_unit(a: int, b: int, c: int) -> float:
    """Return a number in [0, 1) that depends on three integers only (SplitMix64, Steele et al. 2014)."""
    z = (
        np.uint64(a) * _MIX
        + np.uint64(b) * np.uint64(0xBF58476D1CE4E5B9)
        + np.uint64(c) * np.uint64(0x94D049BB133111EB)
    )
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return float(z >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True)
def next_lane(first_successor: IntArray, successors: IntArray, lane: int, seed: int, identity: int, count: int) -> int:
    """Return the lane after a lane, drawn evenly among its successors."""
    begin, end = first_successor[lane], first_successor[lane + 1]
    if begin == end:
        return -1
    return int(successors[begin + int(random_unit(seed, identity, count) * (end - begin))])


@njit(cache=True)
def place_on(
    lane: int, s: float, offset: float, first: IntArray, xy: FloatArray, s_m: FloatArray
) -> tuple[float, float, float]:
    """Return x, y and direction at a distance along a lane, moved sideways (left positive)."""
    begin, end = first[lane], first[lane + 1]
    lo, hi = begin, end - 1
    while hi - lo > 1:
        middle = (lo + hi) // 2
        if s_m[middle] <= s:
            lo = middle
        else:
            hi = middle
    dx, dy = xy[hi, 0] - xy[lo, 0], xy[hi, 1] - xy[lo, 1]
    length = max(s_m[hi] - s_m[lo], 1e-9)
    share = (s - s_m[lo]) / length
    c, sn = dx / length, dy / length
    return xy[lo, 0] + share * dx - sn * offset, xy[lo, 1] + share * dy + c * offset, math.atan2(dy, dx)


@njit(cache=True)
def step_users(
    dt: float,
    seed: int,
    first: IntArray,
    xy: FloatArray,
    s_m: FloatArray,
    length_m: FloatArray,
    limit_mps: FloatArray,
    lane_group: IntArray,
    gives_way: BoolArray,
    in_junction: BoolArray,
    first_successor: IntArray,
    successors: IntArray,
    lights: IntArray,
    is_wheeled: BoolArray,
    swerve_after: FloatArray,
    swerve_most: FloatArray,
    accel_max: FloatArray,
    headway: FloatArray,
    red_rate: FloatArray,
    size: FloatArray,
    wanted: FloatArray,
    offset: FloatArray,
    swerve: FloatArray,
    identity: IntArray,
    lane: IntArray,
    following: IntArray,
    following2: IntArray,
    count: IntArray,
    s: FloatArray,
    speed: FloatArray,
    waited: FloatArray,
    pose: FloatArray,
    ego: FloatArray,
) -> None:
    """Move everybody on by one step, in place.

    Args:
        dt: Step, s.
        seed: Of every random choice.
        first: (lanes + 1,) of the flat lane map.
        xy: (points, 2)
        s_m: (points,)
        length_m: (lanes,)
        limit_mps: (lanes,)
        lane_group: (lanes,) light group that lets traffic in, or -1.
        gives_way: (lanes,) whether who is on or enters the lane yields to all others.
        in_junction: (lanes,)
        first_successor: (lanes + 1,) into ``successors``.
        successors: Lanes after each lane.
        lights: (groups,) what is shown.
        is_wheeled: (users,) drives rather than walks.
        swerve_after: (users,) seconds of standing after which it tries to go round what blocks it.
        swerve_most: (users,) how far it goes sideways for that, m.
        accel_max: (users,) m/s².
        headway: (users,) s.
        red_rate: (users,) share of red lights that are run.
        size: (users, 2) length and width.
        wanted: (users,) speed on a free road.
        offset: (users,) to the left of the centre line.
        swerve: (users,) further to the left, to get round somebody; changed.
        identity: (users,) stable ids.
        lane: (users,) where they are; changed.
        following: (users,) next lane; changed.
        following2: (users,) the lane after that; changed.
        count: (users,) lanes entered so far; changed.
        s: (users,) distance along the lane; changed.
        speed: (users,) changed.
        waited: (users,) seconds without moving; changed.
        pose: (users, 3) x, y, yaw; changed.
        ego: (6,) x, y, yaw, speed, length, width of the ego.
    """
    users = lane.shape[0]
    accel = np.zeros(users)
    away = np.zeros(users)
    path = np.empty((PATH_POINTS, 3))
    for u in range(users):
        v = speed[u]
        gap_step = max(1.5, (6.0 + 3.2 * v) / PATH_POINTS)
        limit = min(wanted[u], limit_mps[lane[u]] * 1.05)
        # the way ahead
        at_lane, at_s, ahead_lane, stage = lane[u], s[u] + 0.5 * size[u, 0], following[u], 0
        for k in range(PATH_POINTS):
            while at_s > length_m[at_lane] and ahead_lane >= 0:
                at_s -= length_m[at_lane]
                at_lane = ahead_lane
                ahead_lane = following2[u] if stage == 0 else -1
                stage += 1
            x, y, yaw = place_on(at_lane, min(at_s, length_m[at_lane]), offset[u] + swerve[u], first, xy, s_m)
            path[k, 0], path[k, 1], path[k, 2] = x, y, yaw
            at_s += gap_step
        # slower lanes ahead
        if following[u] >= 0:
            left = max(0.0, length_m[lane[u]] - s[u])
            limit = min(limit, math.sqrt((1.05 * limit_mps[following[u]]) ** 2 + 2.0 * 1.5 * left))
        limit = max(limit, 0.3)
        a_max = accel_max[u]
        a = a_max * (1.0 - (v / limit) ** 4) if v <= limit else max(-3.0, -2.0 * (v - limit))
        # the light at the end of the lane
        if following[u] >= 0 and lane_group[following[u]] >= 0:
            colour = lights[lane_group[following[u]]]
            left = length_m[lane[u]] - s[u] - 0.5 * size[u, 0] - 0.8
            if colour != 3 and left > -0.6:
                needed = v * v / (2.0 * max(left, 0.1))
                may_stop = needed < (3.0 if colour == 2 else 6.0)
                # one decision per person and red phase; pedestrians see a yellow as red
                runs = random_unit(seed + 7, identity[u], count[u]) < red_rate[u]
                if may_stop and not (runs and colour == 1):
                    a = min(a, _toward_stop(v, left, a_max))
        # others
        turns = following[u] >= 0 and gives_way[following[u]] and length_m[lane[u]] - s[u] < 25.0
        yields = gives_way[lane[u]] or turns
        patient = waited[u] < _PATIENCE_S + 4.0 * random_unit(seed + 3, identity[u], 0)
        reach = PATH_POINTS * gap_step + 4.0
        for other in range(-1, users):
            if other == u:
                continue
            if other < 0:
                ox, oy, oyaw, ov, ol, ow = ego[0], ego[1], ego[2], ego[3], ego[4], ego[5]
            else:
                ox, oy, oyaw, ov = pose[other, 0], pose[other, 1], pose[other, 2], speed[other]
                ol, ow = size[other, 0], size[other, 1]
            dx, dy = ox - pose[u, 0], oy - pose[u, 1]
            far = reach + 2.4 * ov + ol
            if dx * dx + dy * dy > far * far:
                continue
            c, sn = math.cos(oyaw), math.sin(oyaw)
            found = False
            for look in range(4):
                t = _LOOK_S[look]
                if look > 0 and (ov < 0.3 or found or not patient):
                    break
                px, py = ox + c * ov * t, oy + sn * ov * t
                for k in range(PATH_POINTS):
                    ex, ey = px - path[k, 0], py - path[k, 1]
                    if ex * ex + ey * ey > 0.25 * (ol + 3.0) ** 2 + 4.0:
                        continue
                    turn = abs((oyaw - path[k, 2] + math.pi) % (2.0 * math.pi) - math.pi)
                    margin = 0.5 * size[u, 1] + (0.25 if is_wheeled[u] else 0.1)
                    along, across = abs(c * ex + sn * ey), abs(-sn * ex + c * ey)
                    if along > 0.5 * ol + margin or across > 0.5 * ow + margin:
                        continue
                    gap = k * gap_step
                    if look == 0:
                        forward = math.cos(pose[u, 2]) * dx + math.sin(pose[u, 2]) * dy
                        if turn < 0.8 and (forward < 0.0 or (forward < 0.5 and other > u)):
                            break  # beside or behind and going the same way: it waits for this one
                        lead = max(0.0, ov * math.cos(turn))
                        if turn > 2.4 and ov > 0.3:
                            lead = 0.0
                        wish = _idm(v, max(limit, 0.5), gap, lead, headway[u], a_max)
                        if wish < a:
                            a = wish
                            side = math.cos(path[k, 2]) * ey - math.sin(path[k, 2]) * ex
                            away[u] = -1.0 if side > 0.0 else 1.0
                        found = True
                        break
                    if turn < 0.5:
                        continue  # going the same way: a leader is seen where it is now
                    own_time = gap / max(v, 1.5)
                    if own_time < t - 0.5 and not yields:
                        continue  # the own turn is over before
                    if own_time > t + 2.5:
                        continue  # the other is through before
                    other_far = math.hypot(path[k, 0] - ox, path[k, 1] - oy)
                    if not yields and gap < other_far - 1.0:
                        continue  # first come, first served
                    a = min(a, _toward_stop(v, max(gap - 2.0, 0.0), a_max))
                    found = True
                    break
        accel[u] = max(a, -8.0 if is_wheeled[u] else -4.0)
    for u in range(users):
        later = max(0.0, speed[u] + accel[u] * dt)
        s[u] += 0.5 * (speed[u] + later) * dt
        speed[u] = later
        waited[u] = waited[u] + dt if later < 0.2 else 0.0
        is_blocked = waited[u] > _BACK_OFF_AFTER_S and away[u] != 0.0 and in_junction[lane[u]]
        # Two that block each other inside a crossroads: one backs off, if nobody is behind it.
        if is_blocked and s[u] > 0.5 and _is_free_behind(u, pose, size, ego):
            s[u] -= _BACK_OFF_MPS * dt
            speed[u] = 0.0
        may_swerve = swerve_most[u] > 2.0 or in_junction[lane[u]]  # cars keep their queue
        if may_swerve and waited[u] > swerve_after[u] and away[u] != 0.0:
            moved = swerve[u] + away[u] * _SWERVE_MPS * dt
            swerve[u] = min(max(moved, -swerve_most[u]), swerve_most[u])
        else:
            swerve[u] *= 1.0 - 0.25 * min(later, 2.0) * dt
        while s[u] > length_m[lane[u]] and following[u] >= 0:
            s[u] -= length_m[lane[u]]
            lane[u] = following[u]
            count[u] += 1
            following[u] = following2[u]
            if following2[u] >= 0:
                following2[u] = next_lane(first_successor, successors, following2[u], seed, identity[u], count[u] + 2)
        s[u] = min(s[u], length_m[lane[u]])
        x, y, yaw = place_on(lane[u], s[u], offset[u] + swerve[u], first, xy, s_m)
        turn = (yaw - pose[u, 2] + math.pi) % (2.0 * math.pi) - math.pi
        most = 1.2 * dt if is_wheeled[u] else 4.0 * dt
        # At sharp corners the place beside the line jumps; nobody does.
        dx, dy = x - pose[u, 0], y - pose[u, 1]
        jump, reach = math.hypot(dx, dy), speed[u] * dt + 0.12
        if jump > reach:
            x, y = pose[u, 0] + dx * reach / jump, pose[u, 1] + dy * reach / jump
        pose[u, 0], pose[u, 1] = x, y
        pose[u, 2] += min(max(turn, -most), most)


@njit(cache=True)
def _is_free_behind(u: int, pose: FloatArray, size: FloatArray, ego: FloatArray) -> bool:
    c, sn = math.cos(pose[u, 2]), math.sin(pose[u, 2])
    for other in range(-1, pose.shape[0]):
        if other == u:
            continue
        dx = (ego[0] if other < 0 else pose[other, 0]) - pose[u, 0]
        dy = (ego[1] if other < 0 else pose[other, 1]) - pose[u, 1]
        half = 0.5 * (ego[4] if other < 0 else size[other, 0])
        back = -(c * dx + sn * dy) - 0.5 * size[u, 0] - half
        if -half < back < 1.5 and abs(-sn * dx + c * dy) < 2.2:
            return False
    return True


@njit(cache=True)
def _idm(v: float, v0: float, gap: float, lead: float, headway: float, a: float) -> float:
    star = 1.8 + max(0.0, v * headway + v * (v - lead) / (2.0 * math.sqrt(a * 2.5)))
    return a * (1.0 - (v / v0) ** 4 - (star / max(gap, 0.1)) ** 2)


@njit(cache=True)
def _toward_stop(v: float, left: float, a: float) -> float:
    """Return the acceleration that ends at standstill after the distance that is left."""
    if left < 0.2:
        return -3.0 if v > 0.05 else -1.0
    needed = v * v / (2.0 * left)
    if needed > 2.0:
        return -1.05 * needed
    return min(a, 2.0 * (math.sqrt(2.0 * 1.6 * left) - v))
