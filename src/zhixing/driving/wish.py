"""How the driver likes to drive, and what one reason asks of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish

_LIVELINESS = {"calm": 0.7, "normal": 1.0, "brisk": 1.09}
"""Of what is usual, how hard a style accelerates; brisk stays below the comfort bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdmConfig:
    """How the driver drives.

    Attributes:
        time_headway_s: Behind a leader (Treiber 2000 gives 1.6 for motorways; Chinese city traffic keeps less).
        standstill_gap_m: To a standing leader.
        accel_mps2: When the road is free; below the comfort bound of 2.40.
        decel_mps2: That is comfortable; below the comfort bound of 4.05.
        lateral_accel_mps2: In curves; below the comfort bound of 4.89.
        jerk_mps3: Change of acceleration when pulling away; well below the comfort bound of 4.13.
        brake_jerk_mps3: Change of acceleration when braking, unless there is an emergency; below the same bound.
        emergency_decel_mps2: From here on comfort does not count.
        yellow_decel_mps2: Stop at yellow if this suffices.
    """

    time_headway_s: float = 1.0
    standstill_gap_m: float = 2.0
    accel_mps2: float = 2.2
    decel_mps2: float = 2.5
    lateral_accel_mps2: float = 2.5
    jerk_mps3: float = 2.2
    brake_jerk_mps3: float = 3.2
    emergency_decel_mps2: float = 3.9
    yellow_decel_mps2: float = 3.0


def as_wished(config: IdmConfig, wish: DrivingWish) -> IdmConfig:
    """Return how a driver drives for people with a wish; how hard it brakes for somebody is no matter of taste.

    Example:
        >>> as_wished(IdmConfig(), DrivingWish(style="calm", headway_s=1.5)).time_headway_s
        1.5
    """
    if wish == AS_USUAL:
        return config
    return replace(
        config,
        time_headway_s=config.time_headway_s if wish.headway_s is None else wish.headway_s,
        accel_mps2=config.accel_mps2 * _LIVELINESS[wish.style],
        jerk_mps3=config.jerk_mps3 * _LIVELINESS[wish.style],
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What one reason asks for; the most careful one wins.

    Attributes:
        accel_mps2: The acceleration it asks for.
        rule: Its name, see :mod:`zhixing.driving.explain`.
        row: Row in the scene's tracks of the road user it is about, or -1.
        gap_m: From the ego's front to where it has to stay behind; infinity where there is no such place.
        lead_mps: Speed of that place along the way.
    """

    accel_mps2: float
    rule: str
    row: int = -1
    gap_m: float = math.inf
    lead_mps: float = 0.0


NOTHING = Wish(math.inf, "")
