"""The cabin's climate as signals tell it: what acts on the air, how warm it gets, and what that costs."""

from __future__ import annotations

from collections.abc import Collection

from zhixing.datatypes.signal import Reading
from zhixing.datatypes.units import mps_from_kmh
from zhixing.signals.readings import Readings
from zhixing.vehicle.thermal import AIR_J_PER_KG_K, CabinAir, Surroundings

AIR_C = "Vehicle.Cabin.HVAC.AmbientAirTemperature"
_OUTSIDE_C, _LIGHT = "Vehicle.Exterior.AirTemperature", "Vehicle.Exterior.LightIntensity"
_SPEED, _SUNROOF = "Vehicle.Speed", "Vehicle.Cabin.Sunroof.Position"
_HVAC = "Vehicle.Cabin.HVAC"
_COOLING, _RECIRCULATION = f"{_HVAC}.IsAirConditioningActive", f"{_HVAC}.IsRecirculationActive"
_FRONT_DEFROSTER = f"{_HVAC}.IsFrontDefrosterActive"

_SUN_W_PER_M2 = 1000.0
"""Of light at 100 %: standard sunshine, IEC 60904-3."""
_APERTURE_M2 = 0.95
"""Glass that faces the sun times what it lets through: about 2 m² at 0.5."""
_PERSON_W = 70.0
"""Sensible heat of somebody seated, ASHRAE Handbook Fundamentals (2021) chapter 18, table 1."""
_AIR_J_PER_K_M3 = 1.2 * AIR_J_PER_KG_K
_CABIN_M3 = 3.0
_GAPS_PER_H, _GAPS_PER_H_PER_MPS = 0.8, 0.18
"""Air changes with everything shut and the fans off: below 1/h standing, 6.6/h at 116 km/h, linear between; measured
by Ott, Klepeis and Switzer (2008), Journal of Exposure Science and Environmental Epidemiology 18, 312."""
_WINDOW_M2, _SUNROOF_M2 = 0.18, 0.25
_DRAUGHT_MPS, _DRAUGHT_PER_MPS = 0.03, 0.06
"""Speed of the air through an opening, from the same measurement: a window all the way down makes 6.5 changes an hour
of a parked car, and one 7.6 cm down multiplies those of a moving car by 8 to 16."""
_DOOR_M3S = 0.09
"""Through an open door by the weight of cold air: 0.6/3·A·√(g·H·ΔT/T), of 0.8 m² and 1 m at 10 K; Warren (1977)."""
_FULL_FLOW_KG_S = 0.16
"""Of the blower with all fans at 100 %: 480 m³/h, usual for this size."""
_DEFROSTING_SHARE = 0.7
_FAN_W = 300.0
"""At full flow; with the cube of the flow below it."""
_HEATING_COP, _COOLING_COP = 2.0, 2.5
"""Heat moved for each joule of electricity: usual of a car's heat pump around 0 °C and compressor around 30 °C."""
_LOADS: tuple[tuple[str, float, float], ...] = (
    (".IsRearDefrosterActive", 200.0, 0.3),
    (".Mirrors.DriverSide.IsHeatingOn", 20.0, 0.0),
    (".Mirrors.PassengerSide.IsHeatingOn", 20.0, 0.0),
    (".SteeringWheel.HeatingCooling", 50.0, 1.0),
    (".HeatingCooling", 60.0, 1.0),
)
"""What heats by electricity, by the end of its path: W at full, and how much of it gets into the cabin."""

_MOST_LEAK_W_PER_K = 3000.0
"""More would change the air within a tick; with everything open the cabin is outside anyway."""
_DEFAULT_FAN_PERCENT, _DEFAULT_OUTSIDE_C, _DEFAULT_WANTED_C = 30.0, 20.0, 22.0
TICK_S = 1.0


