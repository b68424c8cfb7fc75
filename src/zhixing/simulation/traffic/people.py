"""Everybody in one world or many, as a struct of arrays: what they are, and where and how they are now."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.simulation.traffic.models import Heeds, UserModel

NOWHERE_M = 1e7


class Traits(NamedTuple):
    """What does not change about somebody; (users,) each. See :class:`UserModel` for the meaning."""

    mind: IntArray
    road_user: IntArray
    length_m: FloatArray
    width_m: FloatArray
    wanted_mps: FloatArray
    accel_mps2: FloatArray
    brake_mps2: FloatArray
    headway_s: FloatArray
    gap_m: FloatArray
    side_gap_m: FloatArray
    roam_mps: FloatArray
    likes_m: FloatArray
    """Offset from the middle of the way that it prefers, left positive."""
    red_rate: FloatArray
    dash_rate: FloatArray
    courtesy: FloatArray
    politeness: FloatArray
    patience_s: FloatArray
    heeds: IntArray
    """:class:`Heeds`."""
    backwards: BoolArray
    """Whether it goes along its way tail first."""


class Motion(NamedTuple):
    """How everybody is now; (users,) each. Kernels change it in place.

    Attributes:
        identity: Of the road user, for good.
        there: Whether it is there.
        x_m: Centre of the box in the world frame.
        y_m: The same.
        yaw_rad: Heading.
        speed_mps: Along its way.
        accel_mps2: What it did last.
        way: Index in ``Ways``.
        next_way: What it takes after that, -1 for none.
        second_way: What it takes after that.
        legs: Ways it has finished.
        s_m: Along its way.
        offset_m: From the middle of its way, left positive.
        slide_mps: How fast the offset changes.
        wish_m: The offset it makes for.
        waited_s: How long it has been standing.
        runs: Whether it runs the red light before it, or in whose junction it is.
        rank: Who goes first, now (``Ways.rank``).
    """

    identity: IntArray
    there: BoolArray
    x_m: FloatArray
    y_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    accel_mps2: FloatArray
    way: IntArray
    next_way: IntArray
    second_way: IntArray
    legs: IntArray
    s_m: FloatArray
    offset_m: FloatArray
    slide_mps: FloatArray
    wish_m: FloatArray
    waited_s: FloatArray
    runs: BoolArray
    rank: IntArray


def traits_of(num_users: int) -> Traits:
    """Return traits of road users that have none yet."""
    whole = {"mind", "road_user", "heeds"}
    columns: list[Any] = []
    for name in Traits._fields:
        dtype = np.int64 if name in whole else np.bool_ if name == "backwards" else np.float64
        columns.append(np.zeros(num_users, dtype=dtype) if dtype is not np.float64 else np.ones(num_users))
    return Traits(*columns)


def nobody_of(num_users: int) -> Motion:
    """Return rows for road users of whom none is there."""
    whole, flags = {"identity", "way", "next_way", "second_way", "legs", "rank"}, {"there", "runs"}
    columns: list[Any] = []
    for name in Motion._fields:
        dtype = np.int64 if name in whole else np.bool_ if name in flags else np.float64
        columns.append(np.zeros(num_users, dtype=dtype))
    motion = Motion(*columns)
    motion.x_m[:] = motion.y_m[:] = NOWHERE_M
    motion.way[:] = motion.next_way[:] = motion.second_way[:] = -1
    return motion


def become(
    traits: Traits,
    row: int,
    model: UserModel,
    rng: np.random.Generator | None,
    size_m: tuple[float, float] = (0.0, 0.0),
) -> None:
    """Make somebody a road user of a class, in place: an individual one, or without dice the mean one.

    Args:
        traits: Of everybody.
        row: Who.
        model: The class.
        rng: Draws size, speed and preferred place, or None.
        size_m: Length and width, where they are known.
    """
    scale = float(np.clip(rng.normal(1.0, 0.05), 0.85, 1.15)) if rng is not None else 1.0
    mean, deviation = model.speed_mps
    traits.mind[row], traits.road_user[row] = int(model.mind), int(model.road_user)
    traits.length_m[row] = size_m[0] or scale * model.size_m[0]
    traits.width_m[row] = size_m[1] or scale * model.size_m[1]
    traits.wanted_mps[row] = max(0.5 * mean, rng.normal(mean, deviation)) if rng is not None else mean
    traits.heeds[row], traits.backwards[row] = int(Heeds.ALL), False
    traits.likes_m[row] = rng.uniform(-model.spread_m, model.spread_m) if rng is not None else 0.0
    for name in (
        "accel_mps2", "brake_mps2", "headway_s", "gap_m", "side_gap_m", "roam_mps", "red_rate", "dash_rate",
        "courtesy", "politeness", "patience_s",
    ):  # fmt: skip
        getattr(traits, name)[row] = getattr(model, name)
