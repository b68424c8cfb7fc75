"""Laws of the battery: energy is conserved, nothing is had for nothing, and steps of any size cost the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.testing.parked_car import ParkedCar
from zhixing.vehicle.energy import J_PER_KWH, Battery, CarBody

SOC = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Current"
POWER_W = "Vehicle.Powertrain.TractionBattery.CurrentPower"
MOTOR_KW = "Vehicle.Powertrain.ElectricMotor.Power"
SPEEDS_MPS = st.floats(-5.0, 45.0)
SLOPES_RAD = st.floats(-0.2, 0.2)
LEGS = st.lists(st.tuples(SPEEDS_MPS, SLOPES_RAD, st.floats(0.01, 2.0)), min_size=1, max_size=60)
BODY = CarBody()


def travel(battery: Battery, legs: list[tuple[float, float, float]], body: CarBody = BODY) -> tuple[float, float]:
    """Drive and return how high the car has come and how fast it is."""
    before_mps = height_m = 0.0
    for speed_mps, slope_rad, dt_s in legs:
        wheel_j = body.wheel_j(before_mps, speed_mps, dt_s, slope_rad)
        battery.use(body.battery_j(wheel_j, speed_mps, dt_s))
        height_m += math.sin(slope_rad) * speed_mps * dt_s
        before_mps = speed_mps
    return height_m, before_mps


@settings(deadline=None)
@given(LEGS, st.floats(0.0, 100.0))
def test_energy_is_conserved_in_the_battery(legs: list[tuple[float, float, float]], start_percent: float) -> None:
    battery = Battery(start_percent)
    before_j = battery.energy_j
    travel(battery, legs)
    assert 0.0 <= battery.energy_j <= battery.capacity_j
    assert battery.energy_j == pytest.approx(before_j - battery.given_j + battery.taken_j, abs=1.0)


@settings(deadline=None)
@given(LEGS)
def test_a_battery_never_gains_more_than_the_car_has_lost_in_height_and_speed(
    legs: list[tuple[float, float, float]],
) -> None:
    battery = Battery(50.0)
    before_j = battery.energy_j
    height_m, speed_mps = travel(battery, legs)
    stored_j = BODY.mass_kg * 9.81 * height_m + BODY.kinetic_j(speed_mps)
    assert battery.energy_j - before_j <= -stored_j + 1.0


@settings(deadline=None)
@given(LEGS)
def test_who_comes_back_to_where_they_started_has_less(legs: list[tuple[float, float, float]]) -> None:
    battery = Battery(50.0)
    there_and_back = [*legs, *((-speed, slope, dt_s) for speed, slope, dt_s in reversed(legs)), (0.0, 0.0, 1.0)]
    height_m, _ = travel(battery, there_and_back)
    assert height_m == pytest.approx(0.0, abs=1e-6)
    assert battery.charge_percent <= 50.0 + 1e-9


@settings(deadline=None)
@given(st.floats(0.0, 40.0), st.floats(-0.1, 0.1), st.integers(2, 20))
def test_steps_of_any_size_cost_the_same_at_a_steady_speed(speed_mps: float, slope_rad: float, finer: int) -> None:
    coarse, fine = Battery(50.0), Battery(50.0)
    for battery, dt_s in ((coarse, 1.0), (fine, 1.0 / finer)):
        for _ in range(round(60.0 / dt_s)):
            wheel_j = BODY.wheel_j(speed_mps, speed_mps, dt_s, slope_rad)
            battery.use(BODY.battery_j(wheel_j, speed_mps, dt_s))
    assert coarse.energy_j == pytest.approx(fine.energy_j, abs=1.0)


@settings(deadline=None)
@given(st.floats(1.0, 30.0), st.integers(2, 10))
def test_finer_steps_cost_the_same_while_speeding_up_within_three_percent(top_mps: float, finer: int) -> None:
    used_j = []
    for dt_s in (0.1, 0.1 / finer):
        battery, before_mps = Battery(50.0), 0.0
        num_steps = round(20.0 / dt_s)
        for step in range(1, num_steps + 1):
            speed_mps = top_mps * step / num_steps
            battery.use(BODY.battery_j(BODY.wheel_j(before_mps, speed_mps, dt_s), speed_mps, dt_s))
            before_mps = speed_mps
        used_j.append(battery.given_j)
    assert used_j[0] == pytest.approx(used_j[1], rel=0.03)


@settings(deadline=None)
@given(st.floats(1.0, 40.0), st.floats(0.1, 5.0), st.floats(0.001, 0.2))
def test_faster_steeper_and_heavier_takes_more(speed_mps: float, faster_mps: float, slope_rad: float) -> None:
    def per_metre_j(speed: float, slope: float, body: CarBody = BODY) -> float:
        return body.battery_j(body.wheel_j(speed, speed, 1.0, slope), speed, 1.0) / speed

    assert per_metre_j(speed_mps + faster_mps, 0.0) > per_metre_j(speed_mps, 0.0)
    assert per_metre_j(speed_mps, slope_rad) > per_metre_j(speed_mps, 0.0) > per_metre_j(speed_mps, -slope_rad)
    assert per_metre_j(speed_mps, 0.0, CarBody(mass_kg=2350.0)) > per_metre_j(speed_mps, 0.0)


@pytest.mark.parametrize(
    ("speed_kmh", "least_wh_per_km", "most_wh_per_km"),
    [(50.0, 75.0, 105.0), (100.0, 135.0, 175.0), (130.0, 195.0, 250.0)],
)
def test_consumption_is_that_of_an_electric_suv(
    speed_kmh: float, least_wh_per_km: float, most_wh_per_km: float
) -> None:
    # Bands around what cars of 1.9 t and 0.7 m² are known for at a steady speed on the flat, climate off
    speed_mps = speed_kmh / 3.6
    joule_per_m = BODY.battery_j(BODY.wheel_j(speed_mps, speed_mps, 1.0), speed_mps, 1.0) / speed_mps
    assert least_wh_per_km <= joule_per_m / 3.6 <= most_wh_per_km


def test_stop_and_go_takes_what_the_type_approval_says_within_a_third() -> None:
    # Half a minute up to 50 km/h, half a minute steady, a quarter down, a quarter standing, with 1 kW of auxiliaries
    battery, before_mps, distance_m = Battery(90.0), 0.0, 0.0
    top_mps = 50.0 / 3.6
    cycle = [top_mps * i / 80 for i in range(80)] + [top_mps] * 300 + [top_mps * i / 70 for i in reversed(range(70))]
    cycle += [0.0] * 150
    for speed_mps in cycle * 10:
        battery.use(BODY.battery_j(BODY.wheel_j(before_mps, speed_mps, 0.1), speed_mps, 0.1) + 1000.0 * 0.1)
        distance_m += speed_mps * 0.1
        before_mps = speed_mps
    used_j = 0.9 * battery.capacity_j - battery.energy_j
    assert used_j / distance_m == pytest.approx(Battery.REFERENCE_J_PER_M, rel=0.33)


def test_climate_and_standing_cost_energy_and_power_is_told() -> None:
    cold = {"Vehicle.Exterior.AirTemperature": -15.0, "Vehicle.Exterior.LightIntensity": 0.0}
    used_percent = {}
    for fan in (0, 100):
        car = ParkedCar()
        fans = {f"Vehicle.Cabin.HVAC.Station.Row1.{side}.FanSpeed": fan for side in ("Driver", "Passenger")}
        car.vehicle.set_state({**cold, **fans})
        car.vehicle.step(3600.0)
        used_percent[fan] = 64.0 - car.number(SOC)
        assert car.number(POWER_W) < 0.0
    assert used_percent[0] == pytest.approx(100.0 * 0.3 / 75.0, abs=0.1)  # 300 W for an hour
    assert used_percent[100] > 2.0


def test_power_is_told_of_driving_up_and_down() -> None:
    car = ParkedCar()
    for _ in range(5):
        car.vehicle.drive(20.0, 0.0, 0.0, 0.0, slope_rad=0.05)
    up_kw, up_w = car.number(MOTOR_KW), car.number(POWER_W)
    for _ in range(5):
        car.vehicle.drive(20.0, 0.0, 0.0, 0.0, slope_rad=-0.05)
    assert up_kw == pytest.approx((BODY.resistance_n(20.0, 0.05) + 1900.0 * 9.81 * math.sin(0.05)) * 0.02, abs=1.0)
    assert up_w < -20_000.0
    assert car.number(MOTOR_KW) < 0.0
    assert car.number(POWER_W) > 5_000.0
    assert car.number(SOC) <= 64.0


def test_the_first_metre_of_a_car_that_was_put_on_the_road_shows_no_impossible_power() -> None:
    car = ParkedCar()
    car.vehicle.drive(30.0, 0.0, 0.0, 0.0)
    assert car.number("Vehicle.Acceleration.Longitudinal") == 0.0
    assert abs(car.number(MOTOR_KW)) < 30.0
    assert 64.0 - car.number(SOC) < 100.0 * BODY.kinetic_j(30.0) / 0.9 / (75.0 * J_PER_KWH) + 0.2


def test_a_charge_that_is_stated_is_followed_by_what_depends_on_it() -> None:
    car = ParkedCar()
    car.vehicle.set_state({SOC: 20.0})
    battery = "Vehicle.Powertrain.TractionBattery"
    assert car.number("Vehicle.Powertrain.Range") == car.number(f"{battery}.Range") == 100_000
    assert car.number(f"{battery}.StateOfCharge.CurrentEnergy") == 15.0
    assert car.number(f"{battery}.StateOfCharge.Displayed") == 20.0
    car.vehicle.set_state({SOC: 10.0, "Vehicle.Powertrain.Range": 70_000})
    car.vehicle.step(5.0)
    assert car.number("Vehicle.Powertrain.Range") == 70_000, "what is stated stays until something happens"
