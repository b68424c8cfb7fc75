"""The exam every extension sits: call these from the tests of a package that registers one.

Each check takes a function that makes a fresh instance (the class itself will do) and raises ``PluginError`` with
the first promise of :mod:`zhixing.driving.interfaces` that is not kept.

Example:
    >>> from zhixing.driving.prediction import ConstantVelocityPredictor
    >>> check_predictor(ConstantVelocityPredictor)
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable

import numpy as np

from zhixing.datatypes.plan import Plan, Prediction
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.datatypes.tracks import RoadUser, Tracks, empty_tracks
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.interfaces import Planner, Predictor
from zhixing.driving.tracking import track
from zhixing.errors import PluginError, ScenarioError
from zhixing.testing.streets import briefing_on, street

__all__ = ["check_planner", "check_predictor"]

_STEP_S = 0.1
_MIN_HORIZON_S = 1.0
_MAX_FIRST_M = 3.0
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_planner(make: Callable[[], Planner]) -> None:
    """Sit the exam of a planner.

    Args:
        make: Returns a fresh instance.

    Raises:
        PluginError: A promise is broken; the message says which.
    """
    planner = make()
    _require(isinstance(planner, Planner), f"{planner!r} lacks name, start() or plan()")
    _check_name(planner.name)
    for what, briefing, scene in _planner_cases():
        try:
            planner.start(briefing)
            plan = planner.plan(scene)
        except ScenarioError:
            _require(what in _MAY_REFUSE, f"{planner.name} refuses {what}")
            continue
        _check_plan(planner.name, what, plan, scene.ego)
        again = make()
        again.start(briefing)
        _require(_same(plan, again.plan(scene)), f"{planner.name} plans differently the second time: {what}")
    _check_drive(planner)


def check_predictor(make: Callable[[], Predictor]) -> None:
    """Sit the exam of a predictor.

    Args:
        make: Returns a fresh instance.

    Raises:
        PluginError: A promise is broken; the message says which.
    """
    predictor = make()
    _require(isinstance(predictor, Predictor), f"{predictor!r} lacks name, start() or predict()")
    _check_name(predictor.name)
    ego = EgoState(x_m=50.0, y_m=0.0, yaw_rad=0.0, speed_mps=8.0)
    nowhere = Road(name="nowhere", lanes=(), successors=())
    for road, others in itertools.product((street(), nowhere), (_nobody(), _crowd(1), _crowd(20))):
        briefing = briefing_on(road, ego, goal_x_m=250.0)
        scene = _scene(ego, others)
        for horizon_s, dt_s in ((3.0, 0.1), (0.5, 0.25)):
            predictor.start(briefing)
            prediction = predictor.predict(scene, horizon_s, dt_s)
            _check_prediction(predictor.name, prediction, others, horizon_s, dt_s)
            other = make()
            other.start(briefing)
            again = other.predict(scene, horizon_s, dt_s)
            _require(_same(prediction, again), f"{predictor.name} predicts differently the second time")


_MAY_REFUSE = frozenset({"a start far off the road"})


def _planner_cases() -> list[tuple[str, Briefing, Scene]]:
    """Return what a planner has to cope with: a name, the briefing and the first scene."""
    road = street()
    ego = EgoState(x_m=20.0, y_m=0.0, yaw_rad=0.0, speed_mps=8.0)
    standing = dataclasses.replace(ego, speed_mps=0.0)
    lost = dataclasses.replace(ego, x_m=20.0, y_m=400.0)
    beside = dataclasses.replace(ego, y_m=1.2, yaw_rad=0.3)
    ahead = briefing_on(road, ego, goal_x_m=250.0)
    return [
        ("an empty road", ahead, _scene(ego, _nobody())),
        ("tracks without a step", ahead, _scene(ego, empty_tracks(np.zeros(0, dtype=np.int64)))),
        ("a crowd", ahead, _scene(ego, _crowd(20))),
        ("a crowd without history", ahead, _scene(ego, _crowd(1))),
        ("standing still", dataclasses.replace(ahead, start=standing), _scene(standing, _crowd(20))),
        ("a start beside the lane", dataclasses.replace(ahead, start=beside), _scene(beside, _nobody())),
        ("a goal behind", briefing_on(road, ego, goal_x_m=5.0), _scene(ego, _nobody())),
        ("a goal that no lane leads to", briefing_on(road, ego, goal_x_m=900.0), _scene(ego, _nobody())),
        ("a start far off the road", dataclasses.replace(ahead, start=lost), _scene(lost, _nobody())),
        ("a light that is not shown", dataclasses.replace(ahead, ego_light=3), _scene(ego, _nobody())),
    ]


def _scene(ego: EgoState, others: Tracks) -> Scene:
    return Scene(time_ns=10_000_000_000, ego=ego, others=others, lights=np.zeros(0, dtype=np.int64))


def _nobody() -> Tracks:
    return empty_tracks(np.array([10_000_000_000]))


def _crowd(steps: int) -> Tracks:
    """Return one road user of each class around the street's start, one of them gone by now."""
    count = len(RoadUser)
    time_ns = 10_000_000_000 + 100_000_000 * np.arange(1 - steps, 1, dtype=np.int64)
    speed = np.repeat(np.linspace(0.0, 6.0, count)[:, None], steps, axis=1)
    yaw = np.repeat(np.linspace(-3.0, 3.0, count)[:, None], steps, axis=1)
    since_s = (time_ns - time_ns[-1])[None, :] * 1e-9
    x = 25.0 + 6.0 * np.arange(count)[:, None] + np.cos(yaw) * speed * since_s
    y = np.linspace(-4.0, 8.0, count)[:, None] + np.sin(yaw) * speed * since_s
    valid = np.ones((count, steps), dtype=np.bool_)
    valid[-1, -1] = False
    return Tracks(
        time_ns,
        np.arange(100, 100 + count, dtype=np.int64),
        np.array([int(road_user) for road_user in RoadUser], dtype=np.int64),
        np.tile([1.8, 0.8], (count, 1)),
        np.stack((x, y), axis=-1),
        yaw,
        speed,
        valid,
    )


