"""How near two come to a collision."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.boxes import boxes_touch, extents_m, meeting_s, seen_from, turn_rad
from zhixing.dataloop.mining.measures_motion import FULL_BRAKES_MPS2, STANDING_MPS
from zhixing.dataloop.mining.measuring import Measuring
from zhixing.dataloop.mining.prepared import PreparedDrive, Users
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.units import NS_PER_S, ns_from_s

PET_HORIZON_S = 5.0
_FOLLOWS_RAD = np.pi / 6.0
NEAREST_M = 0.1


def both_users(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> tuple[Users, Users]:
    """Return one road user and others over some steps."""
    return drive.users(np.array([one]), steps), drive.users(others, steps)


def where_both(a: Users, b: Users, values: FloatArray) -> FloatArray:
    """Return values, NaN where one of the two is not there."""
    return np.where(np.isnan(a.x_m + b.x_m), np.nan, values)


def gap_and_closing(a: Users, b: Users) -> tuple[FloatArray, FloatArray]:
    """Return the gap to who is in one's way, infinite where nobody is, and how fast it closes along one's heading."""
    ahead, left = seen_from(a, b)
    along, across = extents_m(a, b)
    is_in_way = (ahead > 0.0) & (np.abs(left) < 0.5 * a.width_m + across)
    gap = np.where(is_in_way, np.maximum(ahead - along - 0.5 * a.length_m, 0.0), np.inf)
    closing = a.cos * (a.vx_mps - b.vx_mps) + a.sin * (a.vy_mps - b.vy_mps)
    return where_both(a, b, gap), closing


def _touches(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    return where_both(a, b, boxes_touch(a, b).astype(np.float64))


def _gap_ahead_m(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return gap_and_closing(*both_users(drive, one, others, steps))[0]


def _headway_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    gap, _ = gap_and_closing(a, b)
    drives = a.speed_mps >= STANDING_MPS
    return where_both(a, b, np.where(drives, gap / np.where(drives, a.speed_mps, 1.0), np.inf))


def _ttc_ahead_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    gap, closing = gap_and_closing(a, b)
    closes = closing > 1e-6
    return where_both(a, b, np.where(closes, gap / np.where(closes, closing, 1.0), np.inf))


def _needed_decel_mps2(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    gap, closing = gap_and_closing(a, b)
    needed = np.maximum(closing, 0.0) ** 2 / (2.0 * np.maximum(gap, NEAREST_M))
    return where_both(a, b, needed)


def _ttc_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return meeting_s(*both_users(drive, one, others, steps))


def _brake_threat_share(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return _needed_decel_mps2(drive, one, others, steps) / FULL_BRAKES_MPS2


def _closest(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> tuple[FloatArray, FloatArray]:
    """Return when centres are nearest to each other if both keep their velocity, and how near they are then."""
    a, b = both_users(drive, one, others, steps)
    dx, dy, dvx, dvy = b.x_m - a.x_m, b.y_m - a.y_m, b.vx_mps - a.vx_mps, b.vy_mps - a.vy_mps
    speed2 = dvx * dvx + dvy * dvy
    moves = speed2 > 1e-12
    in_s = np.where(moves, np.maximum(-(dx * dvx + dy * dvy), 0.0) / np.where(moves, speed2, 1.0), 0.0)
    return where_both(a, b, in_s), where_both(a, b, np.hypot(dx + in_s * dvx, dy + in_s * dvy))


def _closest_in_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return _closest(drive, one, others, steps)[0]


def _closest_m(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return _closest(drive, one, others, steps)[1]


def _pet_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = drive.users(np.array([one]), steps), drive.users(others, slice(steps.start, None))
    now_ns, later_ns = drive.time_ns[steps], drive.time_ns[steps.start :]
    found = np.full((others.size, now_ns.size), np.inf)
    reach_m = 0.5 * (np.hypot(a.length_m, a.width_m) + np.hypot(b.length_m, b.width_m))
    for lag in range(later_ns.size):
        num_steps = min(now_ns.size, later_ns.size - lag)
        now, then = slice(0, num_steps), slice(lag, lag + num_steps)
        after_ns = later_ns[then] - now_ns[now]
        if not (after_ns <= ns_from_s(PET_HORIZON_S)).any():
            break
        dx, dy = b.x_m[:, then] - a.x_m[:, now], b.y_m[:, then] - a.y_m[:, now]
        near = (dx * dx + dy * dy <= reach_m * reach_m) & (after_ns <= ns_from_s(PET_HORIZON_S))
        user, step = np.nonzero(near & np.isinf(found[:, now]))
        if user.size:
            first, second = _picked(a, np.zeros_like(user), step), _picked(b, user, step + lag)
            apart = np.abs(turn_rad(first.yaw_rad, second.yaw_rad))
            meets = (boxes_touch(first, second) & (apart > _FOLLOWS_RAD))[:, 0]
            found[user[meets], step[meets]] = after_ns[step[meets]] / NS_PER_S
    return np.where(np.isnan(a.x_m), np.nan, found)


def _picked(users: Users, user: IntArray, step: IntArray) -> Users:
    """Return (picks, 1) of single moments of single road users."""
    values = (getattr(users, name) for name in Users.__slots__)
    return Users(*(value[user, np.minimum(step, value.shape[1] - 1)][:, None] for value in values))


CONFLICTS = (
    Measuring(
        "touches",
        Localized(
            "a 与 b 的外廓接触或重叠",
            "The boxes of a and b touch or overlap.",
            "Die Umrisse von a und b berühren sich.",
        ),
        of_two=_touches,
    ),
    Measuring(
        "gap_ahead_m",
        Localized(
            "b 位于 a 正前方与 a 同宽的带状区域内时，a 车头到 b 的净距；否则无穷大",
            "Gap from the front of a to b where b is in the strip ahead of a as wide as a, else infinite.",
            "Lücke von der Front von a bis b, wenn b in dem Streifen vor a liegt, so breit wie a, sonst unendlich.",
        ),
        of_two=_gap_ahead_m,
    ),
    Measuring(
        "headway_s",
        Localized(
            "净时距：a 车头到前方 b 的净距除以 a 的速度；前方无 b 或 a 静止时无穷大",
            "gap_ahead_m over the speed of a; infinite where b is not ahead or a stands.",
            "gap_ahead_m durch die Geschwindigkeit von a; unendlich, wenn b nicht voraus ist oder a steht.",
        ),
        of_two=_headway_s,
    ),
    Measuring(
        "ttc_ahead_s",
        Localized(
            "净距除以沿 a 航向的接近速度；不接近时无穷大",
            "gap_ahead_m over how fast it closes along a's heading; infinite where it does not.",
            "gap_ahead_m durch die Annäherungsgeschwindigkeit in Richtung von a; unendlich, wenn sie nicht schließt.",
        ),
        of_two=_ttc_ahead_s,
        source="Hayward (1972), Near miss determination through use of a scale of danger",
    ),
    Measuring(
        "needed_decel_mps2",
        Localized(
            "a 恰好不撞上前方 b 所需的减速度（DRAC）；不接近时为 0",
            "Deceleration with which a just does not run into b ahead of it (DRAC); 0 where the gap does not close.",
            "Verzögerung, mit der a gerade nicht auf b auffährt (DRAC); 0, wenn die Lücke sich nicht schließt.",
        ),
        of_two=_needed_decel_mps2,
        source="Cooper and Ferguson (1976), Traffic studies at T-junctions; at least 0.1 m of gap is reckoned with",
    ),
    Measuring(
        "ttc_s",
        Localized(
            "a 与 b 保持速度和航向时外廓首次接触的时间；永不接触时无穷大",
            "When the boxes of a and b first touch if both keep velocity and heading; infinite if never.",
            "Wann sich die Umrisse von a und b zuerst berühren, wenn beide so weiterfahren; unendlich, wenn nie.",
        ),
        of_two=_ttc_s,
        source="Hayward (1972), for boxes in the plane",
    ),
    Measuring(
        "pet_s",
        Localized(
            "a 现在所占之处，b 多久后首次占到（5 s 内，航向夹角超过 30°），否则无穷大",
            "How long after a b first is where a is now (within 5 s, headings over 30° apart), else infinite.",
            "Wie lange nach a b zuerst dort ist, wo a jetzt ist (binnen 5 s, Richtungen über 30° verschieden), sonst "
            "unendlich.",
        ),
        of_two=_pet_s,
        source="Allen, Shin and Cooper (1978), post-encroachment time",
        ahead_s=PET_HORIZON_S,
        alone=np.inf,
    ),
    Measuring(
        "brake_threat_share",
        Localized(
            "needed_decel_mps2 与全力制动 8 m/s² 之比（BTN），达到 1 时制动已不能避免碰撞：a 对 b",
            "needed_decel_mps2 of a and b over full braking, 8 m/s² (BTN); from 1 on braking avoids nothing.",
            "needed_decel_mps2 von a und b durch volles Bremsen, 8 m/s² (BTN); ab 1 hilft Bremsen nicht mehr.",
        ),
        of_two=_brake_threat_share,
        source="Brannstrom, Sjoberg and Coelingh (2008), brake threat number",
    ),
    Measuring(
        "closest_m",
        Localized(
            "a 与 b 保持速度时两者中心今后的最小距离（DCE）",
            "Least distance that the centres of a and b will have if both keep their velocity (DCE).",
            "Kleinster Abstand, den die Mitten von a und b haben werden, wenn beide so weiterfahren (DCE).",
        ),
        of_two=_closest_m,
        source="Eggert (2014), distance of closest encounter",
    ),
    Measuring(
        "closest_in_s",
        Localized(
            "a 与 b 多久后达到 closest_m（TTCE），正在远离时为 0",
            "When a and b are as near as closest_m says (TTCE); 0 where they part.",
            "Wann a und b sich so nahe sind, wie closest_m sagt (TTCE); 0, wenn sie sich entfernen.",
        ),
        of_two=_closest_in_s,
        source="Eggert (2014), time to closest encounter",
    ),
)
