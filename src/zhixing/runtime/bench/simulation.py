"""How fast the world turns."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig

_USERS = 64
_STEPS = 600
_REPEATS = 5


def simulation() -> list[Measure]:
    """Measure agent-steps a second in the city with the IDM driver in the loop, on one core."""
    ride = Ride(CityConfig(num_users=_USERS), "idm")
    for _ in range(50):  # kernels load, traffic gets going
        ride.step()
    rates, plans_ms = [], []
    for _ in range(_REPEATS):
        started = perf_counter()
        for _ in range(_STEPS):
            ride.step()
            plans_ms.append(ride.plan_ms)
        rates.append(_USERS * _STEPS / (perf_counter() - started))
    return [
        Measure(
            name=f"simulation, {_USERS} road users and the IDM driver, median of {_REPEATS}",
            value=median(rates),
            unit="agent-steps/s",
            target=50_000.0,
            more_is_better=True,
        ),
        Measure(name="plan and track, median", value=median(plans_ms), unit="ms"),
    ]
