"""Who is on SUMO's roads: as many around the ego as wanted, each on a random way; everything follows from the seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.simulation.map_arrivals import arrivals_of
from zhixing.simulation.sumo_engine import SumoEngine
from zhixing.simulation.sumo_network import SumoNetwork
from zhixing.simulation.traffic.arrive import Spots
from zhixing.simulation.traffic.crowd import draw_models
from zhixing.simulation.traffic.models import MODELS, UserModel

REACH_M = 170.0
"""Whoever is farther from the ego goes, and somebody else comes."""
_NEAREST_M, _NEAREST_AT_FIRST_M, _NEAREST_ENTRY_M = 122.0, 18.0, 25.0
_MARGIN_M = 10.0
_FREE_M, _FREE_ON_FOOT_M = 14.0, 2.0
_MOST_PAVEMENTS = 6
_TRIES, _MOST_A_STEP = 60, 2
_MOST_LANES = 80
_WAITS_STEPS, _NEW_STEPS = 10, 20
_MOST_EDGES = 30
_STANDS_MPS, _STANDS_STEPS = 0.1, 2000
"""Who has stood for 200 s stands for good."""


@dataclass(slots=True)
class _Person:
    """Somebody who is on the road or waits for room there.

    Attributes:
        model: The class.
        name: SUMO's, empty for nobody.
        since: Step at which it was asked for.
        has_come: Whether it has been on the road.
        stood: Steps that it has stood for.
    """

    model: UserModel
    name: str = ""
    since: int = 0
    has_come: bool = False
    stood: int = 0


class SumoDemand:
    """Road users around the ego.

    Args:
        network: On which they are.
        num_users: How many.
        seed: Everything follows from it.
        shares: Of each class; those that are not named have their model's.
    """

    def __init__(self, network: SumoNetwork, num_users: int, seed: int, shares: Mapping[RoadUser, float]) -> None:
        self._network = network
        self._rng = np.random.default_rng([seed, 7])
        arrivals = arrivals_of(network.road)
        self._anywhere, self._entries = arrivals.anywhere, arrivals.entries
        here = {
            model.road_user: shares.get(model.road_user, model.share) if self._has_place(model) else 0.0
            for model in MODELS
        }
        models = draw_models(num_users, here) if any(here.values()) else []
        self._people = [_Person(model) for model in models]
        self._classes: dict[str, UserModel] = {}
        self._newest, self._steps = 0, 0

    def model_of(self, name: str) -> UserModel:
        """Return the class of somebody on the road."""
        return self._classes[name]

    def renew(self, engine: SumoEngine, ego_xy_m: FloatArray, others: Tracks) -> None:
        """Let go whoever is far away, take away whoever stands for good, and ask for others.

        Args:
            engine: That moves them.
            ego_xy_m: (2,) where the ego is.
            others: Everybody near the ego, now.
        """
        there = engine.names()
        places = np.concatenate((ego_xy_m[None], others.xy_m[:, -1]))
        speeds = others.speed_mps[:, -1].tolist()
        near = {f"u{name}": speed for name, speed in zip(others.object_id.tolist(), speeds, strict=True)}
        first = self._steps == 0
        left = len(self._people) if first else _MOST_A_STEP
        for person in self._people:
            if person.name:
                self._watch(person, engine, there, near)
            if not person.name and left > 0:
                left -= 1
                place = self._ask(person, engine, places, is_first=first)
                if place is not None:
                    places = np.concatenate((places, place[None]))
        self._steps += 1

    def _watch(self, person: _Person, engine: SumoEngine, there: set[str], near: Mapping[str, float]) -> None:
        """Forget who has left or found no room, and take away who is far or stands for good."""
        age = self._steps - person.since
        if person.name in there:
            person.has_come = True
            person.stood = person.stood + 1 if near.get(person.name, 1.0) < _STANDS_MPS else 0
            if person.stood < _STANDS_STEPS and (person.name in near or age < _NEW_STEPS):
                return
            engine.remove(person.name)
        elif not person.has_come:
            if age < _WAITS_STEPS:
                return
            engine.remove(person.name)
        self._classes.pop(person.name, None)
        person.name = ""

    def _ask(self, person: _Person, engine: SumoEngine, places: FloatArray, *, is_first: bool) -> FloatArray | None:
        """Ask for somebody new; return where, None where no place was found."""
        kind = person.model.lane_kinds[0]
        nearest_m = _NEAREST_AT_FIRST_M if is_first else _NEAREST_M
        if person.model.road_user == RoadUser.PEDESTRIAN:
            return self._ask_walker(person, engine, places, nearest_m)
        for spots, least_m in ((self._anywhere, nearest_m), (self._entries, _NEAREST_ENTRY_M)):
            spot = self._spot(spots, kind, least_m, places)
            if spot < 0:
                continue
            lane = int(spots.way[spot])
            edges = self._way(lane)
            name = f"u{self._newest + 1}"
            edge, place = self._network.lane_of[lane].rsplit("_", 1)
            scale = engine.lane_length_m(f"{edge}_{place}") / self._length_m(lane)
            if not edges or not engine.add(
                name, person.model.road_user, edges, int(place), scale * float(spots.s_m[spot])
            ):
                continue
            self._enter(person, name)
            return np.array([spots.x_m[spot], spots.y_m[spot]])
        return None

    def _spot(self, spots: Spots, kind: LaneKind, least_m: float, places: FloatArray) -> int:
        begin, end = int(spots.first[kind]), int(spots.first[kind + 1])
        if end <= begin:
            return -1
        for spot in self._rng.integers(begin, end, _TRIES).tolist():
            away = np.hypot(places[:, 0] - spots.x_m[spot], places[:, 1] - spots.y_m[spot])
            is_right = least_m < away[0] < REACH_M - _MARGIN_M and away.min() > _FREE_M
            if is_right and int(spots.way[spot]) in self._network.lane_of:
                return int(spot)
        return -1

    def _way(self, lane: int) -> list[str]:
        """Return the edges of a random way from a lane on."""
        road, lane_of = self._network.road, self._network.lane_of
        edges: list[str] = []
        for _ in range(_MOST_LANES):
            edge = lane_of.get(lane, ":").rsplit("_", 1)[0]
            if not edge.startswith(":") and edges[-1:] != [edge]:
                edges.append(edge)
            nexts = road.successors[lane]
            if not nexts or len(edges) >= _MOST_EDGES:
                break
            lane = int(self._rng.choice(nexts))
        return edges

    def _length_m(self, lane: int) -> float:
        steps = np.diff(self._network.road.lanes[lane].centre_xy_m, axis=0)
        return max(float(np.hypot(*steps.T).sum()), 1e-6)

    def _has_place(self, model: UserModel) -> bool:
        if model.road_user == RoadUser.PEDESTRIAN:
            return bool(self._network.pavements)
        kind = model.lane_kinds[0]
        return any(spots.first[kind + 1] > spots.first[kind] for spots in (self._anywhere, self._entries))

    def _ask_walker(
        self, person: _Person, engine: SumoEngine, places: FloatArray, nearest_m: float
    ) -> FloatArray | None:
        """Ask for somebody on foot; return where, None where no place was found."""
        pavements = self._network.pavements
        edges = sorted(pavements)
        for _ in range(_TRIES):
            edge = edges[int(self._rng.integers(len(edges)))]
            line = self._network.road.lanes[pavements[edge][0]].centre_xy_m
            share = float(self._rng.uniform(0.1, 0.9))
            at = share * (line.shape[0] - 1)
            lower = min(int(at), line.shape[0] - 2)
            spot: FloatArray = line[lower] + (at - lower) * (line[lower + 1] - line[lower])
            away = np.hypot(*(places - spot).T)
            if not nearest_m < away[0] < REACH_M - _MARGIN_M or away.min() < _FREE_ON_FOOT_M:
                continue
            name = f"u{self._newest + 1}"
            if engine.add_walker(name, self._walk(edge), share * engine.lane_length_m(f"{edge}_0")):
                self._enter(person, name)
                return spot
        return None

    def _walk(self, edge: str) -> list[str]:
        """Return the edges of a random walk along pavements, from street to street."""
        pavements, edges = self._network.pavements, [edge]
        node = pavements[edge][1 + int(self._rng.integers(2))]
        for _ in range(_MOST_PAVEMENTS):
            nexts = sorted(one for one, (_, *ends) in pavements.items() if node in ends and one not in edges)
            if not nexts:
                break
            edges.append(nexts[int(self._rng.integers(len(nexts)))])
            before, after = pavements[edges[-1]][1:]
            node = after if node == before else before
        return edges

    def _enter(self, person: _Person, name: str) -> None:
        self._newest += 1
        person.name, person.since, person.has_come, person.stood = name, self._steps, False, 0
        self._classes[name] = person.model
