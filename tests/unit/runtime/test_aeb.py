"""Planners drive the emergency braking scenes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zhixing.runtime.bench.aeb import drive_aeb
from zhixing.runtime.planners import make_planner
from zhixing.simulation.aeb_road import aeb_road
from zhixing.simulation.aeb_scenes import aeb_scenes


def test_who_drives_on_avoids_nothing_and_who_brakes_avoids_but_does_not_pass(by_hand: SimpleNamespace) -> None:
    scene = next(scene for scene in aeb_scenes() if scene.name == "CPNCO-50" and scene.ego_mps > 10.0)
    road = aeb_road(scene)
    assert drive_aeb(scene, road, by_hand.Planner()) == (False, False)
    assert drive_aeb(scene, road, by_hand.Planner(accel_mps2=-8.0)) == (True, False)


@pytest.mark.slow
def test_the_first_driver_stops_for_a_pedestrian_in_the_open_and_goes_on() -> None:
    scene = next(scene for scene in aeb_scenes() if scene.name == "CPNA-25" and scene.ego_mps > 8.0)
    assert drive_aeb(scene, aeb_road(scene), make_planner("idm")) == (True, True)
