"""The driver of software as a provider of signals: what people wish of it comes in by the store, like any wish.

It provides ``Vehicle.ADAS.AutomatedDriving`` and reports a wish as done only when the ride has taken it on. A car that
nobody of software drives has no provider for these signals, so its assistant can promise nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

from zhixing.datatypes.driving_wish import USUAL_HEADWAY_S, DrivingStyle, DrivingWish, Manoeuvre
from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import mps_from_kmh
from zhixing.errors import ProvidedError
from zhixing.runtime.ride import Ride
from zhixing.signals.store import SignalStore

BRANCH = "Vehicle.ADAS.AutomatedDriving"
STYLE, HEADWAY, MAX_SPEED, MANOEUVRE = (f"{BRANCH}.{name}" for name in ("Style", "Headway", "MaxSpeed", "Manoeuvre"))
_TURNS: tuple[tuple[str, Manoeuvre], ...] = (
    (f"{BRANCH}.LeftTurnDistance", "turn-left"),
    (f"{BRANCH}.RightTurnDistance", "turn-right"),
)
_FIRST: dict[str, Value] = {STYLE: "NORMAL", HEADWAY: USUAL_HEADWAY_S["normal"], MAX_SPEED: 120.0, MANOEUVRE: "NONE"}
_FASTEST_KMH = 120.0
"""At the limit of the signal nothing is capped: the law is left to the planner."""
_TURNS_EVERY_STEPS = 5
_NAME = "driver"


class DriverSignals:
    """Between a store and a ride.

    Args:
        store: Whose signals it provides; where its catalogue lacks them, or another provides them, nothing is wished.
        ride: Who drives.
    """

    def __init__(self, store: SignalStore, ride: Ride) -> None:
        self._store = store
        self._ride = ride
        self._values = dict(_FIRST)
        self._wanted: dict[str, Value] = {}
        self._num_steps = 0
        self._release: Callable[[], None] | None = None
        paths = [*_FIRST, *(path for path, _ in _TURNS)]
        if any(path not in store.catalogue for path in paths):
            return
        try:
            self._release = store.provide(paths, self._want, _NAME)
        except ProvidedError:  # the vehicle underneath has a driver of its own
            return
        for path, value in _FIRST.items():
            self._publish(path, value)
        self._tell_turns()

    def step(self) -> None:
        """Hand on what is wished since the last step, and report what has come of it."""
        if self._release is None:
            return
        wanted, self._wanted = self._wanted, {}
        for path, value in wanted.items():
            if path == MANOEUVRE and not self._ride.begin(_manoeuvre(value)):
                self._store.give_up(path)  # what was possible when it was asked for is not any more
            elif path != MANOEUVRE:
                self._publish(path, value)
        self._ride.wish = wish_of(self._values)
        now = self._ride.manoeuvre.upper().replace("-", "_")
        if now != self._values[MANOEUVRE] or MANOEUVRE in wanted:
            self._publish(MANOEUVRE, now)
        if self._num_steps % _TURNS_EVERY_STEPS == 0:
            self._tell_turns()
        self._num_steps += 1

    def close(self) -> None:
        """Drive no more: the signals are stale."""
        if self._release is not None:
            self._release()
            self._release = None

    def _want(self, path: str, value: Value) -> None:
        self._wanted[path] = value

    def _publish(self, path: str, value: Value) -> None:
        self._values[path] = value
        self._store.publish(path, value, self._store.now_ns(), _NAME)

    def _tell_turns(self) -> None:
        for path, turn in _TURNS:
            distance_m = self._ride.turn_in_m(turn)
            self._store.publish(path, round(distance_m or 0.0), self._store.now_ns(), _NAME)


def wish_of(values: dict[str, Value]) -> DrivingWish:
    """Return what a driver shall heed, of the values of its signals.

    Example:
        >>> wish_of({STYLE: "CALM", HEADWAY: 1.5, MAX_SPEED: 36.0})
        DrivingWish(style='calm', headway_s=1.5, max_speed_mps=10.0, overtakes=False)
    """
    style = cast("DrivingStyle", str(values[STYLE]).lower())
    headway_s, max_kmh = float(values[HEADWAY]), float(values[MAX_SPEED])
    is_usual = style == "normal" and headway_s == USUAL_HEADWAY_S["normal"]
    return DrivingWish(
        style=style,
        headway_s=None if is_usual else headway_s,  # what people have been told is what the planner hears
        max_speed_mps=math.inf if max_kmh >= _FASTEST_KMH else mps_from_kmh(max_kmh),
    )


def _manoeuvre(value: Value) -> Manoeuvre:
    return cast("Manoeuvre", str(value).lower().replace("_", "-"))
