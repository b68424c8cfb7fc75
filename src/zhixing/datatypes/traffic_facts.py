"""What is known of each road user of a recording as a whole, and what a simulation is calibrated on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from zhixing.datatypes.shapes import FloatArray, IntArray, check_shapes


class Movement(IntEnum):
    """How somebody passes a junction. The numbers are those of the columns of :class:`TrafficMix`."""

    STRAIGHT = 0
    LEFT = 1
    RIGHT = 2
    OTHER = 3
    """Not through the junction, as onto the pavement, or not known."""


class Violation(IntEnum):
    """Which light somebody passed that should have stopped it."""

    NONE = 0
    YELLOW = 1
    RED = 2


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrafficFacts:
    """The road users of a recording, one row each.

    Attributes:
        object_id: (users,) as in the recording's tracks.
        road_user: (users,) :class:`zhixing.datatypes.tracks.RoadUser` of each.
        size_m: (users, 2) length and width; NaN where they were not measured.
        movement: (users,) :class:`Movement` of each.
        violation: (users,) :class:`Violation` of each.
        present_ns: (users, 2) first and last moment.
    """

    object_id: IntArray
    road_user: IntArray
    size_m: FloatArray
    movement: IntArray
    violation: IntArray
    present_ns: IntArray

    def __post_init__(self) -> None:
        check_shapes(
            self,
            object_id="users",
            road_user="users",
            size_m="users 2",
            movement="users",
            violation="users",
            present_ns="users 2",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFacts:
    """When and where a recording was made.

    Attributes:
        recording_id: Among those of its place.
        city: In English.
        weekday: In English.
        hours: Local time of day, as ``9:00-10:00``.
        weather: In English.
        duration_s: Of the recording.
        counts: How many of each :class:`zhixing.datatypes.tracks.RoadUser` there are.
    """

    recording_id: str
    city: str
    weekday: str
    hours: str
    weather: str
    duration_s: float
    counts: dict[int, int]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrafficMix:
    """Who is on the road and how they behave at a light, counted: what a simulation is calibrated on.

    Attributes:
        road_user: (classes,) the classes that occur, in the order of their numbers.
        count: (classes,) how many there are.
        share: (classes,) of all.
        size_mean_m: (classes, 2) length and width; NaN where none was measured.
        size_std_m: (classes, 2) their standard deviation.
        turn_share: (classes, movements) share of each :class:`Movement` in the class.
        red_share: (classes, movements) share of those who ran a red light among those of the class and movement; NaN
            where there is nobody, and for right turns and others, which no light forbids or who passed none.
    """

    road_user: IntArray
    count: IntArray
    share: FloatArray
    size_mean_m: FloatArray
    size_std_m: FloatArray
    turn_share: FloatArray
    red_share: FloatArray

    def __post_init__(self) -> None:
        check_shapes(
            self,
            road_user="classes",
            count="classes",
            share="classes",
            size_mean_m="classes 2",
            size_std_m="classes 2",
            turn_share="classes 4",
            red_share="classes 4",
        )
