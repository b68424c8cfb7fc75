"""A scene with planted events, and the recording that is made of it: moved, turned, sampled and with jitter."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from zhixing.datatypes.conditions import Compare, Is, Role
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import Road, StopLine
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.units import ns_from_s
from zhixing.runtime.bench.dataloop.planted.moves import Motion, steady

CAR_M = (4.5, 1.9)
_ROLES = ("a", "b")
_RATES_HZ = (5.0, 10.0, 12.5, 20.0, 30.0)
_JITTER_M, _JITTER_RAD, _JITTER_MPS, _MOST_JITTERS = 0.01, 0.002, 0.02, 2.5
_MISSING_SHARE, _BETWEEN_MISSING_S = 0.02, 1.0
_JOIN_S, _AT_LEAST_S = 0.7, 0.2
"""A missing row of each is no end of an event, at five rows a second neither; and one step is none that lasts."""
_BYSTANDERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody in a scene.

    Attributes:
        object_id: Within the scene.
        motion: In the frame of the scene.
        road_user: The class.
        size_m: Length and width.
        there_s: (from, until) when it is there, in seconds of the scene.
    """

    object_id: int
    motion: Motion
    road_user: RoadUser = RoadUser.CAR
    size_m: tuple[float, float] = CAR_M
    there_s: tuple[tuple[float, float], ...] = ((0.0, math.inf),)

    def is_there(self, time_s: FloatArray) -> BoolArray:
        """Return (times,) whether it is there."""
        return np.asarray(np.any([(time_s >= start) & (time_s <= end) for start, end in self.there_s], axis=0))


@dataclass(frozen=True, slots=True)
class Plant:
    """That the condition of a scene holds.

    Attributes:
        object_ids: For whom, in the order of the roles.
        start_s: From when, in seconds of the scene.
        end_s: Until when; the same for what is over at once.
    """

    object_ids: tuple[int, ...]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scene:
    """What happens, and what of it shall be found.

    Attributes:
        condition: What to look for, of role a or of a and b.
        actors: Who is there.
        plants: All there is to find.
        duration_s: How long the recording is.
        classes: Who can play each role.
        road: In the frame of the scene.
        lights: (from when in s, what each light group shows).
        is_night: See :class:`~zhixing.datatypes.evidence.Drive`.
        least_hz: How many rows a second there are at least.
    """

    condition: Compare | Is
    actors: tuple[Actor, ...]
    plants: tuple[Plant, ...]
    duration_s: float = 12.0
    classes: tuple[RoadUser, ...] = (RoadUser.CAR, RoadUser.CAR)
    road: Road | None = None
    lights: tuple[tuple[float, tuple[int, ...]], ...] = ()
    is_night: bool | None = None
    least_hz: float = 5.0


Sower = Callable[[np.random.Generator], Scene]
"""Makes a scene, another one for each state of the generator."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Planted:
    """A recording, what to ask of it, and the right answer.

    Attributes:
        drive: The recording.
        query: The question.
        plants: The answer, but for what one step more or less makes.
        frame_s: From one step to the next.
    """

    drive: Drive
    query: Query
    plants: tuple[Hit, ...] = field(default=())
    frame_s: float


def bound(measure: str, roles: str = "a", *, at_least: float | None = None, at_most: float | None = None) -> Compare:
    """Return a bound of a measure; the roles are ``a`` or ``ab``."""
    return Compare(measure=measure, of=tuple(roles), at_least=at_least, at_most=at_most)


def fact(measure: str, roles: str = "a", *words: str) -> Is:
    """Return that a fact holds, or that a word is one of these."""
    return Is(measure=measure, of=tuple(roles), one_of=words)


def recorded(scene: Scene, name: str, rng: np.random.Generator) -> Planted:
    """Return the recording of a scene somewhere on earth at some time, by sensors that are not perfect."""
    frame_s = 1.0 / float(rng.choice([rate for rate in _RATES_HZ if rate >= scene.least_hz]))
    time_s = np.arange(rng.uniform(0.0, frame_s), scene.duration_s, frame_s)
    time_s = time_s + rng.uniform(-0.02, 0.02, time_s.size) * frame_s
    began_ns = int(rng.integers(0, 2_000_000_000)) * 1_000_000_000
    actors = [*scene.actors, *_bystanders(rng)]
    actors = [actors[k] for k in rng.permutation(len(actors)).tolist()]
    new_ids = dict(zip([one.object_id for one in actors], rng.permutation(1000)[: len(actors)].tolist(), strict=True))
    at = _Place(float(rng.uniform(-math.pi, math.pi)), rng.uniform(-800.0, 800.0, 2))
    query = _query(scene)
    drive = Drive(
        drive_id=name,
        source="planted",
        road=None if scene.road is None else _road_at(scene.road, at),
        tracks=_tracks(actors, time_s, began_ns, at, new_ids, rng),
        lights=_lights(scene, began_ns),
        is_night=scene.is_night,
    )
    plants = tuple(
        Hit(
            drive_id=name,
            query=query.name,
            object_ids=tuple((_ROLES[k], new_ids[one]) for k, one in enumerate(plant.object_ids)),
            start_ns=began_ns + ns_from_s(float(plant.start_s)),
            end_ns=began_ns + ns_from_s(float(min(plant.end_s, scene.duration_s))),
        )
        for plant in scene.plants
    )
    return Planted(drive=drive, query=query, plants=plants, frame_s=frame_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a scene lies: turned by an angle about its origin, then moved."""

    turn_rad: float
    origin_xy_m: FloatArray

    def __call__(self, xy_m: FloatArray) -> FloatArray:
        c, s = math.cos(self.turn_rad), math.sin(self.turn_rad)
        return np.asarray(xy_m @ np.array([[c, s], [-s, c]]) + self.origin_xy_m)


