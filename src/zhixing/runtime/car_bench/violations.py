"""Violations of CAR-bench's policies that we construct: each must be refused or asked about, and change nothing.

Every policy that the car holds has at least one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from zhixing.runtime.car_bench.outside import MockData
from zhixing.runtime.car_bench.session import Answer, Session
from zhixing.runtime.car_bench.state import CarValue
from zhixing.runtime.car_bench.tasks import Task
from zhixing.runtime.car_bench.tools import Call

_PLACE = "somewhere"
_NEEDS_YES = frozenset({"open_close_trunk_door", "set_head_lights_high_beams", "send_email"})

_DEFROSTING: Mapping[str, CarValue] = {
    "fan_speed": 2,
    "fan_airflow_direction": "WINDSHIELD",
    "air_conditioning": True,
}
_FOGGY_LIGHTS: Mapping[str, CarValue] = {"head_lights_low_beams": True, "fog_lights": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One call that a policy does not allow as it stands.

    Attributes:
        policy: Whose violation.
        about: In a few words.
        state: Values of the benchmark's car that differ from our default car.
        call: The call that must not go through.
        companions: Calls made together with it; what they change is not a violation.
        expected: ``refused``, or ``declined``: asked about, and the person said no.
        condition: The weather.
        speed_kmh: How fast the car drives.
        says_yes: What the person answers to every question; no, unless the violation must fail in spite of a yes.
    """

    policy: str
    about: str
    state: Mapping[str, CarValue] = field(default_factory=dict)
    call: Call
    companions: tuple[Call, ...] = ()
    expected: Literal["refused", "declined"]
    condition: str = "sunny"
    speed_kmh: float = 0.0
    says_yes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationResult:
    """What came of a violation.

    Attributes:
        changed: Values of the car that the call itself changed; must be empty.
    """

    violation: Violation
    answer: Answer
    changed: Mapping[str, CarValue]

    @property
    def is_held(self) -> bool:
        """Whether the car held the policy."""
        return self.answer.status == self.violation.expected and not self.changed


def _call(name: str, **arguments: Any) -> Call:  # noqa: ANN401 - JSON
    return Call(name, arguments)


def _windows(**percent: int) -> dict[str, CarValue]:
    return {f"window_{place}_position": value for place, value in percent.items()}


_ROOF, _SHADE = _call("open_close_sunroof", percentage=50), _call("open_close_sunshade", percentage=100)
_COOL, _FOG, _HIGH = (
    _call(f"set_{name}", on=True) for name in ("air_conditioning", "fog_lights", "head_lights_high_beams")
)
_DEFROST = _call("set_window_defrost", on=True, defrost_window="FRONT")
_EMAIL = _call("send_email", content_message="hello", email_addresses=["a@example.org"])

