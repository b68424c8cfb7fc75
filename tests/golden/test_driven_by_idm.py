"""What the built-in driver makes of one street, to the digit; accept a change by ``pytest --update-golden``."""

from __future__ import annotations

import difflib
import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from zhixing.datatypes.evidence import Scenario, Scorecard, Trace
from zhixing.datatypes.lights import Light
from zhixing.driving.idm import IdmPlanner
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score

HERE = Path(__file__).parent


def behind_a_slow_car(by_hand: SimpleNamespace) -> Scenario:
    slow = by_hand.User(object_id=4, x_m=45.0, speed_mps=4.0)
    task: Scenario = by_hand.scenario(users=[slow], goal=(60.0, 66.0, -2.0, 2.0), duration_s=15.0)
    return task


def red_light(by_hand: SimpleNamespace) -> Scenario:
    task: Scenario = by_hand.scenario(by_hand.crossing(), start=(40.0, 0.0, 0.0, 9.0), light=Light.RED, duration_s=15.0)
    return task


SCENARIOS = {"behind_a_slow_car": behind_a_slow_car, "red_light": red_light}


def written(trace: Trace, card: Scorecard) -> str:
    """Return a drive as text that a person can compare: four digits, a row each half second."""
    rows = [
        {
            "t": round(int(trace.time_ns[k]) * 1e-9, 1),
            "x": round(float(trace.xy_m[k, 0]), 4),
            "y": round(float(trace.xy_m[k, 1]) + 0.0, 4),
            "speed": round(float(trace.speed_mps[k]), 4),
        }
        for k in range(0, trace.time_ns.size, 5)
    ]
    told: dict[str, Any] = {
        "outcome": card.outcome,
        "score": round(card.score, 4),
        "metrics": {k: round(v, 4) if math.isfinite(v) else str(v) for k, v in sorted(card.metrics.items())},
        "decisions": [f"{t * 1e-9:.1f} s {d.rule} {d.object_id} {d.say.zh}" for t, d in trace.decisions],
        "trace": [json.dumps(row) for row in rows],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def check(path: Path, now: str, *, update: bool) -> None:
    """Compare a text with what is stored; fail with a readable difference, or without a stored text."""
    if update:
        path.write_text(now, "utf-8")
        return
    if not path.is_file():
        pytest.fail(f"{path.name} is missing: run pytest --update-golden, read it and commit it")
    before = path.read_text("utf-8")
    changed = difflib.unified_diff(before.splitlines(), now.splitlines(), "stored", "now", lineterm="", n=1)
    assert before == now, f"{path.name} differs:\n" + "\n".join(changed)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_driver_drives_as_it_did(name: str, by_hand: SimpleNamespace, update_golden: bool) -> None:
    task = SCENARIOS[name](by_hand)
    trace = rollout(task, IdmPlanner())
    check(HERE / f"{name}.json", written(trace, score(trace, task)), update=update_golden)


def test_a_missing_golden_fails_and_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="is missing"):
        check(tmp_path / "new.json", "{}\n", update=False)
    assert not (tmp_path / "new.json").exists()


def test_a_changed_golden_fails_with_the_line_that_changed(tmp_path: Path) -> None:
    check(tmp_path / "old.json", '{\n "score": 0.5\n}\n', update=True)
    with pytest.raises(AssertionError, match=r'\+ "score": 0.25'):
        check(tmp_path / "old.json", '{\n "score": 0.25\n}\n', update=False)
