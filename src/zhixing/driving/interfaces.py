"""What a driver is, in two protocols; extensions implement them and register by entry point."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from zhixing.datatypes.plan import Plan, Prediction
from zhixing.datatypes.scene import Briefing, Scene


@runtime_checkable
class Predictor(Protocol):
    """Guesses where the others may be; entry-point group ``zhixing.predictors``.

    A predictor is made without arguments, briefed once a task and then asked as often as anybody likes.
    """

    @property
    def name(self) -> str:
        """Registered name, in kebab-case."""
        ...

    def start(self, briefing: Briefing) -> None:
        """Forget the last task and learn the map of this one, which may have no lanes at all."""
        ...

    def predict(self, scene: Scene, horizon_s: float, dt_s: float) -> Prediction:
        """Return possible futures of every road user in ``scene.others``.

        Never looks beyond ``scene.time_ns``; the same briefing and scenes give the same predictions.
        """
        ...


@runtime_checkable
class Planner(Protocol):
    """Decides where the ego goes; entry-point group ``zhixing.planners``.

    A planner is made without arguments, briefed once a task and then asked every 0.1 s.
    """

    @property
    def name(self) -> str:
        """Registered name, in kebab-case."""
        ...

    def start(self, briefing: Briefing) -> None:
        """Forget the last task and prepare for this one; raises ``ScenarioError`` if it cannot be driven at all."""
        ...

    def plan(self, scene: Scene) -> Plan:
        """Return the plan from now on. The same briefing and scenes give the same plans."""
        ...
