"""Where the ego has to wait, and what the lights there show."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LIGHT
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.route import Route

_PASSED_M = 0.2
_LOOK_M = 120.0
_UNSTOPPABLE_MPS2 = 7.0
"""A light that turned red so late that even this would not stop the ego before the line is driven past."""


@dataclass(frozen=True, slots=True)
class StopAhead:
    """A stop line whose light forbids going on, or soon will.

    Attributes:
        distance_m: From the ego's front to the line; slightly negative when the front is on it.
        light: What it shows, ``RED`` or ``YELLOW``.
        needed_mps2: The deceleration that stops the ego before it.
    """

    distance_m: float
    light: int
    needed_mps2: float


class StopLines:
    """The stop lines of one route.

    Args:
        route: The way to the goal.
        briefing: The task.
    """

    def __init__(self, route: Route, briefing: Briefing) -> None:
        self._route = route
        self._briefing = briefing
        self._passed: set[int] = set()

    def ahead(self, scene: Scene, s_m: float) -> list[StopAhead]:
        """Return the stop lines within sight that show red or yellow, nearest first.

        Args:
            scene: What is there now.
            s_m: Where on the route's line the ego's centre is.
        """
        route, briefing = self._route, self._briefing
        front_m = s_m + 0.5 * briefing.body.length_m
        found = []
        for k in range(route.stop_m.shape[0]):
            distance_m = float(route.stop_m[k]) - front_m
            if distance_m < -_PASSED_M:
                self._passed.add(k)
            if k in self._passed:
                continue
            if distance_m > _LOOK_M:
                break
            group = route.light_group(k, briefing.ego_light)
            if group == NO_LIGHT or group >= scene.lights.shape[0]:
                continue
            light = int(scene.lights[group])
            needed = scene.ego.speed_mps**2 / (2.0 * max(distance_m, 0.1))
            if light == Light.YELLOW or (light == Light.RED and needed <= _UNSTOPPABLE_MPS2):
                found.append(StopAhead(distance_m, light, needed))
        return found
