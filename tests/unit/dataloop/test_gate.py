"""The gate lets nobody pass who is better on the whole and worse where it counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.dataloop.gate import GateRules, interval_of, judge
from zhixing.datatypes.evidence import DriveOutcome, Scorecard
from zhixing.datatypes.verdict import Verdict
from zhixing.errors import InputError

COUNT = 40


def card(k: int, score: float, planner: str, outcome: DriveOutcome = "goal", red_light: float = 1.0) -> Scorecard:
    return Scorecard(
        scenario_id=f"task-{k}", family="f", planner=planner, outcome=outcome, score=score,
        metrics={"red_light": red_light},
    )  # fmt: skip


def cards(scores: Sequence[float], planner: str = "new") -> list[Scorecard]:
    return [card(k, score, planner) for k, score in enumerate(scores)]


def unmet(verdict: Verdict) -> list[str]:
    return [finding.rule for finding in verdict.findings if not finding.is_met]


OLD = cards([0.8] * COUNT, "old")


def test_a_better_candidate_passes() -> None:
    verdict = judge(cards([0.9] * COUNT), OLD, {})
    assert verdict.passes
    assert verdict.difference.low == pytest.approx(0.1)
    assert (verdict.candidate, verdict.incumbent, verdict.num_scenarios) == ("new", "old", COUNT)


def test_one_new_collision_outweighs_everything() -> None:
    new = cards([1.0] * COUNT)
    new[7] = card(7, 0.0, "new", "collision")
    verdict = judge(new, OLD, {})
    assert unmet(verdict) == ["no-new-collision"]
    assert verdict.difference.mean > 0.1
    assert next(f for f in verdict.findings if not f.is_met).scenarios == ("task-7",)


def test_a_collision_that_the_incumbent_has_too_is_not_new() -> None:
    new, old = cards([1.0] * COUNT), list(OLD)
    new[7], old[7] = card(7, 0.0, "new", "collision"), card(7, 0.0, "old", "collision")
    assert judge(new, old, {}).passes


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (card(3, 0.9, "new", "off_road"), "no-new-departure"),
        (card(3, 0.9, "new", "goal", red_light=0.0), "no-new-red-light"),
    ],
)
def test_other_new_failures_keep_it_out(bad: Scorecard, rule: str) -> None:
    new = cards([0.9] * COUNT)
    new[3] = bad
    assert unmet(judge(new, OLD, {})) == [rule]


def test_a_slice_that_is_worse_beyond_doubt_keeps_it_out() -> None:
    new = cards([0.7 if k < 10 else 1.0 for k in range(COUNT)])
    slices = {f"task-{k}": ["pattern:cut-in" if k < 10 else "pattern:other"] for k in range(COUNT)}
    verdict = judge(new, OLD, slices)
    assert unmet(verdict) == ["no-slice-worse"]
    worst = next(one for one in verdict.slices if one.name == "pattern:cut-in")
    assert worst.is_worse
    assert worst.difference.high < 0.0


def test_a_slice_with_few_scenarios_is_not_judged_but_may_be_needed() -> None:
    new = cards([0.7 if k < 5 else 1.0 for k in range(COUNT)])
    slices = {f"task-{k}": ["pattern:cut-in"] for k in range(5)}
    assert judge(new, OLD, slices).passes
    rules = GateRules(needed_slices=("pattern:cut-in", "class:ebike"))
    verdict = judge(new, OLD, slices, rules)
    assert unmet(verdict) == ["coverage"]
    assert "pattern:cut-in (5), class:ebike (0)" in verdict.findings[2].says.en


def test_worse_on_the_whole_keeps_it_out() -> None:
    assert unmet(judge(cards([0.75] * COUNT), OLD, {})) == ["not-worse"]


def test_few_scenarios_say_nothing() -> None:
    assert "coverage" in unmet(judge(cards([0.9] * 5), OLD[:5], {}))


def test_scenarios_of_the_training_keep_it_out_and_so_does_silence() -> None:
    new = cards([0.9] * COUNT)
    assert unmet(judge(new, OLD, {}, trained_on=("task-3", "elsewhere"))) == ["not-trained-on"]
    assert unmet(judge(new, OLD, {}, trained_on=None)) == ["not-trained-on"]
    assert judge(new, OLD, {}, trained_on=("elsewhere",)).passes


def test_scenarios_that_one_has_not_driven_are_named() -> None:
    verdict = judge(cards([0.9] * 38), OLD, {})
    assert unmet(verdict) == ["same-scenarios"]
    assert verdict.findings[0].scenarios == ("task-38", "task-39")


def test_nothing_in_common_is_an_error() -> None:
    with pytest.raises(InputError, match="no scenario in common"):
        judge(cards([1.0]), [card(9, 1.0, "old")], {})
    with pytest.raises(InputError, match="2 cards for 1"):
        judge(cards([1.0]) * 2, OLD, {})


@given(st.lists(st.floats(0.0, 1.0), min_size=20, max_size=40), st.integers(0, 2**31))
def test_the_order_of_the_cards_does_not_matter_and_the_dice_are_the_same(scores: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    new, old = cards(scores), cards(rng.permutation(scores).tolist(), "old")
    shuffled = [new[k] for k in rng.permutation(len(new))]
    assert judge(new, old, {}) == judge(shuffled, old[::-1], {})


@given(st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=60))
def test_an_interval_holds_its_mean_and_stays_within_the_values(gain: list[float]) -> None:
    interval = interval_of(np.array(gain))
    assert min(gain) - 1e-6 <= interval.low <= interval.mean + 1e-6
    assert interval.mean - 1e-6 <= interval.high <= max(gain) + 1e-6


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    intervals = [interval_of(rng.normal(0.02, 0.1, 60)) for _ in range(300)]
    held = [one.low <= 0.02 <= one.high for one in intervals]
    assert 0.90 <= np.mean(held) <= 0.98
