"""Whom somebody sees: of more than it can heed the nearest, and those who come first."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city import build_city
from zhixing.simulation.traffic.look import (
    ALONG,
    BOX_COLUMNS,
    IN_S,
    LATERAL,
    MEET_COLUMNS,
    MOST_SEEN,
    NUM_FUTURES,
    PATH_COLUMNS,
    PATH_POINTS,
    SEEN_COLUMNS,
    SIN,
    TURN_COS,
    TURN_SIN,
    WHO,
    Scratch,
    begins_m,
    bound,
    foresee,
    look_along,
    look_around,
)
from zhixing.simulation.traffic.models import MODEL_OF, Mind
from zhixing.simulation.traffic.people import Motion, become, nobody_of, traits_of
from zhixing.simulation.traffic.ways import ways_of

CROWDED = 60


def seen_and_met(motion: Motion) -> tuple[Scratch, int, int]:
    """Return what the first of some cyclists, all of whom go straight on, sees of the others."""
    users = motion.there.shape[0]
    ways, traits = ways_of(build_city(1)), traits_of(users)
    for row in range(users):
        become(traits, row, MODEL_OF[RoadUser.BICYCLE], None)
        traits.mind[row] = int(Mind.OUTSIDE)
    scratch = Scratch(
        paths=np.empty((users, PATH_POINTS, PATH_COLUMNS)),
        spacings=np.empty(users),
        is_straight=np.ones(users, dtype=np.bool_),
        futures=np.empty((users, NUM_FUTURES, SIN + 1)),
        headings=np.stack((np.cos(motion.yaw_rad), np.sin(motion.yaw_rad)), axis=1),
        boxes=np.empty((users, BOX_COLUMNS)),
        seen=np.empty((MOST_SEEN, SEEN_COLUMNS)),
        meets=np.empty((MOST_SEEN + 1, MEET_COLUMNS)),
        accels=np.empty(users),
        slides=np.empty(users),
    )
    for row in range(users):
        scratch.spacings[row] = look_along(row, ways, traits, motion, scratch.paths[row])
        foresee(motion.speed_mps[row], scratch.paths[row], scratch.spacings[row], scratch.futures[row])
        bound(row, traits, motion, scratch.paths[row], scratch.futures[row], scratch.boxes[row])
    return scratch, *look_around(0, traits, motion, scratch)


def cyclists(order: IntArray) -> Motion:
    """Return one at the origin that rides at 8 m/s along x, and others at places of theirs."""
    motion = nobody_of(order.size + 1)
    motion.there[:], motion.speed_mps[0] = True, 8.0
    motion.x_m[0] = motion.y_m[0] = 0.0
    return motion


def test_of_a_crowd_on_the_path_the_nearest_are_seen_whatever_their_rows() -> None:
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(CROWDED)
        motion = cyclists(order)
        motion.x_m[1:], motion.y_m[1:] = 0.5 * (order + 1), 0.0
        scratch, num_seen, _ = seen_and_met(motion)
        assert num_seen == MOST_SEEN
        assert sorted(scratch.seen[:, ALONG].round(6).tolist()) == [0.5 * (k + 1) for k in range(MOST_SEEN)]
        assert [motion.x_m[int(who)] for who in scratch.seen[:, WHO]] == scratch.seen[:, ALONG].round(6).tolist()


def comers(order: IntArray) -> Motion:
    """Return a cyclist and others that come from the left, one behind the other."""
    motion = cyclists(order)
    motion.x_m[1:], motion.y_m[1:] = 15.0, 2.0 + 0.15 * order
    motion.yaw_rad[1:], motion.speed_mps[1:] = -0.5 * math.pi, 5.0
    return motion


def test_of_a_crowd_that_comes_from_the_side_the_first_are_met_whatever_their_rows() -> None:
    alone = [seen_and_met(comers(np.array([place]))) for place in range(CROWDED)]
    comes_s = [float(scratch.meets[0, IN_S]) for scratch, _, num_meets in alone if num_meets]
    assert len(comes_s) > MOST_SEEN
    for seed in range(5):
        scratch, _, num_meets = seen_and_met(comers(np.random.default_rng(seed).permutation(CROWDED)))
        assert num_meets == MOST_SEEN
        assert sorted(scratch.meets[:MOST_SEEN, IN_S].tolist()) == sorted(comes_s)[:MOST_SEEN]


@given(
    st.floats(-5.0, 30.0), st.floats(-6.0, 6.0), st.floats(-math.pi, math.pi), st.floats(0.3, 12.0),
    st.floats(0.3, 2.6), st.floats(0.2, 3.0),
)  # fmt: skip
def test_a_box_begins_on_a_path_where_its_outline_does(
    along: float, lateral: float, turn: float, length: float, width: float, half: float
) -> None:
    row = np.zeros(SEEN_COLUMNS)
    row[ALONG], row[LATERAL], row[TURN_COS], row[TURN_SIN] = along, lateral, math.cos(turn), math.sin(turn)
    box = shapely.box(-0.5 * length, -0.5 * width, 0.5 * length, 0.5 * width)
    there = shapely.affinity.translate(shapely.affinity.rotate(box, turn, (0, 0), use_radians=True), along, lateral)
    within = there.intersection(shapely.box(-100.0, -half, 100.0, half))
    begins = begins_m(row, half, length, width)
    if within.area > 1e-9:
        assert begins == pytest.approx(within.bounds[0], abs=1e-6)
    elif within.is_empty:
        assert begins == np.inf
