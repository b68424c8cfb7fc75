"""What moves by motor: how fast, where it is exactly, and what it does when something is in its way."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from zhixing.datatypes.signal import Value
from zhixing.errors import InputError
from zhixing.signals.catalogue import Catalogue

_RATES_PER_S: tuple[tuple[str, float], ...] = (
    (".Window.Position", 25.0),
    ("Sunroof.Position", 20.0),
    ("Shade.Position", 25.0),
    ("Trunk.Rear.Position", 25.0),
    ("Trunk.Front.Position", 25.0),
    ("Hood.Position", 25.0),
    (".Position", 30.0),
    (".Backrest.Recline", 6.0),
    (".Tilt", 20.0),
    (".Extension", 20.0),
    (".Pan", 40.0),
)
"""What moves by motor, by the end of its path, in its own unit a second: a window takes 4 s, a seat rail 10 s."""

_TRAVEL_MM: tuple[tuple[str, float], ...] = (
    (".Window.Position", 450.0),
    ("Sunroof.Position", 400.0),
    ("Trunk.Rear.Position", 1000.0),
    ("Trunk.Front.Position", 700.0),
    ("Hood.Position", 700.0),
)
"""What can pinch, and how far its edge goes from shut to open; typical of a compact SUV."""

_STIFFNESS_N_PER_MM = 10.0
"""How hard what is in the way pushes back: the instrument of UN R21 annex 9 (the rods of FMVSS 118 are stiffer)."""
_REACTION_S = 0.03
"""From the first touch to a motor that stands: three periods of a controller that looks at its current at 100 Hz."""
_REVERSED_MM, _FURTHER_MM = 200.0, 50.0
"""A reversed window lets a rod of 200 mm pass, and is 50 mm further open than where it turned: UN R21 5.8.3.1."""
_LEAST_PERCENT = 1.0
"""Of 450 mm this is the 4 mm below which UN R21 5.8.3 asks for no protection: there the seal begins."""
PINCH_LIMIT_N = 100.0
"""No pane may press harder before it turns, between 4 and 200 mm of opening: UN R21 5.8.3, GB 11552-2009."""


@dataclass(frozen=True, slots=True)
class Pinch:
    """A motor that met something and turned round.

    Attributes:
        path: Of its position.
        turned_at: Where it was when it turned, in the signal's unit.
        reopens_to: Where it goes instead, in the signal's unit.
        force_n: How hard it pressed at most.
    """

    path: str
    turned_at: float
    reopens_to: Value
    force_n: float


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a motor is after a step; ``pinch`` says that it has turned round in it."""

    value: Value
    is_there: bool
    pinch: Pinch | None = None


class Motors:
    """All motors of a car.

    Args:
        catalogue: Which signals there are.
        paths: Actuators that this car has.

    Example:
        >>> from zhixing.signals.catalogue import load_catalogue
        >>> window = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
        >>> motors = Motors(load_catalogue(), [window])
        >>> motors.obstruct(window, 30.0)
        >>> motors.move(window, 100.0, 0, dt_s=2.5).value
        37
        >>> motors.move(window, 37.0, 0, dt_s=0.4).pinch.reopens_to
        45
    """

    def __init__(self, catalogue: Catalogue, paths: Iterable[str]) -> None:
        self._rates: dict[str, float] = {}
        self._is_whole: dict[str, bool] = {}
        self._travel_mm: dict[str, float] = {}
        for path in paths:
            leaf = catalogue[path]
            rate = _by_ending(path, _RATES_PER_S)
            if rate is None or leaf.datatype in {"boolean", "string"} or leaf.allowed:
                continue
            self._rates[path] = rate
            self._is_whole[path] = leaf.datatype not in {"float", "double"}
            travel_mm = _by_ending(path, _TRAVEL_MM)
            if travel_mm is not None and leaf.unit == "percent" and not path.endswith("Shade.Position"):
                self._travel_mm[path] = travel_mm
        self._exact: dict[str, float] = {}
        self._obstructions: dict[str, float] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._rates

    def obstruct(self, path: str, at_percent: float) -> None:
        """Put something into the way of what closes.

        Args:
            path: Position of a window, the sunroof or a lid.
            at_percent: How far open it touches the thing; negative for a sunroof that is tilted.

        Raises:
            InputError: Nothing can be pinched there.
        """
        if path not in self._travel_mm:
            raise InputError(f"{path} pinches nothing", hint="Obstruct the position of a window, the sunroof or a lid.")
        if not _LEAST_PERCENT <= abs(at_percent) <= 100.0:
            raise InputError(f"nothing can be held at {at_percent} %", hint="Choose from 1 to 100 % open.")
        self._obstructions[path] = float(at_percent)

    def clear(self, path: str) -> None:
        """Take away what is in the way, if anything is."""
        self._obstructions.pop(path, None)

    def forget(self, path: str) -> None:
        """Take the reported place for the exact one: somebody has put it there."""
        self._exact.pop(path, None)

    def move(self, path: str, now: float, wanted: Value, dt_s: float, share: float = 1.0) -> Moved:
        """Move towards what is wanted and never beyond; turn round at what is in the way.

        Args:
            path: One of the motors.
            now: The place reported last.
            wanted: Where it shall be.
            dt_s: How long it moves.
            share: Of its rate, from 0 (it is stuck) to 1.

        Returns:
            The place as the signal's type has it; the exact one is kept.
        """
        exact = self._exact.get(path, now)
        goal = float(wanted) if isinstance(wanted, int | float) else exact
        rate = self._rates[path] * share
        most = rate * dt_s
        obstruction = self._obstructions.get(path)
        if obstruction is not None and rate > 0.0:
            turned = self._turned(path, exact, goal, obstruction, rate, dt_s)
            if turned is not None:
                return turned
        if abs(goal - exact) <= most:
            self._exact.pop(path, None)
            return Moved(wanted, is_there=True)
        exact += math.copysign(most, goal - exact)
        self._exact[path] = exact
        return Moved(self._as_reported(path, exact), is_there=False)

    def _turned(
        self, path: str, exact: float, goal: float, obstruction: float, rate: float, dt_s: float
    ) -> Moved | None:
        """Return what has become of a motor that met an obstruction in a step, None where it did not."""
        side = math.copysign(1.0, obstruction)
        squeeze = rate * _REACTION_S
        turn_at = abs(obstruction) - squeeze
        is_beyond = side * exact < turn_at
        reached = max(side * goal, side * exact - rate * dt_s)
        if is_beyond or not reached < turn_at:
            return None
        travel_mm = self._travel_mm[path]
        opening_mm = max(_REVERSED_MM, travel_mm * abs(obstruction) / 100.0 + _FURTHER_MM)
        reopens_to = min(100.0, math.ceil(100.0 * opening_mm / travel_mm)) if side > 0.0 else 100.0
        left_s = dt_s - (side * exact - turn_at) / rate
        place = min(reopens_to, turn_at + rate * left_s)
        self._exact[path] = side * place
        to: Value = int(side * reopens_to) if self._is_whole[path] else side * reopens_to
        pinch = Pinch(path, side * turn_at, to, _STIFFNESS_N_PER_MM * squeeze * travel_mm / 100.0)
        return Moved(self._as_reported(path, side * place), is_there=place == reopens_to, pinch=pinch)

    def _as_reported(self, path: str, exact: float) -> Value:
        return int(exact) if self._is_whole[path] else exact


def _by_ending(path: str, table: tuple[tuple[str, float], ...]) -> float | None:
    return next((value for ending, value in table if path.endswith(ending)), None)
