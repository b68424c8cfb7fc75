"""Step by step the loop comes to the same verdict as in one go; no step does another's work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhixing.cli.app import app
from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.artefacts import Artefacts
from zhixing.dataloop.gate import GateRules
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.datatypes.conditions import Compare, Role
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import to_json
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError, PluginError
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.run import LoopPlan, run_loop
from zhixing.runtime.loop.steps import Wanted, gate_once, rollout_once, score_once
from zhixing.testing.small_files import write_task

FAST = Query(
    name="fast",
    roles=(Role(name="car", classes=(RoadUser.CAR,)),),
    condition=Compare(measure="speed_mps", of=("car",), at_least=5.0),
)
OURS, THEIRS = How(planner="idm"), How(planner="idm", is_checked=False)
RULES = GateRules(least_scenarios=2)


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    for k in range(3):
        write_task(tmp_path / "in" / "family" / f"task_{k}", x_m=30.0 + k, stop="8.0")
    ingest([tmp_path / "in"], Archive(str(tmp_path / "archive")))
    return Wanted(archive=str(tmp_path / "archive"), queries=(to_json(FAST),))


def kept(wanted: Wanted, kind: str) -> list[str]:
    return [one.key for one in Artefacts(Archive(str(wanted.archive))).all(kind)]


def test_step_by_step_is_the_loop(tmp_path: Path, wanted: Wanted) -> None:
    plan = LoopPlan(candidate=OURS, incumbent=THEIRS, queries=(FAST,), rules=RULES)
    whole = run_loop([tmp_path / "in"], Archive(str(tmp_path / "other")), plan).judged
    for how in (OURS, THEIRS):
        rollout_once(wanted, how)
        score_once(wanted, how)
    out = tmp_path / "report.html"
    done = gate_once(wanted, OURS, THEIRS, out, RULES)
    assert done.judged.key == whole.key
    assert out.read_bytes() == whole.html
    assert done.unscored == ()


def test_each_step_does_only_its_own(wanted: Wanted) -> None:
    shares: list[float] = []
    done = rollout_once(wanted, OURS, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(kept(wanted, "trace")) == len(done.driven.outcomes) == 3
    assert kept(wanted, "score") == []
    scored = score_once(wanted, OURS)
    assert len(kept(wanted, "trace")) == len(kept(wanted, "score")) == 3
    assert scored.rows()[0][:2] == ("all", 3)
    assert "pattern:fast" in [row[0] for row in scored.rows()]
    assert dict(scored.metrics())["progress"] <= 1.0


def test_what_was_not_driven_is_neither_scored_nor_judged(tmp_path: Path, wanted: Wanted) -> None:
    with pytest.raises(InputError, match="driven none") as told:
        score_once(wanted, OURS)
    assert "zhixing rollout" in told.value.hint
    one = next(iter(Archive(str(wanted.archive)).drives))
    only = Wanted(archive=wanted.archive, drives=(one,), queries=wanted.queries)
    for how in (OURS, THEIRS):
        rollout_once(only, how)
        done = score_once(wanted, how)
        assert len(done.driven.cards) == 1
        assert len(done.undriven) == 2
    judged = gate_once(wanted, OURS, THEIRS, tmp_path / "report.html", GateRules())
    assert len(judged.unscored) == 2
    assert not judged.judged.verdict.passes


def test_nothing_in_common_is_said(tmp_path: Path, wanted: Wanted) -> None:
    rollout_once(wanted, OURS)
    with pytest.raises(InputError, match="no scored scenario in common"):
        gate_once(wanted, OURS, THEIRS, tmp_path / "report.html", GateRules())
    with pytest.raises(PluginError, match="no planner is called 'nobody'"):
        rollout_once(wanted, How(planner="nobody"))


def test_the_commands(tmp_path: Path, wanted: Wanted) -> None:
    def run(*args: str) -> tuple[int, str]:
        place = ["--archive", str(wanted.archive), "--query", wanted.queries[0]]
        result = CliRunner().invoke(app, [*args, *place])
        return result.exit_code, result.stdout

    for planner in ("idm", "pdm"):
        code, said = run("rollout", planner, "--jobs", "1")
        assert code == 0
        assert f"3 scenarios driven by {planner}: goal " in said
        assert run("score", planner, "--jobs", "1")[0] == 0
    between = ("--candidate", "idm", "--incumbent", "idm", "--out", str(tmp_path / "report.html"))
    code, said = run("gate", *between)
    assert code == 1
    assert "3 scenarios are fewer than 20" in said
    code, said = run("gate", *between, "--least", "3", "--json")
    assert code == 0
    assert json.loads(said)["verdict"]["passes"]
