"""What a light showed whom, and who went on at red."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.conditions import Compare, Is
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.tracks import RoadUser

RED, YELLOW, GREEN = Light.RED, Light.YELLOW, Light.GREEN


@pytest.fixture
def at_crossing(mining: SimpleNamespace, by_hand: SimpleNamespace) -> Any:
    """A car 4 m long comes east at 10 m/s to a line at x = 98 and a junction from 100 to 120 (front on it at 1.6 s)."""

    def put(*changes: tuple[float, Light], start_m: float = 80.0, steps: int = 61) -> Drive:
        user = by_hand.User(object_id=1, x_m=start_m, speed_mps=10.0)
        drive: Drive = mining.drive(by_hand.tracks([user], steps), by_hand.crossing(), mining.shown(*changes))
        return drive

    return put


def test_a_light_is_that_of_the_movement_to_come(mining: SimpleNamespace, at_crossing: Any) -> None:
    drive = at_crossing((-9.0, GREEN), (1.0, YELLOW), (2.5, RED))
    light = mining.measured(drive, "light", 1)
    assert light[:10].tolist() == [GREEN] * 10
    assert light[10:25].tolist() == [YELLOW] * 15
    assert light[25:40].tolist() == [RED] * 15
    assert np.isnan(light[42:]).all()


def test_the_age_of_a_light_is_known_after_its_first_change_and_its_end_before_its_last(
    mining: SimpleNamespace, at_crossing: Any
) -> None:
    drive = at_crossing((-9.0, GREEN), (-3.0, GREEN), (1.0, YELLOW), (2.5, RED))
    age_s, left_s = (mining.measured(drive, name, 1) for name in ("light_age_s", "light_changes_in_s"))
    assert np.isnan(age_s[:10]).all()
    assert age_s[10:25] == pytest.approx(0.1 * np.arange(15))
    assert age_s[30] == pytest.approx(0.5)
    assert left_s[:10] == pytest.approx(1.0 - 0.1 * np.arange(10))
    assert left_s[24] == pytest.approx(0.1)
    assert np.isnan(left_s[25:]).all()


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ([(-9.0, RED)], list(range(17, 41))),
        ([(-9.0, GREEN)], []),
        ([(-9.0, GREEN), (1.0, YELLOW)], []),
        # the front is past the line when it turns red
        ([(-9.0, YELLOW), (1.8, RED)], []),
        # red when the front passes, green when the centre enters
        ([(-9.0, RED), (1.9, GREEN)], list(range(17, 41))),
    ],
)
def test_who_passes_the_line_at_red_has_run_red_until_the_junction_is_left(
    mining: SimpleNamespace, at_crossing: Any, changes: list[tuple[float, Light]], steps: list[int]
) -> None:
    ran = np.flatnonzero(mining.measured(at_crossing(*changes), "ran_red", 1)).tolist()
    assert ran[:24] == steps[:24]
    assert len(ran) in {len(steps), len(steps) - 1}


@pytest.mark.parametrize("missing", [[16], [17], [18], [20], [21], [16, 21], [30], [39]])
@pytest.mark.parametrize(("red_s", "ran"), [(-8.0, True), (1.75, False)])
def test_a_row_that_is_missing_hides_no_violation_and_makes_none(
    mining: SimpleNamespace, at_crossing: Any, missing: list[int], red_s: float, ran: bool
) -> None:
    """The front passes the line between steps 16 and 17; in the second case the light turns red just after that."""
    whole = at_crossing((-9.0, YELLOW), (red_s, RED))
    valid = whole.tracks.valid.copy()
    valid[0, missing] = False
    drive = replace(whole, tracks=replace(whole.tracks, valid=valid))
    found = mining.measured(drive, "ran_red", 1)
    first_seen = min(step for step in range(17, 20) if step not in missing)
    if ran or light_was_red(first_seen, red_s):
        assert {step for step in range(first_seen, 40) if step not in missing} <= set(
            np.flatnonzero(found > 0.0).tolist()
        )
    else:
        assert not (found > 0.0).any()
    if 17 not in missing:
        assert np.flatnonzero(mining.measured(drive, "crosses_stop_line", 1) > 0.0).tolist() == [17]
    else:
        assert np.flatnonzero(mining.measured(drive, "crosses_stop_line", 1) > 0.0).tolist() == [18]


def light_was_red(step: int, red_s: float) -> bool:
    return 0.1 * step >= red_s


def test_who_waits_at_red_has_not_run_it(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    waiting = by_hand.tracks([by_hand.User(object_id=1, x_m=95.5)], 21)
    drive = mining.drive(waiting, by_hand.crossing(), mining.shown((-9.0, RED), (1.0, GREEN)))
    assert not mining.measured(drive, "ran_red", 1).any()
    # it never enters in this recording: the light is what all lanes show that continue its own
    assert mining.measured(drive, "light", 1).tolist() == [RED] * 10 + [GREEN] * 11


def test_what_continues_a_lane_with_different_lights_tells_nothing(
    mining: SimpleNamespace, by_hand: SimpleNamespace
) -> None:
    road = by_hand.crossing()
    lanes = list(road.lanes)
    lanes.append(replace(lanes[1], lane_id="other", light_group=1))
    two = replace(road, lanes=tuple(lanes), successors=((1, 6), *road.successors[1:], (2,)), num_light_groups=2)
    lights = Lights(np.array([-9, 10**9]), np.array([[RED, GREEN], [GREEN, GREEN]], dtype=np.int64))
    drive = mining.drive(by_hand.tracks([by_hand.User(object_id=1, x_m=95.5)], 21), two, lights)
    light = mining.measured(drive, "light", 1)
    assert np.isnan(light[:10]).all()
    assert light[10:].tolist() == [GREEN] * 11


def test_without_lights_nobody_ran_red_and_nobody_did_not(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    drive = mining.drive(by_hand.tracks([by_hand.User(object_id=1, x_m=80.0, speed_mps=10.0)], 51), by_hand.crossing())
    for name in ("light", "light_age_s", "light_changes_in_s", "ran_red"):
        assert np.isnan(mining.measured(drive, name, 1)).all()


def test_before_the_first_column_a_light_is_off(mining: SimpleNamespace, at_crossing: Any) -> None:
    assert mining.measured(at_crossing((0.5, RED)), "light", 1)[:7].tolist() == [Light.OFF] * 5 + [RED] * 2


def test_late_yellow_and_early_start_can_be_asked_for(mining: SimpleNamespace, at_crossing: Any) -> None:
    late = at_crossing((-9.0, GREEN), (-1.0, YELLOW), (2.0, RED))
    yellow = Is(measure="light", of=("a",), one_of=("yellow",))
    assert [hit.end_ns for hit in mining.found(late, yellow)] == [1_900_000_000]
    old = Compare(measure="light_age_s", of=("a",), at_least=2.5)
    assert mining.found(late, old)[0].start_ns == 1_500_000_000


def test_who_comes_out_from_behind_a_bus_is_seen_more(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    users = [
        by_hand.User(object_id=1, x_m=0.0),
        by_hand.User(object_id=2, x_m=20.0, y_m=-4.0, road_user=RoadUser.BUS, size_m=(12.0, 2.5)),
        by_hand.User(object_id=3, x_m=27.0, y_m=-7.0, yaw_rad=math.pi / 2, speed_mps=2.0, size_m=(0.5, 0.5),
                     road_user=RoadUser.PEDESTRIAN),
        by_hand.User(object_id=4, x_m=200.0),
    ]  # fmt: skip
    drive = by_hand.tracks(users, 41)
    share = mining.measured(drive, "seen_share", 1, 3)
    assert share[0] == 0.0
    assert share[-1] == 1.0
    assert (np.diff(share) >= 0.0).all()
    assert (mining.measured(drive, "seen_share", 1, 2) == 1.0).all()
    assert np.isnan(mining.measured(drive, "seen_share", 1, 4)).all()
    # a pedestrian hides nobody
    assert (mining.measured(drive, "seen_share", 3, 2) == 1.0).all()
