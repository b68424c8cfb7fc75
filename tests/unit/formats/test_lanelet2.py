"""Lanelet2 maps: what a small crossroads says, and the laws that reading it follows."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, Lane, LaneKind, Road
from zhixing.formats.geodetic import GeoPoint, xy_from_geodetic_m
from zhixing.formats.lanelet2 import is_lanelet2, read_lanelet2
from zhixing.testing.lanelet2_files import LANELETS, LIGHT, WAYS, Crossroads

Read = Callable[[Crossroads], Road]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(crossroads: Crossroads) -> Road:
        path = tmp_path / "crossroads.osm"
        path.write_text(crossroads.text(), "utf-8")
        return read_lanelet2(path)

    return read


def lane(road: Road, name: int | str) -> Lane:
    return next(lane for lane in road.lanes if lane.lane_id == str(name))


def following(road: Road, name: int) -> set[str]:
    (k,) = (k for k, lane in enumerate(road.lanes) if lane.lane_id == str(name))
    return {road.lanes[other].lane_id for other in road.successors[k]}


def test_lanes_run_where_the_file_draws_them(read: Read) -> None:
    road = read(Crossroads())
    assert [lane.lane_id for lane in road.lanes] == [str(name) for name in LANELETS]
    first = lane(road, 1)
    assert first.kind == LaneKind.DRIVING
    assert not first.is_two_way
    assert first.centre_xy_m[[0, -1]].tolist() == [[0.0, 1.75], [50.0, 1.75]]
    assert first.left_xy_m[0].tolist() == [0.0, 3.5]
    assert first.centre_xy_m.shape == first.left_xy_m.shape == first.right_xy_m.shape
    assert math.isinf(first.speed_limit_mps)


def test_lanes_go_on_where_both_bounds_do(read: Read) -> None:
    road = read(Crossroads())
    assert following(road, 1) == {"3"}
    assert following(road, 2) == {"4", "10"}
    assert following(road, 10) == {"9"}
    assert following(road, 5) == set()


@pytest.mark.parametrize(("aside_m", "goes_on"), [(0.2, True), (0.5, False)])
def test_a_small_gap_between_lanes_drawn_by_hand_is_closed(read: Read, aside_m: float, goes_on: bool) -> None:
    nodes = {81: (50.0, 0.0 + aside_m), 82: (50.0, 3.5)}
    road = read(Crossroads(nodes=nodes, ways={111: (81, 31)}))
    assert (following(road, 1) == {"3"}) is goes_on


def test_neighbours_share_a_bound_and_a_direction(read: Read) -> None:
    road = read(Crossroads())
    names = [lane.lane_id for lane in road.lanes]
    assert names[lane(road, 1).left_lane] == "2"
    assert names[lane(road, 2).right_lane] == "1"
    assert lane(road, 1).right_lane == lane(road, 2).left_lane == NO_LANE
    biking = read(Crossroads(tags={1: {"subtype": "bicycle_lane"}}))
    assert lane(biking, 2).right_lane == NO_LANE


def test_what_crosses_is_a_junction_and_turns(read: Read) -> None:
    road = read(Crossroads())
    assert road.num_junctions == 1
    turns = {lane.lane_id: lane.turn for lane in road.lanes if lane.junction == 0}
    assert turns == {"3": "straight", "4": "straight", "8": "straight", "10": "left"}
    assert all(not lane.turn for lane in road.lanes if lane.junction < 0)


def test_a_stated_turn_makes_a_junction(read: Read) -> None:
    road = read(Crossroads(tags={5: {"turn_direction": "right"}}))
    assert lane(road, 5).turn == "right"
    assert lane(road, 5).junction == 1
    assert road.num_junctions == 2


def test_who_ends_at_a_stop_line_waits_there(read: Read) -> None:
    road = read(Crossroads())
    (line,) = road.stop_lines
    assert line.xy_m.tolist() == [[49.0, 0.0], [49.0, 7.0]]
    assert [road.lanes[k].lane_id for k in line.lanes] == ["1", "2"]


def test_a_lane_between_line_and_junction_waits_at_the_line_too(read: Read) -> None:
    (line,) = read(Crossroads(ways={151: (11, 13)})).stop_lines
    assert line.lanes == (0, 1)


def test_a_line_that_nobody_ends_at_or_that_runs_along_a_lane_is_no_stop_line(read: Read) -> None:
    assert read(Crossroads(ways={151: (71, 13)})).stop_lines == ()
    assert read(Crossroads(ways={151: (41, 42)})).stop_lines[0].lanes == (4,)
    assert read(Crossroads(nodes={61: (30.0, 0.0), 62: (30.0, 7.0)})).stop_lines == ()


@pytest.mark.parametrize("bound", [True, False])
def test_each_movement_under_a_light_has_its_group(read: Read, bound: bool) -> None:
    elements = {1: [300], 2: [300]} if bound else {}
    road = read(Crossroads(elements=elements, more=LIGHT))
    assert road.num_light_groups == 2
    groups = {name: lane(road, name).light_group for name in LANELETS}
    assert groups[3] == groups[4] != groups[10]
    assert {name for name, group in groups.items() if group != NO_LIGHT} == {3, 4, 10}


def test_a_light_may_bind_the_movement_itself(read: Read) -> None:
    road = read(Crossroads(elements={10: [300], 8: [300]}, more=LIGHT))
    assert {name for name in LANELETS if lane(road, name).light_group != NO_LIGHT} == {8, 10}


def test_only_who_yields_waits_at_a_line_of_right_of_way(read: Read) -> None:
    element = (
        '<relation id="301"><member type="relation" ref="7" role="yield"/>'
        '<member type="relation" ref="1" role="right_of_way"/><member type="way" ref="161" role="ref_line"/>'
        '<tag k="type" v="regulatory_element"/><tag k="subtype" v="right_of_way"/></relation>'
    )
    road = read(Crossroads(elements={1: [301], 7: [301]}, more=element, way_tags={151: {"type": "line_thin"}}))
    assert [[road.lanes[k].lane_id for k in line.lanes] for line in road.stop_lines] == [["7"]]


@pytest.mark.parametrize(
    ("tags", "kind", "is_two_way"),
    [
        ({"subtype": "highway"}, LaneKind.DRIVING, False),
        ({"subtype": "main_road"}, LaneKind.DRIVING, False),
        ({"subtype": ""}, LaneKind.DRIVING, False),
        ({"one_way": "no"}, LaneKind.DRIVING, True),
        ({"subtype": "bicycle_lane"}, LaneKind.BIKING, False),
        ({"subtype": "walkway"}, LaneKind.SIDEWALK, True),
        ({"subtype": "shared_walkway", "one_way": "yes"}, LaneKind.SIDEWALK, True),
        ({"subtype": "crosswalk"}, LaneKind.CROSSING, True),
        ({"subtype": "bus_lane"}, LaneKind.OTHER, False),
        ({"subtype": "bus_lane", "participant:vehicle:car": "yes"}, LaneKind.DRIVING, False),
        ({"participant:vehicle": "yes", "participant:vehicle:car": "no"}, LaneKind.OTHER, False),
        ({"participant:bicycle": "yes"}, LaneKind.BIKING, False),
        ({"participant:pedestrian": "yes"}, LaneKind.SIDEWALK, True),
        ({"subtype": "crosswalk", "participant:bicycle": "yes"}, LaneKind.CROSSING, True),
        ({"participant:vehicle:emergency": "yes"}, LaneKind.OTHER, False),
    ],
)
def test_who_may_use_a_lane_follows_from_its_tags(
    read: Read, tags: dict[str, str], kind: LaneKind, is_two_way: bool
) -> None:
    found = lane(read(Crossroads(tags={5: tags})), 5)
    assert (found.kind, found.is_two_way) == (kind, is_two_way)


@pytest.mark.parametrize(
    ("tags", "more", "limit_kmh"),
    [
        ({"speed_limit": "50"}, "", 50.0),
        ({"speed_limit": "50 km/h"}, "", 50.0),
        ({"speed_limit": "30 mph"}, "", 30 * 1.609344),
        ({"speed_limit": "10 m/s"}, "", 36.0),
        ({}, '<tag k="sign_type" v="de274-60"/>', 60.0),
        ({}, '<tag k="sign_type" v="20 mph"/>', 20 * 1.609344),
        ({"speed_limit": "40"}, '<tag k="sign_type" v="de274-60"/>', 40.0),
        ({}, '<member type="way" ref="161" role="refers"/>', 30.0),
    ],
)
def test_limits_are_those_of_tags_and_signs(read: Read, tags: dict[str, str], more: str, limit_kmh: float) -> None:
    element = (
        f'<relation id="302">{more}<tag k="type" v="regulatory_element"/><tag k="subtype" v="speed_limit"/></relation>'
    )
    crossroads = Crossroads(
        tags={1: tags},
        elements={1: [302]} if more else {},
        more=element if more else "",
        way_tags={161: {"type": "traffic_sign", "subtype": "de274-30"}},
    )
    assert lane(read(crossroads), 1).speed_limit_mps == pytest.approx(limit_kmh / 3.6)


def test_two_zebra_lines_are_a_crossing(read: Read) -> None:
    road = read(Crossroads(way_tags={161: {"type": "zebra"}, 162: {"type": "zebra"}}))
    (crossing,) = (lane for lane in road.lanes if lane.kind == LaneKind.CROSSING)
    assert crossing.lane_id == "161/162"
    assert crossing.is_two_way
    assert sorted(crossing.centre_xy_m[[0, -1]].tolist()) == [[46.5, -2.0], [46.5, 9.0]]
    assert len(road.successors) == len(road.lanes)


def test_zebra_lines_that_are_alone_or_bound_a_lanelet_are_none(read: Read) -> None:
    alone = read(Crossroads(way_tags={161: {"type": "zebra"}}))
    bound = read(Crossroads(way_tags={101: {"type": "zebra"}, 102: {"type": "zebra"}}))
    assert all(lane.kind == LaneKind.DRIVING for road in (alone, bound) for lane in road.lanes)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turned=st.sets(st.sampled_from(sorted(set(WAYS) - {151, 161, 162}))))
def test_a_bound_may_be_drawn_either_way(read: Read, turned: set[int]) -> None:
    plain = read(Crossroads(more=LIGHT))
    other = read(Crossroads(more=LIGHT, ways={name: WAYS[name][::-1] for name in turned}))
    assert other.successors == plain.successors
    for a, b in zip(plain.lanes, other.lanes, strict=True):
        assert (a.left_lane, a.right_lane, a.turn, a.light_group) == (b.left_lane, b.right_lane, b.turn, b.light_group)
        np.testing.assert_allclose(b.left_xy_m, a.left_xy_m, atol=1e-9)
        np.testing.assert_allclose(b.right_xy_m, a.right_xy_m, atol=1e-9)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(yaw=st.floats(-math.pi, math.pi), east=st.floats(-1e4, 1e4), north=st.floats(-1e4, 1e4))
def test_a_map_that_is_moved_and_turned_is_the_same_map(read: Read, yaw: float, east: float, north: float) -> None:
    text = Crossroads().text()
    places = re.findall(r'<node id="(\d+)".*?local_x" v="([-\d.]+)".*?local_y" v="([-\d.]+)"', text)
    c, s = math.cos(yaw), math.sin(yaw)
    moved = {
        int(name): (c * float(x) - s * float(y) + east, s * float(x) + c * float(y) + north) for name, x, y in places
    }
    plain, other = read(Crossroads()), read(Crossroads(nodes=moved))
    assert other.successors == plain.successors
    for a, b in zip(plain.lanes, other.lanes, strict=True):
        assert (a.junction, a.turn, a.left_lane) == (b.junction, b.turn, b.left_lane)
        np.testing.assert_allclose(
            b.centre_xy_m, a.centre_xy_m @ np.array([[c, s], [-s, c]]) + [east, north], atol=1e-6
        )


def test_places_on_earth_become_metres(tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    path.write_text(Crossroads(is_geographic=True).text(), "utf-8")
    road = read_lanelet2(path)
    assert lane(road, 5).right_xy_m[-1] == pytest.approx((120.0, 0.0), abs=1e-3)
    assert lane(road, 9).left_xy_m[-1] == pytest.approx((56.0, 40.0), abs=1e-3)
    shifted = read_lanelet2(path, GeoPoint(0.0, 0.0001))
    assert lane(shifted, 5).right_xy_m[-1] == pytest.approx((120.0 - 11.1429, 0.0), abs=1e-3)


def test_a_map_far_from_zero_has_its_origin_in_its_middle(tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    text = re.sub(r'lat="([-\d.e]+)"', lambda m: f'lat="{31.2 + float(m[1])}"', Crossroads(is_geographic=True).text())
    path.write_text(re.sub(r'lon="([-\d.e]+)"', lambda m: f'lon="{121.5 + float(m[1])}"', text), "utf-8")
    edges = np.concatenate([lane.centre_xy_m for lane in read_lanelet2(path).lanes])
    assert np.abs(0.5 * (edges.min(axis=0) + edges.max(axis=0))).max() < 5.0


@pytest.mark.parametrize(
    ("place", "origin", "xy_m"),
    [
        ((49.01, 8.405), (49.0, 8.4), (374.4233, 1108.7669)),
        ((31.18, 121.47), (31.2, 121.5), (-2889.1193, -2177.7739)),
        ((-33.91, 18.41), (-33.9, 18.4), (952.9084, -1085.8137)),
    ],
)
def test_metres_are_those_of_utm(
    place: tuple[float, float], origin: tuple[float, float], xy_m: tuple[float, float]
) -> None:
    found = xy_from_geodetic_m(np.array([place[0]]), np.array([place[1]]), GeoPoint(*origin))
    assert found[0] == pytest.approx(xy_m, abs=1e-3)


def test_what_an_editor_deleted_is_left_out(read: Read) -> None:
    more = '<relation id="1" action="delete"><tag k="type" v="lanelet"/></relation><node id="11" action="delete"/>'
    assert len(read(Crossroads(more=more)).lanes) == len(LANELETS)


def test_such_maps_are_told_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.osm").write_text(Crossroads().text(), "utf-8")
    (tmp_path / "b.osm").write_text("<OpenDRIVE/>", "utf-8")
    assert is_lanelet2(tmp_path / "a.osm")
    assert not is_lanelet2(tmp_path / "b.osm")
    assert not is_lanelet2(tmp_path / "absent.osm")
