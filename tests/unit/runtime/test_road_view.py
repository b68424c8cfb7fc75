"""The map as a screen draws it."""

from __future__ import annotations

import json
from types import SimpleNamespace

from zhixing.runtime.road_view import road_message
from zhixing.simulation.city import build_city


def test_a_stop_line_names_its_lights_and_a_lane_its_junction(by_hand: SimpleNamespace) -> None:
    message = road_message(by_hand.crossing())
    assert message["stop_lines"] == [{"xy": [[98.0, 1.75], [98.0, -1.75]], "groups": [0]}]
    assert [lane["junction"] for lane in message["lanes"]] == [-1, 0, -1, -1, 0, -1]


def test_lights_of_the_city_are_listed_from_left_to_right_and_once() -> None:
    road = build_city(seed=1)
    turns = {lane.light_group: lane.turn for lane in road.lanes}
    rank = {"u-turn": 0, "left": 0, "straight": 1, "right": 2}
    message = road_message(road)
    json.dumps(message, allow_nan=False)
    assert message["stop_lines"]
    areas = {lane.light_group for k, lane in enumerate(road.lanes) if any(k in x.lanes for x in road.stop_lines)}
    dark = [line for line, drawn in zip(road.stop_lines, message["stop_lines"], strict=True) if not drawn["groups"]]
    assert {road.lanes[k].junction >= 0 for line in dark for k in line.lanes} == {True}  # those of waiting areas
    assert not {group for line in message["stop_lines"] for group in line["groups"]} & (areas - {-1})
    for line in (one for one in message["stop_lines"] if one["groups"]):
        ranks = [rank[turns[group]] for group in line["groups"]]
        assert ranks == sorted(ranks)
        assert len(set(line["groups"])) == len(line["groups"]) > 0
