"""What can be asked by a word: conditions of one road user or of two, with the numbers that the word stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from zhixing.datatypes.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Exists,
    Is,
    Not,
    Role,
    Then,
    Within,
)
from zhixing.datatypes.tracks import MOTOR_VEHICLES

OfOne = Callable[[str], Condition]
OfTwo = Callable[[str, str], Condition]

CONFLICT_S = 1.5
"""Time to collision and post-encroachment time of a conflict: Hyden (1987) and Peesapati et al. (2013)."""
NEAR_M = 5.0


def _less(measure: str, value: float, *of: str) -> Compare:
    return Compare(measure=measure, of=of, at_most=value)


def _more(measure: str, value: float, *of: str) -> Compare:
    return Compare(measure=measure, of=of, at_least=value)


def _between(measure: str, low: float, high: float, *of: str) -> Compare:
    return Compare(measure=measure, of=of, at_least=low, at_most=high)


def _fact(measure: str) -> OfOne:
    return lambda a: Is(measure=measure, of=(a,))


def _turns(which: str, low: float | None, high: float | None) -> OfOne:
    def turns(a: str) -> Condition:
        in_junction = Is(measure="turn", of=(a,), one_of=(which,))
        if low is None and high is None:
            return in_junction
        return AnyOf(
            conditions=(in_junction, Compare(measure="turned_lately_rad", of=(a,), at_least=low, at_most=high))
        )

    return turns


def _light(*words: str) -> OfOne:
    return lambda a: Is(measure="light", of=(a,), one_of=words)


def _every(*parts: OfOne) -> OfOne:
    return lambda a: AllOf(conditions=tuple(part(a) for part in parts))


def _either(*parts: OfOne) -> OfOne:
    return lambda a: AnyOf(conditions=tuple(part(a) for part in parts))


def _stands(a: str) -> Condition:
    return Is(measure="is_standing", of=(a,))


def _moves(a: str) -> Condition:
    return _more("speed_mps", 0.5, a)


def _jaywalks(a: str) -> Condition:
    on_lane, on_crossing = (Is(measure=name, of=(a,)) for name in ("is_on_driving_lane", "is_on_crossing"))
    return AllOf(conditions=(on_lane, Not(condition=on_crossing), _more("speed_mps", 0.3, a)))


ONE: Mapping[str, OfOne] = MappingProxyType(
    {
        "runs-red": _fact("ran_red"),
        "brakes-hard": lambda a: _less("accel_mps2", -4.0, a),
        "brakes": lambda a: _less("accel_mps2", -1.5, a),
        "accelerates-hard": lambda a: _more("accel_mps2", 2.5, a),
        "accelerates": lambda a: _more("accel_mps2", 1.0, a),
        "stands": _stands,
        "stops": lambda a: AllOf(conditions=(_stands(a), Within(condition=_more("speed_mps", 1.0, a), past_s=3.0))),
        "starts": lambda a: AllOf(conditions=(_moves(a), Within(condition=_stands(a), past_s=2.0))),
        "moves": _moves,
        "reverses": lambda a: _less("speed_mps", -0.3, a),
        "turns-left": _turns("left", 0.785, None),
        "turns-right": _turns("right", None, -0.785),
        "turns": _either(_turns("left", 0.785, None), _turns("right", None, -0.785)),
        "goes-straight": _turns("straight", None, None),
        "u-turns": _turns("u-turn", 2.4, None),
        "will-turn": lambda a: Is(measure="next_turn", of=(a,), one_of=("left", "right")),
        "will-turn-left": lambda a: Is(measure="next_turn", of=(a,), one_of=("left",)),
        "will-turn-right": lambda a: Is(measure="next_turn", of=(a,), one_of=("right",)),
        "will-go-straight": lambda a: Is(measure="next_turn", of=(a,), one_of=("straight",)),
        "changes-lane": _either(_fact("changes_lane_left"), _fact("changes_lane_right")),
        "changes-lane-left": _fact("changes_lane_left"),
        "changes-lane-right": _fact("changes_lane_right"),
        "wrong-way": _fact("is_wrong_way"),
        "speeds": lambda a: _more("over_limit_mps", 1.0, a),
        "fast": lambda a: _more("speed_mps", 14.0, a),
        "slow": lambda a: _between("speed_mps", 0.3, 3.0, a),
        "swerves": lambda a: AnyOf(
            conditions=(_more("lateral_accel_mps2", 2.0, a), _less("lateral_accel_mps2", -2.0, a))
        ),
        "jaywalks": _jaywalks,
        "crosses-road": lambda a: AllOf(
            conditions=(
                AnyOf(conditions=(Is(measure="is_on_driving_lane", of=(a,)), Is(measure="is_on_crossing", of=(a,)))),
                _more("speed_mps", 0.3, a),
            )
        ),
        "on-crossing": _fact("is_on_crossing"),
        "at-crossing": lambda a: _less("crossing_m", 5.0, a),
        "in-junction": _fact("is_in_junction"),
        "near-junction": lambda a: _less("junction_m", 10.0, a),
        "in-roundabout": _fact("is_in_roundabout"),
        "in-waiting-area": _fact("is_in_waiting_area"),
        "on-driving-lane": _fact("is_on_driving_lane"),
        "on-biking-lane": _fact("is_on_biking_lane"),
        "on-sidewalk": _fact("is_on_sidewalk"),
        "beside-lanes": _fact("is_beside_lanes"),
        "at-stop-line": lambda a: _between("to_stop_line_m", -1.0, 6.0, a),
        "crosses-stop-line": _fact("crosses_stop_line"),
        "over-stop-line": lambda a: AllOf(conditions=(_between("to_stop_line_m", -5.0, -0.3, a), _stands(a))),
        "at-red": _light("red"),
        "at-green": _light("green"),
        "at-yellow": _light("yellow"),
        "waits-at-red": _every(_light("red"), _stands),
        "at-night": _fact("is_in_the_dark"),
        "at-day": lambda a: Not(condition=Is(measure="is_in_the_dark", of=(a,))),
        "has-light": _fact("has_light"),
        "appears": lambda a: _less("seen_for_s", 2.0, a),
        "is-there": _fact("is_there"),
    }
)
"""Of one."""


def _follows(a: str, b: str) -> Condition:
    on_map = AllOf(conditions=(_between("lane_ahead_m", 0.0, 40.0, a, b), _less("heading_apart_rad", 0.8, a, b)))
    plain = AllOf(conditions=(_less("gap_ahead_m", 30.0, a, b), _less("heading_apart_rad", 0.5, a, b)))
    return AllOf(conditions=(AnyOf(conditions=(on_map, plain)), _more("speed_mps", 1.0, a)))


def _in_front(a: str, b: str, most_m: float = 30.0) -> Condition:
    """Return that a is in front of b."""
    return AllOf(conditions=(_between("ahead_m", 0.0, most_m, b, a), _between("left_m", -3.0, 3.0, b, a)))


def _behind(a: str, b: str, most_m: float = 30.0) -> Condition:
    """Return that a is behind b, as b is turned: who crosses behind a bus does not face it."""
    return AllOf(conditions=(_between("ahead_m", -most_m, 0.0, b, a), _between("left_m", -3.0, 3.0, b, a)))


def ahead_in_lane(a: str, b: str) -> Condition:
    """Return that a drives before b, in its lane where there is a map: what 前车 is to 后车."""
    on_map = _between("lane_ahead_m", 0.0, 60.0, b, a)
    plain = AllOf(conditions=(_in_front(a, b, 50.0), _less("heading_apart_rad", 0.8, b, a)))
    return AnyOf(conditions=(on_map, plain))


def _corner(left_m: tuple[float, float], ahead_m: tuple[float, float]) -> OfTwo:
    return lambda a, b: AllOf(conditions=(_between("left_m", *left_m, b, a), _between("ahead_m", *ahead_m, b, a)))


def _beside(low: float, high: float) -> OfTwo:
    return lambda a, b: AllOf(
        conditions=(_between("left_m", low, high, b, a), _between("ahead_m", -6.0, 10.0, b, a))
    )  # fmt: skip


def _crosses_before(a: str, b: str) -> Condition:
    left, right = _between("left_m", 0.0, 8.0, b, a), _between("left_m", -8.0, 0.0, b, a)
    across = AnyOf(
        conditions=(Then(first=left, second=right, within_s=5.0), Then(first=right, second=left, within_s=5.0))
    )
    return AllOf(
        conditions=(_between("ahead_m", 0.0, 25.0, b, a), _between("heading_apart_rad", 0.6, 2.6, b, a), across)
    )


def _overtakes(a: str, b: str) -> Condition:
    first, second = _between("ahead_m", 1.0, 30.0, a, b), _between("ahead_m", -30.0, -1.0, a, b)
    beside = AllOf(conditions=(_between("left_m", -8.0, 8.0, a, b), _less("heading_apart_rad", 0.6, a, b)))
    return AllOf(conditions=(Then(first=first, second=second, within_s=20.0), beside, _more("faster_mps", 0.0, a, b)))


def _cuts_in(a: str, b: str) -> Condition:
    changes = AnyOf(conditions=(Is(measure="changes_lane_left", of=(a,)), Is(measure="changes_lane_right", of=(a,))))
    return AllOf(conditions=(Within(condition=changes, past_s=2.0), _between("lane_ahead_m", 0.0, 20.0, b, a)))


def _crosses_ahead(a: str, b: str) -> Condition:
    """Return that b crosses the way ahead of a."""
    return AllOf(
        conditions=(
            _between("ahead_m", 0.0, 20.0, a, b), _between("left_m", -12.0, 12.0, a, b),
            _between("heading_apart_rad", 0.6, 2.6, a, b), _moves(b),
        )
    )  # fmt: skip


def _yields(a: str, b: str) -> Condition:
    slows = AnyOf(conditions=(_less("accel_mps2", -0.5, a), _less("speed_mps", 1.0, a)))
    return AllOf(conditions=(slows, _crosses_ahead(a, b)))


def _fails_to_yield(a: str, b: str) -> Condition:
    goes_on = AllOf(conditions=(_more("accel_mps2", -0.5, a), _more("speed_mps", 2.0, a)))
    return AllOf(conditions=(goes_on, _crosses_ahead(a, b)))


def _hidden_by(a: str, b: str) -> Condition:
    """Return that some vehicle within 40 m hardly sees a, which is close to b."""
    observer = Role(name="observer", classes=tuple(sorted(MOTOR_VEHICLES)))
    unseen = AllOf(conditions=(_less("seen_share", 0.3, "observer", a), _less("distance_m", 40.0, "observer", a)))
    return AllOf(conditions=(_less("distance_m", 6.0, a, b), Exists(role=observer, condition=unseen)))


TWO: Mapping[str, OfTwo] = MappingProxyType(
    {
        "conflicts": lambda a, b: AnyOf(
            conditions=(
                _less("ttc_s", CONFLICT_S, a, b),
                _less("pet_s", CONFLICT_S, a, b),
                _less("pet_s", CONFLICT_S, b, a),
            )
        ),
        "collides": lambda a, b: Is(measure="touches", of=(a, b)),
        "near": lambda a, b: _less("distance_m", NEAR_M, a, b),
        "follows": _follows,
        "tailgates": lambda a, b: AllOf(conditions=(_less("headway_s", 0.8, a, b), _more("speed_mps", 3.0, a))),
        "in-front-of": _in_front,
        "behind": _behind,
        "beside": _beside(-6.0, 6.0),
        "ahead-left": _corner((1.0, 10.0), (0.0, 30.0)),
        "ahead-right": _corner((-10.0, -1.0), (0.0, 30.0)),
        "behind-left": _corner((1.0, 10.0), (-30.0, 0.0)),
        "behind-right": _corner((-10.0, -1.0), (-30.0, 0.0)),
        "left-of": _beside(0.5, 8.0),
        "right-of": _beside(-8.0, -0.5),
        "overtakes": _overtakes,
        "cuts-in": _cuts_in,
        "yields-to": _yields,
        "fails-to-yield": _fails_to_yield,
        "hidden-by": _hidden_by,
        "occludes": lambda a, b: _hidden_by(b, a),
        "crosses-before": _crosses_before,
        "oncoming": lambda a, b: AllOf(
            conditions=(_more("heading_apart_rad", 2.6, a, b), _between("ahead_m", 0.0, 50.0, a, b))
        ),
        "approaches": lambda a, b: AllOf(conditions=(_more("closing_mps", 1.0, a, b), _less("distance_m", 30.0, a, b))),
        "hidden-from": lambda a, b: AllOf(conditions=(_less("seen_share", 0.3, b, a), _less("distance_m", 40.0, b, a))),
        "faster-than": lambda a, b: AllOf(conditions=(_more("faster_mps", 0.5, a, b), _less("distance_m", 30.0, a, b))),
        "slower-than": lambda a, b: AllOf(
            conditions=(_less("faster_mps", -0.5, a, b), _less("distance_m", 30.0, a, b))
        ),
        "same-way": lambda a, b: _less("heading_apart_rad", 0.6, a, b),
        "in-same-lane": lambda a, b: Is(measure="is_in_same_lane", of=(a, b)),
        "facing": lambda a, b: AllOf(
            conditions=(_between("bearing_rad", -0.4, 0.4, a, b), _less("distance_m", 30.0, a, b))
        ),
    }
)
"""Of two: what the first is or does to the second."""

WITHIN: Mapping[str, Callable[[str, str, float], Condition]] = MappingProxyType(
    {
        "near": lambda a, b, most_m: _less("distance_m", most_m, a, b),
        "in-front-of": _in_front,
        "behind": _behind,
    }
)
"""Of two: the same where somebody says within how many metres."""


def denied(names: Sequence[str], a: str, condition: Condition) -> Condition:
    """Return that somebody does not do something: 不停车 means not lately, 不起步 that he stands."""
    match names:
        case ["stops"]:
            return Not(condition=Within(condition=_stands(a), past_s=5.0))
        case ["starts"]:
            return _stands(a)
        case _:
            return Not(condition=condition)


MEASURES_OF_ONE = MappingProxyType(
    {
        "speed": ("speed_mps", True), "accel": ("accel_mps2", True), "decel": ("accel_mps2", True),
        "jerk": ("jerk_mps3", True), "length": ("length_m", True), "to-stop-line": ("to_stop_line_m", False),
        "to-crossing": ("crossing_m", False), "to-junction": ("junction_m", False),
        "over-limit": ("over_limit_mps", True), "lateral-accel": ("lateral_accel_mps2", True),
    }
)  # fmt: skip
MEASURES_OF_TWO = MappingProxyType(
    {"distance": ("distance_m", False), "ttc": ("ttc_s", False), "pet": ("pet_s", False),
     "headway": ("headway_s", False), "gap": ("gap_ahead_m", False), "needed-decel": ("needed_decel_mps2", True),
     "closest": ("closest_m", False), "closing": ("closing_mps", True), "faster": ("faster_mps", True)}
)  # fmt: skip
"""Names of measures in the vocabulary: the measure, and whether a number without a word is its least value."""
