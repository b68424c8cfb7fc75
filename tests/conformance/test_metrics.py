"""Every registered metric keeps its contract, and the exam notices one that does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing import registry
from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.errors import PluginError
from zhixing.runtime.metrics import SandboxedMetric, registered_metrics
from zhixing.simulation.headway import HeadwayMetric
from zhixing.simulation.score import score
from zhixing.testing.metric_check import check_metric


@pytest.mark.parametrize("name", registry.names("zhixing.metrics"))
def test_every_registered_metric_passes_the_exam(name: str) -> None:
    def make() -> Any:
        return registry.create("zhixing.metrics", name)

    check_metric(make)
    assert make().name == name


class LengthMetric:
    name = "length"

    def measure(self, trace: Trace, scenario: Scenario) -> Any:
        return {"steps": float(trace.time_ns.size)}


class WholeMetric(LengthMetric):
    def measure(self, trace: Trace, scenario: Scenario) -> Any:
        return {"steps": trace.time_ns.size}


class MoodyMetric(LengthMetric):
    def measure(self, trace: Trace, scenario: Scenario) -> Any:
        return {"steps" if trace.outcome == "collision" else "others": 1.0}


class DiceMetric(LengthMetric):
    rolls = 0.0

    def measure(self, trace: Trace, scenario: Scenario) -> Any:
        DiceMetric.rolls += 1.0
        return {"rolls": DiceMetric.rolls}


class ListMetric(LengthMetric):
    def measure(self, trace: Trace, scenario: Scenario) -> Any:
        return [1.0]


class LoudMetric(LengthMetric):
    def measure(self, trace: Trace, scenario: Scenario) -> Any:
        return {"Steps per drive": 1.0}


class ShoutingMetric(LengthMetric):
    name = "LENGTH"


class BrokenMetric(LengthMetric):
    def measure(self, trace: Trace, scenario: Scenario) -> Any:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        (WholeMetric, "is no float but int"),
        (MoodyMetric, "other names than before"),
        (DiceMetric, "differs the second time"),
        (ListMetric, "no dictionary with figures"),
        (LoudMetric, "no snake_case"),
        (ShoutingMetric, "kebab-case"),
        (object, "lacks name"),
    ],
)
def test_a_metric_that_breaks_a_promise_fails(metric: Any, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_metric(metric)


@pytest.mark.parametrize("metric", [LengthMetric, HeadwayMetric])
def test_a_metric_that_keeps_its_promises_passes(metric: Any) -> None:
    check_metric(metric)


def test_metrics_are_reported_under_their_name_and_leave_the_score_alone(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    drive = by_hand.trace(task, 10.0 + np.arange(31.0))
    plain, more = score(drive, task), score(drive, task, [LengthMetric(), SandboxedMetric("broken", BrokenMetric)])
    assert more.metrics["length.steps"] == 31.0
    assert more.metrics["broken.failed"] == 1.0
    assert more.score == plain.score
    assert not any("." in name for name in plain.metrics)


def test_headway_is_the_gap_over_the_speed(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=1, x_m=30.0, speed_mps=10.0)])
    figures = HeadwayMetric().measure(by_hand.trace(task, 10.0 + np.arange(31.0)), task)
    assert figures["min_s"] == pytest.approx((20.0 - 0.5 * (4.8 + 4.0)) / 10.0)
    assert figures["below_1_s"] == 0.0
    close = by_hand.scenario(users=[by_hand.User(object_id=1, x_m=22.0, speed_mps=10.0)])
    assert HeadwayMetric().measure(by_hand.trace(close, 10.0 + np.arange(31.0)), close)["below_1_s"] > 2.9
    beside = by_hand.scenario(users=[by_hand.User(object_id=1, x_m=22.0, y_m=3.5, speed_mps=10.0)])
    assert np.isnan(HeadwayMetric().measure(by_hand.trace(beside, 10.0 + np.arange(31.0)), beside)["min_s"])


def test_registered_metrics_are_made() -> None:
    assert [metric.name for metric in registered_metrics()] == list(registry.names("zhixing.metrics"))
