"""Where 前车 and 后车 drive: ahead of somebody, and behind."""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.dataloop.ask.assembly import Actor, Part
from zhixing.dataloop.ask.predicates import ahead_in_lane
from zhixing.datatypes.conditions import Exists, Role
from zhixing.datatypes.tracks import MOTOR_VEHICLES

IN_LANE = frozenset({"front-vehicle", "rear-vehicle"})
"""Classes that say where somebody drives."""


def place_in_lane(parts: Sequence[Part], actors: Sequence[Actor]) -> None:
    """Let these drive ahead of each other, else of the first other actor, else of anybody; on foot nobody does."""
    placed = [actor for actor in actors if actor.kinds[0] in IN_LANE]
    others = [actor for actor in actors if actor not in placed and actor.kinds != ("pedestrian",)]
    for actor in placed:
        part = next(part for part in parts if actor in part.actors)
        is_ahead = actor.kinds[0] == "front-vehicle"
        if len(placed) > 1 and not is_ahead:
            continue  # said of the one ahead
        partner = next((one for one in (placed if len(placed) > 1 else others) if one is not actor), None)
        if partner is None:
            role = Role(name="somebody_in_lane", classes=tuple(sorted(MOTOR_VEHICLES)))
            pair = (actor.name, role.name) if is_ahead else (role.name, actor.name)
            part.conditions.append(Exists(role=role, condition=ahead_in_lane(*pair)))
        else:
            pair = (actor.name, partner.name) if is_ahead else (partner.name, actor.name)
            part.conditions.append(ahead_in_lane(*pair))
