"""The maps of four Chinese crossroads: how many lanes, whether they go on, whether people walk where they should."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from zhixing.datatypes.road import Lane, LaneKind, Road
from zhixing.formats.lanelet2 import read_lanelet2
from zhixing.formats.sind_streets import city_in
from zhixing.formats.sind_tracks import read_sind_tracks

SIND = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared")) / "data" / "sind"
CITIES = ("tianjin", "changchun", "chongqing", "xian")


def found(city: str, pattern: str) -> Path:
    paths = [
        path
        for path in sorted(SIND.glob(f"Data/*/{pattern}"))
        if city_in(path.parts[-1 - pattern.count("/") - 1]) == city
    ]
    if not paths:
        pytest.skip(f"no {pattern} of {city} in {SIND}")
    return paths[0]


def street(city: str) -> Road:
    return read_lanelet2(found(city, "*.osm"))


def area(lane: Lane) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))))


@pytest.mark.parametrize(
    ("city", "driving", "crossings", "in_junction", "links", "groups"),
    [
        ("tianjin", 62, 4, 32, 66, 12),
        ("changchun", 37, 0, 19, 38, 0),
        ("chongqing", 48, 4, 16, 43, 12),
        ("xian", 52, 4, 24, 48, 0),
    ],
)
def test_lanes_are_counted(city: str, driving: int, crossings: int, in_junction: int, links: int, groups: int) -> None:
    road = street(city)
    kinds = Counter(lane.kind for lane in road.lanes)
    assert (kinds[LaneKind.DRIVING], kinds[LaneKind.CROSSING], len(road.lanes)) == (
        driving,
        crossings,
        driving + crossings,
    )
    assert road.num_junctions == 1
    assert sum(lane.junction == 0 for lane in road.lanes) == in_junction
    assert sum(map(len, road.successors)) == links
    assert len(road.stop_lines) == 4
    assert road.num_light_groups == groups


@pytest.mark.parametrize("city", CITIES)
def test_lanes_go_on_without_a_gap(city: str) -> None:
    road = street(city)
    for lane, nexts in zip(road.lanes, road.successors, strict=True):
        for following in nexts:
            gap_m = np.hypot(*(road.lanes[following].centre_xy_m[0] - lane.centre_xy_m[-1]))
            assert gap_m < 0.5, (lane.lane_id, road.lanes[following].lane_id)


@pytest.mark.parametrize("city", CITIES)
def test_centres_lie_between_their_bounds(city: str) -> None:
    for lane in street(city).lanes:
        along = np.gradient(lane.centre_xy_m, axis=0)
        for line, side in ((lane.left_xy_m, 1.0), (lane.right_xy_m, -1.0)):
            aside = line - lane.centre_xy_m
            assert (side * (along[:, 0] * aside[:, 1] - along[:, 1] * aside[:, 0]) > 0.0).all(), lane.lane_id
        assert shapely.contains(shapely.buffer(area(lane), 0.01), shapely.points(lane.centre_xy_m)).all(), lane.lane_id


@pytest.mark.parametrize("city", CITIES)
def test_every_way_in_leads_through_the_junction_and_out(city: str) -> None:
    road = street(city)
    for line in road.stop_lines:
        assert any(road.lanes[following].junction == 0 for k in line.lanes for following in road.successors[k])
    for lane, nexts in zip(road.lanes, road.successors, strict=True):
        if lane.junction == 0 and nexts:
            assert all(road.lanes[following].junction < 0 for following in nexts)


@pytest.mark.parametrize(("city", "share"), [("chongqing", 0.6), ("xian", 0.6)])
def test_people_on_the_carriageway_are_on_crossings_or_beside_them(city: str, share: float) -> None:
    road = street(city)
    tracks = read_sind_tracks([found(city, "*/Ped_smoothed_tracks.csv")])
    points = np.asarray(shapely.points(tracks.xy_m[tracks.valid]))
    on_lanes = shapely.contains(
        shapely.union_all([area(lane) for lane in road.lanes if lane.kind == LaneKind.DRIVING]), points
    )
    crossings = shapely.union_all([area(lane) for lane in road.lanes if lane.kind == LaneKind.CROSSING])
    assert shapely.contains(shapely.buffer(crossings, 2.0), points[on_lanes]).mean() > share


def test_people_cross_behind_the_stop_lines() -> None:
    road = street("changchun")  # whose map has no crossings
    tracks = read_sind_tracks([found("changchun", "*/Ped_smoothed_tracks.csv")])
    points = np.asarray(shapely.points(tracks.xy_m[tracks.valid]))
    on_approaches = shapely.union_all([area(road.lanes[k]) for line in road.stop_lines for k in line.lanes])
    in_junction = shapely.union_all([area(lane) for lane in road.lanes if lane.junction == 0])
    assert shapely.contains(in_junction, points).mean() > 0.8
    assert shapely.contains(on_approaches, points).mean() < 0.02
