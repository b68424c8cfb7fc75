"""Planners by name, and a box for those that are not ours."""

from __future__ import annotations

from zhixing import registry
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.interfaces import Planner
from zhixing.errors import PluginError, ZhixingError


def make_planner(name: str) -> Planner:
    """Return a fresh planner; whatever it raises later is an error of ours.

    Raises:
        PluginError: It is not registered or lacks a method.
    """
    planner = registry.create("zhixing.planners", name)
    if not isinstance(planner, Planner):
        raise PluginError(f"the planner {name!r} lacks name, start() or plan()", hint="See zhixing.driving.interfaces.")
    return SandboxedPlanner(planner)


class SandboxedPlanner:
    """Somebody else's planner: whatever it raises is a :class:`PluginError`, which counts as having no plan.

    Args:
        planner: To be asked.
    """

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    @property
    def name(self) -> str:
        """Registered name."""
        return self._planner.name

    def start(self, briefing: Briefing) -> None:
        """Brief the planner."""
        try:
            self._planner.start(briefing)
        except ZhixingError:
            raise
        except Exception as error:  # what a stranger's planner raises is unknowable
            raise PluginError(f"the planner {self.name!r} failed at the start: {error!r}") from error

    def plan(self, scene: Scene) -> Plan:
        """Ask the planner."""
        try:
            return self._planner.plan(scene)
        except ZhixingError:
            raise
        except Exception as error:  # what a stranger's planner raises is unknowable
            raise PluginError(f"the planner {self.name!r} failed: {error!r}") from error
