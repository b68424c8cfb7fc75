"""The endless ride among SUMO's traffic: the ego moves as everywhere here, everybody else by SUMO's models.

Install ``zhixing[sumo]``. A map becomes a network of SUMO's whose lanes lie on the map's, and its lights tell SUMO's
what to show; on a network of SUMO's own its programs tell ours.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.simulation.city import build_city
from zhixing.simulation.journey import STUCK_S, Journey
from zhixing.simulation.road_lights import RoadLights
from zhixing.simulation.signal_plan import SignalPlan
from zhixing.simulation.sumo_demand import REACH_M, SumoDemand
from zhixing.simulation.sumo_engine import SumoEngine
from zhixing.simulation.sumo_network import network_in, network_of
from zhixing.simulation.world import STEP_NS, STEP_S

_LONGEST_RED_S = 180.0
"""Of programs that are SUMO's."""
_LETTERS = {Light.RED: "r", Light.YELLOW: "y", Light.GREEN: "G", Light.OFF: "O", Light.FLASHING_YELLOW: "o"}
_LIGHTS = {
    "r": Light.RED, "u": Light.RED, "s": Light.RED, "y": Light.YELLOW, "Y": Light.YELLOW, "g": Light.GREEN,
    "G": Light.GREEN, "o": Light.FLASHING_YELLOW, "O": Light.OFF,
}  # fmt: skip
_GIVES_WAY = "g"
"""What a movement without a light of its own is shown at a junction with lights."""


class SumoWorld:
    """A city around the ego, moved by SUMO.

    Args:
        seed: Everything follows from it.
        num_users: Road users around the ego; on foot where streets have pavements, on a network of SUMO's own nobody.
        road: A map from :func:`zhixing.simulation.map_city.city_of`, instead of the built-in city of the seed.
        net: A network of SUMO's own (``.net.xml``), instead of a map.
        shares: Of each class of road users; those that are not named have their model's.

    Attributes:
        time_ns: Now.

    Raises:
        PluginError: libsumo or netconvert is not installed.
        ServiceError: Another of these worlds is open in this process.
        MapError: Nobody can drive on the map, or SUMO cannot.
    """

    def __init__(
        self,
        seed: int,
        num_users: int = 60,
        road: Road | None = None,
        net: Path | None = None,
        shares: Mapping[RoadUser, float] = MappingProxyType({}),
    ) -> None:
        if num_users < 0:
            raise ValueError(f"the number of road users is negative: {num_users}")
        with ExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-sumo-")))
            if net is not None:
                self._network = network_in(net)
            else:
                self._network = network_of(build_city(seed) if road is None else road, folder)
            self._lights: RoadLights | SignalPlan
            if road is None and net is None:
                self._lights, stuck_s = RoadLights(self.road, seed), STUCK_S
            else:
                self._lights = plan = SignalPlan(self.road, seed)
                stuck_s = max(STUCK_S, _LONGEST_RED_S if net is not None else plan.longest_cycle_s)
            self._journey = Journey(self.road, np.random.default_rng([seed, 3]), stuck_s)
            self._demand = SumoDemand(self._network, num_users, seed, shares)
            self._engine = SumoEngine(self._network.path, seed, STEP_S, self.body, REACH_M)
            opened.callback(self._engine.close)
            self._states = self._engine.light_states()
            self._shown: IntArray = np.full(self.road.num_light_groups, -1, dtype=np.int64)
            self.time_ns = 0
            self._show()
            self._engine.put_ego(self.ego)
            self._engine.step()
            self._others = self._look()
            self._renew()
            self._opened = opened.pop_all()

    @property
    def road(self) -> Road:
        """The map."""
        return self._network.road

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

    @property
    def engine(self) -> SumoEngine:
        """SUMO itself."""
        return self._engine

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
        return Scene(time_ns=self.time_ns, ego=self.ego, others=self._others, lights=self.lights())

    def briefing(self, goal: Goal | None = None) -> Briefing:
        """Return the next task: a given goal, or one some streets on, reached without turning round."""
        return self._journey.briefing(goal)

    def step(self, control: Control) -> None:
        """Move everybody on by 0.1 s."""
        self._journey.move(control)
        self._show()
        self._engine.put_ego(self.ego)
        self._engine.step()
        self.time_ns += STEP_NS
        self._others = self._look()
        others = self._others
        boxes = np.concatenate((others.xy_m[:, 0], others.yaw_rad, others.size_m), axis=1)
        self._journey.watch(boxes, others.speed_mps[:, 0], others.valid[:, 0])
        self._renew()

    def lights(self) -> IntArray:
        """Return (groups,) what each light shows, as SUMO has it; lights that SUMO has not show what the map's do."""
        if self._network.has_program:
            shown = np.full(self.road.num_light_groups, int(Light.OFF), dtype=np.int64)
        else:
            shown = self._lights.at(self.time_ns)
        states = self._engine.light_states()
        for (program, link), group in self._network.group_of.items():
            shown[group] = int(_LIGHTS.get(states[program][link], Light.OFF))
        return shown

    def close(self) -> None:
        """End SUMO's simulation and remove its files."""
        self._opened.close()

    def _show(self) -> None:
        """Tell SUMO's lights what ours show from now on."""
        if self._network.has_program:
            return
        shown = self._lights.at(self.time_ns)
        if np.array_equal(shown, self._shown):
            return
        self._shown = shown
        wanted = {program: [_GIVES_WAY] * len(state) for program, state in self._states.items()}
        for (program, link), group in self._network.group_of.items():
            wanted[program][link] = _LETTERS[Light(int(shown[group]))]
        new = {program: "".join(letters) for program, letters in wanted.items()}
        self._engine.show({program: state for program, state in new.items() if state != self._states[program]})
        self._states = new

    def _look(self) -> Tracks:
        """Return everybody near the ego now, as one step."""
        names, rows = self._engine.neighbours()
        models = [self._demand.model_of(name) for name in names]
        size = np.array([model.size_m for model in models]).reshape(-1, 2)
        front, yaw = rows[:, :2], rows[:, 2]
        centre = front - 0.5 * size[:, :1] * np.stack((np.cos(yaw), np.sin(yaw)), axis=1)
        return Tracks(
            np.array([self.time_ns], dtype=np.int64),
            np.array([int(name[1:]) for name in names], dtype=np.int64),
            np.array([int(model.road_user) for model in models], dtype=np.int64),
            size,
            centre[:, None],
            yaw[:, None].copy(),
            rows[:, 3:4].copy(),
            np.ones((len(names), 1), dtype=np.bool_),
        )

    def _renew(self) -> None:
        self._demand.renew(self._engine, np.array([self.ego.x_m, self.ego.y_m]), self._others)
