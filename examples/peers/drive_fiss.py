"""Drive tasks with FISS+ and with one of our planners, and print both side by side.

    python examples/peers/drive_fiss.py FOLDER [--planner idm] [--background reactive] [--venv .venv-fiss] [--limit 20]

The first time it makes an environment of its own and installs fiss-planner 1.0.0 (Apache-2.0) into it.
"""

import argparse
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path

import numpy as np

from zhixing.driving.interfaces import Planner
from zhixing.errors import ZhixingError
from zhixing.runtime.driving_tasks import find_tasks, read_scenario
from zhixing.runtime.foreign import ForeignPlanner
from zhixing.runtime.planners import make_planner
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score

PACKAGE = "fiss-planner==1.0.0"
WORKER = Path(__file__).with_name("fiss_worker.py")


def environment(folder: Path) -> Path:
    """Return the interpreter of an environment with the planner in it; make it if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    return python


def drive(tasks: list[Path], planner: Planner, background: str) -> dict[str, object]:
    """Return what a planner made of some tasks."""
    scores, plan_ms, outcomes, failures = [], [], Counter[str](), 0
    for task in tasks:
        try:
            scenario = read_scenario(task)
            trace = rollout(scenario, planner, background=background)  # type: ignore[arg-type]
        except ZhixingError as error:
            print(f"not driven: {task.name}: {error}", file=sys.stderr)
            continue
        scores.append(score(trace, scenario).score)
        plan_ms.append(trace.plan_ms)
        outcomes[trace.outcome] += 1
        failures += trace.num_planner_failures
    times = np.concatenate(plan_ms) if plan_ms else np.array([np.nan])
    return {
        "planner": planner.name,
        "tasks": len(scores),
        "score": f"{np.mean(scores):.3f}" if scores else "-",
        **{outcome: outcomes[outcome] for outcome in ("goal", "collision", "off_road", "timeout")},
        "no plan": failures,
        "ms (median)": f"{np.median(times):.1f}",
        "ms (p99)": f"{np.percentile(times, 99):.1f}",
    }


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    """Parse, drive and print."""
    parser = argparse.ArgumentParser(description="FISS+ beside ours, on OpenSCENARIO tasks")
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--planner", default="idm")
    parser.add_argument("--background", choices=("replay", "reactive"), default="replay")
    parser.add_argument("--venv", type=Path, default=Path(".venv-fiss"))
    parser.add_argument("--limit", type=int, default=1000)
    given = parser.parse_args(arguments)
    tasks = find_tasks(given.folders)[: given.limit]
    foreign = ForeignPlanner([str(environment(given.venv)), str(WORKER)], name="fiss-plus")
    try:
        rows = [drive(tasks, planner, given.background) for planner in (foreign, make_planner(given.planner))]
    finally:
        foreign.close()
    print(" | ".join(rows[0]))
    for row in rows:
        print(" | ".join(str(value) for value in row.values()))
    return rows


if __name__ == "__main__":
    main()
