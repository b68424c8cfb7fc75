"""The next light on a route, as a driver has to see it."""

from __future__ import annotations

import math

from zhixing.datatypes.lights import Light
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.route import Route


def next_light(route: Route, briefing: Briefing, scene: Scene, front_m: float) -> tuple[float, Light]:
    """Return how far it is to the next place to wait that has a light, and what that shows.

    Which light that is: see :meth:`zhixing.driving.route.Route.light_group`.

    Args:
        route: The way.
        briefing: The task.
        scene: What is shown now.
        front_m: Where on the route the ego's front is.

    Returns:
        (distance_m, light); infinity and ``OFF`` where there is no light ahead.
    """
    for k, place_m in enumerate(route.stop_m.tolist()):
        group = route.light_group(k, briefing.ego_light)
        if place_m >= front_m and 0 <= group < scene.lights.shape[0]:
            return place_m - front_m, Light(int(scene.lights[group]))
    return math.inf, Light.OFF
