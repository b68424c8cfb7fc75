"""A query knows what it costs before it is run."""

from __future__ import annotations

import numpy as np
import pytest

from zhixing.dataloop.mining import cost
from zhixing.dataloop.mining.cost import cost_of
from zhixing.dataloop.mining.engine import mine
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.conditions import Compare, Role
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.observations import together, tracks_of
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError
from zhixing.testing.track_rows import going

PAIR = Query(
    name="pair",
    roles=(Role(name="car", classes=(RoadUser.CAR,)), Role(name="walker", classes=(RoadUser.PEDESTRIAN,))),
    condition=Compare(measure="distance_m", of=("car", "walker"), below=10.0),
)


@pytest.fixture
def drive() -> PreparedDrive:
    cars = [going(k, y_m=4.0 * k) for k in (1, 2, 3)]
    walkers = [going(k, y_m=-4.0 * k, speed_mps=1.0, road_user=RoadUser.PEDESTRIAN) for k in (7, 8)]
    tracks = tracks_of(together([*cars, *walkers]))
    lights = Lights(np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.int64))
    return PreparedDrive(Drive(drive_id="five", source="test", road=None, tracks=tracks, lights=lights))


def test_it_counts_who_can_play_and_the_combinations(drive: PreparedDrive) -> None:
    found = cost_of(drive, PAIR)
    assert found.candidates == {"car": 3, "walker": 2}
    assert found.combinations == 3 * 2 * found.steps
    assert not found.is_too_much


def test_what_it_calls_too_much_is_refused(drive: PreparedDrive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "MOST_CELLS", 100)
    assert cost_of(drive, PAIR).is_too_much
    with pytest.raises(QueryError, match="combinations"):
        mine(drive, PAIR)
