"""Wishes how the car shall drive, as requests at the door: within its bounds, and only where it drives itself.

The signals are those of ``Vehicle.ADAS.AutomatedDriving``; a car that nobody of software drives has none of them, and
driving stays with the person at the wheel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from zhixing.cockpit.wishes import ByHand, Grounded, Read, Wish
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.driving_wish import (
    LEAST_HEADWAY_S,
    MOST_HEADWAY_S,
    SLOWEST_MPS,
    USUAL_HEADWAY_S,
    DrivingStyle,
)
from zhixing.datatypes.signal import Leaf, SetRequest, Value, Zone
from zhixing.datatypes.units import kmh_from_mps

_BRANCH = "Vehicle.ADAS.AutomatedDriving"
STYLE, HEADWAY, MAX_SPEED, MANOEUVRE = (f"{_BRANCH}.{name}" for name in ("Style", "Headway", "MaxSpeed", "Manoeuvre"))
_TURNS = {"turn_left": f"{_BRANCH}.LeftTurnDistance", "turn_right": f"{_BRANCH}.RightTurnDistance"}
_SPEED = "Vehicle.Speed"
_STYLES: tuple[DrivingStyle, ...] = ("calm", "normal", "brisk")
_MANOEUVRES = {
    "overtake": "OVERTAKE",
    "pull_over": "PULL_OVER",
    "turn_left": "TURN_LEFT",
    "turn_right": "TURN_RIGHT",
    "stay": "NONE",
    "go_on": "NONE",
}
_GAP_STEP_S, _SPEED_STEP_KMH, _SPEED_GRAIN_KMH = 0.5, 10.0, 5.0
_FINE_BELOW_KMH = 30.0
"""Below this a step is half as large."""
_UNCAPPED_KMH, _SLOWEST_KMH = 120.0, round(kmh_from_mps(SLOWEST_MPS))
_TOWN_KMH = 40.0
"""What "slower" starts from at least: who says so in a queue does not want to creep when it is over."""
_TURN_GRAIN_M, _HERE_M = 10.0, 25.0
"""Nearer than the second nobody needs to hear a distance."""


def drives_itself(catalogue: Mapping[str, Leaf]) -> bool:
    """Return whether a driver of software reports that it can be wished for something.

    Args:
        catalogue: The signals whose values are known now.
    """
    return STYLE in catalogue and MANOEUVRE in catalogue


def is_pulled_over(catalogue: Mapping[str, Leaf], read: Read) -> bool:
    """Return whether the car stops, or stands, at the edge because somebody wished it."""
    return drives_itself(catalogue) and read(MANOEUVRE) == "PULL_OVER"


def ground_driving(intent: Intent, zone: Zone, catalogue: Mapping[str, Leaf], read: Read) -> Grounded:
    """Return what a ``drive`` intent asks of the door.

    Args:
        intent: With the slot ``wish``.
        zone: Who speaks.
        catalogue: The signals of the car.
        read: The values that relative wishes start from.
    """
    if not drives_itself(catalogue):
        return ByHand(intent=intent, device="driving")
    wish = str(dict(intent.slots)["wish"])
    if wish in _MANOEUVRES:
        return _manoeuvre(intent, wish, zone, catalogue, read)
    values, key, shown = _values(wish, intent.value, read)
    requests = tuple(SetRequest(path=path, value=value, zone=zone, source="voice") for path, value in values.items())
    return Wish(intent=intent, requests=requests, device="driving", places=(key,), value=shown)


def _manoeuvre(intent: Intent, wish: str, zone: Zone, catalogue: Mapping[str, Leaf], read: Read) -> Wish:
    wanted = _MANOEUVRES[wish]
    key, shown = wish, 0.0
    if wish in _TURNS and _TURNS[wish] in catalogue:
        distance_m = float(read(_TURNS[wish]))
        key = f"{wish}_here" if distance_m < _HERE_M else wish
        shown = round(distance_m / _TURN_GRAIN_M) * _TURN_GRAIN_M
    request = SetRequest(path=MANOEUVRE, value=wanted, zone=zone, source="voice")
    return Wish(intent=intent, requests=(request,), device="driving", places=(key,), value=shown)


def _values(wish: str, said: Value | None, read: Read) -> tuple[dict[str, Value], str, Value]:
    """Return the values by path, the name of the sentence about them, and the number in it."""
    match wish:
        case "closer" | "farther":
            step_s = -_GAP_STEP_S if wish == "closer" else _GAP_STEP_S
            gap_s = min(max(round(float(read(HEADWAY)) + step_s, 1), LEAST_HEADWAY_S), MOST_HEADWAY_S)
            return {HEADWAY: gap_s}, wish, gap_s
        case "headway":
            return {HEADWAY: float(cast("float", said))}, wish, float(cast("float", said))
        case "max_speed":
            return {MAX_SPEED: float(cast("float", said))}, wish, float(cast("float", said))
        case "slower":
            cap_kmh = _slower_kmh(float(read(MAX_SPEED)), float(read(_SPEED)))
            return {MAX_SPEED: cap_kmh}, wish, cap_kmh
        case "faster":
            return _faster(read)
        case "normal":
            return {STYLE: "NORMAL", HEADWAY: USUAL_HEADWAY_S["normal"], MAX_SPEED: _UNCAPPED_KMH}, wish, ""
        case _:
            style = cast("DrivingStyle", wish)
            return {STYLE: style.upper(), HEADWAY: USUAL_HEADWAY_S[style]}, wish, USUAL_HEADWAY_S[style]


def _slower_kmh(cap_kmh: float, speed_kmh: float) -> float:
    """Return a cap below the one there is, and below the speed now."""
    base_kmh = min(cap_kmh, max(speed_kmh, _TOWN_KMH))
    step_kmh = _SPEED_STEP_KMH if base_kmh > _FINE_BELOW_KMH else 0.5 * _SPEED_STEP_KMH
    slower_kmh = (base_kmh - step_kmh) // _SPEED_GRAIN_KMH * _SPEED_GRAIN_KMH
    return max(slower_kmh, float(_SLOWEST_KMH))


def _faster(read: Read) -> tuple[dict[str, Value], str, Value]:
    """Return what "faster" asks: first a higher cap, then a brisker style; never more than the law and the check."""
    cap_kmh = float(read(MAX_SPEED))
    if cap_kmh < _UNCAPPED_KMH:
        faster_kmh = min(cap_kmh + _SPEED_STEP_KMH, _UNCAPPED_KMH)
        return {MAX_SPEED: faster_kmh}, "faster", faster_kmh
    now = _STYLES.index(cast("DrivingStyle", str(read(STYLE)).lower()))
    style = _STYLES[min(now + 1, len(_STYLES) - 1)]
    gap_s: dict[str, Value] = {} if style == _STYLES[now] else {HEADWAY: USUAL_HEADWAY_S[style]}
    return {STYLE: style.upper(), **gap_s}, "livelier", ""
