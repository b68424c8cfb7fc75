"""What people wish of the driver, as its numbers: always within what the normal driver could do safely.

The safety checker behind the planner knows none of this.
"""

from __future__ import annotations

from dataclasses import replace

from zhixing.datatypes.driving_wish import DrivingWish
from zhixing.driving.sampling.config import SamplingConfig

_LATERAL_MPS2 = {"calm": 1.8, "normal": 2.5, "brisk": 3.2}
"""Sideways, in curves; our choice around the normal driver, comfort ends at 4.89 (nuPlan closed-loop metrics)."""
_ACCEL_MPS2 = {"calm": 1.4, "normal": 2.2, "brisk": 2.35}
_HEADWAY_S = {"calm": 1.5, "normal": 0.9, "brisk": 0.8}
_SIDE_GAP_M = {"calm": 0.7, "normal": 0.5, "brisk": 0.5}
_PROGRESS = {"calm": 3.2, "normal": 4.5, "brisk": 5.5}
_COMFORT = {"calm": 0.12, "normal": 0.06, "brisk": 0.05}
_HEEDED = 6.0
"""Weight of a time gap that somebody asked for; without that a dense stream is joined with less."""
_OVERTAKING_PROGRESS, _OVERTAKING_CHANGE, _OVERTAKING_HEADWAY = 1.6, 0.4, 1.5
"""Who wants past somebody minds being behind more, and changing lanes less."""


def styled(config: SamplingConfig, wish: DrivingWish) -> SamplingConfig:
    """Return the driver's numbers as somebody wishes; those of the normal style as they are.

    Args:
        config: Of the normal style.
        wish: What is wished, within its bounds.
    """
    chosen = config
    if wish.style != "normal":
        chosen = replace(
            config,
            lateral_accel_mps2=_LATERAL_MPS2[wish.style],
            accel_mps2=_ACCEL_MPS2[wish.style],
            headway_s=_HEADWAY_S[wish.style],
            side_gap_m=_SIDE_GAP_M[wish.style],
            progress_weight=_PROGRESS[wish.style],
            comfort_weight=_COMFORT[wish.style],
            headway_weight=_HEEDED if wish.style == "calm" else config.headway_weight,
        )
    if wish.headway_s is not None:
        chosen = replace(chosen, headway_s=wish.headway_s, headway_weight=_HEEDED)
    if wish.overtakes:
        chosen = replace(
            chosen,
            progress_weight=_OVERTAKING_PROGRESS * chosen.progress_weight,
            change_weight=_OVERTAKING_CHANGE * chosen.change_weight,
            headway_weight=_OVERTAKING_HEADWAY * chosen.headway_weight,
        )
    return chosen
