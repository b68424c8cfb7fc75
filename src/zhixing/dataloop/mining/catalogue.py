"""All measures that the engine can take, by name."""

from __future__ import annotations

from types import MappingProxyType

from zhixing.dataloop.mining.measures_conflicts import CONFLICTS
from zhixing.dataloop.mining.measures_lane_pairs import LANE_PAIRS
from zhixing.dataloop.mining.measures_lights import LIGHTS
from zhixing.dataloop.mining.measures_map import ON_THE_MAP
from zhixing.dataloop.mining.measures_margins import MARGINS
from zhixing.dataloop.mining.measures_motion import MOTION
from zhixing.dataloop.mining.measures_near_map import NEAR_THE_MAP
from zhixing.dataloop.mining.measures_pairs import PAIRS
from zhixing.dataloop.mining.measures_sight import SIGHT
from zhixing.dataloop.mining.measures_threats import THREATS
from zhixing.datatypes.measures import MEASURES

SUBJECTS = (
    ("How one moves", MOTION),
    ("Where two are to each other", PAIRS),
    ("How near two come to a collision", CONFLICTS),
    ("What is left to do against a collision", THREATS),
    ("What safe driving would have left", MARGINS),
    ("On the map", ON_THE_MAP),
    ("Near what is on the map", NEAR_THE_MAP),
    ("Where two are to each other on the map", LANE_PAIRS),
    ("Lights", LIGHTS),
    ("Sight", SIGHT),
)
"""Families of measures with what they are about, in the order of the table of measures."""
CATALOGUE = MappingProxyType({measuring.name: measuring for _, family in SUBJECTS for measuring in family})


def measures_table() -> str:
    """Return all measures as tables in Markdown, one for each subject, as they stand in ``docs/mining.md``."""
    lines: list[str] = []
    for subject, family in SUBJECTS:
        lines += [f"### {subject}", "", "| measure | of | unit | meaning |", "|---|---|---|---|"]
        for measuring in family:
            measure = MEASURES[measuring.name]
            kind = measure.unit or " / ".join(measure.words) or "yes or no"
            of = "a" if measure.num_roles == 1 else "a, b"
            source = f" Source: {measuring.source}." if measuring.source else ""
            lines.append(f"| `{measure.name}` | {of} | {kind} | {measuring.meaning.en}{source} |")
        lines.append("")
    return "\n".join(lines)
