"""The bench of wishes to overtake tells who gets past somebody slower, and when."""

from __future__ import annotations

import importlib
import math

import pytest

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Scene
from zhixing.driving.idm import IdmPlanner
from zhixing.errors import PluginError
from zhixing.runtime.bench.overtaking import drive_wish, overtaking, passed_after_s, slower_ahead


def test_the_slower_one_is_ahead_and_the_stream_keeps_its_gaps() -> None:
    task = slower_ahead(0.5, 2.5, 0.6)
    x_m, y_m = task.background.xy_m[:, 0].T
    assert x_m[0] > task.start.x_m + task.body.length_m
    assert y_m[0] == 0.0
    assert set(y_m[1:]) == {3.5}
    assert task.background.speed_mps[0, 0] == pytest.approx(task.start.speed_mps)
    gaps_s = (x_m[2:] - x_m[1:-1]) / task.background.speed_mps[1, 0]
    assert gaps_s == pytest.approx(2.5)


def test_who_comes_towards_the_ego_is_on_a_lane_that_leads_there() -> None:
    task = slower_ahead(0.2, 10.0, -0.8)
    west = task.road.lanes[1].centre_xy_m
    assert west[0, 0] > west[-1, 0]
    assert task.background.yaw_rad[1, 0] == pytest.approx(math.pi)
    assert task.background.xy_m[1, 0, 0] > task.background.xy_m[1, 50, 0]


def test_who_never_changes_lanes_never_passes() -> None:
    trace = drive_wish("idm", DrivingWish(overtakes=True), slower_ahead(0.5, math.inf, 0.0))
    assert passed_after_s(trace) == math.inf
    assert trace.outcome == "timeout"


def test_the_measures_are_by_style_and_by_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = importlib.import_module("zhixing.runtime.bench.overtaking")
    monkeypatch.setattr(bench, "_SAME_WAY", ((0.5, (math.inf, 0.0)),))
    monkeypatch.setattr(bench, "_ONCOMING", ((0.2, (math.inf, -0.8)),))
    monkeypatch.setattr(bench, "_LASTS_S", 3.0)
    measures = overtaking("idm", jobs=1)
    assert len(measures) == 2 * 2 * 2 + 1  # nobody passes, so nothing is said of when
    passes = [measure for measure in measures if "passes of 1" in measure.name]
    assert [measure.value for measure in passes] == [0.0] * 8
    assert measures[-1].is_reached


def test_a_planner_nobody_registered_is_told_at_once() -> None:
    with pytest.raises(PluginError):
        overtaking("nobody")


def test_the_planner_hears_the_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = importlib.import_module("zhixing.runtime.bench.overtaking")
    heard = []

    class Listens(IdmPlanner):
        def plan(self, scene: Scene) -> Plan:
            heard.append(scene.wish)
            return super().plan(scene)

    monkeypatch.setattr(bench, "make_planner", lambda _: Listens())
    monkeypatch.setattr(bench, "_LASTS_S", 1.0)
    wish = DrivingWish(style="calm", overtakes=True)
    for said in (wish, AS_USUAL):
        heard.clear()
        drive_wish("idm", said, slower_ahead(0.85, 4.0, 1.0))
        assert set(heard) == {said}
