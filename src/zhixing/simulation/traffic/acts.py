"""What somebody does at a moment that is told beforehand: a cut-in, a step onto the street, a door that opens.

An act waits for its cue and then changes one thing, once. After it everybody goes on by the models.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.models import Heeds
from zhixing.simulation.traffic.people import Motion, Traits

NOBODY = -1
NEVER_S = -1.0


class Cue(IntEnum):
    """What an act waits for."""

    TIME = 1
    """So many seconds since the beginning."""
    NEAR = 2
    """Somebody is so near to a place, in metres."""
    ARRIVES = 3
    """Somebody would be at a place after so many seconds, going on at its speed."""
    AHEAD = 4
    """Who acts is ahead of somebody by at most so many metres, from box to box along that one's heading."""
    HEADWAY = 5
    """The same in seconds at that one's speed."""
    COMES = 6
    """Who acts has come so many metres along its way."""
    AFTER = 7
    """So many seconds after another act."""


class Does(IntEnum):
    """What an act changes."""

    WANTS = 1
    """The speed somebody makes for, m/s."""
    SHIFTS = 2
    """The offset somebody makes for, m, left positive; it no longer chooses its place."""
    ROAMS = 3
    """How fast somebody moves sideways at most, m/s."""
    HEEDS = 4
    """What somebody takes notice of."""
    APPEARS = 5
    """Somebody is there."""
    VANISHES = 6
    """Somebody is not there any more."""
    BRAKES = 7
    """The deceleration that somebody is content with, m/s²."""
    HURRIES = 8
    """The acceleration of somebody, m/s²."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One change at one moment.

    Attributes:
        who: Row of who acts.
        cue: What it waits for.
        value: See :class:`Cue`.
        does: What it changes.
        amount: See :class:`Does`.
        of: Row of the other one, where the cue is about one.
        x_m: The place, where the cue is about one.
        y_m: The same.
        after: Index of an act that must have been done before.
    """

    who: int
    cue: Cue
    value: float
    does: Does
    amount: float = 0.0
    of: int = NOBODY
    x_m: float = 0.0
    y_m: float = 0.0
    after: int = NOBODY


class Script(NamedTuple):
    """Acts as a struct of arrays, (acts,) each, and when each was done (negative: not yet)."""

    who: IntArray
    cue: IntArray
    value: FloatArray
    does: IntArray
    amount: FloatArray
    of: IntArray
    x_m: FloatArray
    y_m: FloatArray
    after: IntArray
    done_s: FloatArray


def script_of(acts: Sequence[Act]) -> Script:
    """Return acts in the form of the kernel, none of them done.

    Raises:
        ValueError: A cue is about somebody or about another act, and none is named.
    """
    for k, act in enumerate(acts):
        is_about = act.cue in {Cue.NEAR, Cue.ARRIVES, Cue.AHEAD, Cue.HEADWAY}
        if (is_about and act.of < 0) or act.who < 0:
            raise ValueError(f"act {k} waits for somebody who is not named")
        if not -1 <= act.after < len(acts) or (act.cue == Cue.AFTER and act.after < 0):
            raise ValueError(f"act {k} waits for an act that is not there: {act.after}")

    def whole(values: list[int]) -> IntArray:
        return np.array(values, dtype=np.int64)

    def real(values: list[float]) -> FloatArray:
        return np.array(values, dtype=np.float64)

    return Script(
        who=whole([act.who for act in acts]),
        cue=whole([int(act.cue) for act in acts]),
        value=real([act.value for act in acts]),
        does=whole([int(act.does) for act in acts]),
        amount=real([act.amount for act in acts]),
        of=whole([act.of for act in acts]),
        x_m=real([act.x_m for act in acts]),
        y_m=real([act.y_m for act in acts]),
        after=whole([act.after for act in acts]),
        done_s=np.full(len(acts), NEVER_S),
    )


_TIME, _NEAR, _ARRIVES, _AHEAD = int(Cue.TIME), int(Cue.NEAR), int(Cue.ARRIVES), int(Cue.AHEAD)
_HEADWAY, _COMES, _AFTER = int(Cue.HEADWAY), int(Cue.COMES), int(Cue.AFTER)
_WANTS, _SHIFTS, _ROAMS, _HEEDS = int(Does.WANTS), int(Does.SHIFTS), int(Does.ROAMS), int(Does.HEEDS)
_APPEARS, _VANISHES, _BRAKES, _HURRIES = int(Does.APPEARS), int(Does.VANISHES), int(Does.BRAKES), int(Does.HURRIES)
_KEEPS_PLACE = int(Heeds.LIGHTS | Heeds.FRONT | Heeds.COMERS)


@leaf_kernel
def act_now(time_s: float, script: Script, traits: Traits, motion: Motion) -> None:
    """Do all acts whose cue has come, in place.

    Args:
        time_s: Since the beginning.
        script: All acts.
        traits: (users,)
        motion: (users,)
    """
    for k in range(script.who.shape[0]):
        if script.done_s[k] >= 0.0 or not _is_due(k, time_s, script, traits, motion):
            continue
        script.done_s[k] = time_s
        who, does, amount = script.who[k], script.does[k], script.amount[k]
        if does == _WANTS:
            traits.wanted_mps[who] = amount
        elif does == _SHIFTS:
            motion.wish_m[who] = amount
            traits.likes_m[who] = amount
            traits.heeds[who] &= _KEEPS_PLACE
        elif does == _ROAMS:
            traits.roam_mps[who] = amount
        elif does == _HEEDS:
            traits.heeds[who] = int(amount)
        elif does == _APPEARS:
            motion.there[who] = True
        elif does == _VANISHES:
            motion.there[who] = False
        elif does == _BRAKES:
            traits.brake_mps2[who] = amount
        elif does == _HURRIES:
            traits.accel_mps2[who] = amount


@leaf_kernel
def _is_due(k: int, time_s: float, script: Script, traits: Traits, motion: Motion) -> bool:
    cue, value, after, of, who = script.cue[k], script.value[k], script.after[k], script.of[k], script.who[k]
    if after >= 0 and script.done_s[after] < 0.0:
        return False
    if cue == _TIME:
        return bool(time_s >= value)
    if cue == _AFTER:
        return bool(time_s >= script.done_s[after] + value)
    if cue == _COMES:
        return bool(motion.s_m[who] >= value)
    if not motion.there[of]:
        return False
    away = math.hypot(motion.x_m[of] - script.x_m[k], motion.y_m[of] - script.y_m[k])
    if cue == _NEAR:
        return bool(away <= value)
    if cue == _ARRIVES:
        return bool(away <= value * max(motion.speed_mps[of], 0.1))
    c, s = math.cos(motion.yaw_rad[of]), math.sin(motion.yaw_rad[of])
    along = c * (motion.x_m[who] - motion.x_m[of]) + s * (motion.y_m[who] - motion.y_m[of])
    gap = along - 0.5 * (traits.length_m[of] + traits.length_m[who])
    if cue == _AHEAD:
        return bool(along > 0.0 and gap <= value)
    if cue == _HEADWAY:
        return bool(along > 0.0 and gap <= value * max(motion.speed_mps[of], 0.1))
    return False
