"""One number for a drive: gates times a weighted mean.

Source: nuPlan closed-loop score as the driving exam states it:
NC · DAC · DDC · MP · RL × (5 · progress + 5 · TTC + 4 · speed + 2 · comfort) / 16.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zhixing.datatypes.evidence import Scenario, Scorecard, Trace
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.comfort import comfort
from zhixing.simulation.drivable import drivable_area
from zhixing.simulation.encounters import encounters
from zhixing.simulation.interfaces import Metric
from zhixing.simulation.progress import direction, progress, speed_limit

_GATES = ("no_collision", "drivable_area", "driving_direction", "making_progress", "red_light")
_WEIGHTS = {"progress": 5.0, "ttc": 5.0, "speed_limit": 4.0, "comfort": 2.0}


def score(trace: Trace, scenario: Scenario, extra: Sequence[Metric] = ()) -> Scorecard:
    """Return the judgement of a trace driven in a scenario.

    Args:
        trace: What was driven.
        scenario: Where.
        extra: Metrics to report besides, as ``name.figure``; they do not influence the score.
    """
    metrics = {
        "no_collision": _no_collision(trace, scenario),
        "drivable_area": float(trace.outcome != "off_road" and _ends_on_the_road(trace, scenario)),
        **direction(trace, scenario),
        **progress(trace, scenario),
        **speed_limit(trace, scenario),
        **encounters(trace, scenario),
        **comfort(trace),
        "contacts_without_fault": float(len(trace.contact_ids)),
        "planner_failures": float(trace.num_planner_failures),
        "safety_interventions": float(trace.num_safety_interventions),
        "others_braked": float("nan") if trace.num_braked_for_ego is None else float(trace.num_braked_for_ego),
    }
    for metric in extra:
        metrics |= {f"{metric.name}.{figure}": value for figure, value in metric.measure(trace, scenario).items()}
    return Scorecard(
        scenario_id=scenario.scenario_id,
        family=scenario.family,
        planner=trace.planner,
        outcome=trace.outcome,
        score=combine(metrics),
        metrics=metrics,
    )


def combine(metrics: dict[str, float]) -> float:
    """Return the score of metrics between 0 and 1.

    Example:
        >>> gates = dict.fromkeys(_GATES, 1.0)
        >>> combine(gates | {"progress": 0.5, "ttc": 1.0, "speed_limit": 1.0, "comfort": 0.0})
        0.71875
        >>> combine(gates | {"no_collision": 0.0, "progress": 1.0, "ttc": 1.0, "speed_limit": 1.0, "comfort": 1.0})
        0.0
    """
    product = 1.0
    for gate in _GATES:
        product *= metrics[gate]
    return product * sum(weight * metrics[name] for name, weight in _WEIGHTS.items()) / sum(_WEIGHTS.values())


def _ends_on_the_road(trace: Trace, scenario: Scenario) -> bool:
    """Return whether the last row is on the road: a collision and leaving it may happen in the same step."""
    x, y = trace.xy_m[-1]
    box = np.array([x, y, trace.yaw_rad[-1], scenario.body.length_m, scenario.body.width_m])
    return drivable_area(scenario.road).contains_box(box)


def _no_collision(trace: Trace, scenario: Scenario) -> float:
    """Return 0 after an at-fault collision with a road user, 0.5 with an object, else 1."""
    if trace.outcome != "collision":
        return 1.0
    hit = scenario.background.road_user[scenario.background.object_id == trace.at_fault_id]
    return 0.5 if hit.size and int(hit[0]) == RoadUser.OBJECT else 0.0
