"""The exam of a metric.

Example:
    >>> from zhixing.simulation.headway import HeadwayMetric
    >>> check_metric(HeadwayMetric)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.tracks import RoadUser, Tracks, empty_tracks
from zhixing.errors import PluginError
from zhixing.simulation.interfaces import Metric
from zhixing.testing.streets import street

__all__ = ["check_metric"]

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SNAKE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_STEP_NS = 100_000_000


def check_metric(make: Callable[[], Metric]) -> None:
    """Sit the exam of a metric.

    Args:
        make: Returns a fresh instance.

    Raises:
        PluginError: A promise of :mod:`zhixing.simulation.interfaces` is broken; the message says which.
    """
    metric = make()
    _require(isinstance(metric, Metric), f"{metric!r} lacks name or measure()")
    name = metric.name
    _require(isinstance(name, str) and bool(_KEBAB.fullmatch(name)), f"the name {name!r} is not in kebab-case")
    names: set[str] | None = None
    for what, trace, scenario in _drives():
        figures = metric.measure(trace, scenario)
        where = f"what {name} measures of {what}"
        _require(isinstance(figures, Mapping) and bool(figures), f"{where} is no dictionary with figures")
        for figure, value in figures.items():
            _require(
                isinstance(figure, str) and bool(_SNAKE.fullmatch(figure)), f"{where}: {figure!r} is no snake_case"
            )
            _require(isinstance(value, float), f"{where}: {figure} is no float but {type(value).__name__}")
        _require(names is None or set(figures) == names, f"{where} has other names than before: {sorted(figures)}")
        names = set(figures)
        again = make().measure(trace, scenario)
        same = set(again) == names and all(
            again[figure] == value or (math.isnan(value) and math.isnan(again[figure]))
            for figure, value in figures.items()
        )
        _require(same, f"{where} differs the second time")


def _drives() -> Iterator[tuple[str, Trace, Scenario]]:
    """Yield drives that a metric has to cope with."""
    time_ns = _STEP_NS * np.arange(31, dtype=np.int64)
    for what, tracks in (("an empty road", empty_tracks(time_ns)), ("a street with others", _others(time_ns))):
        scenario = Scenario(
            scenario_id="exam",
            family="exam",
            road=street(),
            body=EgoBody(),
            start=EgoState(x_m=10.0, y_m=0.0, yaw_rad=0.0, speed_mps=10.0),
            goal=Goal(x_min_m=200.0, x_max_m=210.0, y_min_m=-2.0, y_max_m=2.0),
            start_ns=0,
            stop_ns=int(time_ns[-1]),
            background=tracks,
            lights=Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64)),
        )
        whole = _trace(scenario, 31)
        yield what, whole, scenario
        yield f"{what}, of one step", _trace(scenario, 1), scenario
        yield f"{what}, ending in a collision", replace(whole, outcome="collision", at_fault_id=1), scenario


def _trace(scenario: Scenario, steps: int) -> Trace:
    speed = np.linspace(10.0, 4.0, 31)[:steps]
    x_m = 10.0 + np.concatenate(([0.0], np.cumsum(0.1 * speed[:-1])))
    return Trace(
        scenario_id=scenario.scenario_id,
        planner="exam",
        outcome="timeout",
        time_ns=_STEP_NS * np.arange(steps, dtype=np.int64),
        xy_m=np.stack((x_m, np.zeros(steps)), axis=-1),
        yaw_rad=np.zeros(steps),
        speed_mps=speed,
        accel_mps2=np.full(steps, -2.0),
        steer_rad=np.zeros(steps),
        background=scenario.background.until(steps - 1),
        lights=np.zeros((0, steps), dtype=np.int64),
        plan_ms=np.ones(max(0, steps - 1)),
    )


def _others(time_ns: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Tracks:
    """Return one who drives ahead, one who comes towards the ego and leaves, and a pedestrian who appears."""
    steps = time_ns.shape[0]
    since_s = 1e-9 * time_ns
    x = np.stack((40.0 + 5.0 * since_s, 80.0 - 8.0 * since_s, np.full(steps, 50.0)))
    y = np.stack((np.zeros(steps), np.full(steps, 3.5), -5.0 + 1.5 * since_s))
    valid = np.ones((3, steps), dtype=np.bool_)
    valid[1, 20:], valid[2, :5] = False, False
    xy_m = np.where(valid[..., None], np.stack((x, y), axis=-1), np.nan)
    return Tracks(
        time_ns,
        np.arange(1, 4, dtype=np.int64),
        np.array([RoadUser.CAR, RoadUser.EBIKE, RoadUser.PEDESTRIAN], dtype=np.int64),
        np.array([[4.5, 1.9], [1.8, 0.8], [0.5, 0.5]]),
        xy_m,
        np.repeat(np.array([[0.0], [np.pi], [0.5 * np.pi]]), steps, axis=1),
        np.repeat(np.array([[5.0], [8.0], [1.5]]), steps, axis=1),
        valid,
    )


def _require(kept: bool, message: str) -> None:
    if not kept:
        raise PluginError(message, hint="See zhixing.simulation.interfaces for what a metric promises.")
