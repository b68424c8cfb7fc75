"""How warm a cabin is: two masses, the sun, people, the air outside, and a climate control of limited power."""

from __future__ import annotations

from dataclasses import dataclass

AIR_J_PER_K = 8_000.0
"""3 m³ of air (3.6 kJ/K) and the thin surfaces that follow it within seconds."""
INTERIOR_J_PER_K = 32_000.0
"""Seats, trim and panels as far as heat gets within half an hour; chosen with the two conductances below so that a
car in full sun is 22 K warmer after an hour and has made 80 % of it in 30 min, as measured by McLaren, Null and Quinn
(2005), Pediatrics 116 e109."""
INTERIOR_W_PER_K = 80.0
"""Between air and interior: 10 m² of surface at 8 W/(m² K), free convection."""
SHELL_W_PER_K = 40.0
"""Glass, roof and doors of a compact SUV; 0.95 kW of sun over the rise measured above."""
SUN_TO_AIR = 0.3
"""Of the sun that comes in, what thin dark surfaces give to the air at once; the rest goes into the interior."""
AIR_J_PER_KG_K = 1006.0

_MIN_SUPPLY_C, _MAX_SUPPLY_C = 4.0, 55.0
"""No colder: the evaporator would freeze; no hotter at the vents: usual limits of climate controls."""
_HEAT_W, _COOL_W = 6_000.0, 6_000.0
"""Most that heater and compressor give: usual in electric cars of this size (5 to 7 kW)."""
_REGULATION_S = 30.0
"""How quickly the control closes in on what is wanted where its power suffices."""
_RECIRCULATED = 0.9
"""Of the air that comes out of the vents while recirculating; the rest stays fresh."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that acts on a cabin's air.

    Attributes:
        outside_c: Air temperature outside.
        sun_w: What comes in through the glass.
        inside_w: What people and heated panes give off.
        leak_w_per_k: Of the air exchanged through gaps, windows and sunroof.
        flow_w_per_k: Heat capacity flow of the air from the vents; 0 with the fans off.
        wanted_c: Where the climate control wants it.
        recirculates: Whether most of that air is drawn from the cabin.
        can_cool: Whether the compressor may run; heating is always possible.
    """

    outside_c: float
    sun_w: float = 0.0
    inside_w: float = 0.0
    leak_w_per_k: float = 0.0
    flow_w_per_k: float = 0.0
    wanted_c: float = 22.0
    recirculates: bool = False
    can_cool: bool = False


class CabinAir:
    """The air of a cabin and what is in it.

    The air gains what sun, people and vents give, and loses to the interior and the outside::

        C_air · dT_air/dt = 0.3·sun + inside + (shell + leak)·(T_out - T_air) + h·(T_int - T_air)
                            + flow·(T_vent - T_air)
        C_int · dT_int/dt = 0.7·sun + h·(T_air - T_int)

    Attributes:
        air_c: What a thermometer in the cabin shows.
        interior_c: Seats and trim.
        sources_j: Heat that sun and people have given so far.
        vents_j: Heat that the air from the vents has given, beyond that of the cabin's own.
        lost_j: Heat that went out through shell, gaps and windows.

    Example:
        >>> cabin = CabinAir(22.0)
        >>> for _ in range(3600):
        ...     machine_w = cabin.tick(Surroundings(outside_c=30.0, sun_w=950.0), 1.0)
        >>> round(cabin.air_c)
        52
    """

    __slots__ = ("air_c", "interior_c", "lost_j", "sources_j", "vents_j")

    def __init__(self, air_c: float) -> None:
        self.air_c = air_c
        self.interior_c = air_c
        self.sources_j = 0.0
        self.vents_j = 0.0
        self.lost_j = 0.0

    def tick(self, around: Surroundings, dt_s: float) -> float:
        """Let a short time pass (at most 1 s: the air follows within tens of seconds).

        Returns:
            Thermal power of heater (positive) or compressor (negative), in W.
        """
        air_c = self.air_c
        loss_w = (SHELL_W_PER_K + around.leak_w_per_k) * (air_c - around.outside_c)
        into_interior_w = INTERIOR_W_PER_K * (air_c - self.interior_c)
        own_w = SUN_TO_AIR * around.sun_w + around.inside_w - loss_w - into_interior_w
        vents_w = machine_w = 0.0
        flow = around.flow_w_per_k
        if flow > 0.0:
            intake_c = around.outside_c
            if around.recirculates:
                intake_c += _RECIRCULATED * (air_c - intake_c)
            wanted_w = AIR_J_PER_K * (around.wanted_c - air_c) / _REGULATION_S - own_w
            lowest_c = intake_c
            if around.can_cool:
                lowest_c = min(intake_c, max(_MIN_SUPPLY_C, intake_c - _COOL_W / flow))
            highest_c = max(intake_c, min(_MAX_SUPPLY_C, intake_c + _HEAT_W / flow))
            supply_c = min(max(air_c + wanted_w / flow, lowest_c), highest_c)
            vents_w = flow * (supply_c - air_c)
            machine_w = flow * (supply_c - intake_c)
        self.air_c = air_c + (own_w + vents_w) * dt_s / AIR_J_PER_K
        self.interior_c += ((1.0 - SUN_TO_AIR) * around.sun_w + into_interior_w) * dt_s / INTERIOR_J_PER_K
        self.sources_j += (around.sun_w + around.inside_w) * dt_s
        self.vents_j += vents_w * dt_s
        self.lost_j += loss_w * dt_s
        return machine_w
