"""Lanelet2 maps as Lanelet2 reads them, and as we do: frame, bounds, centre lines, what follows and lies beside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from zhixing.datatypes.road import Lane, Road
from zhixing.formats.geodetic import GeoPoint, xy_from_geodetic_m
from zhixing.formats.lanelet2 import read_lanelet2
from zhixing.testing.lanelet2_files import Crossroads

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
MAPS = sorted((SHARED / "data" / "sind").glob("Data/*/*.osm"))
REVERSED = {name: refs[::-1] for name, refs in {101: (11, 21), 103: (13, 23), 133: (53, 55), 142: (22, 64, 56)}.items()}
WRITTEN = {"plain": Crossroads(is_geographic=True), "reversed": Crossroads(is_geographic=True, ways=REVERSED)}
CENTRE_M = 0.05
APART_M = 0.9
"""Lanelet2 draws a centre through the middle of nearest points, we at equal shares of both bounds: the two differ where
a bound opens out, as at the mouth of a street."""


@pytest.fixture(scope="module")
def theirs() -> Any:
    module = pytest.importorskip("lanelet2", reason="lanelet2 is not installed: pip install lanelet2")
    for part in ("core", "geometry", "io", "projection"):
        pytest.importorskip(f"lanelet2.{part}")
    return module


@pytest.mark.parametrize("name", WRITTEN)
def test_what_we_write_by_hand_is_read_alike(theirs: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "hand.osm"
    path.write_text(WRITTEN[name].text(), "utf-8")
    compare(path, theirs)


@pytest.mark.parametrize("number", range(4))
def test_shared_maps_are_read_alike(theirs: Any, number: int) -> None:
    if number >= len(MAPS):
        pytest.skip(f"no map {number} of SinD in {SHARED / 'data' / 'sind'}")
    compare(MAPS[number], theirs)


@pytest.mark.parametrize("origin", [(0.0, 0.0), (49.0, 8.4), (31.2, 121.5), (-33.9, 18.4), (60.0, 25.3)])
def test_the_frame_is_that_of_their_projector(theirs: Any, origin: tuple[float, float]) -> None:
    projector = theirs.projection.UtmProjector(theirs.io.Origin(*origin), True, False)
    for north, east in ((0.0, 0.0), (0.01, 0.005), (-0.02, -0.03)):
        place = (origin[0] + north, origin[1] + east)
        point = projector.forward(theirs.core.GPSPoint(*place, 0.0))
        ours = xy_from_geodetic_m(np.array([place[0]]), np.array([place[1]]), GeoPoint(*origin))
        assert ours[0] == pytest.approx((point.x, point.y), abs=1e-5)


def compare(path: Path, theirs: Any) -> None:
    road = read_lanelet2(path, GeoPoint(0.0, 0.0))
    known = theirs.io.load(str(path), theirs.projection.UtmProjector(theirs.io.Origin(0.0, 0.0)))
    lanelets = {str(one.id): one for one in known.laneletLayer}
    index = {lane.lane_id: k for k, lane in enumerate(road.lanes) if lane.lane_id in lanelets}
    assert set(index) == set(lanelets)
    apart_m = [compare_lane(road.lanes[index[name]], lanelet) for name, lanelet in lanelets.items()]
    assert float(np.median(apart_m)) < CENTRE_M
    assert max(apart_m) < APART_M
    for name, lanelet in lanelets.items():
        follows = {other for other in lanelets if other != name and theirs.geometry.follows(lanelet, lanelets[other])}
        alike = {other for other in follows if road.lanes[index[other]].kind == road.lanes[index[name]].kind}
        assert {road.lanes[k].lane_id for k in road.successors[index[name]]} == alike
    compare_neighbours(road, lanelets, index, theirs)


def compare_lane(lane: Lane, lanelet: Any) -> float:
    """Compare the bounds of a lane and return how far apart the centre lines are."""
    for ours, bound in ((lane.left_xy_m, lanelet.leftBound), (lane.right_xy_m, lanelet.rightBound)):
        line = np.array([(point.x, point.y) for point in bound])
        assert ours[[0, -1]] == pytest.approx(line[[0, -1]], abs=1e-5)
        assert shapely.hausdorff_distance(shapely.LineString(ours), shapely.LineString(line)) < 0.1
    centre = shapely.LineString([(point.x, point.y) for point in lanelet.centerline])
    return float(shapely.distance(shapely.points(lane.centre_xy_m), centre).max())


def compare_neighbours(road: Road, lanelets: dict[str, Any], index: dict[str, int], theirs: Any) -> None:
    for name, lanelet in lanelets.items():
        lane = road.lanes[index[name]]
        left = {other for other in lanelets if theirs.geometry.leftOf(lanelets[other], lanelet)}
        right = {other for other in lanelets if theirs.geometry.rightOf(lanelets[other], lanelet)}
        for ours, there in ((lane.left_lane, left), (lane.right_lane, right)):
            alike = {other for other in there if road.lanes[index[other]].kind == lane.kind}
            assert (road.lanes[ours].lane_id in alike) if ours >= 0 else not alike
