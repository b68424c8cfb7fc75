"""Who is on the road where the car is: by district, hour and weather, whenever somebody appears."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.units import NS_PER_S
from zhixing.simulation.districts import District, DistrictMap
from zhixing.simulation.traffic.arrive import SEE_M
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.traffic.models import MODELS
from zhixing.simulation.weather import OUTDOORS, Rain, weather_at

_MOST_A_STEP = 4
_NOBODY = -1
_LEAST_BRAKE_MPS2 = 0.8


class CityLife:
    """Casts one world's traffic anew as the car moves through the city and the day goes on.

    Somebody who is there stays as it is; who appears is of the class that the district, the hour and the weather lack
    most. With fewer people than rows some rows stay empty.

    Args:
        districts: Of the city.
        seed: Of the world.
        hour: Of the day at time 0.
        rain: How much.
    """

    def __init__(self, districts: DistrictMap, seed: int, hour: float, rain: Rain = "none") -> None:
        self._districts, self._seed, self._hour, self._rain = districts, seed, hour, rain
        self._is: IntArray = np.zeros(0, dtype=np.int64)
        self._castings = 0

    def hour_at(self, time_ns: int) -> float:
        """Return the hour of the day at a time."""
        return (self._hour + time_ns / NS_PER_S / 3600.0) % 24.0

    def wanted(self, district: District, hour: float, most: int) -> IntArray:
        """Return (classes,) how many of each class shall be there, most road users given."""
        outdoors = weather_at(self._rain, hour).outdoors
        factors = [outdoors if model.road_user in OUTDOORS else 1.0 for model in MODELS]
        counts = np.array([district.shares[model.road_user] for model in MODELS]) * factors
        counts *= most * district.density(hour)
        whole = np.floor(counts).astype(np.int64)
        for k in np.argsort(whole - counts, kind="stable")[: round(float(counts.sum())) - int(whole.sum())]:
            whole[k] += 1
        return whole

    def cast(self, crowd: Crowd, x_m: float, y_m: float, time_ns: int) -> None:
        """Say who appears next in the rows of the first world that are free, before the crowd's step.

        Args:
            crowd: Whose first world it is.
            x_m: Where the car is.
            y_m: The same.
            time_ns: Now.
        """
        rows = crowd.rows(0)
        num, is_first = rows.stop - rows.start, not self._is.size
        if is_first:
            self._is = np.full(num, _NOBODY, dtype=np.int64)
        m = crowd.motion
        away_m = np.hypot(m.x_m[rows] - x_m, m.y_m[rows] - y_m)
        free = ~m.there[rows] | (away_m > SEE_M)
        if not free.any():
            return
        hour = self.hour_at(time_ns)
        district = self._districts.at(x_m, y_m)
        lacking = self.wanted(district, hour, num) - np.bincount(
            self._is[~free & (self._is >= 0)], minlength=len(MODELS)
        )
        # Rows that wait to appear keep their class as long as it is lacking.
        changed = 0
        for row in np.flatnonzero(free).tolist():
            now = int(self._is[row])
            if now != _NOBODY and lacking[now] > 0:
                lacking[now] -= 1
                continue
            then = int(np.argmax(lacking)) if lacking.max() > 0 else _NOBODY
            if not is_first and (then == now or changed >= _MOST_A_STEP):
                continue
            if then != _NOBODY:
                lacking[then] -= 1
            changed += 1
            self._is[row] = then
            self._become(crowd, rows.start + row, district, hour)

    def _become(self, crowd: Crowd, row: int, district: District, hour: float) -> None:
        of = int(self._is[row - crowd.rows(0).start])
        if of == _NOBODY:
            crowd.empty(row)
            return
        self._castings += 1
        crowd.become(row, MODELS[of], np.random.default_rng([self._seed, 7, self._castings]))
        t, weather = crowd.traits, weather_at(self._rain, hour)
        t.wanted_mps[row] *= weather.speed
        t.headway_s[row] *= weather.headway
        t.brake_mps2[row] = max(t.brake_mps2[row] * weather.brake, min(t.brake_mps2[row], _LEAST_BRAKE_MPS2))
        t.courtesy[row] = min(1.0, t.courtesy[row] * district.courtesy)
        t.red_rate[row] = min(1.0, t.red_rate[row] * district.red_rate)


def wet_mps2(decel_mps2: float, rain: Rain) -> float:
    """Return the hardest deceleration on a wet road, of one that the dry road allows; 0.1 m/s² steps.

    Example:
        >>> wet_mps2(-8.0, "heavy")
        -5.6
    """
    return math.copysign(round(abs(decel_mps2) * weather_at(rain, 12.0).brake, 1), decel_mps2)
