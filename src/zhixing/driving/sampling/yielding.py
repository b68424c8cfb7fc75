"""Who gives way when asked, learned while driving: most people do, some do not.

The ego asks when its motion needs somebody to slow down. Who has been asked for a while and has not slowed down is
not counted on again for some seconds.

Source: in the spirit of interaction-aware planning that estimates who yields online, e.g. Sadigh et al. (2018),
"Planning for cars that coordinate with people".
"""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import Tracks, are_motor_vehicles

GIVES_WAY = 0.5
"""How likely is what somebody may do who would have to let the ego go first: else it waits."""
FIRM = 3.0
"""Braking for the ego counts as so many times as much for who does not give way."""
_VULNERABLE = 2.0
"""The same for those without a body shell, from the beginning."""
_RIGHT_OF_WAY = 2.5
"""The same for those who have right of way."""
_ASKS_COST = 0.03
_ASKED_NS, _REMEMBERED_NS = 600_000_000, 4_000_000_000
_SLOWS_MPS2 = 0.3


class Yielding:
    """Remembers who was asked to give way, and who did not."""

    def __init__(self) -> None:
        self._asked: dict[int, tuple[int, float]] = {}
        self._firm_until_ns: dict[int, int] = {}

    def firmness(self, tracks: Tracks, holds: BoolArray, now_ns: int) -> FloatArray:
        """Return (users,) how much more than in a car that gives way braking for the ego counts.

        Args:
            tracks: Who is near.
            holds: (users,) who has right of way.
            now_ns: The time.
        """
        speed = np.abs(tracks.speed_mps[:, -1])
        usual = np.where(are_motor_vehicles(tracks.road_user), 1.0, _VULNERABLE)
        firm: FloatArray = np.maximum(usual, _RIGHT_OF_WAY * holds)
        for row, one in enumerate(tracks.object_id.tolist()):
            asked_ns, then_mps = self._asked.get(one, (now_ns, 0.0))
            asked_s = (now_ns - asked_ns) * 1e-9
            if now_ns - asked_ns >= _ASKED_NS and speed[row] > then_mps - _SLOWS_MPS2 * asked_s:
                self._firm_until_ns[one] = now_ns + _REMEMBERED_NS
            if now_ns < self._firm_until_ns.get(one, -1):
                firm[row] = FIRM
        return firm

    def ask(self, tracks: Tracks, delays: FloatArray, now_ns: int) -> None:
        """Remember whom the chosen motion asks to slow down.

        Args:
            tracks: Who is near.
            delays: (users,) what slowing down is reckoned to cost each.
            now_ns: The time.
        """
        speed = np.abs(tracks.speed_mps[:, -1])
        ids = tracks.object_id
        self._asked = {
            int(ids[row]): self._asked.get(int(ids[row]), (now_ns, float(speed[row])))
            for row in np.flatnonzero(delays > _ASKS_COST).tolist()
        }
