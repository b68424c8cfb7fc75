"""SUMO's files: what we write has the map's lines in it, and what we read is a road."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from zhixing.datatypes.road import LaneKind, Road
from zhixing.errors import MapError
from zhixing.formats.sumo_net import is_sumo_net, read_sumo_net, signals_of
from zhixing.formats.sumo_plain import plain_net
from zhixing.formats.sumo_streets import layout_of
from zhixing.simulation.city import build_city

NET = """<?xml version="1.0" encoding="UTF-8"?>
<net version="1.20">
  <edge id=":J_0" function="internal">
    <lane id=":J_0_0" index="0" disallow="pedestrian" speed="8" length="9" width="3.0" shape="50,0 55,0 60,5"/>
  </edge>
  <edge id=":J_1" function="internal">
    <lane id=":J_1_0" index="0" disallow="pedestrian" speed="8" length="10" shape="50,0 60,0"/>
  </edge>
  <edge id=":J_c0" function="crossing">
    <lane id=":J_c0_0" index="0" allow="pedestrian" speed="2.8" length="8" width="4" shape="48,-4 48,4"/>
  </edge>
  <edge id=":J_w0" function="walkingarea">
    <lane id=":J_w0_0" index="0" allow="pedestrian" speed="2.8" length="1" shape="48,4 49,5 50,4"/>
  </edge>
  <edge id="in" from="A" to="J" priority="1">
    <lane id="in_0" index="0" allow="pedestrian" speed="2.8" length="50" width="2" shape="0,-6 50,-6"/>
    <lane id="in_1" index="1" allow="bicycle moped" speed="7" length="50" width="2" shape="0,-4 50,-4"/>
    <lane id="in_2" index="2" disallow="pedestrian" speed="14" length="50" shape="0,0 50,0"/>
    <lane id="in_3" index="3" speed="14" length="50" shape="0,3.2 50,3.2"/>
  </edge>
  <edge id="up" from="J" to="B"><lane id="up_0" index="0" speed="14" length="40" shape="60,5 60,45"/></edge>
  <edge id="on" from="J" to="C"><lane id="on_0" index="0" speed="14" length="40" shape="60,0 100,0"/></edge>
  <edge id="rail" from="J" to="C"><lane id="rail_0" index="0" allow="rail" speed="14" shape="60,9 99,9"/></edge>
  <connection from="in" to="up" fromLane="2" toLane="0" via=":J_0_0" tl="J" linkIndex="3" dir="l" state="o"/>
  <connection from="in" to="on" fromLane="2" toLane="0" via=":J_1_0" tl="J" linkIndex="4" dir="s" state="o"/>
  <connection from=":J_0" to="up" fromLane="0" toLane="0" dir="l" state="M"/>
  <connection from=":J_1" to="on" fromLane="0" toLane="0" dir="s" state="M"/>
