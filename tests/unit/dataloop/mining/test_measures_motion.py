"""What is measured of one is what it was made to do."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks

TIME_S = np.linspace(0.0, 4.0, 41)


def one(x_m: FloatArray, y_m: FloatArray | float = 0.0, yaw_rad: FloatArray | float = 0.0,
        speed_mps: FloatArray | float = 0.0) -> Tracks:  # fmt: skip
    """Return the track of a car 4 m long and 2 m wide, every 0.1 s."""
    x = np.asarray(x_m, dtype=np.float64)
    y, yaw, speed = (np.broadcast_to(v, x.shape).astype(np.float64) for v in (y_m, yaw_rad, speed_mps))
    return Tracks(
        time_ns=np.arange(x.size, dtype=np.int64) * 100_000_000,
        object_id=np.array([1]),
        road_user=np.array([RoadUser.CAR], dtype=np.int64),
        size_m=np.array([[4.0, 2.0]]),
        xy_m=np.stack((x, y), axis=-1)[None],
        yaw_rad=yaw[None],
        speed_mps=speed[None],
        valid=np.ones((1, x.size), dtype=np.bool_),
    )


def test_size_and_time_are_those_of_the_track(mining: SimpleNamespace) -> None:
    track = one(TIME_S)
    assert (mining.measured(track, "length_m", 1) == 4.0).all()
    assert (mining.measured(track, "width_m", 1) == 2.0).all()
    assert mining.measured(track, "seen_for_s", 1) == pytest.approx(TIME_S)


def test_braking_is_found_though_the_speed_is_noisy(mining: SimpleNamespace) -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.05, TIME_S.size)
    track = one(20.0 * TIME_S - 2.0 * TIME_S**2, speed_mps=20.0 - 4.0 * TIME_S + noise)
    assert mining.measured(track, "accel_mps2", 1)[4:-4] == pytest.approx(-4.0, abs=0.3)
    assert mining.measured(replace(track, speed_mps=track.speed_mps - noise), "accel_mps2", 1) == pytest.approx(-4.0)
    assert mining.measured(replace(track, speed_mps=track.speed_mps - noise), "jerk_mps3", 1) == pytest.approx(0.0)


def test_jerk_is_how_the_acceleration_changes(mining: SimpleNamespace) -> None:
    jerk = mining.measured(one(TIME_S, speed_mps=0.5 * 3.0 * TIME_S**2), "jerk_mps3", 1)
    assert jerk[8:-8] == pytest.approx(3.0)


def test_a_circle_turns_evenly_and_without_end(mining: SimpleNamespace) -> None:
    yaw = 2.0 * TIME_S
    track = one(5.0 * np.sin(yaw), -5.0 * np.cos(yaw), np.remainder(yaw + math.pi, 2 * math.pi) - math.pi, 10.0)
    assert mining.measured(track, "yaw_rate_radps", 1) == pytest.approx(2.0)
    assert mining.measured(track, "turned_rad", 1) == pytest.approx(yaw)
    assert mining.measured(track, "travelled_m", 1)[-1] == pytest.approx(10.0 * TIME_S[-1], rel=0.01)
    assert mining.measured(track, "sideways_mps", 1)[2:-2] == pytest.approx(0.0, abs=1e-9)


def test_who_slides_to_the_left_has_a_speed_to_the_left(mining: SimpleNamespace) -> None:
    # heading north, moving north-west
    track = one(-1.0 * TIME_S, 8.0 * TIME_S, math.pi / 2, 8.0)
    assert mining.measured(track, "sideways_mps", 1) == pytest.approx(1.0)


@pytest.mark.parametrize(("speed_mps", "stands"), [(0.0, 1.0), (0.29, 1.0), (-0.29, 1.0), (0.3, 0.0), (-1.0, 0.0)])
def test_slower_than_a_jitter_is_standing(mining: SimpleNamespace, speed_mps: float, stands: float) -> None:
    assert (mining.measured(one(TIME_S, speed_mps=speed_mps), "is_standing", 1) == stands).all()


def test_nothing_is_said_of_who_is_not_there_but_that_it_is_not(mining: SimpleNamespace) -> None:
    there = np.ones((1, TIME_S.size), dtype=np.bool_)
    there[0, 10:20] = False
    track = one(5.0 * TIME_S, yaw_rad=TIME_S, speed_mps=5.0)
    hidden = replace(track, valid=there, speed_mps=np.where(there, track.speed_mps, np.nan))
    for name, measuring in CATALOGUE.items():
        if measuring.of_one is None or name == "is_there":
            continue
        assert np.isnan(mining.measured(hidden, name, 1)[10:20]).all(), name
    assert mining.measured(hidden, "is_there", 1).tolist() == there[0].astype(float).tolist()
    # what is reckoned over time does not reach across the gap, what is summed up goes on
    assert mining.measured(hidden, "accel_mps2", 1)[[8, 21]] == pytest.approx(0.0)
    assert mining.measured(hidden, "turned_rad", 1)[-1] == pytest.approx(TIME_S[-1])
    assert mining.measured(hidden, "travelled_m", 1)[-1] == pytest.approx(5.0 * TIME_S[-1])


def test_who_stands_does_not_come_along_by_jitter(mining: SimpleNamespace) -> None:
    jitter_m = 0.01 * np.random.default_rng(4).normal(size=(2, 600))
    track = one(jitter_m[0], jitter_m[1])
    track = replace(track, time_ns=33_333_333 * np.arange(600))
    assert mining.measured(track, "travelled_m", 1)[-1] < 0.6  # in 20 s; from point to point it is 10 m


def test_two_frames_a_second_are_enough_for_an_acceleration(mining: SimpleNamespace) -> None:
    track = one(TIME_S, speed_mps=10.0 - 1.5 * TIME_S)
    slow = replace(track, time_ns=track.time_ns * 5, speed_mps=10.0 - 7.5 * TIME_S[None])
    assert mining.measured(slow, "accel_mps2", 1) == pytest.approx(-1.5)


def test_a_single_moment_has_a_speed_and_no_acceleration(mining: SimpleNamespace) -> None:
    track = one(np.zeros(1), speed_mps=3.0)
    assert mining.measured(track, "speed_mps", 1).tolist() == [3.0]
    assert np.isnan(mining.measured(track, "accel_mps2", 1)).all()
    assert mining.measured(track, "sideways_mps", 1) == pytest.approx(0.0)
