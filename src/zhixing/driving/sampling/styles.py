"""What people wish of the driver, as its numbers: always within what the normal driver could do safely.

The safety checker behind the planner knows none of this.
"""

from __future__ import annotations

from dataclasses import replace

from zhixing.datatypes.driving_wish import USUAL_HEADWAY_S, DrivingStyle, DrivingWish
from zhixing.driving.sampling.config import SamplingConfig

_HEEDED = 6.0
"""Weight of a time gap that somebody asked for; without that a dense stream is joined with less."""
_OF_STYLE: dict[DrivingStyle, dict[str, float]] = {
    "calm": {
        "lateral_accel_mps2": 1.8, "accel_mps2": 1.4, "side_gap_m": 0.7, "progress_weight": 3.2, "comfort_weight": 0.12,
        "headway_weight": _HEEDED, "held_up_weight": 4.0,
    },
    "normal": {},
    "brisk": {
        "lateral_accel_mps2": 3.2, "accel_mps2": 2.35, "progress_weight": 5.5, "comfort_weight": 0.05,
        "held_up_weight": 8.5,
    },
}  # fmt: skip
"""What differs from the normal driver; our choice around it. Comfort ends at 4.89 m/s² sideways and 2.40 m/s² ahead
(nuPlan closed-loop metrics)."""
_OVERTAKING_PROGRESS, _OVERTAKING_CHANGE, _OVERTAKING_HEADWAY, _OVERTAKING_HELD_UP = 1.6, 0.4, 1.5, 3.0
"""Who wants past somebody minds being behind more, and changing lanes less."""


def styled(config: SamplingConfig, wish: DrivingWish) -> SamplingConfig:
    """Return the driver's numbers as somebody wishes; those of the normal style as they are.

    Args:
        config: Of the normal style.
        wish: What is wished, within its bounds.
    """
    chosen = replace(config, **_OF_STYLE[wish.style])
    if wish.style != "normal":
        chosen = replace(chosen, headway_s=USUAL_HEADWAY_S[wish.style])
    if wish.headway_s is not None:
        chosen = replace(chosen, headway_s=wish.headway_s, headway_weight=_HEEDED)
    if wish.overtakes:
        chosen = replace(
            chosen,
            progress_weight=_OVERTAKING_PROGRESS * chosen.progress_weight,
            change_weight=_OVERTAKING_CHANGE * chosen.change_weight,
            headway_weight=_OVERTAKING_HEADWAY * chosen.headway_weight,
            held_up_weight=_OVERTAKING_HELD_UP * chosen.held_up_weight,
        )
    return chosen
