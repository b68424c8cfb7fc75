"""A real SUMO beside us: its lanes lie on ours, it sees our ego where it is, and our lights agree."""

from __future__ import annotations

import importlib.util
import math
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely

from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import EgoState
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import MapError, PluginError, ServiceError
from zhixing.formats.opendrive_write import write_opendrive
from zhixing.formats.sumo_net import read_sumo_net, signals_of
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig
from zhixing.simulation import sumo_engine
from zhixing.simulation.city import build_city
from zhixing.simulation.map_city import city_of
from zhixing.simulation.sumo_network import network_of, sumo_home
from zhixing.simulation.sumo_world import SumoWorld
from zhixing.simulation.traffic.models import MODEL_OF

needs_sumo = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("libsumo", "sumo")),
    reason="SUMO is not installed: pip install 'zhixing[sumo]'",
)
STAND = Control(accel_mps2=-8.0, steer_rate_radps=0.0)
ROLL = Control(accel_mps2=0.0, steer_rate_radps=0.0)
CITY = 1


@pytest.fixture(scope="module")
def city() -> Road:
    return build_city(CITY)


@pytest.fixture(autouse=True)
def nobody_is_left_open() -> Iterator[None]:
    yield
    assert not sumo_engine._open


def grid(folder: Path) -> Path:
    """Return a network of SUMO's own making, with lights."""
    path = folder / "grid.net.xml"
    shape = ["--grid", "--grid.number", "3", "--grid.length", "150", "-L", "2", "-j", "traffic_light"]
    command = [str(sumo_home() / "bin" / "netgenerate"), *shape, "-o", str(path)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"SUMO_HOME": str(sumo_home())})
    return path


@needs_sumo
def test_sumo_s_lanes_lie_on_ours(city: Road, tmp_path: Path) -> None:
    network = network_of(city, tmp_path)
    read = read_sumo_net(network.path)
    theirs = {name: read.road.lanes[k].centre_xy_m for k, name in read.lane_of.items()}
    away = [
        shapely.hausdorff_distance(shapely.LineString(theirs[name]), shapely.LineString(city.lanes[k].centre_xy_m))
        for k, name in network.lane_of.items()
    ]
    assert len(away) > 150
    assert np.median(away) < 1e-3
    assert max(away) < 0.5


@needs_sumo
def test_every_light_has_its_links(city: Road, tmp_path: Path) -> None:
    network = network_of(city, tmp_path)
    lit = {lane.light_group for lane in city.lanes if lane.turn} - {-1}
    into = {
        lane.light_group
        for lane, nexts in zip(city.lanes, city.successors, strict=True)
        if lane.junction >= 0 and nexts and all(city.lanes[k].junction == lane.junction for k in nexts)
    } - {-1}
    assert into  # waiting areas: SUMO has their way out only
    lit -= into
    walks = {lane.light_group for lane in city.lanes if lane.kind == LaneKind.CROSSING}
    found = set(network.group_of.values())
    assert lit <= found <= lit | walks
    assert len(found & walks) > 40  # the arms to the roundabout and the expressway have no pavements
    assert len(signals_of(network.path)) >= len(lit)


@needs_sumo
def test_the_ego_is_in_sumo_where_it_is_here() -> None:
    with closing(SumoWorld(seed=CITY, num_users=10)) as world:
        rng = np.random.default_rng(1)
        worst_m, worst_rad = 0.0, 0.0
        for step in range(300):
            accel = 2.0 if step < 50 else -1.0 if step < 90 else 0.5
            world.step(Control(accel_mps2=accel, steer_rate_radps=0.2 * float(rng.normal())))
            if world.needs_briefing():  # it left the road and was put back after SUMO's step
                world.briefing()
                continue
            x, y, yaw = world.engine.ego_box()
            worst_m = max(worst_m, math.hypot(x - world.ego.x_m, y - world.ego.y_m))
            worst_rad = max(worst_rad, abs(math.remainder(yaw - world.ego.yaw_rad, 2.0 * math.pi)))
    assert worst_m < 0.01
    assert worst_rad < 1e-6


