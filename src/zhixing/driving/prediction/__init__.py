"""Guesses about the others.

Read ``straight`` and ``turning`` (the baselines) first, then ``multi_modal``, which does in order what ``observing``
(how everybody moves), ``streets`` and ``lane_paths`` (where lanes lead), ``paths`` (which ways somebody may take),
``ahead`` (who is in the way) and ``rolling`` (how fast along them) say; ``manners`` holds the numbers of each class.
"""

from __future__ import annotations

from zhixing.driving.prediction.multi_modal import MultiModalPredictor
from zhixing.driving.prediction.straight import ConstantVelocityPredictor
from zhixing.driving.prediction.turning import ConstantTurnRatePredictor

__all__ = ["ConstantTurnRatePredictor", "ConstantVelocityPredictor", "MultiModalPredictor"]
