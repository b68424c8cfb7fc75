"""Everybody of a recorded scene, moved on from one moment by the models of the traffic.

Routes are matched to lanes by where somebody is and looks now; at every fork one is drawn. Who is on no lane goes
straight on, and who is parked beside one stays. What a driver knows and the recording does not tell is drawn: how long
it waits at a light, where it wants to go, how fast it would like to be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from zhixing.datatypes.road import NO_LANE, LaneKind, Road, lane_along
from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.lane_map import LaneMap, build_lane_map
from zhixing.simulation.realism.agent_scene import STANDS_MPS, AgentRollouts, AgentScene
from zhixing.simulation.traffic.dice import next_way
from zhixing.simulation.traffic.models import MODEL_OF, Mind
from zhixing.simulation.traffic.people import Motion, Traits, become, nobody_of, traits_of
from zhixing.simulation.traffic.step import step_worlds
from zhixing.simulation.traffic.ways import ExtraWay, Ways, ways_of
from zhixing.simulation.world import STEP_S

_WAITS_S = 18.0
"""Who has stood for a second goes on standing for so long on average (measured: 14 of 38 such cars in the first halves
of SinD and SECTION moved within 8 s)."""
_GAINS_MPS = 1.0
_LIKES = (0.2, 0.5)
"""Mean and deviation of the logarithm of the speed that somebody makes for, over its own (set on the first halves of
the scenes: of five settings the one with the best composite)."""
_BEYOND_M = 200.0
"""Lanes at the edge of the map go straight on for so long."""
_ON_LANE_M, _ALIKE_M, _METRES_A_RAD = 3.5, 0.8, 6.0 / np.pi
_TURNED_RAD = 0.6
_BACK_M, _AHEAD_M = 5.0, 160.0
_TAKES = {
    Mind.DRIVES: frozenset({LaneKind.DRIVING}),
    Mind.RIDES: frozenset({LaneKind.DRIVING, LaneKind.BIKING}),
}


def simulate(scene: AgentScene, num_rollouts: int, seed: int) -> AgentRollouts:
    """Return futures of everybody by the models of the traffic, one for each of so many seeds."""
    t, rng = scene.tracks, np.random.default_rng([seed, 11])
    agents, steps = t.num_objects, t.num_steps
    road = lengthened(scene.road)
    seats, extra = _seats(scene, road)
    ways = _ways_for(ways_of(road, extra), scene, seats)
    traits, motion = traits_of(num_rollouts * agents), nobody_of(num_rollouts * agents)
    seeds: IntArray = np.arange(num_rollouts, dtype=np.int64) + 1000 * seed
    goes_s = np.zeros(num_rollouts * agents)
    for world in range(num_rollouts):
        for agent in range(agents):
            row = world * agents + agent
            goes_s[row] = _sit(row, agent, int(seeds[world]), scene, seats[agent], ways, traits, motion, rng)
    wanted = traits.wanted_mps.copy()
    first: IntArray = agents * np.arange(num_rollouts + 1, dtype=np.int64)
    shown = np.repeat(scene.lights.at(int(t.time_ns[0]))[None], num_rollouts, axis=0)
    shown = shown if shown.shape[1] >= max(road.num_light_groups, 1) else np.zeros((num_rollouts, 64), dtype=np.int64)
    xy, yaw = np.zeros((num_rollouts, agents, steps, 2)), np.zeros((num_rollouts, agents, steps))
    there = np.zeros(yaw.shape, dtype=np.bool_)
    for step in range(steps):
        if step:
            traits.wanted_mps[:] = np.where(goes_s > step * STEP_S, 0.01, wanted)
            step_worlds(STEP_S, step, seeds, first, ways, traits, motion, shown)
        xy[:, :, step, 0], xy[:, :, step, 1] = (a.reshape(num_rollouts, agents) for a in (motion.x_m, motion.y_m))
        yaw[:, :, step] = motion.yaw_rad.reshape(num_rollouts, agents)
        there[:, :, step] = motion.there.reshape(num_rollouts, agents)
    return AgentRollouts(xy_m=xy, yaw_rad=yaw, there=there)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seat:
    """Where somebody may be: (way, distance along it, offset) each; nowhere for who is parked."""

    places: tuple[tuple[int, float, float], ...] = ()


def _seats(scene: AgentScene, road: Road) -> tuple[list[_Seat], list[ExtraWay]]:
    t, lane_map = scene.tracks, _map_of(road)
    seats: list[_Seat] = []
    extra: list[ExtraWay] = []
    stands = _stand(scene)
    for row in range(t.num_objects):
        mind = MODEL_OF[RoadUser(int(t.road_user[row]))].mind
        x, y, yaw = float(t.xy_m[row, 0, 0]), float(t.xy_m[row, 0, 1]), float(t.yaw_rad[row, 0])
        places = _places(lane_map, _TAKES[mind], x, y, yaw) if mind in _TAKES else ()
        if places:
            seats.append(_Seat(places=places))
        elif stands[row] and mind == Mind.DRIVES:
            seats.append(_Seat())
        else:
            way = np.array([np.cos(yaw), np.sin(yaw)])
            kind = {Mind.WALKS: LaneKind.SIDEWALK, Mind.RIDES: LaneKind.BIKING}.get(mind, LaneKind.DRIVING)
            line = np.array([x, y]) + np.outer(np.linspace(-_BACK_M, _AHEAD_M, 12), way)
            seats.append(_Seat(places=((len(road.lanes) + len(extra), _BACK_M, 0.0),)))
            extra.append(ExtraWay(xy_m=line, kind=kind, half_m=1.5))
    return seats, extra


def _places(
    lane_map: LaneMap, kinds: frozenset[LaneKind], x: float, y: float, yaw: float
) -> tuple[tuple[int, float, float], ...]:
    """Return the lanes somebody may be on: the best one, and those that fit about as well."""
    found = []
    for lane in np.flatnonzero(np.isin(lane_map.kind, [int(kind) for kind in kinds])).tolist():
        box = lane_map.box_m[lane]
        if not (box[0] - 5.0 <= x <= box[2] + 5.0 and box[1] - 5.0 <= y <= box[3] + 5.0):
            continue
        s_m, offset_m, along_rad = lane_map.project(lane, x, y)
        turned = abs((yaw - along_rad + np.pi) % (2.0 * np.pi) - np.pi)
        is_past = s_m <= 0.0 or s_m >= lane_map.length_m[lane]
        if turned < _TURNED_RAD and abs(offset_m) < _ON_LANE_M and not is_past:
            found.append((abs(offset_m) + _METRES_A_RAD * turned, lane, s_m, offset_m))
    best = min(found, default=(0.0, 0, 0.0, 0.0))[0]
    return tuple((lane, s_m, offset_m) for cost, lane, s_m, offset_m in found if cost <= best + _ALIKE_M)


def _sit(
    row: int, agent: int, seed: int, scene: AgentScene, seat: _Seat, ways: Ways, traits: Traits, motion: Motion,
    rng: np.random.Generator,
) -> float:  # fmt: skip
    """Put somebody where it was, in place; return how long it goes on standing."""
    t = scene.tracks
    model = MODEL_OF[RoadUser(int(t.road_user[agent]))]
    become(traits, row, model, rng, (float(t.size_m[agent, 0]), float(t.size_m[agent, 1])))
    v = max(0.0, float(t.speed_mps[agent, 0]))
    motion.identity[row], motion.there[row] = row + 1, True
    motion.x_m[row], motion.y_m[row] = t.xy_m[agent, 0]
    motion.yaw_rad[row], motion.speed_mps[row] = t.yaw_rad[agent, 0], v
    if not seat.places:
        traits.mind[row] = int(Mind.NOBODY)
        return 0.0
    way, s_m, offset_m = seat.places[int(rng.integers(len(seat.places)))]
    motion.way[row], motion.s_m[row], motion.offset_m[row] = way, s_m, offset_m
    motion.next_way[row] = next_way(ways, way, seed, row + 1, 1)
    motion.second_way[row] = next_way(ways, int(motion.next_way[row]), seed, row + 1, 2)
    motion.wish_m[row] = traits.likes_m[row] = offset_m
    motion.rank[row] = ways.rank[way]
    traits.wanted_mps[row] = _wanted_mps(scene, agent, float(traits.wanted_mps[row]), rng)
    stands = np.abs(scene.before.speed_mps[agent]).max() < STANDS_MPS
    return float(rng.exponential(_WAITS_S)) if stands else 0.0


def _wanted_mps(scene: AgentScene, agent: int, drawn_mps: float, rng: np.random.Generator) -> float:
    """Return what somebody makes for.

    Who gains speed makes for what its class does; who keeps it is about as fast as it likes, or as a traffic that is
    not in the scene lets it be.
    """
    v = scene.before.speed_mps[agent]
    now = max(0.0, float(v[-1]))
    if MODEL_OF[RoadUser(int(scene.tracks.road_user[agent]))].mind == Mind.WALKS:
        return now if now > STANDS_MPS else drawn_mps
    if now < STANDS_MPS or now - float(v[0]) > _GAINS_MPS:
        return max(drawn_mps, now)
    return now * float(np.exp(rng.normal(*_LIKES))) + 0.1


def _stand(scene: AgentScene) -> BoolArray:
    stand: BoolArray = np.abs(scene.before.speed_mps).max(axis=1, initial=0.0) < STANDS_MPS
    return stand


def _ways_for(ways: Ways, scene: AgentScene, seats: list[_Seat]) -> Ways:
    """Return the ways without limits that those on them do not keep."""
    limits = ways.limit_mps.copy()
    for seat, speed in zip(seats, scene.tracks.speed_mps[:, 0].tolist(), strict=True):
        for way, _, _ in seat.places:
            limits[way] = max(limits[way], speed)
    return ways._replace(limit_mps=limits)


@lru_cache(maxsize=8)
def lengthened(road: Road) -> Road:
    """Return a road whose lanes at the edge of the map go straight on."""
    lanes, successors = list(road.lanes), list(road.successors)
    for k, lane in enumerate(road.lanes):
        if road.successors[k] or lane.kind not in {LaneKind.DRIVING, LaneKind.BIKING}:
            continue
        out = lane.centre_xy_m[-1] - lane.centre_xy_m[-2]
        out = out / max(float(np.hypot(*out)), 1e-9)
        line = lane.centre_xy_m[-1] + np.outer(np.linspace(0.0, _BEYOND_M, 6), out)
        width = float(np.hypot(*(lane.left_xy_m[-1] - lane.right_xy_m[-1])))
        more = lane_along(f"{lane.lane_id}/on", line, width, lane.speed_limit_mps, left_lane=NO_LANE)
        successors[k] = (len(lanes),)
        lanes.append(replace(more, kind=lane.kind))
        successors.append(())
    return replace(road, lanes=tuple(lanes), successors=tuple(successors))


@lru_cache(maxsize=4)
def _map_of(road: Road) -> LaneMap:
    return build_lane_map(road)
