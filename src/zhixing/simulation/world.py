"""What a world is: a scene to look at and a step to take."""

from __future__ import annotations

from typing import Protocol

from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import Tracks

STEP_S = 0.1
STEP_NS = 100_000_000


class World(Protocol):
    """A world in which the ego moves by the kinematic bicycle model and the others by their own minds or a record."""

    @property
    def road(self) -> Road:
        """The map; it never changes."""
        ...

    @property
    def body(self) -> EgoBody:
        """The ego's size and limits."""
        ...

    def scene(self) -> Scene:
        """Return what is there now."""
        ...

    def step(self, control: Control) -> None:
        """Move everything on by ``STEP_S``."""
        ...


class ScenarioWorld(World, Protocol):
    """A world in which a task can be driven from start to end.

    Rows are those of the scenario's background, in its order.
    """

    @property
    def ego(self) -> EgoState:
        """Where the ego is."""
        ...

    @property
    def time_ns(self) -> int:
        """Now."""
        ...

    def boxes(self) -> tuple[FloatArray, BoolArray, FloatArray]:
        """Return (rows, 5) boxes, (rows,) who is there, and (rows,) speeds now."""
        ...

    def appeared(self) -> BoolArray:
        """Return (rows,) who is there now and was not a step ago."""
        ...

    def remove(self, row: int) -> None:
        """Take somebody out of the scene from the next step on."""
        ...

    def recorded_until_now(self) -> Tracks:
        """Return the others as they really moved, from the first step on."""
        ...

    def braked_for_ego(self) -> int | None:
        """Return how many had to brake hard for the ego, None where nobody counts."""
        ...


class EndlessWorld(World, Protocol):
    """A world in which the ride never ends: it gives one goal after the other and mends what would end it."""

    may_stand: bool
    """Whether somebody in the ego wants it to stand, so that standing is not being stuck."""

    def briefing(self, goal: Goal | None = None) -> Briefing:
        """Return the next task: a given goal, or one some streets on."""
        ...

    def needs_briefing(self) -> bool:
        """Return whether the ego was put elsewhere, so that its planner must be briefed anew."""
        ...

    def has_arrived(self) -> bool:
        """Return whether that was because the ego drove to an end of the map."""
        ...

    def event_counts(self) -> dict[str, int]:
        """Return how often what went wrong so far."""
        ...

    def close(self) -> None:
        """Let go of whatever moves the others."""
        ...
