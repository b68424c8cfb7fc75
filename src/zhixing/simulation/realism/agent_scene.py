"""A moment of a recording from which everybody is moved on: by the recording, along its paths, or straight on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.lights import Lights
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import Tracks
from zhixing.simulation.reactive import PathFollowers
from zhixing.simulation.traffic.models import MODEL_OF
from zhixing.simulation.world import STEP_S

STANDS_MPS = 0.3
_AWAY = EgoState(x_m=1e7, y_m=1e7, yaw_rad=0.0, speed_mps=0.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AgentScene:
    """A moment of a recording from which everybody is simulated.

    Attributes:
        road: The map.
        tracks: (agents, steps + 1) who is there at the moment, from it on, every 0.1 s.
        before: (agents, steps) the second before, the moment included.
        lights: What was shown; nobody knows what will be.
    """

    road: Road
    tracks: Tracks
    before: Tracks
    lights: Lights


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AgentRollouts:
    """What became of the agents, in one future or many; column 0 is the moment from which they are simulated.

    Attributes:
        xy_m: (rollouts, agents, steps + 1, 2)
        yaw_rad: (rollouts, agents, steps + 1)
        there: (rollouts, agents, steps + 1)
    """

    xy_m: FloatArray
    yaw_rad: FloatArray
    there: BoolArray


def scene_of(road: Road, tracks: Tracks, lights: Lights, now: int, steps: int) -> AgentScene:
    """Return the scene of a step of a recording, with those who have been there for a second."""
    first = max(0, now - round(1.0 / STEP_S))
    rows = np.flatnonzero(
        tracks.valid[:, first : now + 1].all(axis=1) & np.isin(tracks.road_user, [int(user) for user in MODEL_OF])
    )
    return AgentScene(
        road=road,
        tracks=_cut(tracks, rows, now, now + steps + 1),
        before=_cut(tracks, rows, first, now + 1),
        lights=lights,
    )


def as_recorded(scene: AgentScene) -> AgentRollouts:
    """Return the one future that happened."""
    t = scene.tracks
    return AgentRollouts(xy_m=t.xy_m[None], yaw_rad=t.yaw_rad[None], there=t.valid[None])


def constant_velocity(scene: AgentScene) -> AgentRollouts:
    """Return the one future in which everybody goes on as now."""
    t = scene.tracks
    seconds = STEP_S * np.arange(t.num_steps)
    ways = np.stack((np.cos(t.yaw_rad[:, 0]), np.sin(t.yaw_rad[:, 0])), axis=-1) * t.speed_mps[:, :1]
    xy = t.xy_m[:, :1] + ways[:, None] * seconds[:, None]
    yaw = np.repeat(t.yaw_rad[:, :1], t.num_steps, axis=1)
    return AgentRollouts(xy_m=xy[None], yaw_rad=yaw[None], there=np.ones((1, *yaw.shape), dtype=np.bool_))


def path_followers(scene: AgentScene) -> AgentRollouts:
    """Return the future of the reactive background, which knows everybody's recorded path and pace."""
    t = scene.tracks
    followers = PathFollowers(t)
    xy, yaw, there = t.xy_m.copy(), t.yaw_rad.copy(), t.valid.copy()
    for step in range(1, t.num_steps):
        xy[:, step], yaw[:, step], _, there[:, step] = followers.step(_AWAY, EgoBody(), step)
    return AgentRollouts(xy_m=xy[None], yaw_rad=yaw[None], there=there[None])


def tracks_of(rollouts: AgentRollouts, scene: AgentScene, future: int) -> Tracks:
    """Return one of the futures as tracks; speeds are those of the movement."""
    t, xy, yaw = scene.tracks, rollouts.xy_m[future], rollouts.yaw_rad[future]
    along = np.gradient(xy, STEP_S, axis=1)
    speed = along[..., 0] * np.cos(yaw) + along[..., 1] * np.sin(yaw)
    return Tracks(t.time_ns, t.object_id, t.road_user, t.size_m, xy, yaw, speed, rollouts.there[future])


def _cut(tracks: Tracks, rows: IntArray, first: int, end: int) -> Tracks:
    return Tracks(
        tracks.time_ns[first:end].copy(), tracks.object_id[rows], tracks.road_user[rows], tracks.size_m[rows],
        tracks.xy_m[rows, first:end], tracks.yaw_rad[rows, first:end], tracks.speed_mps[rows, first:end],
        tracks.valid[rows, first:end],
    )  # fmt: skip