</net>
"""


def points(shape: str | None) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    assert shape
    return np.array([[float(word) for word in point.split(",")] for point in shape.split()])


@pytest.fixture(scope="module")
def city() -> Road:
    return build_city(1)


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "town.net.xml"
    path.write_text(NET, encoding="utf-8")
    return path


def test_every_lane_is_written_where_it_is(city: Road) -> None:
    plain = plain_net(city)
    written = {f"{edge.get('id')}_{lane.get('index')}": lane for edge in fromstring(plain.edges) for lane in edge}  # noqa: S314
    drives = [k for k, lane in enumerate(city.lanes) if lane.kind == LaneKind.DRIVING and lane.junction < 0]
    assert set(drives) <= set(plain.lane_of)
    for k, name in plain.lane_of.items():
        centre = city.lanes[k].centre_xy_m
        assert np.abs(points(written[name].get("shape")) - centre).max() < 1e-4
        assert float(written[name].get("width", "0")) == pytest.approx(
            np.hypot(*(city.lanes[k].left_xy_m - city.lanes[k].right_xy_m).T).mean()
        )


def test_every_way_over_a_junction_is_a_connection_with_its_line_and_its_light(city: Road) -> None:
    plain, before = plain_net(city), city.predecessors()
    connections = {
        tuple(f"{one.get(end)}_{one.get(f'{end}Lane')}" for end in ("from", "to")): one
        for one in fromstring(plain.connections)  # noqa: S314
    }
    lit = [k for k, lane in enumerate(city.lanes) if lane.light_group >= 0 and lane.kind != LaneKind.CROSSING]
    # Waiting areas and what is behind them become streets of SUMO's, whose lights it does not know.
    lit = [k for k in lit if all(city.lanes[one].junction < 0 for one in (*before[k], *city.successors[k]))]
    assert len(lit) > 100
    for k in lit:
        (one,), (other,) = before[k], city.successors[k]
        ends = plain.lane_of[one], plain.lane_of[other]
        assert plain.group_of[ends] == city.lanes[k].light_group
        assert np.abs(points(connections[ends].get("shape")) - city.lanes[k].centre_xy_m).max() < 1e-4


def test_lanes_for_two_wheelers_lie_right_of_those_for_cars_in_one_street(city: Road) -> None:
    layout = layout_of(city)
    for street in layout.streets:
        kinds = [city.lanes[lane].kind for lane in street.lanes]
        assert kinds == sorted(kinds, reverse=True)  # biking before driving
    mixed = [street for street in layout.streets if city.lanes[street.lanes[0]].kind == LaneKind.BIKING]
    assert all(len(street.lanes) > 1 for street in mixed)
    bikes = [lane for lane in city.lanes if lane.kind == LaneKind.BIKING and lane.junction < 0]
    assert len(mixed) == len(bikes) > 10


def test_a_crossroads_is_one_node_and_a_roundabout_several(city: Road) -> None:
    layout = layout_of(city)
    nodes: dict[int, set[int]] = {}
    for link in layout.links:
        if link.via:
            nodes.setdefault(city.lanes[link.via[0]].junction, set()).add(link.node)
    assert len(nodes) == 12
    assert all(len(of) == 1 for of in nodes.values())
    ring = {street.before for street in layout.streets if city.lanes[street.lanes[0]].lane_id.startswith("ring/")}
    assert len(ring) > 5


def test_a_waiting_area_and_the_way_on_from_it_are_one_link_with_the_latter_s_light(city: Road) -> None:
    layout = layout_of(city)
    long = [link for link in layout.links if len(link.via) > 1]
    assert len(long) >= 4
    groups = plain_net(city).group_of
    for link in long:
        area, way = link.via
        assert way in city.successors[area]
        assert link.following in city.successors[way]
        assert city.lanes[area].junction == city.lanes[way].junction >= 0
        names = [plain_net(city).lane_of[lane] for lane in (link.lane, link.following)]
        assert groups[names[0], names[1]] == city.lanes[way].light_group != city.lanes[area].light_group
    over = {lane for link in layout.links for lane in link.via}
    lit = {k for k, lane in enumerate(city.lanes) if lane.light_group >= 0 and lane.kind != LaneKind.CROSSING}
    assert lit <= over


def test_crossings_lead_over_the_two_directions_of_a_street_where_the_map_has_them(city: Road) -> None:
    plain = plain_net(city)
    walks = {lane.light_group: lane for lane in city.lanes if lane.kind == LaneKind.CROSSING}
    written = list(fromstring(plain.connections).iterfind("crossing"))  # noqa: S314
    assert len(written) == len(plain.crossing_groups) > 40
    for crossing in written:
        edges = frozenset(crossing.get("edges", "").split())
        lane = walks[plain.crossing_groups[crossing.get("node", ""), edges]]
        assert len(edges) == 2
        assert edges <= set(plain.pavements)
        middle = points(crossing.get("shape")).mean(axis=0)
        assert np.hypot(*(middle - lane.centre_xy_m[1:-1].mean(axis=0))) < 1.5
        assert float(crossing.get("width", "0")) == pytest.approx(5.0)


def test_the_same_road_gives_the_same_bytes(by_hand: SimpleNamespace) -> None:
    assert plain_net(by_hand.crossing()) == plain_net(by_hand.crossing())


def test_a_network_of_sumo_s_is_read_as_a_road(net: Path) -> None:
    read = read_sumo_net(net)
    road, index = read.road, {name: k for k, name in read.lane_of.items()}
    assert is_sumo_net(net)
    assert road.name == "town"
    assert ":J_w0_0" not in index
    kinds = {name: road.lanes[k].kind for name, k in index.items()}
    assert kinds["in_0"] == LaneKind.SIDEWALK
    assert kinds["in_1"] == LaneKind.BIKING
    assert kinds["in_2"] == kinds["in_3"] == kinds[":J_0_0"] == LaneKind.DRIVING
    assert kinds[":J_c0_0"] == LaneKind.CROSSING
    assert kinds["rail_0"] == LaneKind.OTHER
    inner, outer, turn = road.lanes[index["in_3"]], road.lanes[index["in_2"]], road.lanes[index[":J_0_0"]]
    assert (inner.right_lane, inner.left_lane) == (index["in_2"], -1)
    assert (outer.right_lane, outer.left_lane) == (-1, index["in_3"])
    assert (turn.junction, turn.turn) == (0, "left")
    assert np.hypot(*(turn.left_xy_m - turn.right_xy_m)[0]) == pytest.approx(3.0)
    assert road.successors[index["in_2"]] == (index[":J_0_0"], index[":J_1_0"])
    assert road.successors[index[":J_0_0"]] == (index["up_0"],)
    assert read.group_of == {("J", 3): turn.light_group, ("J", 4): road.lanes[index[":J_1_0"]].light_group}
    assert road.num_light_groups == 2
    assert [line.lanes for line in road.stop_lines] == [(index["in_2"],)]
    assert signals_of(net) == {("in_2", "up_0"): ("J", 3), ("in_2", "on_0"): ("J", 4)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<net ", '<net lefthand="true" ', "left-hand"),
        ('shape="0,0 50,0"', 'shape="0,0"', "two finite points"),
        ('shape="0,0 50,0"', 'shape="0,0 nan,0"', "two finite points"),
        ('shape="0,0 50,0"', 'shape="here there"', "no list of points"),
        ('linkIndex="3"', 'linkIndex="x"', "linkIndex"),
        ("<net version", "<town version", "town"),
        ('speed="14"', 'speed="fast"', "speed"),
    ],
)
def test_a_network_that_makes_no_sense_is_refused(net: Path, old: str, new: str, said: str) -> None:
    text = NET.replace(old, new)
    net.write_text(text.replace("</net>", "</town>") if "<town" in text else text, encoding="utf-8")
    with pytest.raises(MapError, match=said):
        read_sumo_net(net)


def test_a_network_without_lanes_for_cars_is_refused(net: Path) -> None:
    net.write_text('<net ><edge id="a"><lane id="a_0" allow="rail" speed="9" shape="0,0 9,9"/></edge></net>', "utf-8")
    with pytest.raises(MapError, match="no lane to drive on"):
        read_sumo_net(net)
