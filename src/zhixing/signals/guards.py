"""Who stands in the door: rules as data, judged by one pure function.

A rule looks at the request (path, value, direction, zone) and at the car (moving, raining, ...). The strictest rule
that applies wins: forbid before confirm before free. Where the car's state is unknown, it counts as moving.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.signal import SetRequest, Source, Value, Zone
from zhixing.errors import ConfigError
from zhixing.signals.catalogue import expand

SPEED = "Vehicle.Speed"
_GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"
_RAIN = "Vehicle.Body.Raindetection.Intensity"
_AIR_CONDITIONING = "Vehicle.Cabin.HVAC.IsAirConditioningActive"
_WINDOW_LOCK = "Vehicle.Cabin.IsWindowChildLockEngaged"
_PARK = 126
_DOOR_LOCKS = tuple(expand("Vehicle.Cabin.Door.Row2.{DriverSide,PassengerSide}.IsChildLockActive"))
STATES_THAT_FORBID = frozenset((SPEED, _GEAR, _RAIN, _WINDOW_LOCK, *_DOOR_LOCKS))
"""Signals that turn what was free into what is forbidden: when the car drives off, or a child lock is set."""
_WINDOWS = tuple(expand("Vehicle.Cabin.Door.{Row1,Row2}.{DriverSide,PassengerSide}.Window.Position"))

_DRIVER = "Vehicle.ADAS.AutomatedDriving"
_LEFT_TURN, _RIGHT_TURN = f"{_DRIVER}.LeftTurnDistance", f"{_DRIVER}.RightTurnDistance"
_STYLES = ("CALM", "NORMAL", "BRISK")
_LARGER_IS_CALMER = frozenset((f"{_DRIVER}.Headway",))

INPUTS = STATES_THAT_FORBID | {_AIR_CONDITIONING, _LEFT_TURN, _RIGHT_TURN, *_WINDOWS}
"""All signals that a rule's condition reads: who could report them could have everything granted."""

