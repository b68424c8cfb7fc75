"""What is left to do against a collision: when to brake at the latest, how hard to steer, what may come at worst."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.boxes import extents_m, seen_from
from zhixing.dataloop.mining.measures_conflicts import both_users, gap_and_closing, where_both
from zhixing.dataloop.mining.measures_motion import FULL_BRAKES_MPS2
from zhixing.dataloop.mining.measuring import Measuring
from zhixing.dataloop.mining.prepared import PreparedDrive, Users
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

FULL_STEERING_MPS2 = 8.0
"""Lateral acceleration at the limit of dry asphalt."""
_PUSH_MPS2 = 8.0
"""Acceleration in any direction that is reckoned with at worst."""
_ROUNDS = 40
_LEAST_TIME_S = 0.05


def brake_in_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    """Return how long one can wait and still brake for each of some others."""
    a, b = both_users(drive, one, others, steps)
    gap, closing = gap_and_closing(a, b)
    closes = closing > 1e-6
    speed = np.where(closes, closing, 1.0)
    return where_both(a, b, np.where(closes, gap / speed - speed / (2.0 * FULL_BRAKES_MPS2), np.inf))


def way_round(a: Users, b: Users) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return in how many seconds a is at b, how far aside it has to be by then, and where it comes nearer at all."""
    gap, closing = gap_and_closing(a, b)
    closes = (closing > 1e-6) & np.isfinite(gap)
    time_s = np.maximum(np.where(closes, gap, 0.0) / np.where(closes, closing, 1.0), _LEAST_TIME_S)
    _, left = seen_from(a, b)
    _, across = extents_m(a, b)
    # b moves sideways meanwhile, as a sees it.
    drift = a.cos * (b.vy_mps - a.vy_mps) - a.sin * (b.vx_mps - a.vx_mps)
    clear = across + 0.5 * a.width_m
    aside = np.minimum(np.maximum(clear + left + drift * time_s, 0.0), np.maximum(clear - left - drift * time_s, 0.0))
    return time_s, aside, closes


def _steer_threat_share(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    time_s, aside, closes = way_round(a, b)
    needed = np.where(closes, 2.0 * aside / (time_s * time_s), 0.0)
    return where_both(a, b, needed / FULL_STEERING_MPS2)


def _worst_ttc_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    dx, dy, dvx, dvy = b.x_m - a.x_m, b.y_m - a.y_m, b.vx_mps - a.vx_mps, b.vy_mps - a.vy_mps
    reach = 0.5 * (np.hypot(a.length_m, a.width_m) + np.hypot(b.length_m, b.width_m))
    speed = np.hypot(dvx, dvy)
    time_s = np.zeros(np.broadcast_shapes(dx.shape, speed.shape))
    # No step goes beyond the first touch: nothing comes nearer than at the full relative speed and both pushes.
    for _ in range(_ROUNDS):
        left_m = np.hypot(dx + dvx * time_s, dy + dvy * time_s) - reach - _PUSH_MPS2 * time_s * time_s
        rate = speed + 2.0 * _PUSH_MPS2 * time_s
        time_s = time_s + 2.0 * np.maximum(left_m, 0.0) / (
            rate + np.sqrt(rate * rate + 4.0 * _PUSH_MPS2 * np.maximum(left_m, 0.0)) + 1e-12
        )
    return where_both(a, b, time_s)


THREATS = (
    Measuring(
        "brake_in_s",
        Localized(
            "a 还能等多久再全力制动（8 m/s²）而不撞上前方匀速行驶的 b（TTB）；已来不及为负，不接近时无穷大",
            "How long a can wait and, braking fully (8 m/s²), not run into b, which keeps its speed (TTB); negative if "
            "too late, infinite where the gap does not close.",
            "Wie lange a warten kann, um mit vollem Bremsen (8 m/s²) nicht auf b aufzufahren (TTB); negativ, wenn es "
            "zu spät ist, unendlich, wenn die Lücke sich nicht schließt.",
        ),
        of_two=brake_in_s,
        source="Hillenbrand, Spieker and Kroschel (2006), time to brake",
    ),
    Measuring(
        "steer_threat_share",
        Localized(
            "a 从 b 旁绕过所需的横向加速度与极限 8 m/s² 之比（STN），取较容易的一侧；达到 1 时转向已不能避免碰撞",
            "Lateral acceleration with which a just passes b on the easier side, over the limit, 8 m/s² (STN); from 1 "
            "on steering avoids nothing.",
            "Querbeschleunigung, mit der a gerade an b vorbeikommt, auf der leichteren Seite, durch die Grenze 8 m/s² "
            "(STN); ab 1 hilft Lenken nicht mehr.",
        ),
        of_two=_steer_threat_share,
        source="Brannstrom, Sjoberg and Coelingh (2008), steer threat number",
    ),
    Measuring(
        "worst_ttc_s",
        Localized(
            "最坏情况碰撞时间（WTTC）：a 与 b 各可向任意方向以 8 m/s² 加速，外接圆最早何时相触",
            "Worst-time-to-collision (WTTC): when the circles around a and b can touch at the earliest if both may "
            "accelerate by 8 m/s² in any direction.",
            "Schlimmste TTC (WTTC): wann sich die Umkreise von a und b frühestens berühren können, wenn beide in jede "
            "Richtung mit 8 m/s² beschleunigen dürfen.",
        ),
        of_two=_worst_ttc_s,
        source="Wachenfeld, Junietz, Wenzel and Winner (2016), the worst-time-to-collision metric",
    ),
)
