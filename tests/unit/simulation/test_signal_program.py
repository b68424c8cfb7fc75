"""Signal programs as data: the plans of a day, what is refused, and what the city's crossroads show through it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.units import ns_from_s
from zhixing.simulation.city import build_city
from zhixing.simulation.crossroads_program import Extras, day_program, usual_program
from zhixing.simulation.road_lights import CYCLE_S, RoadLights
from zhixing.simulation.signal_clock import SignalClock
from zhixing.simulation.signal_program import Plan, Program, Stage

DAY = Plan(name="day", stages=(Stage(green=(0,), green_s=20.0), Stage(green=(1,), green_s=10.0, walk=(2,), walk_s=8.0)))
NIGHT = Plan(name="night", stages=())


def two_plans(**changes: Any) -> Program:
    given: dict[str, Any] = {"num_groups": 3, "plans": (DAY, NIGHT), "from_hour": (6.0, 23.0), "walks": (2,)}
    return Program(**given | changes)


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        ({"green_s": 5.0}, "shorter than 7"),
        ({"green_s": float("nan")}, "shorter than 7"),
        ({"green_s": 20.0, "yellow_s": 2.0}, "yellow lasts 2.0"),
        ({"green_s": 20.0, "walk": (1,), "walk_s": 30.0}, "people on foot"),
        ({"green_s": 20.0, "walk": (1,)}, "people on foot"),
    ],
)
def test_a_stage_that_is_too_short_is_refused(stage: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Stage(green=(0,), **stage)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"num_groups": 4}, "of 4 groups"),
        ({"num_groups": 2}, "of 2 groups"),
        ({"from_hour": (6.0, 6.5)}, "an hour apart"),
        ({"from_hour": (0.5, 23.9)}, "an hour apart"),
        ({"from_hour": (6.0, 24.0)}, "begin at the hours"),
        ({"from_hour": (6.0,)}, "begin at the hours"),
    ],
)
def test_a_program_that_does_not_fit_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        two_plans(**changes)


def test_at_night_vehicles_see_flashing_yellow_and_people_on_foot_nothing() -> None:
    clock = SignalClock([two_plans()], np.array([4.0]), 3.0)
    assert clock.at(0).tolist() == [Light.FLASHING_YELLOW, Light.FLASHING_YELLOW, Light.OFF]
    assert np.isnan(clock.countdown_s(0)).all()


def test_out_of_the_night_all_lights_are_red_for_five_seconds_and_then_the_cycle_begins() -> None:
    clock = SignalClock([two_plans()], np.array([4.0]), 5.0)
    begins_s = 3600.0 + 4.0
    assert clock.at(ns_from_s(begins_s - 5.1)).tolist() == [Light.FLASHING_YELLOW, Light.FLASHING_YELLOW, Light.OFF]
    assert clock.at(ns_from_s(begins_s - 4.9)).tolist() == [Light.RED] * 3
    assert clock.at(ns_from_s(begins_s - 0.1)).tolist() == [Light.RED] * 3
    assert clock.at(ns_from_s(begins_s + 0.1)).tolist() == [Light.GREEN, Light.RED, Light.RED]
    assert clock.remaining_s(ns_from_s(begins_s - 4.0)) == pytest.approx([4.0, 29.0, 29.0])


def test_a_plan_ends_with_a_whole_cycle() -> None:
    clock = SignalClock([two_plans()], np.array([0.0]), 22.0)
    last_s = 3600.0 // DAY.cycle_s * DAY.cycle_s
    assert clock.at(ns_from_s(last_s - 1.0)).tolist() == [Light.RED] * 3
    assert clock.at(ns_from_s(last_s + 0.1)).tolist() == [Light.FLASHING_YELLOW, Light.FLASHING_YELLOW, Light.OFF]


def test_the_same_hour_a_day_later_shows_the_same_plan() -> None:
    clock = SignalClock([two_plans()], np.array([0.0]), 12.0)
    for hours, flashes in ((11.5, True), (17.5, True), (18.5, False), (35.5, True), (36.5 + 6.0, False)):
        assert (clock.at(ns_from_s(3600.0 * hours))[0] == Light.FLASHING_YELLOW) == flashes


@pytest.mark.parametrize("hour", [-0.1, 24.0, float("nan")])
def test_no_hour_of_the_day_is_refused(hour: float) -> None:
    with pytest.raises(ValueError, match="hour of the day"):
        SignalClock([two_plans()], np.zeros(1), hour)


def test_offsets_must_fit_the_junctions_and_all_junctions_change_together() -> None:
    with pytest.raises(ValueError, match="2 offsets for 1"):
        SignalClock([two_plans()], np.zeros(2))
    with pytest.raises(ValueError, match="the same hours"):
        SignalClock([two_plans(), two_plans(from_hour=(7.0, 23.0))], np.zeros(2))


def test_the_rush_hour_has_a_longer_cycle_and_noon_the_usual_one() -> None:
    program = day_program(Extras(), np.random.default_rng(1))
    cycles = {plan.name: plan.cycle_s for plan in program.plans}
    assert cycles["rush"] > cycles["usual"] == CYCLE_S == usual_program(Extras()).plans[0].cycle_s


def test_the_city_at_noon_shows_what_it_shows_without_a_clock() -> None:
    city = build_city(2)
    plain, noon = RoadLights(city, 2), RoadLights(city, 2, hour=12.0)
    for time_s in np.arange(0.0, 200.0, 0.7).tolist():
        assert np.array_equal(plain.at(ns_from_s(time_s)), noon.at(ns_from_s(time_s)))
    assert np.isnan(plain.countdown_s(0)).all()


def test_some_crossroads_of_the_city_flash_at_night_and_some_count_down_by_day() -> None:
    city = build_city(1)
    night = RoadLights(city, 1, hour=2.0).at(0)
    walks = np.array(sorted({lane.light_group for lane in city.lanes if lane.kind == LaneKind.CROSSING}))
    flashes = night == Light.FLASHING_YELLOW
    assert 0 < flashes.sum() < city.num_light_groups
    assert set(night[walks].tolist()) <= {Light.OFF, Light.RED, Light.GREEN}
    counted = np.isfinite(RoadLights(city, 1, hour=12.0).countdown_s(ns_from_s(1.0)))
    assert 0 < counted.sum() < city.num_light_groups
    assert not counted[walks].any()
