"""Who blocks a junction for good is taken away, as in other traffic simulations.

Where no light sorts movements they may wait for each other in a ring, at night under flashing yellow and on maps that
nobody has tuned. Whoever stands within a junction for 40 s mostly is in such a ring; now and then it is only behind a
queue at the next red.
"""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.traffic.models import Mind
from zhixing.simulation.traffic.people import NOWHERE_M

WITHIN_S, _ELSEWHERE_S = 40.0, 200.0


class Gridlock:
    """Looks after the traffic of one map.

    Args:
        road: The map.

    Attributes:
        num_removed: How many have been taken away.
    """

    def __init__(self, road: Road) -> None:
        waits = {lane for line in road.stop_lines for lane in line.lanes}
        within = [
            k not in waits and (lane.junction >= 0 or lane.kind == LaneKind.CROSSING)
            for k, lane in enumerate(road.lanes)
        ]
        self._most_s: FloatArray = np.where(within, WITHIN_S, _ELSEWHERE_S)
        self.num_removed = 0

    def loosen(self, crowd: Crowd) -> None:
        """Take away who has stood for too long; somebody else comes for it elsewhere."""
        motion = crowd.motion
        moves = motion.there & (crowd.traits.mind > int(Mind.OUTSIDE)) & (motion.way >= 0)
        rows = np.flatnonzero(moves)
        gone = rows[motion.waited_s[rows] > self._most_s[motion.way[rows]]]
        motion.there[gone] = False
        motion.x_m[gone] = motion.y_m[gone] = NOWHERE_M
        self.num_removed += int(gone.size)
