from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.road import NO_LANE, LaneKind
from zhixing.datatypes.shapes import polyline_s_m
from zhixing.errors import MapError
from zhixing.formats.opendrive import read_opendrive
from zhixing.formats.opendrive_geometry import read_pieces, reference_at
from zhixing.formats.xml_files import parse_xml
from zhixing.testing.small_files import LANE, ROAD, opendrive, straight


def write(folder: Path, text: str) -> Path:
    path = folder / "map.xodr"
    path.write_text(text, encoding="utf-8")
    return path


def test_right_lanes_run_along_the_road_and_left_lanes_against_it(tmp_path: Path) -> None:
    road = read_opendrive(write(tmp_path, opendrive(straight())))
    lanes = {lane.lane_id: lane for lane in road.lanes}
    inner, outer, oncoming = lanes["1/0/-1"], lanes["1/0/-2"], lanes["1/0/1"]
    assert inner.centre_xy_m[0].tolist() == [0.0, -1.75]
    assert outer.centre_xy_m[-1].tolist() == [100.0, -5.25]
    assert oncoming.centre_xy_m[0].tolist() == [100.0, 1.75]
    assert oncoming.centre_xy_m[-1].tolist() == [0.0, 1.75]
    assert inner.left_xy_m[0, 1] > inner.right_xy_m[0, 1]
    assert oncoming.left_xy_m[0, 1] < oncoming.right_xy_m[0, 1]
    assert inner.speed_limit_mps == pytest.approx(17.8816)


def test_neighbours_have_the_same_direction(tmp_path: Path) -> None:
    road = read_opendrive(write(tmp_path, opendrive(straight())))
    index = {lane.lane_id: k for k, lane in enumerate(road.lanes)}
    inner = road.lanes[index["1/0/-1"]]
    assert inner.right_lane == index["1/0/-2"]
    assert inner.left_lane == NO_LANE


def test_lanes_that_touch_are_connected_though_the_map_does_not_say_so(tmp_path: Path) -> None:
    road = read_opendrive(write(tmp_path, opendrive(straight("1"), straight("2", x_m=100.1))))
    index = {lane.lane_id: k for k, lane in enumerate(road.lanes)}
    assert road.successors[index["1/0/-1"]] == (index["2/0/-1"],)
    assert road.successors[index["2/0/1"]] == (index["1/0/1"],)


@given(st.floats(-0.05, 0.05).filter(lambda k: abs(k) > 1e-4), st.floats(5.0, 60.0), st.floats(-3.0, 3.0))
def test_an_arc_is_a_spiral_of_constant_curvature(curvature: float, length: float, hdg: float) -> None:
    from xml.etree.ElementTree import fromstring  # noqa: PLC0415

    start = f'<planView><geometry s="0" x="1" y="2" hdg="{hdg}" length="{length}">'
    arc = fromstring(f'{start}<arc curvature="{curvature}"/></geometry></planView>')  # noqa: S314
    spiral = fromstring(f'{start}<spiral curvStart="{curvature}" curvEnd="{curvature}"/></geometry></planView>')  # noqa: S314
    s_m = np.linspace(0.0, length, 7)
    difference = np.abs(reference_at(read_pieces(arc), s_m) - reference_at(read_pieces(spiral), s_m))
    assert difference.max() < 1e-3


def test_a_spiral_ends_with_the_mean_of_its_curvatures(tmp_path: Path) -> None:
    text = opendrive(straight()).replace("<line/>", '<spiral curvStart="0" curvEnd="0.02"/>')
    road = read_opendrive(write(tmp_path, text))
    steps = np.diff(road.lanes[1].centre_xy_m, axis=0)
    yaw = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    assert yaw[-1] == pytest.approx(1.0, abs=0.02)
    assert polyline_s_m(road.lanes[1].centre_xy_m)[-1] > 100.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (opendrive(straight())[:300], "no complete XML"),
        ("not xml at all", "no complete XML"),
        ("<Map/>", "not OpenDRIVE"),
        (opendrive(), "no lane to drive on"),
        (opendrive(straight()).replace("driving", "sidewalk"), "no lane to drive on"),
        (opendrive(straight()).replace('a="3.5"', 'a="NaN"'), "finite"),
        (opendrive(straight()).replace('x="0.0"', 'x="inf"'), "finite"),
        (opendrive(straight()).replace('length="100.0"><line', 'length="0"><line'), "no geometry"),
        (opendrive(straight()).replace('length="100.0"><line', 'length="1e9"><line'), "1000000000.0 m long"),
        (opendrive(straight()).replace("<line/>", "<loop/>"), "'loop' is unknown"),
        (opendrive(straight()).replace("<planView>", "<plan>").replace("</planView>", "</plan>"), "lacks planView"),
        (opendrive(straight("1"), straight("2", x_m=9e6)).replace('y="0"', 'y="0"', 1), "km²"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><OpenDRIVE>&b;</OpenDRIVE>', "document type"),
        (opendrive(straight()).replace('id="1" length="100.0"', 'id="1" length="5e8"'), "must agree|its geometry"),
        (opendrive(straight()).replace('laneSection s="0"', 'laneSection s="-5e8"'), "beyond its ends"),
        (opendrive(*(straight(str(k), length_m=90_000.0) for k in range(30))), "km of lanes"),
        (opendrive(straight()).replace('a="3.5"', 'a="1e300"'), "sensible size"),
        ("<OpenDRIVE>" + "<a>" * 100 + "</a>" * 100 + "</OpenDRIVE>", "nested deeper"),
    ],
)
def test_a_bad_map_is_named_with_a_hint(tmp_path: Path, text: str, said: str) -> None:
    if said == "km²":
        text = text.replace('x="9000000.0" y="0"', 'x="9000000.0" y="9000000"')
    with pytest.raises(MapError, match=said) as caught:
        read_opendrive(write(tmp_path, text))
    assert caught.value.hint


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.xodr"
    path.write_bytes(b"<a>" * 1000)
    with pytest.raises(MapError, match="more than"):
        parse_xml(path, MapError, max_bytes=1000)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="cannot be read"):
        read_opendrive(tmp_path / "absent.xodr")


def test_biking_lanes_are_kept_apart(tmp_path: Path) -> None:
    right = LANE.format(id=-1) + LANE.format(id=-2).replace("driving", "biking")
    road = read_opendrive(write(tmp_path, opendrive(ROAD.format(id="1", x=0, length=50, left="", right=right))))
    assert [lane.kind for lane in road.lanes] == [LaneKind.DRIVING, LaneKind.BIKING]
    assert road.lanes[0].right_lane == NO_LANE
    assert math.isfinite(road.lanes[1].speed_limit_mps)
