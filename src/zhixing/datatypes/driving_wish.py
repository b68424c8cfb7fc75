"""How the people in the car would like to be driven."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from zhixing.errors import InputError

DrivingStyle = Literal["calm", "normal", "brisk"]
Manoeuvre = Literal["none", "overtake", "pull-over", "turn-left", "turn-right"]
"""What somebody wants the car to do once; ``none`` is to drive on as it would by itself."""

LEAST_HEADWAY_S, MOST_HEADWAY_S = 0.8, 3.0
"""Bounds of the wanted time gap: below 0.8 s no attentive driver can react (RSS response time plus brake build-up);
ISO 15622 asks adaptive cruise control to offer at least one setting between 1.5 s and 2.2 s, and none above is usual
beyond 3 s."""
SLOWEST_MPS = 10.0 / 3.6
"""Nobody is helped by a wish to crawl in traffic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivingWish:
    """What a planner should heed where it is safe; the safety checker never sees it.

    Attributes:
        style: How briskly.
        headway_s: Wanted time gap behind a leader; None leaves it to the style.
        max_speed_mps: Not faster than this.
        overtakes: Whether somebody wants past the one ahead, by a free lane.

    Raises:
        InputError: A number is outside its bounds or none at all.
    """

    style: DrivingStyle = "normal"
    headway_s: float | None = None
    max_speed_mps: float = math.inf
    overtakes: bool = False

    def __post_init__(self) -> None:
        if self.headway_s is not None and not LEAST_HEADWAY_S <= self.headway_s <= MOST_HEADWAY_S:
            raise InputError(f"a time gap of {self.headway_s} s is not between 0.8 and 3 s")
        if not self.max_speed_mps >= SLOWEST_MPS:
            raise InputError(f"a speed of {self.max_speed_mps} m/s is below 10 km/h")


USUAL_HEADWAY_S: dict[DrivingStyle, float] = {"calm": 1.5, "normal": 1.0, "brisk": 0.8}
"""Gap of a style where nobody has wished for another: in town in China people keep about one second."""

AS_USUAL = DrivingWish()
