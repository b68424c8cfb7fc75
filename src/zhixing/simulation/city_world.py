"""The endless ride: a city with traffic, and one goal after the other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city import build_city
from zhixing.simulation.city_life import CityLife, wet_mps2
from zhixing.simulation.districts import DistrictMap, zoned
from zhixing.simulation.gridlock import Gridlock
from zhixing.simulation.journey import STUCK_S, Journey
from zhixing.simulation.map_arrivals import crowd_on
from zhixing.simulation.road_lights import RoadLights
from zhixing.simulation.signal_plan import SignalPlan
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.weather import Rain
from zhixing.simulation.world import STEP_NS, STEP_S


class CityWorld:
    """The city around the ego: the built-in one, or any map.

    The ego starts on a street, moves by the bicycle model and is given a new goal a few streets on whenever one is
    reached; what becomes of it is :class:`Journey`'s.

    Args:
        seed: Everything follows from it.
        num_users: Road users around the ego.
        road: A map from :func:`zhixing.simulation.map_city.city_of`, instead of the built-in city of the seed.
        shares: Of each class of road users; those that are not named have their model's.
        hour: Of the day at the beginning: the plans of the lights follow it.
        rain: How much: it makes the road slippery and, with districts, people careful.
        has_districts: Whether limits, mix and manners of the traffic are those of district, hour and weather; otherwise
            they are the same everywhere.

    Attributes:
        time_ns: Now.

    Raises:
        MapError: Nobody can drive on the map.
    """

    def __init__(
        self,
        seed: int,
        num_users: int = 60,
        road: Road | None = None,
        shares: Mapping[RoadUser, float] = MappingProxyType({}),
        *,
        hour: float = 12.0,
        rain: Rain = "none",
        has_districts: bool = False,
    ) -> None:
        self._lights: RoadLights | SignalPlan
        self._life: CityLife | None = None
        stuck_s = STUCK_S
        if road is None:
            self._road = build_city(seed)
            if has_districts:
                districts = DistrictMap(self._road, seed)
                self._road, self._life = zoned(self._road, districts), CityLife(districts, seed, hour, rain)
            self._lights = RoadLights(self._road, seed, hour=hour)
            self._crowd = Crowd(self._road, num_users, [seed], shares=shares)
        else:
            self._road = road
            self._lights = plan = SignalPlan(road, seed)
            stuck_s = max(STUCK_S, plan.longest_cycle_s)
            self._crowd = crowd_on(road, num_users, seed, shares)
        self._gridlock = Gridlock(self._road)
        body = EgoBody(min_accel_mps2=wet_mps2(EgoBody().min_accel_mps2, rain))
        self._journey = Journey(self._road, np.random.default_rng([seed, 3]), stuck_s, body)
        self.time_ns = 0
        self._crowd.gather(0, self.ego.x_m, self.ego.y_m)
        self._cast()
        self._crowd.populate()

    @property
    def road(self) -> Road:
        """The map."""
        return self._road

    @property
    def body(self) -> EgoBody:
        """The ego's size and limits."""
        return self._journey.body

    @property
    def ego(self) -> EgoState:
        """The ego vehicle."""
        return self._journey.ego

    @ego.setter
    def ego(self, ego: EgoState) -> None:
        self._journey.ego = ego

    @property
    def may_stand(self) -> bool:
        """Whether somebody in the ego wants it to stand, so that standing is not being stuck."""
        return self._journey.may_stand

    @may_stand.setter
    def may_stand(self, may_stand: bool) -> None:
        self._journey.may_stand = may_stand

    def event_counts(self) -> dict[str, int]:
        """Return how often what went wrong so far."""
        return self._journey.event_counts()

    def needs_briefing(self) -> bool:
        """Return whether the ego was put elsewhere, so that its planner must be briefed anew."""
        return self._journey.is_elsewhere

    def has_arrived(self) -> bool:
        """Return whether that was because the ego drove to an end of the map."""
        return self._journey.has_arrived

    def scene(self) -> Scene:
        """Return what is there now."""
        return Scene(
            time_ns=self.time_ns,
            ego=self.ego,
            others=self._crowd.tracks(0, self.time_ns),
            lights=self._lights.at(self.time_ns),
            countdown_s=self._lights.countdown_s(self.time_ns),
        )

    def briefing(self, goal: Goal | None = None) -> Briefing:
        """Return the next task: a given goal, or one some streets on, reached without turning round."""
        return self._journey.briefing(goal)

    def step(self, control: Control) -> None:
        """Move everybody on by 0.1 s."""
        before = self._journey.move(control)
        lights = self._lights.at(self.time_ns)
        self._crowd.put_ego(0, before, self.body)
        self._crowd.gather(0, before.x_m, before.y_m)
        self._cast()
        self._crowd.step(STEP_S, lights[None])
        self._gridlock.loosen(self._crowd)
        self.time_ns += STEP_NS
        self._journey.watch(*self._crowd.boxes(0))

    def close(self) -> None:
        """Let go of nothing: the crowd is part of the world."""

    def _cast(self) -> None:
        if self._life is not None:
            self._life.cast(self._crowd, self.ego.x_m, self.ego.y_m, self.time_ns)
