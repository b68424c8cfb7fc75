"""What becomes of a map before traffic drives on it, and which maps are refused."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.road import Lane, LaneKind, Road, StopLine
from zhixing.errors import MapError
from zhixing.formats.opendrive_write import write_opendrive
from zhixing.simulation.added_lights import with_lights
from zhixing.simulation.city import build_city
from zhixing.simulation.map_city import city_of, read_city
from zhixing.testing.lanelet2_files import Crossroads


def zebra(by_hand: SimpleNamespace, ends: list[tuple[float, float]]) -> Lane:
    lane: Lane = by_hand.lane("zebra", ends, kind=LaneKind.CROSSING, is_two_way=True, speed_limit_mps=math.inf)
    return lane


def test_both_formats_are_told_apart_by_what_stands_in_them(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    write_opendrive(tmp_path / "a.map", by_hand.street())
    (tmp_path / "b.map").write_text(Crossroads().text(), encoding="utf-8")
    assert len(read_city(tmp_path / "a.map").lanes) == 5
    assert len(read_city(tmp_path / "b.map").lanes) == 10


@pytest.mark.parametrize("content", ["", "no xml", "<OpenDRIVE></OpenDRIVE>", "<osm></osm>", "<road/>"])
def test_a_broken_map_is_refused_with_a_hint(content: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.xodr"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MapError) as refused:
        read_city(path)
    assert refused.value.hint


def test_a_map_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="there is no map"):
        read_city(tmp_path / "none.xodr")


def test_a_map_without_lanes_for_cars_is_refused(by_hand: SimpleNamespace) -> None:
    path = by_hand.lane("path", [(0, 0), (50, 0)], kind=LaneKind.BIKING)
    with pytest.raises(MapError, match="no lane to drive on"):
        city_of(Road(name="park", lanes=(path,), successors=((),)))


def test_a_map_that_is_too_large_is_refused(by_hand: SimpleNamespace) -> None:
    far = by_hand.lane("far", [(0, 0), (31_000, 0)])
    with pytest.raises(MapError, match="31 km"):
        city_of(Road(name="far", lanes=(far,), successors=((),)))


def test_points_that_lie_on_each_other_are_dropped_and_a_lane_of_nothing_else_is_refused(
    by_hand: SimpleNamespace,
) -> None:
    street = by_hand.street()
    first = street.lanes[0]
    doubled = replace(
        first,
        **{name: np.repeat(getattr(first, name), 2, axis=0) for name in ("centre_xy_m", "left_xy_m", "right_xy_m")},
    )
    city = city_of(replace(street, lanes=(doubled, *street.lanes[1:])))
    assert np.array_equal(city.lanes[0].centre_xy_m, first.centre_xy_m)
    point = np.zeros((2, 2))
    nothing = replace(first, centre_xy_m=point, left_xy_m=point, right_xy_m=point)
    with pytest.raises(MapError, match="no length"):
        city_of(replace(street, lanes=(nothing, *street.lanes[1:])))


def test_cars_go_on_on_lanes_for_cars_only(by_hand: SimpleNamespace) -> None:
    lanes = (
        by_hand.lane("road", [(0, 0), (50, 0)]),
        by_hand.lane("cycle-path", [(50, 0), (90, 0)], kind=LaneKind.BIKING),
        by_hand.lane("road-on", [(50, 0), (90, 0)]),
    )
    city = city_of(Road(name="fork", lanes=lanes, successors=((1, 2), (2,), ())))
    assert city.successors == ((2,), (2,), ())


def test_people_can_come_to_a_crossing_and_go_over_it_both_ways(by_hand: SimpleNamespace) -> None:
    street = by_hand.street()
    road = replace(
        street, lanes=(*street.lanes, zebra(by_hand, [(50, -4), (50, 11)])), successors=(*street.successors, ())
    )
    city = city_of(road)
    assert len(city.lanes) == len(road.lanes) + 5
    assert city.lanes[:5] == road.lanes[:5]
    starts = [
        k for k, before in enumerate(city.predecessors()) if not before and city.lanes[k].kind == LaneKind.SIDEWALK
    ]
    ways = []
    for k in starts:
        walked = [k]
        while city.successors[walked[-1]]:
            walked += city.successors[walked[-1]]
        ways.append(walked)
        for one, other in itertools.pairwise(walked):
            assert np.allclose(city.lanes[one].centre_xy_m[-1], city.lanes[other].centre_xy_m[0])
        ends = city.lanes[walked[0]].centre_xy_m[0], city.lanes[walked[-1]].centre_xy_m[-1]
        assert abs(ends[1][1] - ends[0][1]) == pytest.approx(15.0 + 2.0 * 6.0)
    assert len(ways) == 2
    for lane in city.lanes[5:]:
        along = lane.centre_xy_m[1] - lane.centre_xy_m[0]
        across = lane.left_xy_m[0] - lane.right_xy_m[0]
        assert along[0] * across[1] - along[1] * across[0] > 0.0


def test_a_crossing_that_ends_on_a_lane_is_left_as_it_is(by_hand: SimpleNamespace) -> None:
    street = by_hand.street()
    lanes = (*street.lanes, zebra(by_hand, [(50, -4), (50, 2)]))
    city = city_of(replace(street, lanes=lanes, successors=(*street.successors, ())))
    assert len(city.lanes) == 6


def cross(by_hand: SimpleNamespace, sides: int) -> Road:
    """Return four streets that meet, with stop lines on so many sides."""
    lanes, successors, lines = [], [], []
    for k, (x, y) in enumerate([(1, 0), (0, 1), (-1, 0), (0, -1)]):
        lanes.append(by_hand.lane(f"in{k}", [(-60 * x, -60 * y), (-12 * x, -12 * y)]))
        lanes.append(by_hand.lane(f"on{k}", [(-12 * x, -12 * y), (12 * x, 12 * y)], junction=0, turn="straight"))
        lanes.append(by_hand.lane(f"out{k}", [(12 * x, 12 * y), (60 * x, 60 * y)]))
        successors += [(3 * k + 1,), (3 * k + 2,), ()]
        if k < sides:
            lines.append(StopLine(xy_m=np.array([[-12.0 * x, -12.0 * y], [-12.0 * x, -9.0 * y]]), lanes=(3 * k,)))
    return Road(
        name="cross", lanes=tuple(lanes), successors=tuple(successors), stop_lines=tuple(lines), num_junctions=1
    )


def test_stop_lines_on_three_sides_mean_lights(by_hand: SimpleNamespace) -> None:
    assert with_lights(cross(by_hand, 2)).num_light_groups == 0
    assert with_lights(cross(by_hand, 3)).num_light_groups == 3
    lit = with_lights(cross(by_hand, 4))
    assert [lane.light_group for lane in lit.lanes] == [-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1]
    assert with_lights(lit) is not lit
    assert with_lights(lit).num_light_groups == 4


def test_the_built_in_city_is_a_map_like_any_other() -> None:
    road = build_city(1)
    city = city_of(road)
    assert city.num_light_groups == road.num_light_groups
    assert len(city.lanes) == len(road.lanes)
    assert city.successors == road.successors
