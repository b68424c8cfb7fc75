"""The others and the lights of a scenario that is written: entities, and what happens to them when.

Everybody has a manoeuvre group: for each stretch in which it is there it appears, follows its trajectory and leaves.
The reference point of each is the middle of its box.
"""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import BoolArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.units import NS_PER_S
from zhixing.formats.openscenario_marks import SPEEDS, mark_object
from zhixing.formats.xml_write import child, seconds_text, written

_CATEGORIES = {
    RoadUser.CAR: "car",
    RoadUser.TRUCK: "truck",
    RoadUser.BUS: "bus",
    RoadUser.MOTORCYCLE: "motorbike",
    RoadUser.EBIKE: "bicycle",  # a non-motor vehicle by GB 17761
    RoadUser.BICYCLE: "bicycle",
    RoadUser.TRICYCLE: "motorbike",
}
_HEIGHTS_M = {RoadUser.TRUCK: 3.0, RoadUser.BUS: 3.0, RoadUser.OBJECT: 1.0, RoadUser.PEDESTRIAN: 1.7}
_HEIGHT_M = 1.5
"""Heights are in no recording; these are usual."""
_FAST_MPS = 100.0
_MASS_KG = 80.0
_STAY_NS = NS_PER_S // 1000
"""Who is there at one moment only is given a second vertex, as a line must have two."""


def add_vehicle(
    entities: Element, name: str, category: str, size_m: tuple[float, float], body: EgoBody, height_m: float = _HEIGHT_M
) -> Element:
    """Add a vehicle with a body's limits and return it."""
    vehicle = child(child(entities, "ScenarioObject", name=name), "Vehicle", name=category, vehicleCategory=category)
    _add_box(vehicle, size_m, height_m)
    child(
        vehicle,
        "Performance",
        maxSpeed=_FAST_MPS,
        maxAcceleration=body.max_accel_mps2,
        maxDeceleration=-body.min_accel_mps2,
    )
    axles = child(vehicle, "Axles")
    wheels = {"wheelDiameter": 0.6, "trackWidth": 0.8 * size_m[1], "positionZ": 0.3}
    half_m = 0.5 * body.wheelbase_m
    child(axles, "FrontAxle", maxSteering=body.max_steer_rad, positionX=half_m, **wheels)
    child(axles, "RearAxle", maxSteering=0.0, positionX=-half_m, **wheels)
    return vehicle


def add_objects(entities: Element, tracks: Tracks) -> None:
    """Add everybody but the ego, in the order of the recording."""
    for row in range(tracks.num_objects):
        road_user, (length_m, width_m) = RoadUser(int(tracks.road_user[row])), tracks.size_m[row].tolist()
        name, height_m = _name(row), _HEIGHTS_M.get(road_user, _HEIGHT_M)
        if road_user in _CATEGORIES:
            body = EgoBody(wheelbase_m=0.6 * length_m)
            thing = add_vehicle(entities, name, _CATEGORIES[road_user], (length_m, width_m), body, height_m)
        else:
            tag = "Pedestrian" if road_user == RoadUser.PEDESTRIAN else "MiscObject"
            category = (
                {"pedestrianCategory": "pedestrian"} if tag == "Pedestrian" else {"miscObjectCategory": "obstacle"}
            )
            parent = child(entities, "ScenarioObject", name=name)
            thing = child(parent, tag, name=tag.lower(), mass=_MASS_KG, **category)
            _add_box(thing, (length_m, width_m), height_m)
        mark_object(thing, int(tracks.object_id[row]), road_user)


def add_background(act: Element, tracks: Tracks, start_ns: int) -> None:
    """Add what everybody does; times count from the start of the task."""
    for row in range(tracks.num_objects):
        stretches = _stretches(tracks.valid[row])
        if not stretches:
            continue
        name = _name(row)
        maneuver = _add_maneuver(act, name)
        for number, (first, last) in enumerate(stretches):
            begin_ns, end_ns = (int(tracks.time_ns[step]) - start_ns for step in (first, last))
            title = f"{name} {number}"
            entity = child(_add_event(maneuver, f"{title} appears", begin_ns), "EntityAction", entityRef=name)
            _add_position(child(entity, "AddEntityAction"), tracks, row, first)
            _add_trajectory(maneuver, title, tracks, row, (first, last), start_ns)
            entity = child(_add_event(maneuver, f"{title} leaves", end_ns), "EntityAction", entityRef=name)
            child(entity, "DeleteEntityAction")


