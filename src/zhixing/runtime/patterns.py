"""A pattern from its name to a verdict: stage it, let somebody drive, score it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhixing.datatypes.evidence import Scenario, Scorecard, Trace
from zhixing.datatypes.plan import Control
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.metrics import registered_metrics
from zhixing.runtime.planners import make_planner
from zhixing.simulation.patterns.catalogue import pattern_named
from zhixing.simulation.patterns.staged_world import StagedWorld
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score

_TO_ARRIVE_S = 25.0
_BRAKES = Control(accel_mps2=-8.0, steer_rate_radps=0.0)
"""A driver may be so much slower than the ego that the scene was staged for."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PatternDrive:
    """One scene of a pattern, driven.

    Attributes:
        pattern: Its name.
        values: Of all parameters.
        seed: Of what is no parameter.
        planner: Who drove.
        is_checked: Whether the safety checker stood behind the planner.
        scenario: What happened, as a task: the others as they moved. It can be written and driven again.
        trace: What the ego did.
        card: The judgement.
    """

    pattern: str
    values: Mapping[str, float]
    seed: int
    planner: str
    is_checked: bool
    scenario: Scenario
    trace: Trace
    card: Scorecard


def drive_pattern(
    name: str, values: Mapping[str, float] | None, seed: int, planner_name: str, *, is_checked: bool = True
) -> PatternDrive:
    """Stage a scene of a pattern and drive it in closed loop; the others react.

    Args:
        name: Of the pattern.
        values: For some parameters or all; the others are usual.
        seed: Of what is no parameter.
        planner_name: Registered name.
        is_checked: Whether the safety checker stands between planner and car, as it does in the vehicle.

    Raises:
        InputError: There is no such pattern, parameter or value.
        PluginError: The planner is not registered or lacks a method.
    """
    pattern = pattern_named(name)
    world = StagedWorld(pattern.make(values, seed), seed, extra_s=_TO_ARRIVE_S)
    task = world.scenario(f"{name}-{seed}", name)
    checker = SafetyChecker() if is_checked else None
    trace = rollout(task, make_planner(planner_name), world=world, checker=checker)
    while not world.is_over:  # so that whoever drives it again meets the others after that moment, too
        world.step(_BRAKES)
    happened = world.scenario(f"{name}-{seed}", name)
    return PatternDrive(
        pattern=name,
        values=pattern.usual() | dict(values or {}),
        seed=seed,
        planner=planner_name,
        is_checked=is_checked,
        scenario=happened,
        trace=trace,
        card=score(trace, happened, registered_metrics()),
    )
