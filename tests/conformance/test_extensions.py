"""Everything that is registered keeps its contract, and the exam notices who does not."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from zhixing import registry
from zhixing.datatypes.plan import Plan, Prediction
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.idm import IdmPlanner
from zhixing.driving.prediction import ConstantVelocityPredictor
from zhixing.errors import PluginError, ScenarioError
from zhixing.testing.checks import check_planner, check_predictor


@pytest.mark.parametrize("name", registry.names("zhixing.planners"))
def test_every_registered_planner_passes_the_exam(name: str) -> None:
    def make() -> Any:
        return registry.create("zhixing.planners", name)

    check_planner(make)
    assert make().name == name


@pytest.mark.parametrize("name", registry.names("zhixing.predictors"))
def test_every_registered_predictor_passes_the_exam(name: str) -> None:
    def make() -> Any:
        return registry.create("zhixing.predictors", name)

    check_predictor(make)
    assert make().name == name


class ChangedPlanner:
    """Plans as the first driver does, changed by a subclass."""

    def __init__(self) -> None:
        self.driver = IdmPlanner()

    @property
    def name(self) -> str:
        return "changed"

    def start(self, briefing: Briefing) -> None:
        self.driver.start(briefing)

    def plan(self, scene: Scene) -> Any:
        return self.change(self.driver.plan(scene))

    def change(self, plan: Plan) -> Any:
        return plan


def _with(plan: Plan, **fields: Any) -> Plan:
    return dataclasses.replace(plan, **fields)


class NanPlanner(ChangedPlanner):
    def change(self, plan: Plan) -> Any:
        return _with(plan, speed_mps=np.full_like(plan.speed_mps, np.nan))


class LatePlanner(ChangedPlanner):
    def change(self, plan: Plan) -> Any:
        return _with(plan, time_s=plan.time_s + 0.1)


class BackwardPlanner(ChangedPlanner):
    def change(self, plan: Plan) -> Any:
        return _with(plan, speed_mps=plan.speed_mps - 100.0)


class DistantPlanner(ChangedPlanner):
    def change(self, plan: Plan) -> Any:
        return _with(plan, xy_m=plan.xy_m + 50.0)


class FrozenPlanner(ChangedPlanner):
    def change(self, plan: Plan) -> Any:
        return _with(plan, accel_mps2=np.full_like(plan.accel_mps2, -8.0))


class DicePlanner(ChangedPlanner):
    rolls = 0

    def change(self, plan: Plan) -> Any:
        DicePlanner.rolls += 1
        return _with(plan, accel_mps2=plan.accel_mps2 + 0.01 * DicePlanner.rolls)


class SilentPlanner(ChangedPlanner):
    def change(self, plan: Plan) -> Any:
        say = dataclasses.replace(plan.decision.say, de="")
        return _with(plan, decision=dataclasses.replace(plan.decision, say=say))


class NothingPlanner(ChangedPlanner):
    def change(self, plan: Plan) -> Any:
        return None


class RefusingPlanner(ChangedPlanner):
    def start(self, briefing: Briefing) -> None:
        raise ScenarioError("not today")


class ShoutingPlanner(ChangedPlanner):
    @property
    def name(self) -> str:
        return "ShoutingPlanner"


@pytest.mark.parametrize(
    ("planner", "message"),
    [
        (NanPlanner, "speed_mps is not finite"),
        (LatePlanner, "does not begin now"),
        (BackwardPlanner, "drives backwards"),
        (DistantPlanner, "away from the ego"),
        (FrozenPlanner, "does not get on"),
        (DicePlanner, "plans differently the second time"),
        (SilentPlanner, "does not say why"),
        (NothingPlanner, "is no Plan but NoneType"),
        (RefusingPlanner, "refuses an empty road"),
        (ShoutingPlanner, "kebab-case"),
        (object, "lacks name"),
    ],
)
def test_a_planner_that_breaks_a_promise_fails(planner: Any, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_planner(planner)


def test_a_planner_that_changes_nothing_passes() -> None:
    check_planner(ChangedPlanner)


class ChangedPredictor(ConstantVelocityPredictor):
    def predict(self, scene: Scene, horizon_s: float, dt_s: float) -> Any:
        return self.change(super().predict(scene, horizon_s, dt_s))

    def change(self, prediction: Prediction) -> Any:
        return prediction


class UnsurePredictor(ChangedPredictor):
    def change(self, prediction: Prediction) -> Any:
        return dataclasses.replace(prediction, probability=0.5 * prediction.probability)


class NanPredictor(ChangedPredictor):
    def change(self, prediction: Prediction) -> Any:
        return dataclasses.replace(prediction, xy_m=np.full_like(prediction.xy_m, np.nan))


class ShortPredictor(ChangedPredictor):
    def predict(self, scene: Scene, horizon_s: float, dt_s: float) -> Any:
        return super().predict(scene, 0.4 * horizon_s, dt_s)


class PastPredictor(ChangedPredictor):
    def change(self, prediction: Prediction) -> Any:
        return dataclasses.replace(prediction, time_s=prediction.time_s - prediction.time_s[0])


class GhostPredictor(ChangedPredictor):
    def change(self, prediction: Prediction) -> Any:
        return dataclasses.replace(prediction, valid=np.ones_like(prediction.valid))


class NothingPredictor(ChangedPredictor):
    def change(self, prediction: Prediction) -> Any:
        return None


@pytest.mark.parametrize(
    ("predictor", "message"),
    [
        (UnsurePredictor, "do not add up to 1"),
        (NanPredictor, "xy_m is not finite"),
        (ShortPredictor, "instead of"),
        (PastPredictor, "not after now"),
        (GhostPredictor, "not there"),
        (NothingPredictor, "no Prediction but NoneType"),
        (object, "lacks name"),
    ],
)
def test_a_predictor_that_breaks_a_promise_fails(predictor: Any, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_predictor(predictor)
