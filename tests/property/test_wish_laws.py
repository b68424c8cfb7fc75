"""No spoken wish can change what the checker does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhixing.cockpit.understand.lexicon import phrase_files
from zhixing.datatypes.driving_wish import AS_USUAL
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.car import Car
from zhixing.settings import CityConfig, Settings

SENTENCES = [
    say
    for file in phrase_files("tests/driving")
    for kind in ("wish", "weak")
    for sentences in yaml.safe_load(file.read_text("utf-8"))[kind].values()
    for say in sentences
]


@pytest.fixture(scope="module")
def car() -> Iterator[Car]:
    car = Car(Settings(city=CityConfig(seed=3, num_users=25)))
    for _ in range(20):
        car.step()
    yield car
    car.close()


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(["driver", "passenger", "rear_left"]))),
    num_steps=st.integers(1, 8),
)
def test_the_checker_hears_of_no_wish_and_has_the_last_word(
    car: Car, said: list[tuple[str, str]], num_steps: int
) -> None:
    checker: Any = car.ride._checker
    config, seen, driven = vars(checker).get("_config"), [], []
    check = SafetyChecker.check.__get__(checker)

    def spy(scene: Any, plan: Any) -> Any:
        seen.append(scene)
        driven.append(check(scene, plan))
        return driven[-1]

    checker.check = spy
    try:
        for text, zone in said:
            car.handle({"type": "say", "id": "1", "text": text, "zone": zone})
        for _ in range(num_steps):
            car.step()
            assert car.ride.plan is driven[-1].plan  # nothing is held back or hurried after the check
    finally:
        del checker.check
    car.take_broadcasts()
    assert {scene.wish for scene in seen} == {AS_USUAL}
    assert vars(checker).get("_config") is config
    assert len(seen) == num_steps


@settings(deadline=None, max_examples=8)
@given(said=st.sampled_from(SENTENCES))
def test_the_same_plan_is_judged_the_same_whatever_was_said(said: str) -> None:
    quiet, spoken = (Car(Settings(city=CityConfig(seed=5, num_users=5))) for _ in range(2))
    spoken.handle({"type": "say", "id": "1", "text": said, "zone": "driver"})
    for _ in range(3):
        spoken._driver.step()
    ours, theirs = quiet.ride, spoken.ride
    plan = ours._planner.plan(ours.scene)
    one, other = ours._checker.check(ours.scene, plan), theirs._checker.check(theirs.scene, plan)  # type: ignore[union-attr]
    assert one.rule == other.rule
    assert np.array_equal(one.plan.accel_mps2, other.plan.accel_mps2)
    quiet.close()
    spoken.close()
