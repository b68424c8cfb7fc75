"""How likely each mode is where the paths cost the same, measured on recorded traffic."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES, TWO_WHEELERS, RoadUser
from zhixing.driving.prediction.modes import MOVING, NUM_MODES, STANDING, WAITING

_VEHICLES = {
    (MOVING, 1): (0.76, 0.12, 0.04, 0.02, 0.04, 0.02),
    (MOVING, 2): (0.46, 0.03, 0.20, 0.02, 0.20, 0.09),
    (MOVING, 3): (0.36, 0.08, 0.28, 0.03, 0.15, 0.10),
    (STANDING, 1): (0.85, 0.03, 0.03, 0.05, 0.02, 0.02),
    (STANDING, 2): (0.70, 0.05, 0.02, 0.03, 0.08, 0.12),
    (STANDING, 3): (0.85, 0.04, 0.02, 0.02, 0.04, 0.03),
}
_AGILE = {
    (MOVING, 1): (0.68, 0.08, 0.15, 0.04, 0.03, 0.02),
    (MOVING, 2): (0.68, 0.08, 0.15, 0.04, 0.03, 0.02),
    (MOVING, 3): (0.68, 0.08, 0.14, 0.04, 0.03, 0.03),
    (STANDING, 1): (0.90, 0.02, 0.02, 0.02, 0.02, 0.02),
    (STANDING, 2): (0.90, 0.02, 0.02, 0.02, 0.02, 0.02),
    (STANDING, 3): (0.90, 0.02, 0.02, 0.02, 0.02, 0.02),
}
_WALKERS = {
    (MOVING, 1): (0.68, 0.08, 0.09, 0.07, 0.04, 0.04),
    (MOVING, 2): (0.68, 0.08, 0.09, 0.07, 0.04, 0.04),
    (MOVING, 3): (0.68, 0.08, 0.09, 0.07, 0.04, 0.04),
    (STANDING, 1): (0.87, 0.03, 0.02, 0.03, 0.03, 0.02),
    (STANDING, 2): (0.87, 0.03, 0.02, 0.03, 0.03, 0.02),
    (STANDING, 3): (0.87, 0.03, 0.02, 0.03, 0.03, 0.02),
}
"""The mixture that makes what was recorded likeliest, if everybody is spread around each mode by 1 m (on foot 0.6 m) in
the mean of five seconds; 2 % at least, and what goes on as it is first. Expectation maximisation over the recordings of
``zhixing bench prediction``: 12,200 moments of cars, 1,100 of two-wheelers, 1,400 of people on foot moving; 3,500, 160
and 220 standing. Those with one and two paths are too few for two-wheelers and people on foot: as with three."""
_AT_RED = (0.50, 0.30, 0.08, 0.06, 0.04, 0.02)
"""Who runs the light and who does not is weighed by the class's rate; too few reds are recorded to measure more."""


def _shares() -> FloatArray:
    table = np.full((len(RoadUser) + 1, 3, 3, NUM_MODES), 1.0 / NUM_MODES)
    for road_user in RoadUser:
        measured = _VEHICLES if road_user in MOTOR_VEHICLES else _AGILE if road_user in TWO_WHEELERS else _WALKERS
        for (situation, paths), shares in measured.items():
            table[road_user, situation, paths - 1] = shares
        table[road_user, WAITING] = _AT_RED
    return table


SHARES: FloatArray = _shares()
"""(classes + 1, situations, paths, modes)."""