@needs_sumo
def test_sumo_s_cars_stop_behind_a_standing_ego_and_nobody_drives_through_it(by_hand: SimpleNamespace) -> None:
    lane = by_hand.lane("only", by_hand.straight((0, 0), (400, 0), 41))
    road = city_of(Road(name="lane", lanes=(lane,), successors=((),)))
    stood: set[int] = set()
    with closing(
        SumoWorld(seed=2, num_users=12, road=road, shares={RoadUser.EBIKE: 0.0, RoadUser.BICYCLE: 0.0})
    ) as world:
        world.ego = EgoState(x_m=250.0, y_m=0.0, yaw_rad=0.0, speed_mps=0.0)
        world.may_stand = True
        for step in range(600):
            world.step(STAND)
            others = world.scene().others
            gap_m = 250.0 - 2.4 - (others.xy_m[:, 0, 0] + 0.5 * others.size_m[:, 0])
            behind = others.xy_m[:, 0, 0] < 250.0
            if step > 50:
                assert not (np.abs(others.xy_m[:, 0, 0] - 250.0) < 2.4).any()
            stood |= set(others.object_id[behind & (gap_m < 6.0) & (others.speed_mps[:, 0] < 0.1)].tolist())
        assert stood
        assert not world.event_counts()


@needs_sumo
def test_people_walk_on_pavements_and_over_crossings() -> None:
    shares: dict[RoadUser, float] = {user: 0.0 for user in RoadUser if user != RoadUser.PEDESTRIAN}
    with closing(SumoWorld(seed=CITY, num_users=60, shares=shares)) as world:
        lanes = [lane for lane in world.road.lanes if lane.kind in {LaneKind.SIDEWALK, LaneKind.CROSSING}]
        paths = shapely.union_all([shapely.LineString(lane.centre_xy_m) for lane in lanes])
        kerbs = shapely.MultiPoint([lane.centre_xy_m[k] for lane in lanes for k in (0, -1)])
        met: set[int] = set()
        away_m: list[float] = []
        moved = 0
        for _ in range(600):
            world.step(STAND)
            others = world.scene().others
            assert set(others.road_user.tolist()) <= {RoadUser.PEDESTRIAN}
            met |= set(others.object_id.tolist())
            points = [shapely.Point(xy) for xy in others.xy_m[:, 0]]
            away_m += [shapely.distance(one, paths) for one in points if shapely.distance(one, kerbs) > 12.0]
            moved += int((others.speed_mps > 0.5).sum())
    assert len(met) > 20
    assert moved > 5000
    assert np.quantile(away_m, 0.99) < 2.5


def history(seed: int, steps: int = 150) -> bytes:
    with closing(SumoWorld(seed=seed, num_users=30)) as world:
        rows = []
        for _ in range(steps):
            world.step(ROLL)
            scene = world.scene()
            rows += [scene.others.xy_m.tobytes(), scene.others.object_id.tobytes(), scene.lights.tobytes()]
        return b"".join(rows)


@needs_sumo
def test_the_same_seed_gives_the_same_ride_to_the_last_bit() -> None:
    assert history(4) == history(4)
    assert history(4) != history(5)


@needs_sumo
def test_sumo_shows_what_our_lights_show() -> None:
    with closing(SumoWorld(seed=CITY, num_users=0)) as world:
        seen = set()
        for _ in range(400):
            shown = world._lights.at(world.time_ns)
            world.step(STAND)
            states = world.engine.light_states()
            for (program, link), group in world._network.group_of.items():
                letter = {Light.RED: "r", Light.YELLOW: "y", Light.GREEN: "G"}[Light(int(shown[group]))]
                assert states[program][link] == letter
            seen |= set(shown.tolist())
        assert seen == {Light.RED, Light.YELLOW, Light.GREEN}


