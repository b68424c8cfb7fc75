"""Traffic at a hand-made junction, seeded by hand-made facts."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.traffic_facts import Movement, TrafficFacts, Violation
from zhixing.simulation.seeded_site import SOURCE, SeededRun, SeededSite
from zhixing.simulation.site_routes import Site, site_of
from zhixing.simulation.traffic.models import Mind

END_NS = 80 * 10**9
GREEN = Lights(np.array([-(10**11)]), np.array([[Light.GREEN]]))
RED_FIRST = Lights(np.array([-(10**11), 40 * 10**9]), np.array([[Light.RED, Light.GREEN]]))


@pytest.fixture
def site(by_hand: SimpleNamespace) -> Site:
    return site_of(by_hand.crossing())


def facts(
    arrivals_s: list[float],
    user: RoadUser = RoadUser.CAR,
    movement: Movement = Movement.STRAIGHT,
    violation: Violation = Violation.NONE,
    stays_s: float = 15.0,
) -> TrafficFacts:
    count, arrives = len(arrivals_s), np.array(arrivals_s)
    return TrafficFacts(
        object_id=np.arange(11, 11 + count),
        road_user=np.full(count, int(user)),
        size_m=np.tile([4.2, 1.7] if user == RoadUser.CAR else [1.7, 0.7], (count, 1)),
        movement=np.full(count, int(movement)),
        violation=np.full(count, int(violation)),
        present_ns=(np.stack((arrives, arrives + stays_s), axis=1) * 1e9).astype(np.int64),
    )


def run(site: Site, told: TrafficFacts, lights: Lights = GREEN, *, as_told: bool = True) -> SeededRun:
    return SeededSite(site, lights, told, seed=1, as_told=as_told).run(0, END_NS)


def test_routes_lead_from_arm_to_arm_for_cars_and_two_wheelers(site: Site) -> None:
    minds = Counter(route.mind for route in site.routes)
    assert minds == {Mind.DRIVES: 2, Mind.RIDES: 2}
    assert {(route.arm, route.light) for route in site.routes if route.mind == Mind.DRIVES} == {(2, 0), (3, -1)}


def test_everybody_comes_when_it_came_and_is_as_large(site: Site) -> None:
    result = run(site, facts([5.0, 15.0, 30.0, 45.0]))
    assert result.drive.source == SOURCE
    assert result.drive.tracks.object_id.tolist() == [11, 12, 13, 14]
    assert np.abs(result.delay_s).max() < 3.0
    assert np.allclose(result.drive.tracks.size_m, [4.2, 1.7])
    first = [int(np.flatnonzero(row)[0]) for row in result.drive.tracks.valid]
    assert first == sorted(first)


def test_nobody_is_seen_before_the_edge_of_the_map(site: Site) -> None:
    tracks = run(site, facts([5.0, 15.0, 30.0])).drive.tracks
    assert tracks.xy_m[..., 0][tracks.valid].min() > -1.0
    assert tracks.xy_m[..., 1][tracks.valid].min() > -62.0


@pytest.mark.parametrize(("violation", "ran"), [(Violation.NONE, 0), (Violation.RED, 1)])
def test_who_is_told_to_have_run_a_red_runs_it_and_nobody_else(site: Site, violation: Violation, ran: int) -> None:
    told = facts([5.0], violation=violation, stays_s=38.0 if violation == Violation.NONE else 20.0)
    lit = Site(road=site.road, extra=site.extra, routes=tuple(route for route in site.routes if route.light == 0))
    result = run(lit, told, RED_FIRST)
    assert (result.facts.violation == Violation.RED).sum() == ran
    stays_s = (result.facts.present_ns[0, 1] - result.facts.present_ns[0, 0]) * 1e-9
    assert (stays_s > 35.0) == (ran == 0)


def test_who_did_not_pass_the_junction_or_was_parked_is_left_out(site: Site) -> None:
    assert run(site, facts([5.0, 6.0], movement=Movement.OTHER)).num_left_out == 2
    assert run(site, facts([5.0], stays_s=400.0)).num_left_out == 1
    assert run(site, facts([5.0], movement=Movement.LEFT)).num_left_out == 1  # there is no way to the left


def test_two_at_once_on_one_approach_come_one_after_the_other(site: Site) -> None:
    lit = Site(road=site.road, extra=site.extra, routes=tuple(route for route in site.routes if route.light == 0))
    result = run(lit, facts([5.0, 5.0, 5.0]))
    assert result.delay_s.max() > 1.0
    tracks = result.drive.tracks
    both = tracks.valid[0] & tracks.valid[1]
    assert np.abs(tracks.xy_m[0, both, 0] - tracks.xy_m[1, both, 0]).min() > 4.2


def test_riders_pass_beside_the_cars(site: Site) -> None:
    result = run(site, facts([5.0, 10.0], RoadUser.EBIKE))
    assert np.isfinite(result.delay_s).all()


def test_people_on_foot_cross_or_are_replayed(by_hand: SimpleNamespace) -> None:
    road = by_hand.crossing()
    zebra = by_hand.lane("zebra", by_hand.straight((97, -6), (97, 6)), kind=LaneKind.CROSSING, light_group=0)
    road = Road(
        name="zebra", lanes=(*road.lanes, zebra), successors=(*road.successors, ()), num_junctions=1, num_light_groups=1
    )
    site = site_of(road)
    told = facts([5.0, 9.0], RoadUser.PEDESTRIAN, Movement.OTHER)
    walked = run(site, told).drive.tracks
    assert walked.num_objects == 2
    assert np.ptp(walked.xy_m[0, walked.valid[0], 1]) > 12.0
    replayed = by_hand.tracks(
        [by_hand.User(object_id=7, x_m=97.0, y_m=-6.0, yaw_rad=1.57, speed_mps=1.0, road_user=RoadUser.PEDESTRIAN)], 100
    )
    result = SeededSite(site, GREEN, told, seed=1, walkers=replayed).run(0, END_NS)
    assert result.drive.tracks.object_id.tolist() == [7]
    assert np.allclose(result.drive.tracks.xy_m[0, :90], replayed.xy_m[0, :90], atol=0.11)
