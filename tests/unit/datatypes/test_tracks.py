from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.errors import ShapeError


def two_cars() -> Tracks:
    steps = 4
    return Tracks(
        time_ns=np.arange(steps, dtype=np.int64) * 100_000_000,
        object_id=np.array([1, 2]),
        road_user=np.array([RoadUser.CAR, RoadUser.EBIKE], dtype=np.int64),
        size_m=np.array([[4.5, 1.8], [1.8, 0.7]]),
        xy_m=np.zeros((2, steps, 2)),
        yaw_rad=np.zeros((2, steps)),
        speed_mps=np.ones((2, steps)),
        valid=np.ones((2, steps), dtype=np.bool_),
    )


@pytest.mark.parametrize("field", ["xy_m", "yaw_rad", "speed_mps"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_valid_value_that_is_not_finite_is_refused_with_its_place(field: str, bad: float) -> None:
    tracks = two_cars()
    values = getattr(tracks, field).copy()
    values[1, 2] = bad
    with pytest.raises(ShapeError, match="object 2 is valid but not finite at step 2"):
        dataclasses.replace(tracks, **{field: values})


def test_nan_where_nobody_is_does_no_harm() -> None:
    tracks = two_cars()
    valid, speed_mps = tracks.valid.copy(), tracks.speed_mps.copy()
    valid[0, 1], speed_mps[0, 1] = False, np.nan
    assert dataclasses.replace(tracks, valid=valid, speed_mps=speed_mps).num_objects == 2


def test_time_must_increase() -> None:
    with pytest.raises(ShapeError, match="does not increase"):
        dataclasses.replace(two_cars(), time_ns=np.array([0, 1, 1, 2]))


def test_arrays_that_do_not_fit_are_named() -> None:
    with pytest.raises(ShapeError, match=r"Tracks.speed_mps has shape \(2, 3\), expected \(objects=2, steps=4\)"):
        dataclasses.replace(two_cars(), speed_mps=np.ones((2, 3)))


def test_arrays_cannot_be_written_after_birth() -> None:
    with pytest.raises(ValueError, match="read-only"):
        two_cars().xy_m[0, 0, 0] = 1.0


def test_until_knows_nothing_of_later_steps() -> None:
    past = two_cars().until(1)
    assert past.num_steps == 2
    assert past.time_ns[-1] == 100_000_000
