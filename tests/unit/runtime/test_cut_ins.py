"""A planner drives cut-ins in closed loop, and the bench notices who does not brake."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.driving.safety import SafetyChecker
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.runtime.bench.cut_ins import drive_cut_in, drive_cut_ins
from zhixing.simulation.cut_in import CutIns
from zhixing.simulation.reference_drivers import REFERENCE_DRIVERS, drive_reference


def one(ego_mps: float, other_mps: float, gap_m: float, sideways_mps: float) -> CutIns:
    return CutIns(*(np.array([value]) for value in (ego_mps, other_mps, gap_m, sideways_mps)))


def test_who_drives_on_crashes_into_who_cuts_in(by_hand: SimpleNamespace) -> None:
    planner = by_hand.Planner()
    assert drive_cut_in(one(15.0, 5.0, 15.0, 1.0), planner, None)
    seen = [scene.others for scene in planner.scenes]
    assert seen[0].num_steps > 5
    assert seen[0].yaw_rad[0, 0] == 0.0
    assert seen[-1].yaw_rad[0, -1] > 0.1
    assert all(scene.others.time_ns[-1] == scene.time_ns for scene in planner.scenes)


def test_who_drives_on_is_past_before_a_slow_one_comes(by_hand: SimpleNamespace) -> None:
    assert not drive_cut_in(one(15.0, 5.0, 5.0, 0.2), by_hand.Planner(), None)


def test_who_stops_does_not_crash(by_hand: SimpleNamespace) -> None:
    assert not drive_cut_in(one(15.0, 5.0, 40.0, 1.0), by_hand.Planner(accel_mps2=-8.0), None)


def test_the_checker_behind_the_planner_brakes_for_who_does_not(by_hand: SimpleNamespace) -> None:
    case = one(15.0, 5.0, 30.0, 1.0)
    assert drive_cut_in(case, by_hand.Planner(), None)
    assert not drive_cut_in(case, by_hand.Planner(), SafetyChecker())


@pytest.mark.slow
def test_the_first_driver_copes_with_an_ordinary_cut_in_the_same_way_each_time() -> None:
    cases = CutIns(
        np.array([13.9, 13.9, 25.0]), np.array([8.3, 2.8, 11.1]), np.array([25.0, 2.0, 60.0]), np.array([0.8, 1.7, 0.6])
    )
    first = drive_cut_ins(cases, "idm")
    assert not first[0]
    assert not first[2]
    assert (first == drive_cut_ins(cases, "idm", jobs=2)).all()


@pytest.mark.parametrize(
    ("ego_mps", "other_mps", "gap_m", "sideways_mps"),
    [
        (16.67, 2.78, 2.0, 1.033),  # past before the other comes: braking would stop the ego beside it
        (19.44, 11.11, 2.0, 1.2),
        (8.33, 2.78, 22.0, 0.367),  # drifts so slowly that it looks like staying in its lane
        (16.67, 2.78, 47.0, 0.367),
    ],
)
def test_what_a_reference_driver_avoids_is_avoided_with_the_checker_too(
    ego_mps: float, other_mps: float, gap_m: float, sideways_mps: float
) -> None:
    case = one(ego_mps, other_mps, gap_m, sideways_mps)
    assert any(drive_reference(case, driver)[1][0] for driver in REFERENCE_DRIVERS)
    assert not drive_cut_in(case, SamplingPlanner(), SafetyChecker())
