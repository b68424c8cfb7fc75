"""All measures that the engine can take, by name."""

from __future__ import annotations

from types import MappingProxyType

from zhixing.dataloop.mining.measures_conflicts import CONFLICTS
from zhixing.dataloop.mining.measures_lights import LIGHTS
from zhixing.dataloop.mining.measures_map import ON_THE_MAP
from zhixing.dataloop.mining.measures_motion import MOTION
from zhixing.dataloop.mining.measures_pairs import PAIRS
from zhixing.dataloop.mining.measures_sight import SIGHT

SUBJECTS = (
    ("How one moves", MOTION),
    ("Where two are to each other", PAIRS),
    ("How near two come to a collision", CONFLICTS),
    ("On the map", ON_THE_MAP),
    ("Lights", LIGHTS),
    ("Sight", SIGHT),
)
CATALOGUE = MappingProxyType({measuring.name: measuring for _, family in SUBJECTS for measuring in family})
