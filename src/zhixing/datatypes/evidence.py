"""What a drive leaves behind, from recording to judgement; each noun names what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from zhixing.datatypes.lights import Lights
from zhixing.datatypes.plan import Decision
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import FloatArray, IntArray, check_shapes
from zhixing.datatypes.tracks import Tracks

DriveOutcome = Literal["goal", "collision", "off_road", "timeout"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Task:
    """What an ego that is not in the recording shall do in it.

    Attributes:
        family: The set of tasks it belongs to, for slices.
        body: The ego's size and limits.
        start: The ego at ``start_ns``.
        goal: Where it must arrive.
        start_ns: First moment.
        stop_ns: Time is up after this moment.
        ego_light: Light group of the ego's own movement, or -1.
    """

    family: str
    body: EgoBody
    start: EgoState
    goal: Goal
    start_ns: int
    stop_ns: int
    ego_light: int = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Drive:
    """A recording: who was where, on which road, under which lights.

    Attributes:
        drive_id: Stable name.
        source: The format or program it comes from.
        road: The map, or None where the recording has none.
        tracks: All road users, the recording vehicle included.
        lights: What the lights showed.
        ego_id: ``object_id`` of the recording vehicle in ``tracks``, or -1.
        is_night: Whether it was dark, None where that is not known.
        task: What an ego shall do in it, where the recording was made a task of.
    """

    drive_id: str
    source: str
    road: Road | None
    tracks: Tracks
    lights: Lights
    ego_id: int = -1
    is_night: bool | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scenario:
    """A closed-loop driving task.

    Attributes:
        scenario_id: Name of the task.
        family: The set it belongs to, for slices.
        road: The map.
        body: The ego's size and limits.
        start: The ego at ``start_ns``.
        goal: Where it must arrive.
        start_ns: First moment.
        stop_ns: Time is up after this moment.
        background: The other road users as recorded.
        lights: What the lights show.
        ego_light: Light group of the ego's own movement, or -1.
        is_night: Whether it is dark, None where that is not known.
    """

    scenario_id: str
    family: str
    road: Road
    body: EgoBody
    start: EgoState
    goal: Goal
    start_ns: int
    stop_ns: int
    background: Tracks
    lights: Lights
    ego_light: int = -1
    is_night: bool | None = None

    def briefing(self) -> Briefing:
        """Return what a planner is told of the task."""
        return Briefing(road=self.road, body=self.body, start=self.start, goal=self.goal, ego_light=self.ego_light)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Trace:
    """What the ego did in a scenario, one row a step.

    Attributes:
        scenario_id: The scenario it was driven in.
        planner: Registered name of the driver.
        outcome: What ended it.
        time_ns: (steps,)
        xy_m: (steps, 2) box centre in the world frame.
        yaw_rad: (steps,)
        speed_mps: (steps,)
        accel_mps2: (steps,)
        steer_rad: (steps,)
        background: The others as they really moved, over the same steps.
        lights: (groups, steps) what was shown.
        plan_ms: (plans,) time the planner took for each plan, in milliseconds.
        decisions: When the reason changed: (time_ns, decision).
        contact_ids: ``object_id`` of those who ran into the ego without its fault, or appeared on top of it.
        at_fault_id: ``object_id`` of the one the ego ran into, or -1.
        num_planner_failures: Steps in which the planner gave no usable plan and the ego braked instead.
        num_braked_for_ego: How many had to brake hard for the ego; None where nobody reacts.
        num_safety_interventions: Steps in which the safety checker changed the plan; 0 without one.
    """

    scenario_id: str
    planner: str
    outcome: DriveOutcome
    time_ns: IntArray
    xy_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    accel_mps2: FloatArray
    steer_rad: FloatArray
    background: Tracks
    lights: IntArray
    plan_ms: FloatArray
    decisions: tuple[tuple[int, Decision], ...] = ()
    contact_ids: tuple[int, ...] = ()
    at_fault_id: int = -1
    num_planner_failures: int = 0
    num_braked_for_ego: int | None = None
    num_safety_interventions: int = 0

    def __post_init__(self) -> None:
        check_shapes(
            self,
            time_ns="steps",
            xy_m="steps 2",
            yaw_rad="steps",
            speed_mps="steps",
            accel_mps2="steps",
            steer_rad="steps",
            lights="groups steps",
            plan_ms="plans",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The judgement of one trace.

    Attributes:
        scenario_id: The scenario.
        family: Its family, for slices.
        planner: The driver.
        outcome: What ended the drive.
        score: The exam's score, 0 to 1.
        metrics: Every metric by name; units are in the names. NaN where it does not apply.
    """

    scenario_id: str
    family: str
    planner: str
    outcome: DriveOutcome
    score: float
    metrics: dict[str, float] = field(default_factory=dict)
