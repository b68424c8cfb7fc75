"""A scene before it begins: the street, its lights, who is where, and what they will do."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhixing.datatypes.lights import Lights
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, Goal
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds
from zhixing.simulation.traffic.ways import ExtraWay

EGO = "ego"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody in the scene.

    Attributes:
        name: In the scene; the ego is called ``ego``.
        road_user: Class.
        route: Ways it takes, one after the other: lanes by index, further lines as ``len(road.lanes) + k``. At most
            three; what comes after them the dice choose.
        s_m: Where along the first way its middle is.
        speed_mps: At first.
        wants_mps: What it makes for; ``speed_mps`` if None.
        offset_m: From the middle of the way, left positive.
        size_m: Length and width; the mean of its class where they are 0.
        heeds: What it takes notice of.
        is_there: Whether it is there from the beginning.
        is_still: Whether it stays where it is: parked, fallen, put up.
        backwards: Whether it goes tail first.
        headway_s: Behind others; that of its class if None.
        courtesy: Whether it lets those go first who cannot force it; a share, that of its class if None.
    """

    name: str
    road_user: RoadUser
    route: tuple[int, ...]
    s_m: float
    speed_mps: float = 0.0
    wants_mps: float | None = None
    offset_m: float = 0.0
    size_m: tuple[float, float] = (0.0, 0.0)
    heeds: Heeds = Heeds.ON_ITS_WAY
    is_there: bool = True
    is_still: bool = False
    backwards: bool = False
    headway_s: float | None = None
    courtesy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an actor does at a cue; see :class:`zhixing.simulation.traffic.acts.Act`, here with names for rows.

    Attributes:
        who: Who acts.
        cue: What it waits for.
        value: See :class:`Cue`.
        does: What changes.
        amount: See :class:`Does`.
        of: Who the cue is about.
        at_m: The place the cue is about.
        after: Index of the move that must have been made before.
    """

    who: str
    cue: Cue
    value: float
    does: Does
    amount: float = 0.0
    of: str = ""
    at_m: tuple[float, float] = (0.0, 0.0)
    after: int = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Staging:
    """A scene that can be played, with whoever drives the ego.

    Attributes:
        road: The street.
        ego: The ego; its route is where it shall go, and its goal lies on the last way.
        cast: Everybody else.
        moves: What they do beside what the models make them do.
        goal: Where the ego must arrive.
        duration_s: The scene is over after so long.
        extra: Lines that are no lanes.
        lights: What the lights show.
        body: The ego's size and limits.
        is_night: Whether it is dark: who carries no light is seen late.
    """

    road: Road
    ego: Actor
    cast: tuple[Actor, ...]
    goal: Goal
    duration_s: float
    lights: Lights
    moves: tuple[Move, ...] = ()
    extra: tuple[ExtraWay, ...] = ()
    body: EgoBody = field(default_factory=EgoBody)
    is_night: bool = False