def _check_name(name: object) -> None:
    _require(isinstance(name, str) and bool(_KEBAB.fullmatch(name)), f"the name {name!r} is not in kebab-case")


def _check_plan(name: str, what: str, plan: object, ego: EgoState) -> None:
    where = f"the plan of {name} for {what}"
    if not isinstance(plan, Plan):
        raise PluginError(f"{where} is no Plan but {type(plan).__name__}")
    for field in ("time_s", "xy_m", "yaw_rad", "speed_mps", "accel_mps2"):
        _require(bool(np.isfinite(getattr(plan, field)).all()), f"{where}: {field} is not finite")
    times = plan.time_s
    _require(times.size >= 2 and times[0] == 0.0, f"{where} does not begin now")
    _require(bool((np.diff(times) > 0.0).all()), f"{where}: time_s does not increase")
    _require(bool(times[-1] >= _MIN_HORIZON_S), f"{where} ends after {times[-1]:.1f} s")
    _require(bool((plan.speed_mps >= 0.0).all()), f"{where} drives backwards")
    away_m = float(np.hypot(plan.xy_m[0, 0] - ego.x_m, plan.xy_m[0, 1] - ego.y_m))
    if what not in _MAY_REFUSE:
        _require(away_m <= _MAX_FIRST_M, f"{where} begins {away_m:.1f} m away from the ego")
    say = plan.decision.say
    _require(all((say.zh, say.en, say.de)), f"{where} does not say why in zh, en and de")


def _check_drive(planner: Planner) -> None:
    """Drive eight seconds on an empty street."""
    ego = EgoState(x_m=10.0, y_m=0.0, yaw_rad=0.0, speed_mps=5.0)
    briefing = briefing_on(street(), ego, goal_x_m=280.0)
    planner.start(briefing)
    for step in range(80):
        time_ns = step * 100_000_000
        plan = planner.plan(Scene(time_ns=time_ns, ego=ego, others=_nobody(), lights=np.zeros(0, dtype=np.int64)))
        _check_plan(planner.name, "an empty road", plan, ego)
        ego = step_bicycle(ego, briefing.body, track(plan, ego, briefing.body, _STEP_S), _STEP_S)
    _require(ego.x_m > 20.0, f"{planner.name} does not get on on an empty road: {ego.x_m - 10.0:.1f} m in 8 s")
    _require(abs(ego.y_m) < 1.0, f"{planner.name} leaves a straight lane by {abs(ego.y_m):.1f} m")


def _check_prediction(name: str, prediction: object, others: Tracks, horizon_s: float, dt_s: float) -> None:
    if not isinstance(prediction, Prediction):
        raise PluginError(f"{name} predicts no Prediction but {type(prediction).__name__}")
    times, there = prediction.time_s, prediction.valid
    _require(bool(times.size) and bool((times > 0.0).all()), f"{name} predicts times that are not after now")
    _require(bool(np.allclose(np.diff(times), dt_s)), f"{name} does not predict every {dt_s} s")
    _require(abs(float(times[-1]) - horizon_s) < dt_s, f"{name} predicts {times[-1]:.2f} s instead of {horizon_s} s")
    _require(there.shape[0] == others.num_objects, f"{name} predicts {there.shape[0]} of {others.num_objects}")
    _require(bool((there == others.valid[:, -1]).all()), f"{name} predicts who is not there, or leaves somebody out")
    _require(bool(np.isfinite(prediction.xy_m[there]).all()), f"{name}: xy_m is not finite")
    _require(bool(np.isfinite(prediction.yaw_rad[there]).all()), f"{name}: yaw_rad is not finite")
    chances = prediction.probability[there]
    _require(bool((chances >= 0.0).all()), f"{name}: a probability is negative")
    _require(bool(np.allclose(chances.sum(axis=1), 1.0)), f"{name}: probabilities do not add up to 1")


def _same(one: object, other: object) -> bool:
    """Return whether two nouns are equal, arrays bit for bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return np.array_equal(one, np.asarray(other), equal_nan=True)
    if dataclasses.is_dataclass(one) and not isinstance(one, type):
        return all(_same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    return one == other


def _require(kept: bool, message: str) -> None:
    if not kept:
        raise PluginError(message, hint="See zhixing.driving.interfaces for what an extension promises.")
