"""Planners by name, and a box for those that are not ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, get_args

import numpy as np

from zhixing import registry
from zhixing.datatypes.localized import LANGS, Localized
from zhixing.datatypes.plan import Action, Decision, Plan
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.interfaces import Planner
from zhixing.errors import PluginError, ZhixingError

_MAX_TEXT = 200
_P = ParamSpec("_P")
_T = TypeVar("_T")


def make_planner(name: str) -> Planner:
    """Return a fresh planner; whatever it raises or answers later, only errors of ours and sound plans come out.

    Raises:
        PluginError: It is not registered or lacks a method.
    """
    planner = registry.create("zhixing.planners", name)
    if not _called(f"{name!r} was looked at", isinstance, planner, Planner):
        raise PluginError(f"the planner {name!r} lacks name, start() or plan()", hint="See zhixing.driving.interfaces.")
    return SandboxedPlanner(planner)  # type: ignore[arg-type]


class SandboxedPlanner:
    """Somebody else's planner: whatever it raises is a :class:`PluginError`, which counts as having no plan.

    Args:
        planner: To be asked.

    Raises:
        PluginError: Its name is no text.
    """

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._name = _called("was asked for its name", lambda: planner.name)
        if not _is_text(self._name):
            raise PluginError("a planner has no readable name", hint="Name it in kebab-case.")

    @property
    def name(self) -> str:
        """Registered name."""
        return self._name

    def start(self, briefing: Briefing) -> None:
        """Brief the planner."""
        _called(f"{self._name!r} was briefed", self._planner.start, briefing)

    def plan(self, scene: Scene) -> Plan:
        """Ask the planner."""
        plan = _called(f"{self._name!r} was asked", self._planner.plan, scene)
        if not isinstance(plan, Plan):
            raise PluginError(f"the planner {self._name!r} gave a {type(plan).__name__}, no plan")
        columns = (plan.time_s, plan.xy_m, plan.yaw_rad, plan.speed_mps, plan.accel_mps2)
        if not all(isinstance(column, np.ndarray) and column.dtype.kind == "f" for column in columns):
            raise PluginError(f"the planner {self._name!r} gave a plan that is not of numbers")
        if not _is_decision(plan.decision):
            raise PluginError(f"the planner {self._name!r} gave no decision that can be told")
        return plan


def _called(what: str, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call a stranger's code; only Ctrl-C and our own errors pass through."""
    try:
        return function(*args, **kwargs)
    except (ZhixingError, KeyboardInterrupt):
        raise
    except BaseException as error:  # what a stranger's code raises is unknowable; its text may not even be printable
        raise PluginError(f"{type(error).__name__} when the planner {what}", hint="Ask who wrote it.") from error


def _is_text(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _MAX_TEXT and text.isprintable()


def _is_decision(decision: object) -> bool:
    return (
        isinstance(decision, Decision)
        and decision.action in get_args(Action)
        and _is_text(decision.rule)
        and isinstance(decision.object_id, int | np.integer)
        and abs(int(decision.object_id)) < 2**63
        and isinstance(decision.say, Localized)
        and all(_is_text(decision.say.in_lang(lang)) for lang in LANGS)
    )
