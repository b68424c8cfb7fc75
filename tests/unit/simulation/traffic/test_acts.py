"""Acts: each cue comes when it should, each changes what it should, once, and in order."""

from __future__ import annotations

import numpy as np
import pytest

from zhixing.simulation.traffic.acts import Act, Cue, Does, act_now, script_of
from zhixing.simulation.traffic.models import Heeds
from zhixing.simulation.traffic.people import Motion, Traits, nobody_of, traits_of


def two() -> tuple[Traits, Motion]:
    """Return two who stand 20 m from each other on the x axis, both looking east."""
    traits, motion = traits_of(2), nobody_of(2)
    traits.length_m[:] = 4.0
    traits.heeds[:] = int(Heeds.ALL)
    motion.there[:] = True
    motion.x_m[:], motion.y_m[:], motion.yaw_rad[:] = (0.0, 20.0), 0.0, 0.0
    motion.speed_mps[:] = 5.0
    return traits, motion


@pytest.mark.parametrize(
    ("cue", "value", "more", "before", "after"),
    [
        (Cue.TIME, 2.0, {}, {"time_s": 1.9}, {"time_s": 2.0}),
        (Cue.COMES, 30.0, {}, {"s_m": 29.0}, {"s_m": 30.0}),
        (Cue.NEAR, 5.0, {"of": 0, "x_m": 10.0}, {"x_m": 4.0}, {"x_m": 6.0}),
        (Cue.ARRIVES, 2.0, {"of": 0, "x_m": 20.0}, {"x_m": 9.0}, {"x_m": 10.5}),
        (Cue.AHEAD, 10.0, {"of": 0}, {"x_m": 5.0}, {"x_m": 6.5}),
        (Cue.HEADWAY, 1.0, {"of": 0}, {"x_m": 10.0}, {"x_m": 11.5}),
    ],
)
def test_a_cue_comes_when_it_should(
    cue: Cue, value: float, more: dict[str, float], before: dict[str, float], after: dict[str, float]
) -> None:
    act = Act(who=1, cue=cue, value=value, does=Does.WANTS, amount=7.0, **more)  # type: ignore[arg-type]
    for state, is_done in ((before, False), (after, True)):
        traits, motion = two()
        traits.wanted_mps[:] = 1.0
        motion.x_m[0] = state.get("x_m", 0.0)
        motion.s_m[1] = state.get("s_m", 0.0)
        act_now(state.get("time_s", 0.0), script_of([act]), traits, motion)
        assert (traits.wanted_mps[1] == 7.0) == is_done
        assert traits.wanted_mps[0] == 1.0


def test_an_act_is_done_once_and_one_after_the_other() -> None:
    traits, motion = two()
    script = script_of(
        [
            Act(who=0, cue=Cue.TIME, value=1.0, does=Does.WANTS, amount=3.0),
            Act(who=0, cue=Cue.AFTER, value=2.0, does=Does.WANTS, amount=9.0, after=0),
        ]
    )
    seen = []
    for step in range(50):
        act_now(0.1 * step, script, traits, motion)
        seen.append(float(traits.wanted_mps[0]))
        if step == 15:
            traits.wanted_mps[0] = 5.0  # not done a second time
    assert seen[9] == 1.0
    assert seen[10] == 3.0
    assert seen[20] == 5.0
    assert seen[-1] == 9.0
    assert script.done_s.tolist() == pytest.approx([1.0, 3.0])


def test_everything_that_can_be_changed_is() -> None:
    traits, motion = two()
    motion.there[1] = False
    acts = [
        Act(who=1, cue=Cue.TIME, value=0.0, does=does, amount=amount)
        for does, amount in (
            (Does.SHIFTS, -1.5), (Does.ROAMS, 0.4), (Does.APPEARS, 0.0), (Does.BRAKES, 6.0), (Does.HURRIES, 3.0),
        )
    ]  # fmt: skip
    act_now(0.0, script_of(acts), traits, motion)
    assert motion.wish_m[1] == traits.likes_m[1] == -1.5
    assert not traits.heeds[1] & (Heeds.PLACES | Heeds.LANES)
    assert traits.heeds[1] & Heeds.FRONT
    assert (traits.roam_mps[1], traits.brake_mps2[1], traits.accel_mps2[1]) == (0.4, 6.0, 3.0)
    assert bool(motion.there[1])
    last = [Act(who=1, cue=Cue.TIME, value=0.0, does=Does.VANISHES)]
    last.append(Act(who=0, cue=Cue.TIME, value=0.0, does=Does.HEEDS, amount=float(Heeds.NOTHING)))
    act_now(0.0, script_of(last), traits, motion)
    assert not motion.there[1]
    assert traits.heeds[0] == Heeds.NOTHING


def test_a_cue_about_somebody_who_is_not_there_does_not_come() -> None:
    traits, motion = two()
    motion.there[0] = False
    script = script_of([Act(who=1, cue=Cue.NEAR, value=1e9, does=Does.VANISHES, of=0)])
    act_now(0.0, script, traits, motion)
    assert np.all(script.done_s < 0.0)