def add_lights(act: Element, lights: Lights, signals: dict[str, int], start_ns: int) -> None:
    """Add what the lights show: the first column, and of later ones what changes."""
    if not signals or not lights.time_ns.size:
        return
    maneuver = child(add_group(act, "lights"), "Maneuver", name="lights")
    for column, time_ns in enumerate(lights.time_ns.tolist()):
        now = lights.light[:, column]
        changed = np.ones_like(now, dtype=np.bool_) if column == 0 else now != lights.light[:, column - 1]
        shown = {name: group for name, group in signals.items() if group < now.size and changed[group]}
        if not shown:
            continue
        event = child(maneuver, "Event", name=f"lights {column}", priority="parallel")
        for name, group in shown.items():
            action = child(event, "Action", name=f"light {name} {column}")
            signal = child(child(child(action, "GlobalAction"), "InfrastructureAction"), "TrafficSignalAction")
            child(signal, "TrafficSignalStateAction", name=name, state=Light(int(now[group])).name.lower())
        at_time(child(event, "StartTrigger"), time_ns - start_ns)


def at_time(trigger: Element, time_ns: int) -> None:
    """Make a trigger fire at a time."""
    group = child(trigger, "ConditionGroup")
    condition = child(group, "Condition", name="time", delay=0.0, conditionEdge="none")
    value = child(condition, "ByValueCondition")
    child(value, "SimulationTimeCondition", value=seconds_text(time_ns), rule="greaterOrEqual")


def _name(row: int) -> str:
    return f"A{row + 1}"


def _add_box(thing: Element, size_m: tuple[float, float], height_m: float) -> None:
    box = child(thing, "BoundingBox")
    child(box, "Center", x=0.0, y=0.0, z=0.5 * height_m)
    child(box, "Dimensions", width=size_m[1], length=size_m[0], height=height_m)


def _stretches(valid: BoolArray) -> list[tuple[int, int]]:
    """Return first and last step of each stretch in which somebody is there.

    Example:
        >>> _stretches(np.array([False, True, True, False, True]))
        [(1, 2), (4, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], valid, [False])).astype(np.int8)))
    return [(int(first), int(end) - 1) for first, end in edges.reshape(-1, 2)]


def add_group(act: Element, name: str) -> Element:
    """Add a manoeuvre group without actors and return it."""
    group = child(act, "ManeuverGroup", maximumExecutionCount=1, name=name)
    child(group, "Actors", selectTriggeringEntities="false")
    return group


def _add_maneuver(act: Element, name: str) -> Element:
    group = add_group(act, name)
    child(group[0], "EntityRef", entityRef=name)
    return child(group, "Maneuver", name=name)


def _add_event(maneuver: Element, title: str, time_ns: int, action: str = "GlobalAction") -> Element:
    event = child(maneuver, "Event", name=title, priority="parallel")
    found = child(child(event, "Action", name=title), action)
    at_time(child(event, "StartTrigger"), time_ns)
    return found


def _add_trajectory(
    maneuver: Element, title: str, tracks: Tracks, row: int, steps: tuple[int, int], start_ns: int
) -> None:
    first, last = steps
    times_ns = tracks.time_ns[first : last + 1].tolist()
    speeds = tracks.speed_mps[row, first : last + 1].tolist()
    rows = [*range(first, last + 1)]
    if len(rows) == 1:
        following = tracks.time_ns[last + 1 : last + 2].tolist()
        stay_ns = min([_STAY_NS, *((after - before) // 2 for before, after in pairwise([times_ns[0], *following]))])
        times_ns, speeds, rows = [times_ns[0], times_ns[0] + stay_ns], speeds * 2, rows * 2
    private = _add_event(maneuver, f"{title} moves", times_ns[0] - start_ns, "PrivateAction")
    follow = child(child(private, "RoutingAction"), "FollowTrajectoryAction")
    trajectory = child(child(follow, "TrajectoryRef"), "Trajectory", name=title, closed="false")
    said = {"name": SPEEDS, "parameterType": "string", "value": " ".join(map(written, speeds))}
    child(child(trajectory, "ParameterDeclarations"), "ParameterDeclaration", **said)
    line = child(child(trajectory, "Shape"), "Polyline")
    for time_ns, step in zip(times_ns, rows, strict=True):
        _add_position(child(line, "Vertex", time=seconds_text(time_ns - start_ns)), tracks, row, step)
    child(child(follow, "TimeReference"), "Timing", domainAbsoluteRelative="absolute", scale=1.0, offset=0.0)
    child(follow, "TrajectoryFollowingMode", followingMode="position")


def _add_position(parent: Element, tracks: Tracks, row: int, step: int) -> None:
    x, y = tracks.xy_m[row, step].tolist()
    child(child(parent, "Position"), "WorldPosition", x=x, y=y, h=float(tracks.yaw_rad[row, step]))
