"""What the people in the car have asked it to do once: overtake, turn at the next junction, stop at the edge."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.driving_wish import Manoeuvre
from zhixing.datatypes.scene import EgoState, Goal, Scene
from zhixing.datatypes.units import ns_from_s
from zhixing.driving.lane_map import LaneMap
from zhixing.simulation.city_ways import Place, left_to, next_turn, place_to_stop

_AHEAD_M, _ASIDE_M = 80.0, 2.0
"""Who is meant by "overtake it": the next one in this corridor."""
PASSED_M = 8.0
"""Who is so far behind has been passed."""
GIVES_UP_S = 60.0
"""Where no gap came in a minute, the wish is over, and the screen does not promise it any more."""


class Errand:
    """At most one manoeuvre at a time, and where it leads.

    Args:
        lane_map: Of the city.

    Attributes:
        manoeuvre: What has been asked for and is not finished.
        place: Where it leads, None where it is about no place.
    """

    def __init__(self, lane_map: LaneMap) -> None:
        self._map = lane_map
        self.manoeuvre: Manoeuvre = "none"
        self.place: Place | None = None
        self._leader, self._began_ns = -1, 0
        self._was_beside = False
        self._driven_m = 0.0

    @property
    def turn_in_m(self) -> float | None:
        """How far it still is to the turn that is being driven to, None where none is."""
        if self.place is None or self.manoeuvre == "pull-over":
            return None
        return max(self.place.distance_m - self._driven_m, 0.0)

    @property
    def goal(self) -> Goal | None:
        """Where to go for it."""
        return self.place.goal if self.place else None

    @property
    def keeps_goal(self) -> bool:
        """Whether the goal stays when it is reached: who has pulled over stands there until told to go on."""
        return self.manoeuvre == "pull-over"

    def begin(self, manoeuvre: Manoeuvre, scene: Scene) -> bool:
        """Take on a manoeuvre instead of the one before; return whether it can be done from here."""
        place = self.way_to(manoeuvre, scene.ego)
        if place is None and manoeuvre not in ("none", "overtake"):
            return False
        self.manoeuvre, self.place = manoeuvre, place
        self._leader = _leader(scene) if manoeuvre == "overtake" else -1
        self._began_ns, self._was_beside, self._driven_m = scene.time_ns, False, 0.0
        return True

    def way_to(self, manoeuvre: Manoeuvre, ego: EgoState) -> Place | None:
        """Return where a manoeuvre would lead from here, None where it cannot be done or is about no place."""
        match manoeuvre:
            case "turn-left" | "turn-right":
                return next_turn(self._map, ego, to_left=manoeuvre == "turn-left")
            case "pull-over":
                return place_to_stop(self._map, ego)
            case _:
                return None

    def move(self, distance_m: float) -> None:
        """Hear how far the ego has come."""
        self._driven_m += distance_m

    def end(self) -> None:
        """Be done with it."""
        self.manoeuvre, self.place, self._leader = "none", None, -1

    def is_overtaking_over(self, scene: Scene) -> bool:
        """Return whether the one who was ahead is behind, or no gap came."""
        if self.manoeuvre != "overtake":
            return False
        if scene.time_ns - self._began_ns > ns_from_s(GIVES_UP_S):
            return True
        rows = np.flatnonzero(scene.others.object_id == self._leader)
        if not rows.size or not scene.others.valid[rows[0], -1]:
            return self._leader >= 0
        along_m, _ = _beside(scene)
        return bool(along_m[rows[0]] < -PASSED_M)

    def stop_in_m(self, ego: EgoState) -> float:
        """Return how far it is to where the car shall stand; infinity while it need not be thought of."""
        if self.manoeuvre != "pull-over" or self.place is None:
            return math.inf
        left_m = left_to(self._map, self.place, ego)
        self._was_beside = self._was_beside or math.isfinite(left_m)
        return left_m

    def has_missed(self, ego: EgoState) -> bool:
        """Return whether the car has come past its section without standing, so that another place is needed."""
        return self._was_beside and math.isinf(self.stop_in_m(ego))


def _leader(scene: Scene) -> int:
    """Return the identity of the next road user ahead, -1 where nobody is."""
    if not scene.others.num_objects or not scene.others.num_steps:
        return -1
    along_m, aside_m = _beside(scene)
    ahead = scene.others.valid[:, -1] & (along_m > 0.0) & (along_m < _AHEAD_M) & (np.abs(aside_m) < _ASIDE_M)
    if not ahead.any():
        return -1
    return int(scene.others.object_id[np.argmin(np.where(ahead, along_m, np.inf))])


def _beside(scene: Scene) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Return (objects,) how far ahead of the ego everybody is, and how far to its left."""
    ego = scene.ego
    away = scene.others.xy_m[:, -1] - [ego.x_m, ego.y_m]
    cos, sin = math.cos(ego.yaw_rad), math.sin(ego.yaw_rad)
    return cos * away[:, 0] + sin * away[:, 1], cos * away[:, 1] - sin * away[:, 0]
