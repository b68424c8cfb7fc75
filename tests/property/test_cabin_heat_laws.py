"""Laws of the cabin's heat: none from nowhere, towards equilibrium, and only as far as the machine is able to."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhixing.testing.parked_car import ParkedCar
from zhixing.vehicle.climate import Climate
from zhixing.vehicle.thermal import (
    AIR_J_PER_K,
    INTERIOR_J_PER_K,
    SHELL_W_PER_K,
    CabinAir,
    Surroundings,
)

HVAC = "Vehicle.Cabin.HVAC"
AIR = f"{HVAC}.AmbientAirTemperature"
OUTSIDE, LIGHT = "Vehicle.Exterior.AirTemperature", "Vehicle.Exterior.LightIntensity"
FANS = [f"{HVAC}.Station.{row}.{side}.FanSpeed" for row in ("Row1", "Row2") for side in ("Driver", "Passenger")]
TEMPERATURES_C = st.floats(-30.0, 50.0)
AROUND = st.builds(
    Surroundings,
    outside_c=TEMPERATURES_C,
    sun_w=st.floats(0.0, 1000.0),
    inside_w=st.floats(0.0, 700.0),
    leak_w_per_k=st.floats(0.0, 3000.0),
    flow_w_per_k=st.floats(0.0, 161.0),
    wanted_c=st.floats(16.0, 32.0),
    recirculates=st.booleans(),
    can_cool=st.booleans(),
)


def heat_j(cabin: CabinAir) -> float:
    return AIR_J_PER_K * cabin.air_c + INTERIOR_J_PER_K * cabin.interior_c


def run(cabin: CabinAir, around: Surroundings, ticks: int, dt_s: float = 1.0) -> list[float]:
    return [cabin.tick(around, dt_s) for _ in range(ticks)]


@settings(deadline=None)
@given(TEMPERATURES_C, st.lists(st.tuples(AROUND, st.integers(1, 300)), min_size=1, max_size=5))
def test_no_heat_comes_from_nowhere(start_c: float, phases: list[tuple[Surroundings, int]]) -> None:
    cabin = CabinAir(start_c)
    before_j = heat_j(cabin)
    for around, ticks in phases:
        run(cabin, around, ticks)
    came_j = cabin.sources_j + cabin.vents_j - cabin.lost_j
    scale_j = 1.0 + abs(cabin.sources_j) + abs(cabin.vents_j) + abs(cabin.lost_j) + abs(before_j)
    assert abs(heat_j(cabin) - before_j - came_j) <= 1e-9 * scale_j


@settings(deadline=None)
@given(TEMPERATURES_C, TEMPERATURES_C, st.floats(0.0, 3000.0))
def test_without_sun_people_and_fans_the_cabin_comes_to_the_outside_and_never_passes_it(
    start_c: float, outside_c: float, leak_w_per_k: float
) -> None:
    cabin = CabinAir(start_c)
    around = Surroundings(outside_c=outside_c, leak_w_per_k=leak_w_per_k)
    gap_c = abs(start_c - outside_c)
    for _ in range(600):
        run(cabin, around, 20)
        assert abs(cabin.air_c - outside_c) <= gap_c + 1e-9
        gap_c = abs(cabin.air_c - outside_c)
    assert gap_c <= 0.01 * abs(start_c - outside_c) + 1e-9


@settings(deadline=None)
@given(TEMPERATURES_C, st.floats(0.0, 1000.0), st.floats(0.0, 700.0), st.floats(0.0, 500.0))
def test_a_parked_cabin_ends_where_its_sources_and_its_losses_balance(
    outside_c: float, sun_w: float, inside_w: float, leak_w_per_k: float
) -> None:
    cabin = CabinAir(outside_c)
    around = Surroundings(outside_c=outside_c, sun_w=sun_w, inside_w=inside_w, leak_w_per_k=leak_w_per_k)
    seen = []
    for _ in range(300):
        run(cabin, around, 60)
        seen.append(cabin.air_c)
    assert all(b >= a - 1e-9 for a, b in pairwise(seen)), "it warms all the way"
    expected_c = outside_c + (sun_w + inside_w) / (SHELL_W_PER_K + leak_w_per_k)
    assert seen[-1] == pytest.approx(expected_c, abs=0.05)


@settings(deadline=None)
@given(TEMPERATURES_C, AROUND)
def test_never_colder_than_the_outside_without_a_compressor(start_c: float, around: Surroundings) -> None:
    cabin = CabinAir(max(start_c, around.outside_c))
    without = Surroundings(
        outside_c=around.outside_c,
        sun_w=around.sun_w,
        inside_w=around.inside_w,
        leak_w_per_k=around.leak_w_per_k,
        flow_w_per_k=around.flow_w_per_k,
        wanted_c=around.wanted_c,
        recirculates=around.recirculates,
    )
    for machine_w in run(cabin, without, 2000):
        assert machine_w >= -1e-6, "without a compressor nothing is cooled"
        assert cabin.air_c >= around.outside_c - 1e-9


@settings(deadline=None)
@given(TEMPERATURES_C, AROUND)
@example(-30.0, Surroundings(outside_c=-30.0, flow_w_per_k=161.0, wanted_c=32.0))
@example(50.0, Surroundings(outside_c=50.0, sun_w=1000.0, flow_w_per_k=161.0, wanted_c=16.0, can_cool=True))
def test_the_machine_gives_no_more_than_it_can_and_the_vents_stay_within_their_limits(
    start_c: float, around: Surroundings
) -> None:
    cabin = CabinAir(start_c)
    for _ in range(200):
        before_c, given_j = cabin.air_c, cabin.vents_j
        machine_w = cabin.tick(around, 1.0)
        assert -6000.0 - 1e-6 <= machine_w <= 6000.0 + 1e-6
        if around.flow_w_per_k > 0.1:
            supply_c = before_c + (cabin.vents_j - given_j) / around.flow_w_per_k
            highest_c = max(55.0, around.outside_c, before_c)
            assert min(4.0, around.outside_c, before_c) - 1e-5 <= supply_c <= highest_c + 1e-5


@settings(deadline=None)
@given(st.floats(-10.0, 45.0), AROUND)
def test_more_sun_makes_no_cabin_colder(start_c: float, around: Surroundings) -> None:
    darker, brighter = CabinAir(start_c), CabinAir(start_c)
    sunny = Surroundings(
        outside_c=around.outside_c,
        sun_w=around.sun_w + 200.0,
        inside_w=around.inside_w,
        leak_w_per_k=around.leak_w_per_k,
        flow_w_per_k=around.flow_w_per_k,
        wanted_c=around.wanted_c,
        recirculates=around.recirculates,
        can_cool=around.can_cool,
    )
    for _ in range(500):
        run(darker, around, 1)
        run(brighter, sunny, 1)
        assert brighter.air_c >= darker.air_c - 1e-9
        assert brighter.interior_c >= darker.interior_c - 1e-9


@settings(deadline=None)
@given(TEMPERATURES_C, AROUND, st.sampled_from([2, 5, 10]))
def test_finer_ticks_give_the_same_cabin_within_half_a_degree_after_a_minute(
    start_c: float, around: Surroundings, finer: int
) -> None:
    coarse, fine = CabinAir(start_c), CabinAir(start_c)
    for second in range(300):
        run(coarse, around, 1)
        run(fine, around, finer, 1.0 / finer)
        # While the air of an open car is exchanged, within seconds, ticks of a second are coarse.
        transient_c = 0.1 * abs(start_c - around.outside_c) if second < 60 else 0.0
        assert abs(coarse.air_c - fine.air_c) <= 0.5 + transient_c


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([0.1, 0.3, 1.0, 7.3, 60.0]), min_size=1, max_size=20))
def test_the_size_of_the_steps_does_not_matter(steps_s: list[float]) -> None:
    one, many = ParkedCar(), ParkedCar()
    for step_s in steps_s:
        many.vehicle.step(step_s)
    one.vehicle.step(sum(steps_s))
    assert abs(one.number(AIR) - many.number(AIR)) <= 0.5  # one tick apart by rounding, reported in half degrees


def test_the_sun_heats_a_parked_car_as_measured() -> None:
    # McLaren, Null, Quinn (2005): 22 K within an hour on clear days, 80 % of it within 30 min, windows shut
    car = ParkedCar()
    car.vehicle.set_state({AIR: 25.0, OUTSIDE: 25.0, LIGHT: 100.0, **dict.fromkeys(FANS, 0)})
    car.vehicle.step(1800.0)
    after_half_c = car.number(AIR) - 25.0
    car.vehicle.step(1800.0)
    after_one_c = car.number(AIR) - 25.0
    assert after_one_c == pytest.approx(22.0, abs=1.0)
    assert after_half_c / after_one_c == pytest.approx(0.8, abs=0.05)


def cabin_after(seconds: float, **state: float | bool | str) -> float:
    car = ParkedCar()
    car.vehicle.set_state({AIR: 35.0, OUTSIDE: 35.0, LIGHT: 80.0, **dict.fromkeys(FANS, 60), **state})
    car.vehicle.step(seconds)
    return car.number(AIR)


def test_signals_act_on_the_cabin_as_they_should() -> None:
    window = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
    cooling = {f"{HVAC}.IsAirConditioningActive": True}
    hot_c = cabin_after(900.0)
    assert hot_c > 35.0
    assert cabin_after(900.0, **{window: 100}) <= hot_c
    assert cabin_after(900.0, **{window: 100, "Vehicle.Speed": 60.0}) < hot_c, "the wind blows the heat out"
    assert cabin_after(900.0, **{"Vehicle.Cabin.Door.Row1.DriverSide.IsOpen": True}) < hot_c
    assert cabin_after(900.0, **{LIGHT: 0.0}) < hot_c
    cool_c = cabin_after(900.0, **cooling)
    assert cool_c < 30.0
    assert cabin_after(900.0, **cooling, **dict.fromkeys(FANS, 0)) > 35.0, "no air, no cold"
    full = {f"Vehicle.Cabin.Seat.{seat}.OccupancyStatus": "OCCUPIED" for seat in ("Row1.DriverSide", "Row2.Middle")}
    assert cabin_after(900.0, **full) > hot_c


def test_cool_air_that_is_cooled_again_takes_less_power() -> None:
    drawn_w = []
    for recirculates in (False, True):
        car = ParkedCar()
        car.vehicle.set_state(
            {
                OUTSIDE: 38.0,
                f"{HVAC}.IsAirConditioningActive": True,
                f"{HVAC}.IsRecirculationActive": recirculates,
                **dict.fromkeys(FANS, 60),
            }
        )
        car.vehicle.step(900.0)
        assert car.number(AIR) == 22.0
        drawn_w.append(-car.number("Vehicle.Powertrain.TractionBattery.CurrentPower"))
    assert drawn_w[1] < 0.8 * drawn_w[0]


@pytest.mark.parametrize(
    ("window_percent", "speed_kmh", "least_per_h", "most_per_h"),
    [
        # Ott, Klepeis and Switzer (2008), J. Expo. Sci. Environ. Epidemiol. 18, abstract
        (0, 0.0, 0.3, 1.0),
        (100, 0.0, 5.0, 8.0),
        (0, 116.0, 5.0, 6.7),
        (17, 116.0, 8 * 6.6, 16 * 6.6),
        (17, 32.0, 8 * 2.0, 16 * 2.6),
    ],
)
def test_air_is_exchanged_as_measured(
    window_percent: int, speed_kmh: float, least_per_h: float, most_per_h: float
) -> None:
    car = ParkedCar()
    window = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
    car.vehicle.set_state({window: window_percent, "Vehicle.Speed": speed_kmh})
    climate = Climate(car.store, car.store.catalogue.keys(), 20.0)
    per_h = climate.around().leak_w_per_k / (1.2 * 1006.0) * 3600.0 / 3.0
    assert least_per_h <= per_h <= most_per_h
