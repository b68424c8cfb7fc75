"""Which of the emergency braking tests of Euro NCAP and C-NCAP a driver gets through, beside what physics allows."""

from __future__ import annotations

from zhixing.datatypes.road import Road
from zhixing.driving.asking import ask, brief, follow_or_brake
from zhixing.driving.interfaces import Planner
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.planners import make_planner
from zhixing.simulation.aeb_road import aeb_road
from zhixing.simulation.aeb_scenes import AebScene, aeb_scenes, families
from zhixing.simulation.aeb_world import AebWorld, is_avoidable, is_avoidable_with_foresight
from zhixing.simulation.world import STEP_S

_STEPS_OF_SPEED: int | None = None
"""Only so many speeds of each test; None for all."""


def aeb(planner_name: str = "sampling") -> list[Measure]:
    """Measure how many impacts a planner avoids in each test, of how many are avoidable."""
    planner = make_planner(planner_name)
    measures, missed, missed_at_sight, passed, total, at_sight = [], 0, 0, 0, 0, 0
    for name, scenes in families(aeb_scenes()):
        rows = [_judged(scene, planner) for scene in scenes[:_STEPS_OF_SPEED]]
        avoidable = sum(can for _, _, _, can in rows)
        measures.append(
            Measure(
                name=f"{name}: avoided by {planner_name}, of {len(rows)}; the bound avoids",
                value=float(sum(avoided for avoided, *_ in rows)),
                unit="tests",
                target=float(avoidable),
                more_is_better=True,
            )
        )
        missed_at_sight += sum(brakes and not avoided for avoided, _, brakes, _ in rows)
        missed += sum(can and not avoided for avoided, _, _, can in rows)
        passed += sum(avoided and has_passed for avoided, has_passed, *_ in rows)
        at_sight += sum(brakes for _, _, brakes, _ in rows)
        total += len(rows)
    return [
        *measures,
        Measure(name=f"avoidable by full braking at first sight, of {total}", value=float(at_sight), unit="tests"),
        Measure(
            name=f"avoided by {planner_name} and driven on past the place within 30 s",
            value=float(passed),
            unit="tests",
        ),
        Measure(
            name=f"avoidable by braking at first sight, but not avoided by {planner_name}",
            value=float(missed_at_sight),
            unit="tests",
            target=0.0,
        ),
        Measure(
            name=f"avoidable by braking at first sight or by coming slower, but not avoided by {planner_name}",
            value=float(missed),
            unit="tests",
            target=0.0,
        ),
    ]


def _judged(scene: AebScene, planner: Planner) -> tuple[bool, bool, bool, bool]:
    """Return whether the planner avoids, whether it passes, and whether braking at first sight and foresight avoid."""
    road = aeb_road(scene)
    at_sight = is_avoidable(scene, road)
    avoided, has_passed = drive_aeb(scene, road, planner)
    return avoided, has_passed, at_sight, at_sight or is_avoidable_with_foresight(scene, road)


def drive_aeb(scene: AebScene, road: Road, planner: Planner) -> tuple[bool, bool]:
    """Let a planner drive a test; return whether it avoids the impact, and whether it has got past the place."""
    world = AebWorld(scene, road)
    is_ready = brief(planner, world.briefing())
    while not world.is_over:
        seen = world.scene()
        plan = ask(planner, seen) if is_ready else None
        world.step(follow_or_brake(plan, world.ego, world.body, STEP_S))
    return not world.has_hit, world.has_passed