@needs_sumo
def test_on_a_network_of_sumo_s_own_our_lights_show_what_its_programs_do(tmp_path: Path) -> None:
    path = grid(tmp_path)
    with closing(SumoWorld(seed=1, num_users=20, net=path)) as world:
        seen = set()
        for _ in range(300):
            world.step(ROLL)
            lights, states = world.scene().lights, world.engine.light_states()
            assert lights.shape == (world.road.num_light_groups,)
            for (program, link), group in world._network.group_of.items():
                assert (lights[group] == Light.GREEN) == (states[program][link] in "gG")
            seen |= set(lights.tolist())
        assert {Light.RED, Light.GREEN} <= seen
        assert world.scene().others.num_objects > 5


@needs_sumo
def test_all_classes_are_there_with_their_sizes() -> None:
    with closing(SumoWorld(seed=CITY, num_users=60)) as world:
        sizes: dict[int, tuple[float, float]] = {}
        for _ in range(200):
            world.step(ROLL)
            others = world.scene().others
            sizes |= {int(u): tuple(s) for u, s in zip(others.road_user, others.size_m.tolist(), strict=True)}
        assert {RoadUser.CAR, RoadUser.TRUCK, RoadUser.EBIKE, RoadUser.BICYCLE, RoadUser.PEDESTRIAN} <= set(sizes)
        assert all(sizes[user] == MODEL_OF[RoadUser(user)].size_m for user in sizes)


@needs_sumo
def test_a_planner_drives_a_minute_among_sumo_s_traffic() -> None:
    ride = Ride(CityConfig(seed=CITY, traffic="sumo"), "idm")
    met: set[int] = set()
    distance_m = 0.0
    for _ in range(600):
        ride.step()
        met |= set(ride.scene.others.object_id.tolist())
        distance_m += 0.1 * ride.scene.ego.speed_mps
    ride.close()
    assert distance_m > 50.0
    assert len(met) > 60
    assert not {"collision", "off-road", "stuck"} & set(ride.world.event_counts())


@needs_sumo
@pytest.mark.parametrize("kind", ["street", "crossing"])
def test_maps_of_one_s_own_are_driven_on(kind: str, by_hand: SimpleNamespace, tmp_path: Path) -> None:
    write_opendrive(tmp_path / "own.xodr", getattr(by_hand, kind)())
    ride = Ride(CityConfig(map=str(tmp_path / "own.xodr"), traffic="sumo"), "idm")
    met: set[int] = set()
    for _ in range(600):
        ride.step()
        met |= set(ride.scene.others.object_id.tolist())
    ride.close()
    assert ride.num_goals > 0
    assert len(met) > 5
    assert not {"off-road", "stuck"} & set(ride.world.event_counts())


@needs_sumo
def test_a_network_can_be_driven_on_among_either_traffic(tmp_path: Path) -> None:
    path = grid(tmp_path)
    for traffic in ("zhixing", "sumo"):
        ride = Ride(CityConfig(map=str(path), traffic=traffic), "idm")
        for _ in range(100):
            ride.step()
        assert ride.world.road.num_light_groups > 0
        assert ride.scene.others.num_objects > 5
        ride.close()


@needs_sumo
def test_a_second_simulation_in_one_process_is_refused_and_a_later_one_is_not() -> None:
    with closing(SumoWorld(seed=1, num_users=0)), pytest.raises(ServiceError, match="already"):
        SumoWorld(seed=2, num_users=0)
    world = SumoWorld(seed=2, num_users=0)
    world.close()
    world.close()


@needs_sumo
def test_a_broken_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.net.xml").write_text("<net version='1'></net>", encoding="utf-8")
    with pytest.raises(MapError):
        SumoWorld(seed=1, net=tmp_path / "bad.net.xml")


def test_without_sumo_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", absent)
    with pytest.raises(PluginError, match="not installed") as refused:
        SumoWorld(seed=1, num_users=0)
    assert "zhixing[sumo]" in refused.value.hint