State = Mapping[str, Value]
Setters = Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule may look at.

    Attributes:
        state: Current values by path.
        batch: What is asked together.
        setters: By which way each signal was last set, where it was.
        wanted: What has been granted and is not reported yet, by path.
    """

    state: State
    batch: Sequence[SetRequest]
    setters: Setters
    wanted: State


Condition = Callable[[SetRequest, Circumstances], bool]


@dataclass(frozen=True, slots=True)
class Forbid:
    """A rule forbids it."""

    rule: str
    say: Localized


@dataclass(frozen=True, slots=True)
class Confirm:
    """One or more rules want a yes first; ``say`` asks for all of them."""

    rules: tuple[str, ...]
    say: Localized


Judgement = Forbid | Confirm | None


def _number(state: State, path: str) -> float:
    value = state.get(path)
    return float(value) if isinstance(value, int | float) else math.nan


def _is_moving(state: State) -> bool:
    return not abs(_number(state, SPEED)) <= 0.0


def _is_out_of_park(state: State) -> bool:
    return _is_moving(state) or _number(state, _GEAR) != _PARK


def _are_all_windows_to_be_open(now: Circumstances) -> bool:
    """Return whether no window would be left shut, counting what is open, wanted and asked now."""
    expected = {**now.state, **now.wanted, **{request.path: request.value for request in now.batch}}
    return all(not _number(expected, path) <= 0.0 for path in _WINDOWS)


def _is_on(now: Circumstances, path: str) -> bool:
    return now.state.get(path) is not False or now.wanted.get(path) is True


def _is_or_will_be_on(now: Circumstances, path: str) -> bool:
    """Return whether a switch is on, or is about to be: what is wanted and asked now only adds to what is."""
    return _is_on(now, path) or any(request.path == path and request.value is True for request in now.batch)


def _is_door_child_locked(request: SetRequest, now: Circumstances) -> bool:
    return now.state.get(f"{request.path.rpartition('.')[0]}.IsChildLockActive") is not False


def _is_door_locked(request: SetRequest, now: Circumstances) -> bool:
    return now.state.get(f"{request.path.rpartition('.')[0]}.IsLocked") is not False


_CONDITIONS: dict[str, Condition] = {
    "always": lambda _, __: True,
    "moving": lambda _, now: _is_moving(now.state),
    "moving-or-out-of-park": lambda _, now: _is_out_of_park(now.state),
    "raining": lambda _, now: not _number(now.state, _RAIN) <= 0.0,
    "faster-than-80": lambda _, now: not abs(_number(now.state, SPEED)) <= 80.0,
    "air-conditioning-on": lambda _, now: _is_or_will_be_on(now, _AIR_CONDITIONING),
    "window-child-lock": lambda _, now: _is_or_will_be_on(now, _WINDOW_LOCK),
    "door-child-lock": _is_door_child_locked,
    "door-locked": _is_door_locked,
    "all-windows-to-be-open": lambda _, now: _are_all_windows_to_be_open(now),
    "no-left-turn-ahead": lambda _, now: not _number(now.state, _LEFT_TURN) > 0.0,
    "no-right-turn-ahead": lambda _, now: not _number(now.state, _RIGHT_TURN) > 0.0,
    "set-by-the-car": lambda request, now: now.setters.get(request.path) == "system",
}
"""What a rule may ask about the car; unknown states count as the more dangerous ones."""

_OUTSIDE = "outside"

_SWITCHES = {_AIR_CONDITIONING: "air-conditioning-on", _WINDOW_LOCK: "window-child-lock"}
"""Actuators that make conditions true, when on."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: Stable, in kebab-case.
        verdict: What it says.
        paths: Signals it is about; ``*`` in a path stands for any text between two dots, ``**`` for any text.
        exempt: Signals that ``paths`` would mean and that it is not about; the same way.
        when: Names of conditions that must all hold.
        to: ``any`` value, one or several values, ``opening`` (further from shut, or across it), ``above-25`` or
            ``livelier`` (a brisker style, a smaller gap, a higher speed).
        zones: Who it is about; empty means everybody.
        is_outside: It is only about who asks from no seat: other programs.
        say: Why, and what is possible instead.
        source: Where the rule comes from.
    """

    name: str
    verdict: Literal["forbid", "confirm"]
    paths: frozenset[str]
    exempt: frozenset[str]
    when: tuple[str, ...]
    to: Value | tuple[Value, ...]
    zones: frozenset[Zone]
    is_outside: bool
    say: Localized
    source: str

    def applies(self, request: SetRequest, now: Circumstances) -> bool:
        """Return whether the rule is about this request, now. The path is looked at by the caller.

        Who sits nowhere is judged as strictly as whoever is judged most strictly.
        """
        if self.is_outside and request.zone is not None:
            return False
        if self.zones and request.zone is not None and request.zone not in self.zones:
            return False
        return self._is_direction(request, now.state) and all(_CONDITIONS[name](request, now) for name in self.when)

    def _is_direction(self, request: SetRequest, state: State) -> bool:
        value = request.value
        match self.to:
            case "any":
                return value != state.get(request.path)
            case "opening":
                now = _number(state, request.path)
                return not (isinstance(value, int | float) and (0 <= value <= now or now <= value <= 0))
            case "above-25":
                return not (isinstance(value, int | float) and value <= max(25.0, _number(state, request.path)))
            case "livelier":
                return _is_livelier(request, state)
            case tuple(wanted):
                return any(type(value) is type(one) and value == one for one in wanted)
            case wanted:
                return type(value) is type(wanted) and value == wanted


def _is_livelier(request: SetRequest, state: State) -> bool:
    """Return whether somebody wants to be driven less calmly than now; what cannot be compared counts as that."""
    now, wanted = state.get(request.path), request.value
    if wanted in _STYLES and now in _STYLES:
        return _STYLES.index(str(wanted)) > _STYLES.index(str(now))
    if isinstance(now, int | float) and isinstance(wanted, int | float):
        return not (wanted >= now if request.path in _LARGER_IS_CALMER else wanted <= now)
    return True


class Guards:
    """All rules, found by path.

    Args:
        rules: In any order; for each request the strictest that applies wins, forbid before confirm.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.verdict != "forbid"))
        self._when = {rule.name: rule.when for rule in self.rules}
        self._patterns = tuple((_either(rule.paths), _either(rule.exempt)) for rule in self.rules)
        self._by_path: dict[str, tuple[Rule, ...]] = {}

    def rules_for(self, path: str) -> tuple[Rule, ...]:
        """Return the rules that are about a signal, those that forbid first."""
        if path not in self._by_path:
            self._by_path[path] = tuple(
                rule
                for rule, (paths, exempt) in zip(self.rules, self._patterns, strict=True)
                if paths.fullmatch(path) and not exempt.fullmatch(path)
            )
        return self._by_path[path]

    def looks_at_motion(self, name: str) -> bool:
        """Return whether a rule depends on whether the car moves."""
        return any(condition.startswith(("moving", "faster")) for condition in self._when[name])

    def judge(self, now: Circumstances, accepted: frozenset[str] = frozenset()) -> tuple[Judgement, ...]:
        """Return for each request of the batch what the rules say; None is free.

        What switches on the very thing that another request is asked about waits for the same yes.

        Args:
            now: What is asked, of which car. The car's own systems (``source`` is ``system``) are not judged.
            accepted: Rules whose question has been answered with yes.
        """
        verdicts = tuple(self._judge_one(request, now, accepted) for request in now.batch)
        asking = tuple(verdict for verdict in verdicts if isinstance(verdict, Confirm))
        if not asking:
            return verdicts
        return tuple(
            verdict or self._asked_along(request, now, asking)
            for request, verdict in zip(now.batch, verdicts, strict=True)
        )

    def _judge_one(self, request: SetRequest, now: Circumstances, accepted: frozenset[str]) -> Judgement:
        if request.source == "system":
            return None
        asking: list[Rule] = []
        for rule in self.rules_for(request.path):
            if rule.name in accepted or not rule.applies(request, now):
                continue
            if rule.verdict == "forbid":
                return Forbid(rule.name, rule.say)
            asking.append(rule)
        if not asking:
            return None
        zh, en, de = ([rule.say.in_lang(lang) for rule in asking] for lang in ("zh", "en", "de"))
        return Confirm(tuple(rule.name for rule in asking), Localized("".join(zh), " ".join(en), " ".join(de)))

    def _asked_along(self, request: SetRequest, now: Circumstances, asking: Sequence[Confirm]) -> Confirm | None:
        condition = _SWITCHES.get(request.path)
        if condition is None or request.value is not True or request.source == "system" or _is_on(now, request.path):
            return None
        return next((one for one in asking if any(condition in self._when[rule] for rule in one.rules)), None)


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return what matches any of the paths; nothing where there is none."""
    parts = [re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", r"[^.]*") for pattern in patterns]
    return re.compile("|".join(parts) if parts else r"(?!)")


@lru_cache(maxsize=1)
def load_guards() -> Guards:
    """Return the rules of this car.

    Raises:
        ConfigError: The file contradicts itself.
    """
    text = resources.files("zhixing.signals").joinpath("guards.yaml").read_text("utf-8")
    return parse_guards(yaml.safe_load(text))


def parse_guards(entries: Mapping[str, Mapping[str, Any]]) -> Guards:
    """Return the guards that entries describe.

    Raises:
        ConfigError: A key, condition or zone is unknown, or a language is absent.
    """
    rules = []
    for name, entry in entries.items():
        try:
            rule = Rule(
                name=name,
                verdict=entry["verdict"],
                paths=frozenset(path for pattern in entry["paths"] for path in expand(pattern)),
                exempt=frozenset(path for pattern in entry.get("exempt", ()) for path in expand(pattern)),
                when=tuple(entry.get("when", ["always"])),
                to=tuple(to) if isinstance(to := entry.get("to", "any"), list) else to,
                zones=frozenset(Zone(zone) for zone in entry.get("zones", []) if zone != _OUTSIDE),
                is_outside=_OUTSIDE in entry.get("zones", []),
                say=Localized(**entry["say"]),
                source=entry["source"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"rule {name}: {error}", hint="Compare it with its neighbours in guards.yaml.") from error
        unknown = set(rule.when) - set(_CONDITIONS)
        if unknown or rule.verdict not in {"forbid", "confirm"} or not re.fullmatch(r"[a-z0-9-]+", name):
            raise ConfigError(f"rule {name}: verdict {rule.verdict!r} or condition {sorted(unknown)} is unknown")
        rules.append(rule)
    return Guards(rules)
