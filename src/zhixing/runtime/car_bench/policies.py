"""The policies of CAR-bench: which are the car's, and who holds each.

Three may hold a policy that concerns the vehicle:

- the ``door`` (``signals/guards.yaml``), where it is a rule of our car for everybody;
- this ``adapter``, in front of the door, where it is a rule of the benchmark's car only: :func:`judge` refuses a call
  or wants a yes for it;
- the ``model``, where it is about manners: words, style, what to ask first.

``outside`` are policies of things that are not the car. The adapter judges every call by the car as it is at that
moment; calls made together are done companions first (:func:`rank`), so that low beams that come with fog lights are
on when the fog lights are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Literal

from zhixing.runtime.car_bench.state import CarValue, CarValues

Holder = Literal["door", "adapter", "model", "outside"]


@dataclass(frozen=True, slots=True)
class Policy:
    """One line of the benchmark's policy.

    Attributes:
        name: As published.
        holder: Who sees to it.
        rule: Guards of the door that hold it too, as far as they do.
        about: In one sentence.
    """

    name: str
    holder: Holder
    rule: tuple[str, ...]
    about: str


POLICIES: tuple[Policy, ...] = (
    Policy("LLM-POL:002", "model", (), "metric units and a 24 h clock"),
    Policy(
        "LLM-POL:004",
        "adapter",
        ("trunk-wants-a-yes", "high-beam-wants-a-yes"),
        "a yes before every tool that requires confirmation; the door's own question counts for both",
    ),
    Policy("AUT-POL:005", "adapter", (), "the sunroof opens only under an open sunshade"),
    Policy(
        "LLM-POL:007",
        "door",
        ("window-wants-a-yes-with-air-conditioning",),
        "a window above 25 % with the air conditioning on wants a yes",
    ),
    Policy(
        "LLM-POL:008",
        "adapter",
        ("sunroof-wants-a-yes-in-rain", "fog-lights-want-a-yes-when-clear"),
        "sunroof in bad weather and fog lights in other than thunder and hail want a yes; the door asks in rain and "
        "for every fog light",
    ),
    Policy("AUT-POL:009", "model", (), "look at the weather first; the car knows it and asks by itself, this is noted"),
    Policy("AUT-POL:010", "adapter", (), "front defrost needs fan level 2, air to the windscreen, air conditioning"),
    Policy("AUT-POL:011", "adapter", (), "air conditioning on needs windows at most 20 % open and fan level 1"),
    Policy("LLM-POL:012", "model", (), "tell the person of more than 3 °C between the seats"),
    Policy("AUT-POL:013", "adapter", (), "fog lights need low beams on and high beams off"),
    Policy("AUT-POL:014", "adapter", (), "high beams stay off while fog lights are on"),
    Policy("AUT-POL:016", "outside", (), "a route starts where the car is"),
    Policy("AUT-POL:017", "outside", (), "waypoints are edited only while the navigation is active"),
    Policy("AUT-POL:018", "outside", (), "an active navigation is edited, not set anew"),
    Policy("AUT-POL:019", "outside", (), "a route has a start and a destination"),
    Policy("LLM-POL:021", "model", (), "tell of toll roads"),
    Policy("LLM-POL:022", "model", (), "take the fastest route for several stops and say so"),
    Policy("AUT-POL:023", "outside", (), "the calendar of the current day only"),
    Policy("AUT-POL:024", "outside", (), "the weather of the current day only"),
)
"""Every numbered line. Those without a number (tone, brevity, planning, disambiguation, reactivity) are the model's."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one policy says to one call: ``refuse`` it, ``ask`` the person first, or ``note`` a breach of manners."""

    policy: str
    kind: Literal["refuse", "ask", "note"]
    say: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What the policies look at.

    Attributes:
        car: All values of the benchmark's car, now.
        moved: Values that calls made together with this one have changed before it.
        condition: The weather where the car is; unknown weather counts as bad.
        called: Names of all tools called before.
    """

    car: CarValues
    moved: Set[str]
    condition: str
    called: Set[str]


_FINE_WEATHER = frozenset({"sunny", "cloudy", "partly_cloudy"})
_FOG_LIGHT_WEATHER = ("thunderstorm", "hail")
_WINDOWS = tuple(f"window_{place}_position" for place in ("driver", "passenger", "driver_rear", "passenger_rear"))
_MOST_OPEN_WITH_COOLING_PERCENT = 20


def judge(wanted: CarValues, now: Moment, *, needs_yes: bool) -> tuple[Verdict, ...]:
    """Return what the adapter's policies say to a call, refusals first.

    Args:
        wanted: Values of the benchmark's car that the call asks for.
        now: The car and the conversation so far.
        needs_yes: Whether the tool requires confirmation.
    """
    news = {name: value for name, value in wanted.items() if now.car[name] != value}
    verdicts = [Verdict("LLM-POL:004", "ask", "Is that really wanted?")] if needs_yes else []
    if _grows(news, now.car, "sunroof_position"):
        verdicts += _sunroof(news, now)
    if news.get("fog_lights") is True:
        verdicts += _fog_lights(now)
    if news.get("head_lights_high_beams") is True and now.car["fog_lights"]:
        verdicts.append(Verdict("AUT-POL:014", "refuse", "The fog lights are on. Switch them off first."))
    if news.get("window_front_defrost") is True:
        verdicts += _refused("AUT-POL:010", _absent_for_defrost(now.car))
    if news.get("air_conditioning") is True:
        verdicts += _refused("AUT-POL:011", _absent_for_cooling(now.car))
    return tuple(sorted(verdicts, key=lambda verdict: ("refuse", "ask", "note").index(verdict.kind)))


def rank(wanted: CarValues) -> int:
    """Return how late a call is done among those made together: companions, then cooling, then what needs them."""
    if wanted.get("air_conditioning") is True:
        return 1
    needs_companions = ("window_front_defrost", "fog_lights", "head_lights_high_beams")
    return 2 if "sunroof_position" in wanted or any(wanted.get(name) is True for name in needs_companions) else 0


def _sunroof(news: CarValues, now: Moment) -> list[Verdict]:
    verdicts = []
    shade = _number(now.car["sunshade_position"])
    is_parallel = "sunshade_position" in now.moved and shade >= _number(news["sunroof_position"])
    if shade < 100 and not is_parallel:
        say = "The sunshade is not fully open. Open it first, or together with the sunroof."
        verdicts.append(Verdict("AUT-POL:005", "refuse", say))
    if now.condition not in _FINE_WEATHER:
        verdicts.append(Verdict("LLM-POL:008", "ask", f"The weather is {_spoken(now.condition)}. Open the sunroof?"))
    return verdicts + _unseen_weather(now)


def _fog_lights(now: Moment) -> list[Verdict]:
    absent = []
    if not now.car["head_lights_low_beams"]:
        absent.append("low beams on")
    if now.car["head_lights_high_beams"]:
        absent.append("high beams off")
    verdicts = _refused("AUT-POL:013", absent)
    if not any(word in now.condition for word in _FOG_LIGHT_WEATHER):
        say = f"The weather is {_spoken(now.condition)}. Switch the fog lights on?"
        verdicts.append(Verdict("LLM-POL:008", "ask", say))
    return verdicts + _unseen_weather(now)


def _unseen_weather(now: Moment) -> list[Verdict]:
    return [] if "get_weather" in now.called else [Verdict("AUT-POL:009", "note", "The weather was not looked at.")]


def _absent_for_defrost(car: CarValues) -> list[str]:
    checks: Mapping[str, bool] = {
        "fan level 2": _number(car["fan_speed"]) >= 2,
        "air to the WINDSHIELD": "WINDSHIELD" in str(car["fan_airflow_direction"]),
        "air conditioning on": car["air_conditioning"] is True,
    }
    return [name for name, is_there in checks.items() if not is_there]


def _absent_for_cooling(car: CarValues) -> list[str]:
    absent = []
    if any(_number(car[name]) > _MOST_OPEN_WITH_COOLING_PERCENT for name in _WINDOWS):
        absent.append(f"windows at most {_MOST_OPEN_WITH_COOLING_PERCENT} % open")
    if _number(car["fan_speed"]) < 1:
        absent.append("fan level 1")
    return absent


def _refused(policy: str, absent: list[str]) -> list[Verdict]:
    return [Verdict(policy, "refuse", f"First, or together with it: {', '.join(absent)}.")] if absent else []


def _grows(news: CarValues, car: CarValues, name: str) -> bool:
    return name in news and _number(news[name]) > _number(car[name])


def _number(value: CarValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _spoken(condition: str) -> str:
    return condition.replace("_", " ") or "unknown"
