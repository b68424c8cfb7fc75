"""What a safe way of driving would have left: how hard to brake or steer, how far is needed, how bad it would be."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.measures_conflicts import both_users, gap_and_closing, where_both
from zhixing.dataloop.mining.measures_motion import FULL_BRAKES_MPS2
from zhixing.dataloop.mining.measures_threats import FULL_STEERING_MPS2, brake_in_s, way_round
from zhixing.dataloop.mining.measuring import Measuring
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser

SAFETY_TIME_S = 1.0
"""Time gap that is to be kept: the "one second" of DST."""
RESPONSE_S, SPEEDING_MPS2, LEAST_BRAKES_MPS2, MOST_BRAKES_MPS2 = 0.53, 2.0, 4.64, 8.03
"""Of responsibility-sensitive safety: the assertive set of Rodionova et al. (2020), and the acceleration of cars in
recordings of Chinese city traffic (see ``driving/safety/bounds.py``)."""
_MASS_KG = {
    RoadUser.CAR: 1500.0, RoadUser.TRUCK: 12_000.0, RoadUser.BUS: 12_000.0, RoadUser.MOTORCYCLE: 250.0,
    RoadUser.EBIKE: 130.0, RoadUser.BICYCLE: 90.0, RoadUser.TRICYCLE: 350.0, RoadUser.PEDESTRIAN: 70.0,
    RoadUser.OBJECT: 50.0,
}  # fmt: skip
"""Usual masses with who sits on them: recordings tell none. An e-bike has 55 kg at most (GB 17761-2018)."""
_LEAST_SPEED_MPS = 0.3


def _needed_lateral_accel_mps2(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    time_s, aside, closes = way_round(a, b)
    return where_both(a, b, np.where(closes, 2.0 * aside / (time_s * time_s), 0.0))


def _steer_in_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    time_s, aside, closes = way_round(a, b)
    return where_both(a, b, np.where(closes, time_s - np.sqrt(2.0 * aside / FULL_STEERING_MPS2), np.inf))


def _react_in_s(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return np.maximum(brake_in_s(drive, one, others, steps), _steer_in_s(drive, one, others, steps))


def _safety_decel_mps2(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    gap, closing = gap_and_closing(a, b)
    kept = SAFETY_TIME_S * np.maximum(a.cos * b.vx_mps + a.sin * b.vy_mps, 0.0)
    room = gap - kept
    needed = np.where(room > 0.0, 1.5 * closing * closing / np.where(room > 0.0, room, 1.0), np.inf)
    return where_both(a, b, np.where((closing >= _LEAST_SPEED_MPS) & np.isfinite(gap), needed, 0.0))


def _stopping_share(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    gap, _ = gap_and_closing(a, b)
    drives = np.abs(a.speed_mps) >= _LEAST_SPEED_MPS
    stops_m = np.where(drives, a.speed_mps, 1.0) ** 2 / (2.0 * FULL_BRAKES_MPS2)
    return where_both(a, b, np.where(drives, gap / stops_m, np.inf))


def _rss_margin_m(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    gap, _ = gap_and_closing(a, b)
    own = np.maximum(a.speed_mps, 0.0)
    ahead = np.maximum(a.cos * b.vx_mps + a.sin * b.vy_mps, 0.0)
    faster = own + RESPONSE_S * SPEEDING_MPS2
    own_way = own * RESPONSE_S + 0.5 * SPEEDING_MPS2 * RESPONSE_S**2 + faster**2 / (2.0 * LEAST_BRAKES_MPS2)
    return where_both(a, b, gap - np.maximum(own_way - ahead**2 / (2.0 * MOST_BRAKES_MPS2), 0.0))


def _delta_v_mps(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = both_users(drive, one, others, steps)
    mass = np.array([_MASS_KG[RoadUser(int(kind))] for kind in drive.drive.tracks.road_user])
    share = (mass[others] / (mass[others] + mass[one]))[:, None]
    return where_both(a, b, share * np.hypot(b.vx_mps - a.vx_mps, b.vy_mps - a.vy_mps))


MARGINS = (
    Measuring(
        "needed_lateral_accel_mps2",
        Localized(
            "a 恰好从 b 旁绕过所需的横向加速度，取较容易的一侧；不接近时为 0",
            "Lateral acceleration with which a just passes b, on the easier side; 0 where the gap does not close.",
            "Querbeschleunigung, mit der a gerade an b vorbeikommt, auf der leichteren Seite; 0, wenn sich die Lücke "
            "nicht schließt.",
        ),
        of_two=_needed_lateral_accel_mps2,
        source="Jansson (2005), required lateral acceleration",
    ),
    Measuring(
        "steer_in_s",
        Localized(
            "a 还能等多久再以 8 m/s² 转向而绕过 b（TTS）；已来不及为负，不接近时无穷大",
            "How long a can wait and, steering with 8 m/s², pass b (TTS); negative if too late, infinite where the gap "
            "does not close.",
            "Wie lange a warten kann, um mit 8 m/s² lenkend an b vorbeizukommen (TTS); negativ, wenn es zu spät ist, "
            "unendlich, wenn die Lücke sich nicht schließt.",
        ),
        of_two=_steer_in_s,
        source="Hillenbrand, Spieker and Kroschel (2006), time to steer",
    ),
    Measuring(
        "react_in_s",
        Localized(
            "a 最迟多久后必须开始制动或转向（TTR）：brake_in_s 与 steer_in_s 中较大者",
            "When a has to brake or steer at the latest (TTR): the later of brake_in_s and steer_in_s.",
            "Wann a spätestens bremsen oder lenken muss (TTR): das spätere von brake_in_s und steer_in_s.",
        ),
        of_two=_react_in_s,
        source="Hillenbrand, Spieker and Kroschel (2006), time to react",
    ),
    Measuring(
        "safety_decel_mps2",
        Localized(
            "a 为与前方匀速行驶的 b 保持 1 s 时距所需的减速度（DST）；接近不到 0.3 m/s 时为 0，时距已不足 1 s 时无穷大",
            "Deceleration with which a keeps 1 s to b ahead, which keeps its speed (DST); 0 where the gap closes "
            "by less than 0.3 m/s, infinite where less is left already.",
            "Verzögerung, mit der a 1 s Abstand zu b vor sich hält, das sein Tempo hält (DST); 0, wenn sich die Lücke "
            "um weniger als 0,3 m/s schließt, unendlich, wenn schon weniger bleibt.",
        ),
        of_two=_safety_decel_mps2,
        source="Schubert, Schulze and Wanielik (2010), equation 17, deceleration to safety time",
    ),
    Measuring(
        "stopping_share",
        Localized(
            "a 到前方 b 的净距与其全力制动（8 m/s²）停车距离之比（PSD）；小于 1 时 b 若瞬间静止则停不住，"
            "a 静止时无穷大",
            "gap_ahead_m over the way in which a stops with 8 m/s² (PSD); below 1 a could not stop for a wall there, "
            "infinite where a stands.",
            "gap_ahead_m geteilt durch den Anhalteweg von a mit 8 m/s² (PSD); unter 1 käme a vor einer Wand dort nicht "
            "zum Stehen, unendlich, wenn a steht.",
        ),
        of_two=_stopping_share,
        source="Allen, Shin and Cooper (1978), proportion of stopping distance, to who is ahead",
    ),
    Measuring(
        "rss_margin_m",
        Localized(
            "a 到前方 b 的净距减去责任敏感安全（RSS）的纵向安全距离（反应 0.53 s，加速 2 m/s²，"
            "a 至少以 4.64、b 至多以 8.03 m/s² 制动）；为负即过近",
            "gap_ahead_m less the longitudinal safe distance of RSS (response 0.53 s, speeding up 2 m/s², braking of a "
            "at least 4.64, of b at most 8.03 m/s²); negative is too near.",
            "gap_ahead_m weniger dem sicheren Abstand nach RSS (Reaktion 0,53 s, Beschleunigen 2 m/s², a bremst mit "
            "mindestens 4,64, b mit höchstens 8,03 m/s²); negativ ist zu nah.",
        ),
        of_two=_rss_margin_m,
        source="Shalev-Shwartz, Shammah and Shashua (2017), definition 1",
    ),
    Measuring(
        "delta_v_mps",
        Localized(
            "若 a 与 b 此刻以现有速度完全非弹性相撞，a 的速度变化（ΔV）；质量按类别取常用值",
            "How much the velocity of a would change if a and b collided now and stuck together (delta-v), with the "
            "usual masses of their classes.",
            "Wie sehr sich die Geschwindigkeit von a änderte, wenn a und b jetzt zusammenstießen und aneinander hingen "
            "(Delta-v), mit den üblichen Massen ihrer Klassen.",
        ),
        of_two=_delta_v_mps,
        source="Shelby (2011), delta-v as a measure of traffic conflict severity",
    ),
)
"""How much of a margin one has, against the rules of safe driving and against physics."""
