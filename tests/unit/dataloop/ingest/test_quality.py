"""What is wrong with rows is found, put aside with its reason, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.dataloop.ingest.quality import Checked, check_rows
from zhixing.dataloop.ingest.quality_faults import Reason
from zhixing.datatypes.observations import Observations, observations_of, together, tracks_of
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import RecordingError
from zhixing.testing.track_rows import going


def changed(rows: Observations, at: int, **values: float) -> Observations:
    new = {}
    for name, value in values.items():
        column = getattr(rows, name).copy()
        column[at] = value
        new[name] = column
    return replace(rows, **new)


def reasons(checked: Checked) -> dict[str, int]:
    return checked.quality.rejected


def test_good_rows_stay_as_they_are() -> None:
    rows = together([going(1), going(2, y_m=5.0, road_user=RoadUser.EBIKE, size_m=(1.7, 0.7))])
    checked = check_rows(rows)
    assert checked.rows.num_rows == 40
    assert not checked.reason.size
    assert checked.quality.num_late == 0
    assert np.all(np.diff(checked.rows.time_ns) >= 0)


def test_a_second_equal_row_is_a_duplicate_and_another_place_a_conflict() -> None:
    rows = going()
    both = together([rows, rows.take(slice(3, 4)), changed(rows, 5, x_m=7.5).take(slice(5, 6))])
    checked = check_rows(both)
    assert reasons(checked) == {"duplicate": 1, "conflict": 1}
    assert checked.rows.num_rows == 20
    assert checked.rejected.x_m[checked.reason == Reason.CONFLICT].tolist() == [7.5]


def test_late_rows_are_sorted_into_their_place() -> None:
    rows = going()
    order = np.arange(20)
    order[[4, 5, 6]] = [6, 5, 4]
    checked = check_rows(rows.take(order))
    assert checked.quality.num_late == 2
    np.testing.assert_array_equal(checked.rows.x_m, rows.x_m)


def test_whole_tracks_one_after_the_other_are_not_late() -> None:
    assert check_rows(together([going(2), going(1)])).quality.num_late == 0


@pytest.mark.parametrize("name", ["x_m", "y_m", "yaw_rad", "speed_mps", "length_m"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_put_aside(name: str, value: float) -> None:
    checked = check_rows(changed(going(), 7, **{name: value}))
    assert reasons(checked) == {"not-finite": 1}
    assert checked.rows.num_rows == 19


def test_a_quantity_that_is_never_told_is_reckoned_from_the_movement() -> None:
    rows = going(yaw_rad=1.0)
    never = np.full(20, np.nan)
    checked = check_rows(replace(rows, yaw_rad=never, speed_mps=never, length_m=never, width_m=never))
    np.testing.assert_allclose(checked.rows.yaw_rad, 1.0)
    np.testing.assert_allclose(checked.rows.speed_mps, 10.0)
    np.testing.assert_allclose(checked.rows.length_m, 4.6)


def test_who_stands_still_keeps_its_heading() -> None:
    walks, stands = going(steps=5, speed_mps=1.5, yaw_rad=2.0), going(steps=5, speed_mps=0.0, start_ns=500_000_000)
    stands = replace(stands, x_m=stands.x_m + walks.x_m[-1], y_m=stands.y_m + walks.y_m[-1])
    rows = together([walks, stands])
    checked = check_rows(replace(rows, yaw_rad=np.full(10, np.nan), speed_mps=np.full(10, np.nan)))
    np.testing.assert_allclose(checked.rows.yaw_rad, 2.0)
    assert checked.rows.speed_mps[-1] == pytest.approx(0.0)


@pytest.mark.parametrize("factor", [3.6, 2.23694, 1000.0, 0.001])
def test_speeds_in_another_unit_are_noticed(factor: float) -> None:
    good = [going(k, y_m=4.0 * k) for k in range(1, 4)]
    bad = replace(going(9, y_m=40.0), speed_mps=np.full(20, 10.0 * factor))
    checked = check_rows(together([*good, bad]))
    assert reasons(checked) == {"wrong-unit": 20}
    assert set(checked.rejected.object_id.tolist()) == {9}


def test_headings_in_degrees_are_noticed() -> None:
    bad = replace(going(9, yaw_rad=1.5), yaw_rad=np.full(20, np.degrees(1.5)))
    checked = check_rows(together([going(1), going(2, y_m=9.0), bad]))
    assert reasons(checked) == {"wrong-unit": 20}


def test_a_recording_that_is_wrong_throughout_is_refused_with_what_to_do() -> None:
    rows = replace(going(), speed_mps=np.full(20, 36.0))
    with pytest.raises(RecordingError, match=r"20 of 20 rows make no sense.*do not fit") as error:
        check_rows(rows)
    assert "metres per second" in error.value.hint


def test_somebody_who_is_elsewhere_for_a_moment_jumped() -> None:
    rows = going()
    checked = check_rows(changed(rows, 8, x_m=500.0))
    assert reasons(checked) == {"jump": 1}
    assert checked.rejected.time_ns.tolist() == [800_000_000]
    first = check_rows(changed(rows, 0, x_m=500.0))
    assert reasons(first) == {"jump": 1}
    assert first.rejected.time_ns.tolist() == [0]


def test_somebody_who_stays_elsewhere_is_somebody_else() -> None:
    rows = together([going(4, steps=10), going(4, steps=10, x_m=300.0, start_ns=1_000_000_000)])
    checked = check_rows(rows)
    assert not checked.reason.size
    assert [tuple(one) for one in checked.quality.renamed] == [(4, 5, 1_000_000_000)]
    assert tracks_of(checked.rows).valid.sum(axis=1).tolist() == [10, 10]


def test_an_identity_that_comes_back_as_another_class_is_somebody_else() -> None:
    walker = going(
        4, steps=10, x_m=20.0, speed_mps=1.0, start_ns=5_000_000_000, road_user=RoadUser.PEDESTRIAN, size_m=(0.5, 0.5)
    )
    checked = check_rows(together([going(4, steps=10), walker]))
    assert len(checked.quality.renamed) == 1
    assert set(tracks_of(checked.rows).road_user.tolist()) == {int(RoadUser.CAR), int(RoadUser.PEDESTRIAN)}


def test_who_was_hidden_for_a_while_is_still_the_same() -> None:
    rows = going(steps=60).take(np.r_[0:10, 45:60])
    assert check_rows(rows).quality.renamed == ()


def test_a_class_that_flickers_is_the_one_it_has_most_often() -> None:
    checked = check_rows(changed(going(), 3, road_user=float(RoadUser.TRUCK)))
    assert set(checked.rows.road_user.tolist()) == {int(RoadUser.CAR)}


def test_a_size_nobody_has_is_put_aside() -> None:
    assert reasons(check_rows(changed(going(), 3, length_m=400.0))) == {"unreal-size": 1}


def test_nobody_is_no_recording() -> None:
    with pytest.raises(RecordingError, match="nobody"):
        check_rows(together([]))


FAULTS = st.lists(
    st.tuples(st.integers(0, 39), st.sampled_from(["nan", "again", "elsewhere", "far", "swap"])), max_size=6
)


@given(FAULTS)
def test_every_row_is_kept_or_put_aside_and_what_is_kept_is_clean(faults: list[tuple[int, str]]) -> None:
    rows = together([going(1), going(2, y_m=8.0, yaw_rad=0.5)])
    extra = []
    for at, what in faults:
        if what == "nan":
            rows = changed(rows, at, x_m=np.nan)
        elif what == "elsewhere":
            rows = changed(rows, at, x_m=900.0)
        elif what == "far":
            rows = changed(rows, at, y_m=1e9)
        elif what == "again":
            extra.append(rows.take(np.array([at])))
        else:
            order = np.arange(rows.num_rows)
            order[[at, (at + 3) % 40]] = order[[(at + 3) % 40, at]]
            rows = rows.take(order)
    rows = together([rows, *extra])
    checked = check_rows(rows)
    assert checked.rows.num_rows + checked.rejected.num_rows == rows.num_rows
    assert checked.quality.num_rejected == checked.rejected.num_rows
    assert not (checked.reason == Reason.NONE).any()
    tracks = tracks_of(checked.rows)  # raises on anything twice or not finite
    again = check_rows(observations_of(tracks))
    assert not again.reason.size
    assert again.quality.renamed == ()
