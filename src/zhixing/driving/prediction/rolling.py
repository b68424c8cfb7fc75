"""How fast somebody goes along a path."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.lights import Light
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.following import follow_accel, stop_accel
from zhixing.driving.prediction.manners import COLUMN
from zhixing.driving.prediction.observing import ACCEL, COURSE, FLIP, LENGTH, SPEED

GO_ON, SLOW_DOWN, STOP, SPEED_UP, RUN, SET_OFF, SET_OFF_LATER, SET_OFF_SLOWLY, EASE, PRESS = range(10)
"""What somebody may do: as one drives or walks; slow down; stop; speed up; ignore the light; set off from standstill,
later, or slowly; slow down or speed up half as much."""
_STEP_S = 0.2
_LATER_S = 2.0
_SLOWLY = 0.35
_STOP_HEADWAY_S, _STOP_GAP_M = 0.9, 0.5  # as stop_accel has them
_TURN_TO_S = 0.4
"""Who does something new leaves what it did this quickly."""
_STARTED_M = 0.05
_SEEKING_MPS2 = 0.5
_STANDING_MPS = 0.4
_MIN_DECEL_MPS2, _MAX_DECEL_MPS2 = 1.5, 8.0
_YELLOW_DECEL_MPS2 = 2.8
_RED_DECEL_MPS2 = 6.0
_STOP_SHORT_M = 0.8
_RED, _YELLOW, _GREEN = int(Light.RED), int(Light.YELLOW), int(Light.GREEN)
_STARTS, _FAST, _SLOW, _BRAKE, _TOP = (
    COLUMN["start_mps2"],
    COLUMN["fast_mps2"],
    COLUMN["slow_mps2"],
    COLUMN["brake_mps2"],
    COLUMN["top_mps"],
)
_HEADWAY, _GAP = COLUMN["headway_s"], COLUMN["gap_m"]
_WEIGHT, _DECAY, _SEEK = COLUMN["accel_weight"], COLUMN["accel_decay_s"], COLUMN["seek_1ps"]


@njit(cache=True, error_model="numpy")
def must_wait(one: FloatArray, wait_m: float, light: int) -> bool:
    """Return whether somebody who keeps to lights stops at the next one, and still can."""
    left = wait_m - 0.5 * one[LENGTH]
    if wait_m == np.inf or left < 0.0 or light not in (_RED, _YELLOW):
        return False
    needed = one[SPEED] * one[SPEED] / (2.0 * max(left, 0.3))
    return bool(needed <= (_RED_DECEL_MPS2 if light == _RED else _YELLOW_DECEL_MPS2))


@njit(cache=True, error_model="numpy")
def roll(
    one: FloatArray,
    how: FloatArray,
    doing: int,
    line: FloatArray,
    headings: FloatArray,
    spacing: float,
    allowed: FloatArray,
    limit: float,
    gap: float,
    lead: float,
    pull: float,
    wait_m: float,
    light: int,
    dt_s: float,
    xy_m: FloatArray,
    yaw_rad: FloatArray,
    speed_mps: FloatArray,
) -> None:
    """Fill one future.

    Args:
        one: (columns,) its state now.
        how: (columns,) its manners.
        doing: What it does, see above.
        line: (points, 2) its path.
        headings: (points - 1,) direction of each piece.
        spacing: Distance between points.
        allowed: (points,) speed that curves allow.
        limit: Signed limit, 0 off lanes.
        gap: To whoever is ahead, infinity where nobody is.
        lead: Speed of that one.
        pull: Acceleration of that one, which fades as one's own does.
        wait_m: How far it is to where one waits for the next light.
        light: What that shows.
        dt_s: Time between the steps that are filled.
        xy_m: (steps, 2) is filled.
        yaw_rad: (steps,) is filled.
        speed_mps: (steps,) is filled.
    """
    parts = max(1, math.ceil(dt_s / _STEP_S - 1e-9))
    step = dt_s / parts
    s, v, t = 0.0, one[SPEED], 0.0
    lead_s, lead_v = 0.0, lead
    waits = doing != RUN and must_wait(one, wait_m, light)
    last = (line.shape[0] - 1.001) * spacing
    decay = how[_DECAY] if doing in (GO_ON, RUN) else min(how[_DECAY], _TURN_TO_S)
    fade, fading = 1.0, math.exp(-step / decay)
    lead_fade, lead_fading = 1.0, math.exp(-step / how[_DECAY])
    root = 0.5 / math.sqrt(how[_STARTS] * how[_BRAKE])
    headway = min(how[_HEADWAY], gap / max(v, 0.5))
    standstill = min(how[_GAP], max(0.3, gap))
    for k in range(xy_m.shape[0]):
        for _ in range(parts):
            wish = _wish(one, how, doing, v, t, limit, light, wait_m)
            curve = allowed[min(allowed.shape[0] - 1, int(s / spacing))]
            if v > curve and doing != SPEED_UP:
                wish = min(wish, max(-2.0, (curve - v) / 1.0))
            if gap < np.inf and _counts(v, gap + lead_s - s, lead_v, headway, standstill, root, how, wish):
                wish = min(
                    wish, follow_accel(v, gap + lead_s - s, lead_v, 0.0, headway, standstill, how[_STARTS], how[_BRAKE])
                )
            if waits:
                left = wait_m - 0.5 * one[LENGTH] - _STOP_SHORT_M - s
                if _counts(v, left, 0.0, _STOP_HEADWAY_S, _STOP_GAP_M, root, how, wish):
                    wish = min(wish, stop_accel(v, left, how[_STARTS], how[_BRAKE]))
            accel = how[_WEIGHT] * fade * one[ACCEL] + (1.0 - fade) * wish
            if waits or gap < np.inf:
                accel = min(accel, max(wish, how[_WEIGHT] * fade * one[ACCEL] + 0.5))
            accel = min(max(accel, -_MAX_DECEL_MPS2), 4.0)
            later = max(0.0, v + accel * step)
            lead_later = max(0.0, lead_v + how[_WEIGHT] * pull * lead_fade * step)
            lead_s += 0.5 * step * (lead_v + lead_later)
            lead_v = lead_later
            s = min(s + 0.5 * step * (v + later), last)
            v = later
            t += step
            fade *= fading
            lead_fade *= lead_fading
        _place(one, line, headings, spacing, s, v, k, xy_m, yaw_rad, speed_mps)


@njit(cache=True, error_model="numpy")
def _counts(
    v: float, gap: float, lead: float, headway: float, standstill: float, root: float, how: FloatArray, wish: float
) -> bool:
    """Return whether following may ask for less than the wish: the model alone is its lower bound, and cheap."""
    wanted = standstill + max(0.0, v * headway + v * (v - lead) * root)
    s = max(gap, 0.1)
    return bool(how[_STARTS] * (1.0 - (wanted / s) * (wanted / s)) < wish)


@njit(cache=True, error_model="numpy")
def _wish(
    one: FloatArray, how: FloatArray, doing: int, v: float, t: float, limit: float, light: int, wait_m: float
) -> float:
    """Return the acceleration somebody wants where nothing is in its way."""
    if doing == SLOW_DOWN:
        return float(-how[_SLOW])
    if doing == EASE:
        return float(-0.5 * how[_SLOW])
    if doing == STOP:
        return float(-how[_BRAKE])
    top = how[_TOP] if limit <= 0.0 or limit == np.inf else min(limit, how[_TOP])
    if doing in (SPEED_UP, PRESS):
        most = how[_FAST] if doing == SPEED_UP else 0.5 * how[_FAST]
        return float(most) if v < max(top, one[SPEED] + 3.0) else 0.0
    if doing in (SET_OFF, SET_OFF_LATER, SET_OFF_SLOWLY):
        if doing == SET_OFF_LATER and t < _LATER_S:
            return -1.0
        most = how[_STARTS] * (_SLOWLY if doing == SET_OFF_SLOWLY else 1.0)
        return float(most * max(0.0, 1.0 - (v / top) ** 4))
    if one[SPEED] < _STANDING_MPS:
        if wait_m < np.inf and light == _GREEN:
            return float(how[_STARTS] * max(0.0, 1.0 - (v / top) ** 4))
        return -1.0
    if limit > 0.0 and limit < np.inf and v < top:
        # Who keeps its speed has found it; who is speeding up has not.
        return float(min(how[_SEEK] * (top - v), how[_FAST]) * min(max(one[ACCEL] / _SEEKING_MPS2, 0.0), 1.0))
    return 0.0


@njit(cache=True, error_model="numpy")
def _place(
    one: FloatArray,
    line: FloatArray,
    headings: FloatArray,
    spacing: float,
    s: float,
    v: float,
    k: int,
    xy_m: FloatArray,
    yaw_rad: FloatArray,
    speed_mps: FloatArray,
) -> None:
    at = s / spacing
    i = min(int(at), line.shape[0] - 2)
    share = at - i
    dx, dy = line[i + 1, 0] - line[i, 0], line[i + 1, 1] - line[i, 1]
    xy_m[k, 0] = line[i, 0] + share * dx
    xy_m[k, 1] = line[i, 1] + share * dy
    heading = one[COURSE]
    if s > _STARTED_M:
        # Halfway between two points the direction is the piece's; at a point it is between those of the two pieces.
        near = i + (1 if share > 0.5 else -1)
        beside = one[COURSE] if near < 0 else headings[min(near, headings.shape[0] - 1)]
        ahead, mix = headings[i], abs(share - 0.5)
        turn = beside - ahead
        if abs(turn) > math.pi:
            turn = (turn + math.pi) % (2.0 * math.pi) - math.pi
        heading = ahead + mix * turn
    turned = 1.0 if one[FLIP] > 0.0 else 0.0
    yaw_rad[k] = heading - turned * math.pi
    speed_mps[k] = -v if turned > 0.0 else v
