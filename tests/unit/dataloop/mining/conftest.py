"""Hand-made drives, and one measure of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.engine import mine
from zhixing.dataloop.mining.measuring import taken
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.conditions import Condition, Role
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import Tracks

NO_LIGHTS = Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64))


def drive(tracks: Tracks, road: Road | None = None, lights: Lights = NO_LIGHTS, ego_id: int = -1) -> Drive:
    return Drive(drive_id="by-hand", source="by-hand", road=road, tracks=tracks, lights=lights, ego_id=ego_id)


def measured(given: Drive | Tracks, name: str, *object_ids: int) -> FloatArray:
    """Return (steps,) one measure of some road users."""
    prepared = PreparedDrive(drive(given) if isinstance(given, Tracks) else given)
    ids = prepared.drive.tracks.object_id.tolist()
    rows = tuple(np.array([ids.index(one)]) for one in object_ids)
    values = taken(CATALOGUE[name], prepared, rows)
    return np.asarray(values.reshape(-1))


def found(given: Drive | Tracks, condition: Condition, roles: Sequence[Role] = (), **more: Any) -> tuple[Hit, ...]:
    """Return the hits of a condition on role a, or on the given roles."""
    query = Query(name="by-hand", roles=tuple(roles) or (Role(name="a"),), condition=condition, **more)
    return mine(drive(given) if isinstance(given, Tracks) else given, query)


def shown(*changes: tuple[float, Light]) -> Lights:
    """Return one light group that changes at these times in seconds."""
    time_ns = np.array([round(1e9 * time_s) for time_s, _ in changes], dtype=np.int64)
    return Lights(time_ns, np.array([[int(light) for _, light in changes]], dtype=np.int64))


@pytest.fixture
def mining() -> SimpleNamespace:
    return SimpleNamespace(drive=drive, measured=measured, found=found, shown=shown)
