"""Who is near and where they may be, likely and unlikely, as the kernels take it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from zhixing.datatypes.plan import Prediction
from zhixing.datatypes.scene import EgoState, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import Tracks, are_motor_vehicles
from zhixing.driving.interfaces import Predictor
from zhixing.driving.right_of_way import RightOfWay
from zhixing.driving.sampling.choice import braking_modes, impact
from zhixing.driving.sampling.config import DT_S, STEPS
from zhixing.driving.sampling.encounters import encounter_cost, extent_by_step, places_by_step
from zhixing.driving.sampling.yielding import GIVES_WAY, Yielding

MOST_USERS = 64
_SEE_M = 120.0
_LEAST_CHANCE, _WORST_CHANCE = 0.003, 0.08
_SHARPEN_PER_S = 0.5
_LEADER_BRAKES_MPS2, _SOFT_BRAKES_MPS2 = 4.0, 2.5
"""How hard somebody ahead may brake out of nothing while the ego still has a way out."""


class Surroundings:
    """The road users near the ego, with everything they may do.

    Attributes:
        tracks: Those who are near, None where nobody is; rows count as ``user`` below.
        holds: (users,) who has right of way before the ego.
        places: Who may be where at each step, see ``places_by_step``.
        counts: How many at each step.
        worst: The same with unlikely modes, and with everybody braking hard.
        worst_counts: How many at each step.
        num_keys: Users times modes, the braking one included.
        axis: (2,) the ego's heading, by which the places of a step are sorted.

    Args:
        scene: What is there now.
        predictor: Who guesses what they do; it is briefed.
        states: (candidates, STEPS + 1, 8) whose surroundings these are.
        yielding: Who is known to give way.
        right_of_way: Who goes before the ego.
        s_m: Where on the route's line the ego's centre is.
    """

    def __init__(
        self,
        scene: Scene,
        predictor: Predictor,
        states: FloatArray,
        yielding: Yielding,
        right_of_way: RightOfWay,
        s_m: float,
    ) -> None:
        self.axis = np.array([math.cos(scene.ego.yaw_rad), math.sin(scene.ego.yaw_rad)])
        self.tracks = nearest(scene.others, scene.ego)
        if self.tracks is None:
            self.places = self.worst = np.zeros((STEPS, 0, 13))
            self.counts = self.worst_counts = np.zeros(STEPS, dtype=np.int64)
            self.num_keys, self._modes = 0, 1
            self.holds = np.zeros(0, dtype=np.bool_)
            return
        tracks = self.tracks
        prediction = predictor.predict(dataclasses.replace(scene, others=tracks), STEPS * DT_S, DT_S)
        speed = prediction.speed_mps
        soft = np.where(are_motor_vehicles(tracks.road_user), 0.0, 1.0)
        chance = np.where(prediction.valid[:, None], prediction.probability, 0.0)
        self.holds, owes = right_of_way.find(tracks, scene.lights, s_m)
        firm = yielding.firmness(tracks, self.holds, scene.time_ns)
        extent = extent_by_step(states, self.axis)
        self.places, self.counts = places_by_step(
            extent,
            prediction.xy_m,
            prediction.yaw_rad,
            speed,
            np.where(owes[:, None], GIVES_WAY * chance, chance),
            tracks.size_m,
            soft,
            firm,
            self.holds,
            _LEAST_CHANCE,
            _SHARPEN_PER_S,
            self.axis,
        )
        poses, slower = _braking(prediction, chance, tracks, soft)
        self.worst, self.worst_counts = places_by_step(
            extent,
            np.concatenate((prediction.xy_m, poses[:, None, :, :2]), axis=1),
            np.concatenate((prediction.yaw_rad, poses[:, None, :, 2]), axis=1),
            np.concatenate((speed, slower[:, None]), axis=1),
            np.concatenate((chance, np.ones((chance.shape[0], 1))), axis=1),
            tracks.size_m,
            soft,
            firm,
            self.holds,
            _WORST_CHANCE,
            0.0,
            self.axis,
        )
        self._modes = chance.shape[1]
        self.num_keys = chance.shape[0] * (self._modes + 1)

    def in_the_way_out(self, braking: FloatArray, body: FloatArray) -> int:
        """Return which road user full braking (STEPS + 1, 8) may end in, -1 where it ends before everybody."""
        done = np.full(self.num_keys, -1, dtype=np.int64)
        _, key = impact(braking, self.worst, self.worst_counts, 0.5 * body[0], 0.5 * body[1], done, 1, self.axis, False)
        return key // (self._modes + 1)

    def by_user(self, rows: FloatArray, body: FloatArray, weights: FloatArray) -> FloatArray:
        """Return (users, 6) what each road user makes of one candidate, by kind of encounter."""
        found = np.zeros((self.num_keys, 6))
        if self.num_keys:
            done = np.full(self.num_keys, -1, dtype=np.int64)
            encounter_cost(
                rows, self.places, self.counts, 0.5 * body[0], 0.5 * body[1], weights, done, 1, found, np.inf, self.axis
            )
        users = self.num_keys // (self._modes + 1)
        by_user: FloatArray = found[: users * self._modes].reshape(users, self._modes, 6).sum(axis=1)
        return by_user


def nearest(tracks: Tracks, ego: EgoState) -> Tracks | None:
    """Return the tracks of those who are there now and near enough to matter, at most 64; None where nobody is."""
    if not tracks.num_objects or not tracks.num_steps:
        return None
    away_m = np.hypot(tracks.xy_m[:, -1, 0] - ego.x_m, tracks.xy_m[:, -1, 1] - ego.y_m)
    away_m = np.where(tracks.valid[:, -1], away_m, np.inf)
    rows = np.flatnonzero(away_m < _SEE_M)
    if not rows.size:
        return None
    if rows.size > MOST_USERS:
        rows = np.sort(rows[np.argsort(away_m[rows], kind="stable")[:MOST_USERS]])
    return Tracks(
        tracks.time_ns,
        tracks.object_id[rows],
        tracks.road_user[rows],
        tracks.size_m[rows],
        tracks.xy_m[rows],
        tracks.yaw_rad[rows],
        tracks.speed_mps[rows],
        tracks.valid[rows],
    )


def _braking(
    prediction: Prediction, chance: FloatArray, tracks: Tracks, soft: FloatArray
) -> tuple[FloatArray, FloatArray]:
    rows = np.arange(chance.shape[0])
    likeliest = np.argmax(chance, axis=1)
    decel = np.where(soft > 0.5, _SOFT_BRAKES_MPS2, _LEADER_BRAKES_MPS2)
    now_mps = np.abs(tracks.speed_mps[:, -1])
    return braking_modes(prediction.xy_m[rows, likeliest], prediction.yaw_rad[rows, likeliest], now_mps, decel)
