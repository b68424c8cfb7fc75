"""What a world is: a scene to look at and a step to take."""

from __future__ import annotations

from typing import Protocol

from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, Scene

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
