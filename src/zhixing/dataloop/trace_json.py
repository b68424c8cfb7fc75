"""A trace as JSON's values (what the ego did) and bytes (where everybody else was)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from zhixing.dataloop.archive.entries import lights_from_json, lights_to_json
from zhixing.dataloop.archive.states import read_states, write_states
from zhixing.datatypes.evidence import Trace
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.observations import observations_of, tracks_of
from zhixing.datatypes.plan import Decision
from zhixing.errors import RecordingError, ShapeError

_PLAIN = (
    "scenario_id", "planner", "outcome", "at_fault_id", "num_planner_failures", "num_braked_for_ego",
    "num_safety_interventions",
)  # fmt: skip
_ARRAYS = ("yaw_rad", "speed_mps", "accel_mps2", "steer_rad")


def trace_to_json(trace: Trace) -> tuple[dict[str, Any], bytes]:
    """Return a trace, without how long the planner took: that is never the same twice."""
    said: dict[str, Any] = {name: getattr(trace, name) for name in _PLAIN}
    said |= {name: getattr(trace, name).tolist() for name in _ARRAYS}
    said["time_ns"] = trace.time_ns.tolist()
    said["xy_m"] = trace.xy_m.ravel().tolist()
    said["contact_ids"] = list(trace.contact_ids)
    said["lights"] = lights_to_json(Lights(trace.time_ns, trace.lights))
    said["decisions"] = [[time_ns, _plain(decision)] for time_ns, decision in trace.decisions]
    blob, groups = write_states([("others", observations_of(trace.background), None)])
    said["groups"] = groups[0][1]
    return said, blob


def trace_from_json(said: Mapping[str, Any], blob: bytes) -> Trace:
    """Return what :func:`trace_to_json` wrote.

    Raises:
        RecordingError: It makes no sense.
    """
    try:
        time_ns = np.array(said["time_ns"], dtype=np.int64)
        values: dict[str, Any] = {name: said[name] for name in _PLAIN}
        values |= {name: np.array(said[name], dtype=np.float64) for name in _ARRAYS}
        lights = lights_from_json(said["lights"])
        rows = read_states(io.BytesIO(blob), 0, said["groups"])
        return Trace(
            **values,
            time_ns=time_ns,
            xy_m=np.array(said["xy_m"], dtype=np.float64).reshape(-1, 2),
            contact_ids=tuple(said["contact_ids"]),
            lights=np.stack([lights.at(int(t)) for t in time_ns], axis=1),
            background=tracks_of(rows, time_ns),
            plan_ms=np.zeros(0),
            decisions=tuple((int(t), _decision(one)) for t, one in said["decisions"]),
        )
    except (KeyError, TypeError, ValueError, ShapeError) as error:
        raise RecordingError(f"a trace makes no sense: {error}", hint="Let it be driven again.") from error


def _plain(decision: Decision) -> dict[str, Any]:
    say = decision.say
    return {
        "action": decision.action, "rule": decision.rule, "object_id": decision.object_id, "weighs": decision.weighs,
        "cost": float(decision.cost), "say": [say.zh, say.en, say.de],
    }  # fmt: skip


def _decision(said: Mapping[str, Any]) -> Decision:
    return Decision(**{**said, "say": Localized(*said["say"])})
