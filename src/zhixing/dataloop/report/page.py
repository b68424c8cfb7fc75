"""A verdict as one HTML file: nothing is fetched, the same verdict gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from zhixing.datatypes.evidence import Scenario, Scorecard, Trace
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.verdict import Verdict

_EVERY = 2
"""Steps of 0.1 s from one picture of the player to the next."""
_AROUND_M = 70.0
_METRICS = ("progress", "ttc", "speed_limit", "comfort", "red_light", "contacts_without_fault")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReportData:
    """What a report shows.

    Attributes:
        verdict: The judgement.
        key: Of the verdict's artefact.
        background: How the others moved.
        funnel: How many there were at each step, by name, in order.
        cards: For each scenario the card of the candidate and that of the incumbent.
        slices: For each scenario those it belongs to.
        names: What people call slices; the others are shown as they are.
        failed: Scenarios that could not be driven, with the reason.
        worst: Scenes for the player, the worst first, see :func:`scene_view`.
    """

    verdict: Verdict
    key: str
    background: str
    funnel: Mapping[str, int]
    cards: tuple[tuple[Scorecard, Scorecard], ...]
    slices: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Localized]
    failed: Mapping[str, str]
    worst: tuple[dict[str, Any], ...]


def page_of(data: ReportData) -> bytes:
    """Return the page as UTF-8."""
    said = {
        "verdict": asdict(data.verdict),
        "key": data.key,
        "background": data.background,
        "funnel": [[name, count] for name, count in data.funnel.items()],
        "cards": [[_card(one), _card(other)] for one, other in data.cards],
        "slices": {name: list(slices) for name, slices in data.slices.items()},
        "names": {name: [say.zh, say.en, say.de] for name, say in data.names.items()},
        "failed": dict(data.failed),
        "worst": list(data.worst),
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Within a script element only this could end it.
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    style, script = _part("report.css"), "\n".join(_part(name) for name in ("words.js", "player.js", "report.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _part("report.html")
    for name, value in (("STYLE", style), ("SCRIPT", script), ("DIGEST", digest), ("DATA", text)):
        page = page.replace(f"[[{name}]]", value, 1)
    return page.encode()


def scene_view(scenario: Scenario, ours: Trace, theirs: Trace) -> dict[str, Any]:
    """Return a scenario and how two drove in it for the player: metres to the centimetre, five pictures a second."""
    every = np.concatenate((ours.xy_m, theirs.xy_m))
    # Where on Earth it was stays in the archive: places are told from where the ego began.
    origin = np.round(ours.xy_m[0])
    low, high = every.min(axis=0) - _AROUND_M, every.max(axis=0) + _AROUND_M
    lanes = []
    for lane in scenario.road.lanes:
        if lane.kind == LaneKind.OTHER or not _is_within(lane.centre_xy_m, low, high):
            continue
        outline = np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))
        lanes.append([lane.kind.name.lower(), _numbers(outline - origin)])
    goal = scenario.goal
    edges = np.array([goal.x_min_m, goal.y_min_m, goal.x_max_m, goal.y_max_m]) - np.tile(origin, 2)
    return {
        "scenario": scenario.scenario_id,
        "lanes": lanes,
        "stops": [
            _numbers(line.xy_m - origin) for line in scenario.road.stop_lines if _is_within(line.xy_m, low, high)
        ],
        "goal": _numbers(edges) if goal.has_place else None,
        "body": [scenario.body.length_m, scenario.body.width_m],
        "candidate": _run(ours, origin, low, high),
        "incumbent": _run(theirs, origin, low, high),
    }


def _run(trace: Trace, origin: FloatArray, low: FloatArray, high: FloatArray) -> dict[str, Any]:
    steps = np.unique(np.append(np.arange(0, trace.time_ns.size, _EVERY), trace.time_ns.size - 1))
    return {
        "outcome": trace.outcome,
        "at_fault": trace.at_fault_id,
        "t": [round(float(t), 2) for t in (trace.time_ns[steps] - trace.time_ns[0]) * 1e-9],
        "ego": _numbers(np.column_stack((trace.xy_m - origin, trace.yaw_rad, trace.speed_mps))[steps]),
        "says": [
            [round(float(time_ns - trace.time_ns[0]) * 1e-9, 2), decision.say.zh, decision.say.en, decision.say.de]
            for time_ns, decision in trace.decisions
        ],
        "others": _others(trace.background, steps, origin, low, high),
    }


def _others(
    tracks: Tracks, steps: IntArray, origin: FloatArray, low: FloatArray, high: FloatArray
) -> list[Any]:  # fmt: skip
    found = []
    for row in range(tracks.num_objects):
        there = np.flatnonzero(tracks.valid[row, steps])
        if not there.size:
            continue
        states = np.column_stack((tracks.xy_m[row, steps], tracks.yaw_rad[row, steps]))[there[0] : there[-1] + 1]
        if not _is_within(states[:, :2], low, high):
            continue
        found.append(
            {
                "id": int(tracks.object_id[row]),
                "kind": RoadUser(int(tracks.road_user[row])).name.lower(),
                "size": [round(float(value), 2) for value in tracks.size_m[row]],
                "from": int(there[0]),
                "states": _numbers(states - np.append(origin, 0.0)),
            }
        )
    return found


def _is_within(xy_m: FloatArray, low: FloatArray, high: FloatArray) -> bool:
    return bool(((xy_m >= low) & (xy_m <= high)).all(axis=1).any())


def _numbers(values: FloatArray) -> list[float]:
    return [float(value) for value in np.round(values, 2).ravel().tolist()]


def _card(card: Scorecard) -> dict[str, Any]:
    metrics = {name: card.metrics.get(name, float("nan")) for name in _METRICS}
    return {
        "scenario": card.scenario_id,
        "family": card.family,
        "outcome": card.outcome,
        "score": round(card.score, 4),
        "metrics": {name: None if value != value else round(value, 3) for name, value in metrics.items()},  # noqa: PLR0124
    }


@cache
def _part(name: str) -> str:
    return files("zhixing.dataloop.report").joinpath(name).read_text("utf-8")
