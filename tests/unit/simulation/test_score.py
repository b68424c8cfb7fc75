from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.score import combine, score

GATES = ("no_collision", "drivable_area", "driving_direction", "making_progress", "red_light")
PARTS = ("progress", "ttc", "speed_limit", "comfort")
SHARE = st.floats(0.0, 1.0)


@given(st.fixed_dictionaries(dict.fromkeys((*GATES, *PARTS), SHARE)))
def test_the_score_is_the_formula_of_the_exam(m: dict[str, float]) -> None:
    gates = m["no_collision"] * m["drivable_area"] * m["driving_direction"] * m["making_progress"] * m["red_light"]
    mean = (5.0 * m["progress"] + 5.0 * m["ttc"] + 4.0 * m["speed_limit"] + 2.0 * m["comfort"]) / 16.0
    assert combine(m) == pytest.approx(gates * mean)
    assert 0.0 <= combine(m) <= 1.0


@pytest.mark.parametrize("gate", GATES)
def test_each_gate_alone_takes_everything(gate: str) -> None:
    perfect = dict.fromkeys((*GATES, *PARTS), 1.0)
    assert combine(perfect) == 1.0
    assert combine(perfect | {gate: 0.0}) == 0.0


def test_a_perfect_drive_scores_one(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(goal=(58.0, 62.0, -2.0, 2.0), duration_s=5.0)
    card = score(by_hand.trace(task, 10.0 + np.arange(50), outcome="goal"), task)
    assert card.score == 1.0
    assert (card.outcome, card.family, card.planner) == ("goal", "by-hand", "by-hand")


def test_a_collision_scores_nothing_with_a_road_user_and_half_with_an_object(by_hand: SimpleNamespace) -> None:
    users = [
        by_hand.User(object_id=7, x_m=90.0),
        by_hand.User(object_id=8, x_m=120.0, road_user=RoadUser.OBJECT, size_m=(0.5, 0.5)),
    ]
    task = by_hand.scenario(users=users, duration_s=5.0)
    made = by_hand.trace(task, 10.0 + np.arange(50), outcome="collision")
    with_car = score(dataclasses.replace(made, at_fault_id=7), task)
    with_cone = score(dataclasses.replace(made, at_fault_id=8), task)
    assert (with_car.metrics["no_collision"], with_cone.metrics["no_collision"]) == (0.0, 0.5)
    assert with_car.score == 0.0
    assert with_cone.score > 0.0


def test_leaving_the_road_scores_nothing(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    card = score(by_hand.trace(task, 10.0 + np.arange(50), outcome="off_road"), task)
    assert card.metrics["drivable_area"] == 0.0
    assert card.score == 0.0


def test_contacts_without_fault_are_told_and_cost_nothing(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(duration_s=5.0)
    made = by_hand.trace(task, 10.0 + np.arange(50))
    hit = dataclasses.replace(made, contact_ids=(3, 4), num_planner_failures=2)
    assert score(hit, task).metrics["contacts_without_fault"] == 2.0
    assert score(hit, task).metrics["planner_failures"] == 2.0
    assert score(hit, task).score == score(made, task).score


def test_who_had_to_brake_is_unknown_where_nobody_reacts(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    made = by_hand.trace(task, 10.0 + np.arange(50))
    assert math.isnan(score(made, task).metrics["others_braked"])
    assert score(dataclasses.replace(made, num_braked_for_ego=2), task).metrics["others_braked"] == 2.0


def test_a_collision_off_the_road_fails_both_gates(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    ends_beside = by_hand.trace(task, 10.0 + np.arange(20), y_m=np.linspace(0.0, -4.0, 20), outcome="collision")
    metrics = score(ends_beside, task).metrics
    assert (metrics["no_collision"], metrics["drivable_area"]) == (0.0, 0.0)