def _query(scene: Scene) -> Query:
    names = _ROLES[: len(scene.condition.of)]
    roles = tuple(Role(name=name, classes=(kind,)) for name, kind in zip(names, scene.classes, strict=False))
    name = f"planted-{scene.condition.measure.replace('_', '-')}"
    lasts = any(plant.end_s > plant.start_s for plant in scene.plants)
    return Query(
        name=name, roles=roles, condition=scene.condition, at_least_s=_AT_LEAST_S if lasts else 0.0, join_s=_JOIN_S
    )


def _bystanders(rng: np.random.Generator) -> list[Actor]:
    """Return some of a class that no role is for, beside everything that happens."""
    return [
        Actor(
            object_id=-1 - k,
            motion=Motion(
                x_m=float(rng.uniform(-80.0, 80.0)),
                y_m=float(rng.uniform(85.0, 120.0) * rng.choice([-1.0, 1.0])),
                yaw_rad=float(rng.choice([0.0, math.pi])),
                speed_mps=steady(float(rng.uniform(0.0, 6.0))),
            ),
            road_user=RoadUser.TRICYCLE,
            size_m=(2.4, 1.0),
        )
        for k in range(_BYSTANDERS)
    ]


def _tracks(
    actors: list[Actor],
    time_s: FloatArray,
    began_ns: int,
    at: _Place,
    new_ids: dict[int, int],
    rng: np.random.Generator,
) -> Tracks:
    shape = (len(actors), time_s.size)
    xy_m, yaw_rad, speed_mps = np.empty((*shape, 2)), np.empty(shape), np.empty(shape)
    valid = np.zeros(shape, dtype=np.bool_)
    for k, actor in enumerate(actors):
        xy_m[k], yaw_rad[k], speed_mps[k] = actor.motion.at(time_s)
        valid[k] = actor.is_there(time_s) & ~_missing(time_s, rng)
    yaw_rad += at.turn_rad + _jitter(rng, shape, _JITTER_RAD)
    return Tracks(
        time_ns=began_ns + np.rint(1e9 * time_s).astype(np.int64),
        object_id=np.array([new_ids[actor.object_id] for actor in actors], dtype=np.int64),
        road_user=np.array([int(actor.road_user) for actor in actors], dtype=np.int64),
        size_m=np.array([actor.size_m for actor in actors]),
        xy_m=at(xy_m) + _jitter(rng, (*shape, 2), _JITTER_M),
        yaw_rad=np.remainder(yaw_rad + math.pi, 2.0 * math.pi) - math.pi,
        speed_mps=speed_mps + _jitter(rng, shape, _JITTER_MPS),
        valid=valid,
    )


def _jitter(rng: np.random.Generator, shape: tuple[int, ...], usual: float) -> FloatArray:
    return usual * np.clip(rng.normal(size=shape), -_MOST_JITTERS, _MOST_JITTERS)


def _missing(time_s: FloatArray, rng: np.random.Generator) -> BoolArray:
    """Return single rows that are not there."""
    missing = np.zeros(time_s.size, dtype=np.bool_)
    last_s = -math.inf
    for step in np.flatnonzero(rng.random(time_s.size) < _MISSING_SHARE).tolist():
        if time_s[step] - last_s >= _BETWEEN_MISSING_S:
            missing[step], last_s = True, time_s[step]
    return missing


def _road_at(road: Road, at: _Place) -> Road:
    lanes = tuple(
        replace(
            lane,
            centre_xy_m=at(lane.centre_xy_m),
            left_xy_m=at(lane.left_xy_m),
            right_xy_m=at(lane.right_xy_m),
        )
        for lane in road.lanes
    )
    lines = tuple(StopLine(xy_m=at(line.xy_m), lanes=line.lanes) for line in road.stop_lines)
    return replace(road, lanes=lanes, stop_lines=lines)


def _lights(scene: Scene, began_ns: int) -> Lights:
    if not scene.lights:
        return Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64))
    time_ns: IntArray = began_ns + np.array([ns_from_s(time_s) for time_s, _ in scene.lights], dtype=np.int64)
    return Lights(time_ns, np.array([shown for _, shown in scene.lights], dtype=np.int64).T)
