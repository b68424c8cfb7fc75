"""Planted bad drivers: under the checker they run into nobody and stay on the road."""

from __future__ import annotations

from collections import Counter

import pytest

from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.bench.bad_drivers import BAD_DRIVERS
from zhixing.runtime.bench.safety_scenes import SCENES, safety_scene
from zhixing.simulation.rollout import rollout

BAD = {"collision", "off_road"}
SEED = 11
"""Not one of those the benchmark drives."""


@pytest.mark.slow
@pytest.mark.parametrize("driver", BAD_DRIVERS)
def test_a_bad_driver_does_no_harm_under_the_checker(driver: str) -> None:
    checker = SafetyChecker()
    for name in SCENES:
        driven = rollout(safety_scene(name, SEED), BAD_DRIVERS[driver](SEED), checker=checker)
        assert driven.outcome not in BAD, (name, driven.at_fault_id, driven.decisions[-3:])


@pytest.mark.slow
def test_the_drivers_are_bad_and_the_scenes_can_be_failed() -> None:
    failed = Counter(
        (name, driver)
        for name in SCENES
        for driver in BAD_DRIVERS
        if rollout(safety_scene(name, SEED), BAD_DRIVERS[driver](SEED)).outcome in BAD
    )
    assert {driver for _, driver in failed} >= set(BAD_DRIVERS) - {"garbage"}
    assert len({name for name, _ in failed}) >= len(SCENES) - 1