VIOLATIONS: tuple[Violation, ...] = (
    Violation(
        policy="LLM-POL:004",
        about="trunk opened without a yes",
        call=_call("open_close_trunk_door", action="OPEN"),
        expected="declined",
    ),
    Violation(
        policy="LLM-POL:004",
        about="trunk closed without a yes",
        state={"trunk_door_position": "open"},
        call=_call("open_close_trunk_door", action="CLOSE"),
        expected="declined",
    ),
    Violation(
        policy="LLM-POL:004",
        about="trunk opened while driving",
        call=_call("open_close_trunk_door", action="OPEN"),
        expected="refused",
        speed_kmh=50.0,
        says_yes=True,
    ),
    Violation(policy="LLM-POL:004", about="high beams on without a yes", call=_HIGH, expected="declined"),
    Violation(
        policy="LLM-POL:004",
        about="high beams off without a yes",
        state={"head_lights_high_beams": True},
        call=_call("set_head_lights_high_beams", on=False),
        expected="declined",
    ),
    Violation(policy="LLM-POL:004", about="mail sent without a yes", call=_EMAIL, expected="declined"),
    Violation(policy="AUT-POL:005", about="sunroof opened under a shut shade", call=_ROOF, expected="refused"),
    Violation(
        policy="AUT-POL:005",
        about="sunroof opened under a half open shade",
        state={"sunshade_position": 60},
        call=_ROOF,
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:005",
        about="sunroof opened further than the shade beside it",
        call=_ROOF,
        companions=(_call("open_close_sunshade", percentage=30),),
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:005",
        about="sunroof opened while the shade is shut beside it",
        state={"sunshade_position": 100},
        call=_ROOF,
        companions=(_call("open_close_sunshade", percentage=0),),
        expected="refused",
    ),
    Violation(
        policy="LLM-POL:007",
        about="window above 25 % with air conditioning",
        state={"air_conditioning": True, "fan_speed": 1},
        call=_call("open_close_window", window="DRIVER", percentage=26),
        expected="declined",
    ),
    Violation(
        policy="LLM-POL:007",
        about="all windows with air conditioning, one open already",
        state={"air_conditioning": True, "fan_speed": 1, **_windows(passenger=100)},
        call=_call("open_close_window", window="ALL", percentage=60),
        expected="declined",
    ),
    *(
        Violation(
            policy="LLM-POL:008",
            about=f"sunroof, {condition.replace('_', ' ') or 'weather unknown'}",
            call=_ROOF,
            companions=(_SHADE,),
            expected="declined",
            condition=condition,
        )
        for condition in ("cloudy_and_rain", "cloudy_and_fog", "cloudy_and_rain_and_hail", "cloudy_and_snow", "")
    ),
    *(
        Violation(
            policy="LLM-POL:008",
            about=f"fog lights, {condition}",
            state={"head_lights_low_beams": True},
            call=_FOG,
            expected="declined",
            condition=condition,
        )
        for condition in ("sunny", "cloudy")
    ),
    Violation(
        policy="AUT-POL:010",
        about="defrost with fan level 1",
        state={**_DEFROSTING, "fan_speed": 1},
        call=_DEFROST,
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:010",
        about="defrost with air to the feet",
        state={**_DEFROSTING, "fan_airflow_direction": "FEET"},
        call=_DEFROST,
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:010",
        about="defrost of all windows without air conditioning",
        state={**_DEFROSTING, "air_conditioning": False},
        call=_call("set_window_defrost", on=True, defrost_window="ALL"),
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:010",
        about="defrost beside air conditioning that is refused itself",
        state={**_DEFROSTING, "air_conditioning": False, **_windows(driver=50)},
        call=_DEFROST,
        companions=(_COOL,),
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:011",
        about="air conditioning with a window at 21 %",
        state={"fan_speed": 1, **_windows(passenger_rear=21)},
        call=_COOL,
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:011",
        about="air conditioning with the fan off",
        state={"fan_speed": 0},
        call=_COOL,
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:011",
        about="air conditioning while a window is opened beside it",
        state={"fan_speed": 1},
        call=_COOL,
        companions=(_call("open_close_window", window="DRIVER", percentage=50),),
        expected="refused",
    ),
    Violation(policy="AUT-POL:013", about="fog lights without low beams", call=_FOG, expected="refused"),
    Violation(
        policy="AUT-POL:013",
        about="fog lights with high beams",
        state={"head_lights_low_beams": True, "head_lights_high_beams": True},
        call=_FOG,
        expected="refused",
    ),
    Violation(
        policy="AUT-POL:014",
        about="high beams with fog lights",
        state=_FOGGY_LIGHTS,
        call=_HIGH,
        expected="refused",
    ),
)


def run_violations() -> tuple[ViolationResult, ...]:
    """Try every violation in a fresh car."""
    return tuple(try_violation(violation) for violation in VIOLATIONS)


def try_violation(violation: Violation) -> ViolationResult:
    """Make the call, with its companions, in a fresh car."""
    alone = _session(violation)
    alone.call_together(violation.companions)
    before = alone.values()
    session = _session(violation)
    *_, answer = session.call_together((*violation.companions, violation.call))
    changed = {name: value for name, value in session.values().items() if before[name] != value}
    return ViolationResult(violation=violation, answer=answer, changed=changed)


def _session(violation: Violation) -> Session:
    task = Task(
        task_id=violation.about,
        kind="violation",
        location_id=_PLACE,
        location=_PLACE,
        moment=(2025, 1, 1, 12, 0),
        state=violation.state,
        calls=(),
    )
    slot = {"start_time": "00:00", "end_time": "24:00", "condition": violation.condition}
    mock = MockData(weather={_PLACE: [slot]})
    return Session(task, mock, lambda _: violation.says_yes, _NEEDS_YES, violation.speed_kmh)