class Climate:
    """Cabin air that follows the signals of a car.

    Looks at them only after one has changed; the rear vents count while somebody sits there.

    Args:
        readings: Where the car reports.
        has: Signals of this car.
        air_c: How warm it is at first.

    Attributes:
        electric_w: What heater, compressor, fans and heated things draw.
        num_people: How many seats are occupied.
    """

    def __init__(self, readings: Readings, has: Collection[str], air_c: float) -> None:
        self.air = CabinAir(air_c)
        self.electric_w = 0.0
        self.num_people = 0
        self._readings = readings
        self._has = has
        self._windows = [p for p in has if p.endswith(".Window.Position") and ".Door." in p]
        self._doors = [p for p in has if p.startswith("Vehicle.Cabin.Door.") and p.count(".") == 5 and "IsOpen" in p]
        self._seats = [p for p in has if p.endswith(".OccupancyStatus")]
        self._loads = [
            (path, load_w, inside)
            for path in has
            for load_w, inside in [
                next(((w, share) for ending, w, share in _LOADS if path.endswith(ending)), (0.0, 0.0))
            ]
            if load_w
        ]
        self._around: Surroundings | None = None
        self._fixed_w = 0.0
        stations = [p for p in has if p.startswith(f"{_HVAC}.")]
        watched = [_OUTSIDE_C, _LIGHT, _SPEED, _SUNROOF, *stations, *self._windows, *self._doors, *self._seats]
        watched += [path for path, _, _ in self._loads]
        self.close = readings.watch(self._look_again, [p for p in watched if p in has and p != AIR_C])

    def tick(self, dt_s: float = TICK_S) -> None:
        """Let :data:`TICK_S` pass; with 0 s only :attr:`electric_w` is found out."""
        machine_w = self.air.tick(self.around(), dt_s)
        cop = _HEATING_COP if machine_w > 0.0 else _COOLING_COP
        self.electric_w = self._fixed_w + abs(machine_w) / cop

    def around(self) -> Surroundings:
        """Return what acts on the air now."""
        if self._around is None:
            self._around = self._look()
        return self._around

    def put(self, air_c: float) -> None:
        """Set air and interior to a temperature."""
        self.air.air_c = self.air.interior_c = air_c

    def _look_again(self, path: str, value: Reading) -> None:
        del path, value
        self._around = None

    def _look(self) -> Surroundings:
        speed_mps = mps_from_kmh(self._number(_SPEED, 0.0))
        flow_share, wanted_c = self._vents()
        defrosts = self._is(_FRONT_DEFROSTER)
        if defrosts:
            flow_share = max(flow_share, _DEFROSTING_SHARE)
        self.num_people = sum(self._readings.value(path) == "OCCUPIED" for path in self._seats)
        inside_w = _PERSON_W * self.num_people
        self._fixed_w = _FAN_W * flow_share**3
        for path, load_w, inside in self._loads:
            level = self._level(path)
            self._fixed_w += abs(level) * load_w
            inside_w += max(0.0, level) * load_w * inside
        return Surroundings(
            outside_c=self._number(_OUTSIDE_C, _DEFAULT_OUTSIDE_C),
            sun_w=_SUN_W_PER_M2 * _APERTURE_M2 * self._number(_LIGHT, 0.0) / 100.0,
            inside_w=inside_w,
            leak_w_per_k=self._leak_w_per_k(speed_mps),
            flow_w_per_k=_FULL_FLOW_KG_S * AIR_J_PER_KG_K * flow_share,
            wanted_c=wanted_c,
            recirculates=self._is(_RECIRCULATION) and not defrosts,
            can_cool=self._is(_COOLING),
        )

    def _vents(self) -> tuple[float, float]:
        """Return the share of the full flow, and the mean of what is wanted, weighted by the fans."""
        rows = ["Row1"]
        if any(self._readings.value(seat) == "OCCUPIED" for seat in self._seats if ".Row2." in seat):
            rows.append("Row2")
        flows, wishes = 0.0, 0.0
        for row in rows:
            for side in ("Driver", "Passenger"):
                station = f"{_HVAC}.Station.{row}.{side}"
                flow = self._number(f"{station}.FanSpeed", _DEFAULT_FAN_PERCENT) / 100.0
                flows += flow
                wishes += flow * self._number(f"{station}.Temperature", _DEFAULT_WANTED_C)
        return flows / (2 * len(rows)), wishes / flows if flows > 0.0 else _DEFAULT_WANTED_C

    def _leak_w_per_k(self, speed_mps: float) -> float:
        gaps_m3s = _CABIN_M3 * (_GAPS_PER_H + _GAPS_PER_H_PER_MPS * speed_mps) / 3600.0
        open_m2 = _WINDOW_M2 * sum(self._number(path, 0.0) for path in self._windows) / 100.0
        open_m2 += _SUNROOF_M2 * abs(self._number(_SUNROOF, 0.0)) / 100.0
        draught_mps = _DRAUGHT_MPS + _DRAUGHT_PER_MPS * speed_mps
        doors_m3s = _DOOR_M3S * sum(self._is(path) for path in self._doors)
        return min(_AIR_J_PER_K_M3 * (gaps_m3s + open_m2 * draught_mps + doors_m3s), _MOST_LEAK_W_PER_K)

    def _is(self, path: str) -> bool:
        return path in self._has and self._readings.value(path) is True

    def _level(self, path: str) -> float:
        value = self._readings.value(path)
        return float(value) if isinstance(value, bool) else self._number(path, 0.0) / 100.0

    def _number(self, path: str, otherwise: float) -> float:
        value = self._readings.value(path) if path in self._has else None
        return float(value) if isinstance(value, int | float) else otherwise
