"""Small maps and tasks as text, written as other people's tools write them: for tests of readers and drivers."""

from __future__ import annotations

from pathlib import Path

LANE = (
    '<lane id="{id}" type="driving"><link/><width sOffset="0" a="3.5" b="0" c="0" d="0"/>'
    '<speed sOffset="0" max="40" unit="mph"/></lane>'
)
ROAD = (
    '<road id="{id}" length="{length}" junction="-1"><link/>'
    '<planView><geometry s="0" x="{x}" y="0" hdg="0" length="{length}"><line/></geometry></planView>'
    '<lanes><laneSection s="0"><left>{left}</left><center><lane id="0" type="none"/></center>'
    "<right>{right}</right></laneSection></lanes></road>"
)


def opendrive(*roads: str) -> str:
    """Return an OpenDRIVE file of some roads."""
    return f'<?xml version="1.0"?><OpenDRIVE><header revMajor="1" revMinor="4"/>{"".join(roads)}</OpenDRIVE>'


def straight(road_id: str = "1", x_m: float = 0.0, length_m: float = 100.0) -> str:
    """Return a straight road eastwards: two lanes along it, one against it."""
    right = LANE.format(id=-1) + LANE.format(id=-2)
    return ROAD.format(id=road_id, x=x_m, length=length_m, left=LANE.format(id=1), right=right)


VERTEX = '<Vertex time="{t}"><Position><WorldPosition x="{x}" y="-1.75" h="0"/></Position></Vertex>'
TRIGGER = (
    '<StartTrigger><ConditionGroup><Condition delay="{t}"><ByValueCondition><SimulationTimeCondition value="0"/>'
    "</ByValueCondition></Condition></ConditionGroup></StartTrigger>"
)


def openscenario(
    vertices: str, start: str = "0, x_init = 5, y_init = -1.75, heading_init = 0", stop: str = "5.0"
) -> str:
    """Return an OpenSCENARIO task of 5 s with one other car, there from 0.5 s to 1.5 s.

    Args:
        vertices: Of the other car's trajectory.
        start: Speed and what follows it in the comment that states the start.
        stop: Seconds.
    """
    box = '<BoundingBox><Dimensions length="4.5" width="1.8"/></BoundingBox>'
    return (
        f'<OpenSCENARIO><Entities><ScenarioObject name="Ego"><Vehicle vehicleCategory="car">{box}</Vehicle>'
        f'</ScenarioObject><ScenarioObject name="A1"><Vehicle vehicleCategory="car">{box}</Vehicle></ScenarioObject>'
        f"</Entities><Storyboard><Init><!--[Initial State] v_init = {start}-->"
        "<!--[Driving Task] x_target = (80, 90), y_target = (-3, -1)--></Init><Story><Act><ManeuverGroup>"
        f'<Actors><EntityRef entityRef="A1"/></Actors><Event>{vertices}{TRIGGER.format(t=0.5)}</Event>'
        f"<Event><AddEntityAction/>{TRIGGER.format(t=0.5)}</Event>"
        f"<Event><DeleteEntityAction/>{TRIGGER.format(t=1.5)}</Event></ManeuverGroup></Act></Story>"
        f'<StopTrigger><SimulationTimeCondition value="{stop}"/></StopTrigger></Storyboard></OpenSCENARIO>'
    )


def write_task(folder: Path, x_m: float = 20.0, stop: str = "5.0") -> Path:
    """Write a task into a new folder and return it: a straight road with one other car.

    Args:
        folder: It must not be there.
        x_m: From where the other car drives.
        stop: When time is up, in seconds.
    """
    folder.mkdir(parents=True)
    (folder / "map.xodr").write_text(opendrive(straight()), encoding="utf-8")
    vertices = "".join(VERTEX.format(t=t, x=x_m + 10 * t) for t in (0.5, 1.0, 1.5))
    (folder / "task_exam.xosc").write_text(openscenario(vertices, stop=stop), encoding="utf-8")
    return folder
