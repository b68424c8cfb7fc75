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

from zhixing.datatypes.evidence import Scorecard
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.verdict import Verdict

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
        worst: Scenes for the player, the worst first, see ``views``.
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
    style, script = _part("report.css"), "\n".join(map(_part, ("words.js", "player.js", "report.js")))
    script = script.replace("export ", "", 2)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _part("report.html")
    for name, value in (("STYLE", style), ("SCRIPT", script), ("DIGEST", digest), ("DATA", text)):
        page = page.replace(f"[[{name}]]", value, 1)
    return page.encode()


def _card(card: Scorecard) -> dict[str, Any]:
    metrics = {name: card.metrics.get(name, float("nan")) for name in _METRICS}
    return {
        "scenario": card.scenario_id,
        "family": card.family,
        "outcome": card.outcome,
        "score": round(card.score, 4),
        "metrics": {name: None if value != value else round(value, 3) for name, value in metrics.items()},  # noqa: PLR0124
    }


def module(name: str) -> str:
    """Return a part of the page as an ES module: ``player.js`` or ``words.js``; a report has both as plain scripts."""
    return _part(name)


@cache
def _part(name: str) -> str:
    return files("zhixing.dataloop.report").joinpath(name).read_text("utf-8")
