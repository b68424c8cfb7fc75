"""How well others are predicted, on recorded traffic, and how quickly.

Every second of a recording the predictors are asked for six seconds; who has been there for a second and is there for
three (five) more counts. Displacements are averaged over the recording's own steps (10 or 2 a second). What minADE(6)
and minFDE(6) say is that of the best mode; a miss is a best mode that ends more than 2 m away. Predictors are given the
tracks up to now and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhixing.datatypes.plan import Prediction
from zhixing.datatypes.scene import Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.driving.interfaces import Predictor
from zhixing.driving.prediction import ConstantTurnRatePredictor, ConstantVelocityPredictor, MultiModalPredictor
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.runtime.bench.recorded import AWAY, Recorded, find_recordings

HORIZONS_S = (3.0, 5.0)
MISS_M = 2.0
_ASK_S = 6.0
_EVERY_S = 1.0
_HISTORY_S = 1.0
_MIN_STEP_S = 0.1
_MIN_COUNT = 20


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


def errors_of(predictor: Predictor, recorded: Recorded) -> tuple[list[Errors], list[float]]:
    """Return what a predictor gets wrong in one recording, and how long each answer took in milliseconds."""
    predictor.start(recorded.briefing)
    found, times_ms = [], []
    for step, rows, stride, dt_s in moments(recorded.tracks):
        now_ns = int(recorded.tracks.time_ns[step])
        scene = Scene(time_ns=now_ns, ego=AWAY, others=recorded.tracks.until(step), lights=recorded.lights.at(now_ns))
        begin = time.perf_counter()
        prediction = predictor.predict(scene, _ASK_S, dt_s)
        times_ms.append(1e3 * (time.perf_counter() - begin))
        found.append(displacements(recorded.tracks, step, rows, stride, prediction))
    return found, times_ms
