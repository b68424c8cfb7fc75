"""A recorded scene that the ego is put into."""

from __future__ import annotations

from typing import Literal

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import Tracks, empty_tracks
from zhixing.driving.bicycle import step_bicycle
from zhixing.simulation.reactive import PathFollowers
from zhixing.simulation.world import STEP_NS, STEP_S

Background = Literal["replay", "reactive"]
_HISTORY_STEPS = 20


class ReplayWorld:
    """The ego drives; the others do as recorded, or follow their recorded paths at their own pace.

    Args:
        scenario: The task.
        background: ``replay``: positions as recorded. ``reactive``: recorded paths, but everybody keeps a distance
            to whoever is in front, the ego included.
    """

    def __init__(self, scenario: Scenario, background: Background = "replay") -> None:
        self._scenario = scenario
        self.ego = scenario.start
        self.time_ns = scenario.start_ns
        tracks = _on_grid(scenario)
        self._time_ns = tracks.time_ns
        self._xy_m = tracks.xy_m.copy()
        self._yaw_rad = tracks.yaw_rad.copy()
        self._speed_mps = tracks.speed_mps.copy()
        self._valid = tracks.valid.copy()
        self._followers = PathFollowers(tracks) if background == "reactive" else None

    @property
    def road(self) -> Road:
        """The map."""
        return self._scenario.road

    @property
    def body(self) -> EgoBody:
        """The ego's size and limits."""
        return self._scenario.body

    @property
    def step_index(self) -> int:
        """Steps taken so far."""
        return (self.time_ns - self._scenario.start_ns) // STEP_NS

    def scene(self) -> Scene:
        """Return what is known now: who is there or was within 2 s, and nobody's future."""
        now = self.step_index
        return Scene(
            time_ns=self.time_ns,
            ego=self.ego,
            others=self._tracks(max(0, now + 1 - _HISTORY_STEPS), now + 1),
            lights=self._scenario.lights.at(self.time_ns),
        )

    def boxes(self) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]], FloatArray]:
        """Return (users, 5) boxes, (users,) who is there, and (users,) speeds now."""
        now = self.step_index
        size = self._scenario.background.size_m
        boxes = np.concatenate((self._xy_m[:, now], self._yaw_rad[:, now, None], size), axis=1)
        return boxes, self._valid[:, now], self._speed_mps[:, now]

    def appeared(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return (users,) who is there now and was not a step ago."""
        now = self.step_index
        before = self._valid[:, now - 1] if now > 0 else np.zeros(self._valid.shape[0], dtype=np.bool_)
        fresh: np.ndarray[tuple[int], np.dtype[np.bool_]] = self._valid[:, now] & ~before
        return fresh

    def remove(self, row: int) -> None:
        """Take somebody out of the scene from the next step on."""
        self._valid[row, self.step_index + 1 :] = False
        if self._followers is not None:
            self._followers.remove(row)

    def step(self, control: Control) -> None:
        """Move the ego and let 0.1 s pass."""
        before = self.ego
        self.ego = step_bicycle(self.ego, self.body, control, STEP_S)
        self.time_ns += STEP_NS
        if self._followers is not None:
            now = self.step_index
            state = self._followers.step(before, self.body, now)
            self._xy_m[:, now], self._yaw_rad[:, now], self._speed_mps[:, now], self._valid[:, now] = state

    def braked_for_ego(self) -> int | None:
        """Return how many had to brake hard for the ego, None where nobody reacts."""
        return None if self._followers is None else self._followers.num_braked_for_ego

    def recorded_until_now(self) -> Tracks:
        """Return the others as they really moved, from the first step on."""
        return self._tracks(0, self.step_index + 1)

    def _tracks(self, first: int, last: int) -> Tracks:
        tracks = self._scenario.background
        rows = np.flatnonzero(self._valid[:, first:last].any(axis=1))
        return Tracks(
            self._time_ns[first:last],
            tracks.object_id[rows],
            tracks.road_user[rows],
            tracks.size_m[rows],
            self._xy_m[rows, first:last],
            self._yaw_rad[rows, first:last],
            self._speed_mps[rows, first:last],
            self._valid[rows, first:last],
        )


def _on_grid(scenario: Scenario) -> Tracks:
    """Return the background with one column for each step of the run; where it was not recorded nobody is there."""
    tracks = scenario.background
    steps = max(0, -(-(scenario.stop_ns - scenario.start_ns) // STEP_NS))
    time_ns = scenario.start_ns + STEP_NS * np.arange(steps + 1, dtype=np.int64)
    if not tracks.num_steps:
        return empty_tracks(time_ns)
    after = np.clip(np.searchsorted(tracks.time_ns, time_ns), 0, tracks.num_steps - 1)
    before = np.maximum(after - 1, 0)
    is_before = np.abs(time_ns - tracks.time_ns[before]) <= np.abs(tracks.time_ns[after] - time_ns)
    column = np.where(is_before, before, after)
    is_recorded = np.abs(tracks.time_ns[column] - time_ns) <= STEP_NS // 2
    return Tracks(
        time_ns,
        tracks.object_id,
        tracks.road_user,
        tracks.size_m,
        tracks.xy_m[:, column],
        tracks.yaw_rad[:, column],
        tracks.speed_mps[:, column],
        tracks.valid[:, column] & is_recorded,
    )
