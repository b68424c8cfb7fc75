"""Every suite of the benchmark runs and measures something; how much is not for a test to say."""

from __future__ import annotations

import importlib
import math

import pytest

from zhixing.errors import PluginError, ServiceError
from zhixing.runtime.bench import ONLY_BY_NAME, SUITES, SUITES_OF_A_PLANNER, run_suite
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.machine import machine
from zhixing.simulation.cut_in import CutIns, bench_cases
from zhixing.simulation.patterns.catalogue import catalogue

SHORT: dict[str, tuple[str, dict[str, object]]] = {
    "startup": ("startup", {"_REPEATS": 1}),
    "turn": ("turns", {"_REPEATS": 2}),
    "simulation": ("simulation", {"_REPEATS": 1, "_STEPS": 5, "_WORLDS": 4, "_CROWD_STEPS": 5, "_SAME_STEPS": 10}),
    "planning": ("planning", {"_WARM_UP": 1, "_CYCLES": 4}),
    "safety": ("safety", {"_SEEDS": 1, "_CHECKS": 5, "SCENES": ("the leader brakes fully",)}),
    "recording": ("recording", {"_STEPS": 5}),
    "serve": ("serving", {"_WATCH_S": 1.0}),
    "page": ("page", {"_SETTLE_MS": 100, "_WATCH_MS": 500}),
    "assistant": ("assistant", {"_REPEATS": 3, "_WARM_UP": 1}),
    "signals": ("broker_speed", {"_DURATION_S": 0.3, "_SUBSCRIBERS": (1, 2)}),
    "soak": ("soak", {"_DAY_S": 200, "_PARTS": 2}),
    "sumo": ("sumo_traffic", {"_WARM_UP_STEPS": 5, "_STEPS": 20}),
}


def test_a_target_is_reached_from_its_side() -> None:
    assert Measure(name="a", value=3.0, unit="s", target=3.0).is_reached is True
    assert Measure(name="a", value=3.1, unit="s", target=3.0).is_reached is False
    assert Measure(name="a", value=3.1, unit="1/s", target=3.0, more_is_better=True).is_reached is True
    assert Measure(name="a", value=math.nan, unit="s", target=3.0).is_reached is False
    assert Measure(name="a", value=3.0, unit="s").is_reached is None


def test_a_figure_comes_with_its_machine_and_versions() -> None:
    about = machine()
    assert set(about) >= {"cpu", "python", "numpy", "numba", "zhixing"}
    assert all(about.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SUITES))
def test_a_suite_measures(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    module_name, constants = SHORT[name]
    module = importlib.import_module(f"zhixing.runtime.bench.{module_name}")
    for constant, value in constants.items():
        monkeypatch.setattr(module, constant, value)
    try:
        measures = SUITES[name]()
    except (ServiceError, PluginError) as error:
        assert name in ONLY_BY_NAME
        pytest.skip(f"{error}: {error.hint}")
    assert measures
    assert all(math.isfinite(measure.value) and measure.value >= 0 for measure in measures)


def _few_cases() -> CutIns:
    cases = bench_cases()
    return CutIns(cases.ego_mps[::800], cases.other_mps[::800], cases.gap_m[::800], cases.sideways_mps[::800])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SUITES_OF_A_PLANNER))
def test_a_suite_lets_a_planner_drive(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    cut_ins, aeb, overtaking, pattern_slices = (
        importlib.import_module(f"zhixing.runtime.bench.{module}")
        for module in ("cut_ins", "aeb", "overtaking", "pattern_slices")
    )
    few = dict(list(catalogue().items())[:2])
    monkeypatch.setattr(pattern_slices, "catalogue", lambda: few)
    monkeypatch.setattr(pattern_slices, "_JOBS", 1)
    monkeypatch.setattr(pattern_slices, "_SCENES", 1)
    monkeypatch.setattr(overtaking, "_SAME_WAY", overtaking._SAME_WAY[:1])
    monkeypatch.setattr(overtaking, "_ONCOMING", overtaking._ONCOMING[:1])
    monkeypatch.setattr(cut_ins, "bench_cases", _few_cases)
    monkeypatch.setattr(cut_ins, "_JOBS", 1)
    monkeypatch.setattr(aeb, "_STEPS_OF_SPEED", 1)
    measures = run_suite(name, "idm", seeds=2)
    assert any("idm" in measure.name for measure in measures)
    assert all(math.isfinite(measure.value) and measure.value >= 0 for measure in measures)
    assert name in ONLY_BY_NAME
    with pytest.raises(PluginError, match="nobody"):
        run_suite(name, "nobody", seeds=1)
