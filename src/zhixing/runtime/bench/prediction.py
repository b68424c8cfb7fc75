"""How well others are predicted, on recorded traffic, and how quickly.

Every second of a recording the predictors are asked for six seconds; who has been there for a second and is there for
three (five) more counts. Displacements are averaged over the recording's own steps (10 or 2 a second). What minADE(6)
and minFDE(6) say is that of the best mode; a miss is a best mode that ends more than 2 m away. Predictors are given the
tracks up to now and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhixing.datatypes.plan import Control, Prediction
from zhixing.datatypes.scene import Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.driving.interfaces import Predictor
from zhixing.driving.prediction import ConstantTurnRatePredictor, ConstantVelocityPredictor, MultiModalPredictor
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.runtime.bench.recorded import AWAY, Recorded, find_recordings
from zhixing.simulation.city_world import CityWorld

HORIZONS_S = (3.0, 5.0)
MISS_M = 2.0
_ASK_S = 6.0
_EVERY_S = 1.0
_HISTORY_S = 1.0
_MIN_STEP_S = 0.1
_MIN_COUNT = 20
_MIN_GAIN = 0.25
_USERS, _SEED, _WARM_STEPS, _SCENES, _REPEATS = 64, 3, 200, 50, 6
_SPEED_STEP_S = 0.2
_MEDIAN_TARGET_MS = 3.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Errors:
    """What one predictor got wrong at many moments, one row a road user and moment.

    Attributes:
        road_user: (rows,) class.
        top_ade_m: (rows, horizons) mean displacement of the likeliest mode; NaN where nobody knows the truth.
        top_fde_m: (rows, horizons) its displacement at the end.
        min_ade_m: (rows, horizons) of the best mode.
        min_fde_m: (rows, horizons) of the mode that ends best.
    """

    road_user: IntArray
    top_ade_m: FloatArray
    top_fde_m: FloatArray
    min_ade_m: FloatArray
    min_fde_m: FloatArray

    def of(self, road_user: int) -> Errors:
        """Return the rows of one class."""
        rows = self.road_user == road_user
        return Errors(
            road_user=self.road_user[rows],
            top_ade_m=self.top_ade_m[rows],
            top_fde_m=self.top_fde_m[rows],
            min_ade_m=self.min_ade_m[rows],
            min_fde_m=self.min_fde_m[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Mean errors within one source, class and horizon.

    Attributes:
        source: Of the recordings.
        road_user: The class.
        horizon_s: How far ahead.
        count: Road users times moments.
        constant_velocity: Mean ADE and FDE of the first baseline, in m.
        constant_turn_rate: The same of the second.
        top: The same of the likeliest mode.
        best: minADE(6) and minFDE(6), in m.
        misses: Share of misses of the first baseline and of the six modes.
    """

    source: str
    road_user: RoadUser
    horizon_s: float
    count: int
    constant_velocity: tuple[float, float]
    constant_turn_rate: tuple[float, float]
    top: tuple[float, float]
    best: tuple[float, float]
    misses: tuple[float, float]

    @property
    def gain(self) -> float:
        """How much smaller minADE(6) is than the ADE of constant velocity, as a share of it."""
        return 1.0 - self.best[0] / max(self.constant_velocity[0], 1e-9)

    @property
    def is_reached(self) -> bool:
        """Whether the gain is a quarter and the likeliest mode no worse than constant velocity."""
        return self.gain >= _MIN_GAIN and self.top[0] <= self.constant_velocity[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionReport:
    """How well and how quickly others were predicted.

    Attributes:
        slices: By source, class and horizon; those with fewer than 20 cases are left out.
        measures: How long it takes.
    """

    slices: tuple[Slice, ...]
    measures: tuple[Measure, ...]

    @staticmethod
    def columns() -> tuple[str, ...]:
        """Return the headings of :meth:`rows`."""
        return (
            "source", "class", "s", "cases", "CV ADE/FDE m", "CTRV ADE/FDE m", "top mode ADE/FDE m",
            "minADE/minFDE(6) m", "gain", "missed CV/ours", "",
        )  # fmt: skip

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row a slice."""
        pair = "{:.2f} / {:.2f}".format
        return [
            (
                one.source,
                one.road_user.name.lower(),
                f"{one.horizon_s:g}",
                str(one.count),
                pair(*one.constant_velocity),
                pair(*one.constant_turn_rate),
                pair(*one.top),
                pair(*one.best),
                f"{100.0 * one.gain:.0f} %",
                pair(*one.misses),
                "reached" if one.is_reached else "missed",
            )
            for one in self.slices
        ]


def run_prediction(folder: Path) -> PredictionReport:
    """Measure on the recordings in a folder.

    Raises:
        RecordingError: No recording is there, or one cannot be read.
        ScenarioError: A task cannot be read.
        MapError: A map cannot be read.
    """
    makes: tuple[Callable[[], Predictor], ...] = (
        ConstantVelocityPredictor,
        ConstantTurnRatePredictor,
        MultiModalPredictor,
    )
    found: dict[tuple[str, int], list[list[Errors]]] = {}
    for recorded in find_recordings(folder):
        for k, make in enumerate(makes):
            for errors in errors_of(make(), recorded):
                for road_user in np.unique(errors.road_user):
                    key = (recorded.source, int(road_user))
                    found.setdefault(key, [[] for _ in makes])[k].append(errors.of(int(road_user)))
    slices = [
        one
        for k in range(len(HORIZONS_S))
        for (source, road_user), errors in sorted(found.items())
        if (one := _slice(source, RoadUser(road_user), k, errors)) is not None
    ]
    return PredictionReport(slices=tuple(slices), measures=tuple(speed()))


def speed() -> list[Measure]:
    """Measure how long six futures of everybody in the built-in city take, in CPU time of one core."""
    world, scenes = CityWorld(_SEED, _USERS), []
    for step in range(_WARM_STEPS + _SCENES):
        world.step(Control(accel_mps2=0.0, steer_rate_radps=0.0))
        if step >= _WARM_STEPS:
            scenes.append(world.scene())
    predictor, times_ms = MultiModalPredictor(), []
    predictor.start(world.briefing())
    predictor.predict(scenes[0], _ASK_S, _SPEED_STEP_S)
    for scene in scenes * _REPEATS:
        begin_s = time.thread_time()
        predictor.predict(scene, _ASK_S, _SPEED_STEP_S)
        times_ms.append(1e3 * (time.thread_time() - begin_s))
    name = f"CPU time to predict {_USERS} road users, 6 modes of {round(_ASK_S / _SPEED_STEP_S)} steps, {{}}"
    return median_and_p99(name, times_ms, median_target=_MEDIAN_TARGET_MS)


def _slice(source: str, road_user: RoadUser, horizon: int, errors: list[list[Errors]]) -> Slice | None:
    # (predictors, 4, rows): the three predictors have judged the same cases in the same order
    tables = [
        np.concatenate(
            [np.stack((e.top_ade_m, e.top_fde_m, e.min_ade_m, e.min_fde_m))[..., horizon] for e in one], axis=1
        )
        for one in errors
    ]
    known = np.isfinite(tables[0][0])
    if known.sum() < _MIN_COUNT:
        return None
    straight, turning, ours = (table[:, known] for table in tables)
    means = [table.mean(axis=1).tolist() for table in (straight, turning, ours)]
    return Slice(
        source=source,
        road_user=road_user,
        horizon_s=HORIZONS_S[horizon],
        count=int(known.sum()),
        constant_velocity=(means[0][0], means[0][1]),
        constant_turn_rate=(means[1][0], means[1][1]),
        top=(means[2][0], means[2][1]),
        best=(means[2][2], means[2][3]),
        misses=(float((straight[3] > MISS_M).mean()), float((ours[3] > MISS_M).mean())),
    )


def moments(tracks: Tracks) -> Iterator[tuple[int, IntArray, int, float]]:
    """Yield when to predict: the step, the rows that count, the recording's steps to a predicted one, its seconds."""
    if tracks.num_steps < 2:
        return
    step_s = float(np.median(np.diff(tracks.time_ns))) * 1e-9
    stride = max(1, round(_MIN_STEP_S / step_s))
    dt_s = stride * step_s
    before, ahead = max(1, round(_HISTORY_S / step_s)), round(HORIZONS_S[0] / step_s)
    for step in range(before, tracks.num_steps - ahead, max(1, round(_EVERY_S / step_s))):
        span_s = float(tracks.time_ns[step + ahead] - tracks.time_ns[step - before]) * 1e-9
        if abs(span_s - _HISTORY_S - HORIZONS_S[0]) > 0.5 * step_s:
            continue  # frames are missing
        rows = np.flatnonzero(tracks.valid[:, step - before : step + ahead + 1].all(axis=1))
        if rows.size:
            yield step, rows, stride, dt_s


def displacements(tracks: Tracks, step: int, rows: IntArray, stride: int, prediction: Prediction) -> Errors:
    """Return how far a prediction is from what happened."""
    chance, xy = prediction.probability[rows], prediction.xy_m[rows]
    steps = min(xy.shape[2], (tracks.num_steps - 1 - step) // stride)
    at = step + stride * np.arange(1, steps + 1)
    away = np.hypot(*np.moveaxis(xy[:, :, :steps] - tracks.xy_m[rows][:, None, at], -1, 0))
    away = np.where((tracks.valid[rows][:, at])[:, None], away, np.nan)
    used, top = chance > 0.0, chance.argmax(axis=1)
    every = np.arange(rows.size)
    columns: list[list[FloatArray]] = [[], [], [], []]
    for horizon_s in HORIZONS_S:
        count = round(horizon_s / float(prediction.time_s[0]))
        if count > steps:
            for column in columns:
                column.append(np.full(rows.size, np.nan))
            continue
        mean = np.where(used, away[:, :, :count].mean(axis=2), np.inf)
        end = np.where(used, away[:, :, count - 1], np.inf)
        known = np.isfinite(mean[every, top])
        columns[0].append(mean[every, top])
        columns[1].append(np.where(known, end[every, top], np.nan))
        columns[2].append(np.where(known, mean.min(axis=1), np.nan))
        columns[3].append(np.where(known, end.min(axis=1), np.nan))
    return Errors(
        road_user=tracks.road_user[rows],
        top_ade_m=np.stack(columns[0], axis=1),
        top_fde_m=np.stack(columns[1], axis=1),
        min_ade_m=np.stack(columns[2], axis=1),
        min_fde_m=np.stack(columns[3], axis=1),
    )


def errors_of(predictor: Predictor, recorded: Recorded) -> Iterator[Errors]:
    """Yield what a predictor gets wrong at each moment of a recording."""
    predictor.start(recorded.briefing)
    for step, rows, stride, dt_s in moments(recorded.tracks):
        now_ns = int(recorded.tracks.time_ns[step])
        scene = Scene(time_ns=now_ns, ego=AWAY, others=recorded.tracks.until(step), lights=recorded.lights.at(now_ns))
        yield displacements(recorded.tracks, step, rows, stride, predictor.predict(scene, _ASK_S, dt_s))
