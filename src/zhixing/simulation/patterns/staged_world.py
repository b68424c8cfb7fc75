"""A staged scene that plays: the cast reacts and does what the staging tells, somebody drives the ego."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zhixing.datatypes.evidence import Drive, Scenario
from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, EgoState, Scene
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks, are_motor_vehicles
from zhixing.driving.bicycle import step_bicycle
from zhixing.simulation.patterns.staging import EGO, Actor, Staging
from zhixing.simulation.traffic.acts import NOBODY, Act, act_now, script_of
from zhixing.simulation.traffic.dice import next_way
from zhixing.simulation.traffic.models import MODEL_OF, Mind
from zhixing.simulation.traffic.people import become, nobody_of, traits_of
from zhixing.simulation.traffic.step import place_on, step_worlds
from zhixing.simulation.traffic.ways import RANK_STRAIGHT, ways_of
from zhixing.simulation.visibility import visible_share
from zhixing.simulation.world import STEP_NS, STEP_S

EGO_ID = 1
"""``object_id`` of the ego; the cast follows in its order."""
NIGHT_SIGHT_M = 40.0
"""At night people on foot are seen by low beam within this distance: ECE R112 asks for light at 50 m on the near
side, and less for dark clothing."""
_SEEN_SHARE = 0.3
_HISTORY_STEPS = 20


class StagedWorld:
    """The ego and the cast of a scene.

    Args:
        staging: What is where, and what will happen.
        seed: Of what the models leave to chance.
        drives_itself: The ego is one of the crowd and drives by its models; ``step`` then takes no notice of a control.
        extra_s: The scene goes on for so much longer than it is told, so that the ego can arrive.

    Attributes:
        ego: The ego.
        time_ns: Since the beginning.
    """

    def __init__(self, staging: Staging, seed: int = 0, *, drives_itself: bool = False, extra_s: float = 0.0) -> None:
        self._staging, self._drives_itself = staging, drives_itself
        self._ways = ways_of(staging.road, staging.extra)
        self._actors = (staging.ego, *staging.cast)
        rows = len(self._actors)
        self._seeds: IntArray = np.array([seed % 2**62], dtype=np.int64)
        self._traits, self._motion = traits_of(rows), nobody_of(rows)
        for row, actor in enumerate(self._actors):
            self._place(row, actor)
        self._script = script_of(_acts(staging))
        self._steps, self._most = 0, round((staging.duration_s + extra_s) / STEP_S)
        self._rows: IntArray = np.array([0, rows], dtype=np.int64)
        self._record = np.zeros((rows, self._most + 1, 4))
        self._there = np.zeros((rows, self._most + 1), dtype=np.bool_)
        self._seen = np.zeros((rows, self._most + 1), dtype=np.bool_)
        self._gone = np.zeros(rows, dtype=np.bool_)
        self._is_opaque = are_motor_vehicles(self._traits.road_user)
        self.time_ns = 0
        self.ego = self._ego_now()
        self._write()

    @property
    def road(self) -> Road:
        """The map."""
        return self._staging.road

    @property
    def body(self) -> EgoBody:
        """The ego's size and limits."""
        return self._staging.body

    @property
    def is_over(self) -> bool:
        """Whether the time of the scene is up."""
        return self._steps >= self._most

    def id_of(self, name: str) -> int:
        """Return the ``object_id`` of an actor."""
        return EGO_ID + [actor.name for actor in self._actors].index(name)

    def step(self, control: Control) -> None:
        """Let 0.1 s pass; after the end of the scene everybody goes on, but nothing is recorded any more."""
        lights = self._staging.lights.at(self.time_ns)
        act_now(self.time_ns * 1e-9, self._script, self._traits, self._motion)
        step_worlds(
            STEP_S, self._steps, self._seeds, self._rows, self._ways, self._traits, self._motion, lights[None]
        )  # fmt: skip
        self._steps += 1
        self.time_ns += STEP_NS
        if self._drives_itself:
            self.ego = self._ego_now()
        else:
            self.ego = step_bicycle(self.ego, self.body, control, STEP_S)
            self._put_ego()
        if self._steps <= self._most:
            self._write()

    def scene(self) -> Scene:
        """Return who was in sight within the last 2 s."""
        now = min(self._steps, self._most)
        first = max(0, now + 1 - _HISTORY_STEPS)
        return Scene(
            time_ns=self.time_ns,
            ego=self.ego,
            others=self._tracks(first, now + 1, self._seen, 1 + np.flatnonzero(self._seen[1:, first:].any(axis=1))),
            lights=self._staging.lights.at(self.time_ns),
        )

    def boxes(self) -> tuple[FloatArray, BoolArray, FloatArray]:
        """Return (cast, 5) boxes, (cast,) who is there, and (cast,) speeds now."""
        now = min(self._steps, self._most)
        size = np.stack((self._traits.length_m[1:], self._traits.width_m[1:]), axis=1)
        return np.concatenate((self._record[1:, now, :3], size), axis=1), self._there[1:, now], self._record[1:, now, 3]

    def appeared(self) -> BoolArray:
        """Return (cast,) who is there now and was not a step ago."""
        now = min(self._steps, self._most)
        before = self._there[1:, now - 1] if now > 0 else np.zeros(len(self._actors) - 1, dtype=np.bool_)
        fresh: BoolArray = self._there[1:, now] & ~before
        return fresh

    def remove(self, row: int) -> None:
        """Take one of the cast out of the scene for good."""
        self._motion.there[row + 1] = False
        self._gone[row + 1] = True

    def recorded_until_now(self) -> Tracks:
        """Return the cast as it moved, from the first step on."""
        return self._tracks(0, min(self._steps, self._most) + 1, self._there, np.arange(1, len(self._actors)))

    def braked_for_ego(self) -> int | None:
        """Return None: nobody counts here who brakes for whom."""
        return None

    def drive(self) -> Drive:
        """Return what happened so far as a recording, the ego with it."""
        return Drive(
            drive_id=f"staged-{int(self._seeds[0])}",
            source="zhixing.simulation.patterns",
            road=self.road,
            tracks=self._tracks(0, min(self._steps, self._most) + 1, self._there, np.arange(len(self._actors))),
            lights=self._staging.lights,
            ego_id=EGO_ID,
            is_night=self._staging.is_night,
        )

    def scenario(self, scenario_id: str, family: str) -> Scenario:
        """Return what happened so far as a task: the ego where it began, the others as they moved."""
        x, y, yaw, speed = (float(value) for value in self._record[0, 0])
        return Scenario(
            scenario_id=scenario_id,
            family=family,
            road=self.road,
            body=self.body,
            start=EgoState(x_m=x, y_m=y, yaw_rad=yaw, speed_mps=speed),
            goal=self._staging.goal,
            start_ns=0,
            stop_ns=self._most * STEP_NS,
            background=self.recorded_until_now(),
            lights=self._staging.lights,
            is_night=self._staging.is_night,
        )

    def _place(self, row: int, actor: Actor) -> None:
        m, t, ways = self._motion, self._traits, self._ways
        model = MODEL_OF.get(actor.road_user)
        if model is None:  # an object, or a class nobody moves
            t.mind[row], t.road_user[row] = int(Mind.NOBODY), int(actor.road_user)
            t.length_m[row], t.width_m[row] = actor.size_m
        else:
            become(t, row, model, None, actor.size_m)
        if row == 0:
            t.length_m[0], t.width_m[0] = self._staging.body.length_m, self._staging.body.width_m
            t.mind[0] = int(Mind.DRIVES if self._drives_itself else Mind.OUTSIDE)
        if actor.is_still:
            t.mind[row] = int(Mind.NOBODY)
        t.wanted_mps[row] = actor.speed_mps if actor.wants_mps is None else actor.wants_mps
        t.likes_m[row], t.heeds[row], t.backwards[row] = actor.offset_m, int(actor.heeds), actor.backwards
        t.red_rate[row] = 0.0  # whoever runs a light is told to
        t.headway_s[row] = t.headway_s[row] if actor.headway_s is None else actor.headway_s
        t.courtesy[row] = t.courtesy[row] if actor.courtesy is None else actor.courtesy
        route = [*actor.route[:3], -1, -1]
        m.identity[row], m.way[row], m.s_m[row] = EGO_ID + row, route[0], actor.s_m
        seed = int(self._seeds[0])
        m.next_way[row] = route[1] if route[1] >= 0 else next_way(ways, route[0], seed, EGO_ID + row, 1)
        m.second_way[row] = route[2] if route[2] >= 0 else next_way(ways, int(m.next_way[row]), seed, EGO_ID + row, 2)
        m.offset_m[row] = m.wish_m[row] = actor.offset_m
        m.speed_mps[row], m.rank[row], m.there[row] = actor.speed_mps, ways.rank[route[0]], actor.is_there
        m.x_m[row], m.y_m[row], m.yaw_rad[row] = place_on(ways, route[0], actor.s_m, actor.offset_m)

    def _ego_now(self) -> EgoState:
        m = self._motion
        return EgoState(
            x_m=float(m.x_m[0]), y_m=float(m.y_m[0]), yaw_rad=float(m.yaw_rad[0]), speed_mps=float(m.speed_mps[0]),
            accel_mps2=float(m.accel_mps2[0]),
        )  # fmt: skip

    def _put_ego(self) -> None:
        m, ego = self._motion, self.ego
        m.rank[0] = RANK_STRAIGHT
        m.x_m[0], m.y_m[0], m.yaw_rad[0], m.speed_mps[0] = ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps

    def _write(self) -> None:
        """Note where everybody is, and whom the ego sees."""
        m, t, now = self._motion, self._traits, self._steps
        m.there[self._gone] = False
        turned = np.where(t.backwards, math.pi, 0.0)
        self._record[:, now] = np.stack(
            (m.x_m, m.y_m, m.yaw_rad + turned, np.where(t.backwards, -m.speed_mps, m.speed_mps)), axis=1
        )
        self._there[:, now] = m.there
        boxes = np.concatenate((self._record[:, now, :3], np.stack((t.length_m, t.width_m), axis=1)), axis=1)
        eye = 0.5 * self.body.length_m
        x = self.ego.x_m + eye * math.cos(self.ego.yaw_rad)
        y = self.ego.y_m + eye * math.sin(self.ego.yaw_rad)
        there = m.there.copy()
        there[0] = False
        self._seen[:, now] = there & (visible_share(x, y, boxes, there, self._is_opaque) >= _SEEN_SHARE)
        if self._staging.is_night:
            is_dark = np.isin(t.road_user, [int(RoadUser.PEDESTRIAN), int(RoadUser.OBJECT)])
            self._seen[:, now] &= ~is_dark | (np.hypot(m.x_m - x, m.y_m - y) < NIGHT_SIGHT_M)

    def _tracks(self, first: int, last: int, valid: BoolArray, rows: IntArray) -> Tracks:
        t = self._traits
        return Tracks(
            STEP_NS * np.arange(first, last, dtype=np.int64),
            EGO_ID + rows,
            t.road_user[rows].copy(),
            np.stack((t.length_m[rows], t.width_m[rows]), axis=1),
            self._record[rows, first:last, :2].copy(),
            self._record[rows, first:last, 2].copy(),
            self._record[rows, first:last, 3].copy(),
            valid[rows, first:last].copy(),
        )


def perform(staging: Staging, seed: int = 0) -> StagedWorld:
    """Play a scene to its end, the ego driving by the models of the crowd, and return its world."""
    world = StagedWorld(staging, seed, drives_itself=True)
    idle = Control(accel_mps2=0.0, steer_rate_radps=0.0)
    while not world.is_over:
        world.step(idle)
    return world


def _acts(staging: Staging) -> list[Act]:
    rows: dict[str, int] = {EGO: 0} | {actor.name: row for row, actor in enumerate(staging.cast, start=1)}
    common: dict[str, Any]
    acts = []
    for move in staging.moves:
        common = {"cue": move.cue, "value": move.value, "does": move.does, "amount": move.amount, "after": move.after}
        of = rows[move.of] if move.of else NOBODY
        acts.append(Act(who=rows[move.who], of=of, x_m=move.at_m[0], y_m=move.at_m[1], **common))
    return acts
