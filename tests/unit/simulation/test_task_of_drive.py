"""What somebody in a recording did becomes a task for an ego, with everybody else as they were."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.road import Road
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.errors import ScenarioError
from zhixing.simulation.rollout import rollout
from zhixing.simulation.task_of_drive import task_of_drive

STEP_NS, STEPS = 100_000_000, 120
SPARE_NS = 5 * 10**9


@pytest.fixture
def recorded(by_hand: SimpleNamespace) -> Drive:
    """Return a car that comes onto a lane from beyond its beginning, one far ahead, and a bicycle that comes late."""
    lane = by_hand.lane("only", by_hand.straight((0, 0), (200, 0), 41))
    time_ns = 7 * 10**9 + STEP_NS * np.arange(STEPS)
    x = np.stack((-6.0 + np.arange(STEPS), np.full(STEPS, 190.0), np.full(STEPS, 50.0)))
    valid = np.ones((3, STEPS), dtype=np.bool_)
    valid[0, 80:] = False
    valid[2, :100] = False
    return Drive(
        drive_id="hand",
        source="test",
        road=Road(name="hand", lanes=(lane,), successors=((),)),
        tracks=Tracks(
            time_ns,
            np.array([5, 6, 7]),
            np.array([RoadUser.CAR, RoadUser.CAR, RoadUser.BICYCLE]),
            np.array([[4.4, 1.8], [4.4, 1.8], [1.6, 0.6]]),
            np.stack((x, np.zeros_like(x) + np.array([[0.0], [0.0], [5.0]])), axis=-1),
            np.zeros((3, STEPS)),
            np.stack((np.full(STEPS, 10.0), np.zeros(STEPS), np.zeros(STEPS))),
            valid,
        ),
        lights=Lights(np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.int64)),
    )


def test_it_begins_where_all_of_the_car_is_on_the_road_and_ends_where_it_got(recorded: Drive) -> None:
    task = task_of_drive(recorded, 5, scenario_id="one", family="hand", spare_ns=SPARE_NS)
    assert (task.start.x_m, task.start.speed_mps) == (2.0, 10.0)
    assert task.start_ns == 7 * 10**9 + 8 * STEP_NS
    assert task.goal.x_min_m < 73.0 < task.goal.x_max_m
    assert task.stop_ns == 7 * 10**9 + 79 * STEP_NS + SPARE_NS
    assert task.body.length_m == 4.4
    assert task.background.object_id.tolist() == [6, 7]
    assert task.background.time_ns[0] == task.start_ns


def test_a_driver_gets_there(recorded: Drive, by_hand: SimpleNamespace) -> None:
    task = task_of_drive(recorded, 5, scenario_id="one", family="hand", spare_ns=SPARE_NS)
    assert rollout(task, by_hand.Planner(accel_mps2=0.0)).outcome == "goal"


def test_only_as_much_as_wanted_and_without_a_break(recorded: Drive) -> None:
    short = task_of_drive(recorded, 5, scenario_id="one", family="hand", spare_ns=0, most_ns=10 * STEP_NS)
    assert short.stop_ns - short.start_ns == 10 * STEP_NS
    valid = recorded.tracks.valid.copy()
    valid[0, 30] = False
    broken = replace(recorded, tracks=replace(recorded.tracks, valid=valid))
    longest = task_of_drive(broken, 5, scenario_id="one", family="hand", spare_ns=0)
    assert (longest.start_ns, longest.stop_ns) == (7 * 10**9 + 31 * STEP_NS, 7 * 10**9 + 79 * STEP_NS)


def test_who_is_not_there_or_not_on_the_road_is_refused(recorded: Drive) -> None:
    for ego_id in (99, 7):
        with pytest.raises(ScenarioError, match=f"is {ego_id} for two steps"):
            task_of_drive(recorded, ego_id, scenario_id="one", family="hand", spare_ns=0)
    with pytest.raises(ScenarioError, match="no map"):
        task_of_drive(replace(recorded, road=None), 5, scenario_id="one", family="hand", spare_ns=0)
