"""Small CommonRoad files for tests: a street of version 2018b, and what others are put together from."""

from __future__ import annotations

import math

import numpy as np

Line = list[tuple[float, float]]


def bound(tag: str, line: Line) -> str:
    """Return a boundary of a lanelet."""
    return f"<{tag}>" + "".join(f"<point><x>{x}</x><y>{y}</y></point>" for x, y in line) + f"</{tag}>"


def lanelet(name: int, start: tuple[float, float], end: tuple[float, float], more: str = "", width: float = 4.0) -> str:
    """Return a straight lanelet around the line from start to end."""
    along = np.array(end) - start
    aside = np.array([-along[1], along[0]]) * (0.5 * width / math.hypot(*along))
    left = [tuple((np.array(p) + aside).tolist()) for p in (start, end)]
    right = [tuple((np.array(p) - aside).tolist()) for p in (start, end)]
    return f'<lanelet id="{name}">{bound("leftBound", left)}{bound("rightBound", right)}{more}</lanelet>'


def state(tag: str, time: int, x: float, y: float = 0.0, yaw: float = 0.0, more: str = "") -> str:
    """Return a state of that name."""
    return (
        f"<{tag}><position><point><x>{x}</x><y>{y}</y></point></position><orientation><exact>{yaw}</exact></orientation>"
        f"<time><exact>{time}</exact></time>{more}</{tag}>"
    )


def speed(mps: float) -> str:
    """Return an exact velocity."""
    return f"<velocity><exact>{mps}</exact></velocity>"


def problem(goal: str, start: str = "") -> str:
    """Return a planning problem that starts at (5, 0) with 10 m/s, unless told otherwise."""
    begins = start or state("initialState", 0, 5.0, more=speed(10.0))
    return f'<planningProblem id="900">{begins}{goal}</planningProblem>'


def goal(position: str = "", more: str = "", time: tuple[int, int] = (40, 50)) -> str:
    """Return a goal state."""
    where = f"<position>{position}</position>" if position else ""
    when = f"<time><intervalStart>{time[0]}</intervalStart><intervalEnd>{time[1]}</intervalEnd></time>"
    return f"<goalState>{where}{when}{more}</goalState>"


def rectangle(length: float, width: float, x: float, y: float, yaw: float = 0.0) -> str:
    """Return a rectangle around (x, y)."""
    return (
        f"<rectangle><length>{length}</length><width>{width}</width><orientation>{yaw}</orientation>"
        f"<center><x>{x}</x><y>{y}</y></center></rectangle>"
    )


OLD_STREET = (
    lanelet(
        1, (0, 0), (50, 0), '<successor ref="2"/><adjacentLeft ref="3" drivingDir="same"/><speedLimit>12.5</speedLimit>'
    )
    + lanelet(2, (50, 0), (100, 0), '<predecessor ref="1"/>')
    + lanelet(
        3, (0, 4), (50, 4), '<adjacentRight ref="1" drivingDir="same"/><adjacentLeft ref="4" drivingDir="opposite"/>'
    )
    + lanelet(4, (50, 8), (0, 8), '<adjacentLeft ref="3" drivingDir="opposite"/><successor ref="777"/>')
)
CAR = (
    '<obstacle id="20"><role>dynamic</role><type>car</type><shape><rectangle><length>4.5</length><width>1.8</width>'
    "</rectangle></shape>"
    + state("initialState", 0, 20.0, more=speed(8.0))
    + "<trajectory>"
    + "".join(state("state", k, 20.0 + 0.8 * k, more=speed(8.0)) for k in range(1, 11))
    + "</trajectory></obstacle>"
)
PARKED = (
    '<obstacle id="21"><role>static</role><type>parkedVehicle</type><shape><rectangle><length>4.0</length>'
    "<width>2.0</width></rectangle></shape>" + state("initialState", 0, 60.0, 4.0, 1.5) + "</obstacle>"
)


def old(body: str = OLD_STREET + CAR + PARKED, task: str | None = None, step: float = 0.1) -> str:
    """Return a file of version 2018b."""
    asked = (
        problem(
            goal(
                rectangle(6, 2, 80, 0),
                speed(10)
                .replace("exact>", "intervalStart>")
                .replace("</velocity>", "<intervalEnd>12</intervalEnd></velocity>"),
            )
        )
        if task is None
        else task
    )
    return (
        f'<?xml version="1.0"?><commonRoad commonRoadVersion="2018b" timeStepSize="{step}">{body}{asked}</commonRoad>'
    )


def new(body: str, task: str = "") -> str:
    """Return a file of version 2020a."""
    asked = task or problem(goal('<lanelet ref="2"/>'))
    return f'<?xml version="1.0"?><commonRoad commonRoadVersion="2020a" timeStepSize="0.1">{body}{asked}</commonRoad>'


CROSSROADS = (
    lanelet(1, (-40, 0), (-6, 0), '<successor ref="2"/><successor ref="7"/>')
    + lanelet(2, (-6, 0), (6, 0), '<predecessor ref="1"/><successor ref="3"/>')
    + lanelet(3, (6, 0), (40, 0), '<predecessor ref="2"/>')
    + lanelet(4, (4, -40), (4, -6), '<successor ref="5"/>')
    + lanelet(5, (4, -6), (4, 6), '<predecessor ref="4"/><successor ref="6"/>')
    + lanelet(6, (4, 6), (4, 40), '<predecessor ref="5"/>')
)
RIGHT_TURN = (
    '<lanelet id="7">'
    + bound("leftBound", [(-6, 2), (-1, 0), (0, -6)])
    + bound("rightBound", [(-6, -2), (-4, -3), (-4, -6)])
    + '<predecessor ref="1"/><successor ref="8"/></lanelet>'
    + lanelet(8, (-2, -6), (-2, -40), '<predecessor ref="7"/>')
)

NEW_STREET = (
    lanelet(
        1,
        (-40, 0),
        (-6, 0),
        '<successor ref="2"/><successor ref="7"/><stopLine><lineMarking>solid</lineMarking></stopLine>'
        '<laneletType>urban</laneletType><trafficSignRef ref="50"/>'
        '<trafficLightRef ref="60"/><trafficLightRef ref="61"/>',
    )
    + lanelet(2, (-6, 0), (6, 0), '<predecessor ref="1"/><successor ref="3"/><laneletType>urban</laneletType>')
    + lanelet(3, (6, 0), (40, 0), '<predecessor ref="2"/><laneletType>urban</laneletType>')
    + RIGHT_TURN
    + lanelet(
        10, (-3, -8), (-3, 8), "<laneletType>crosswalk</laneletType><userBidirectional>pedestrian</userBidirectional>"
    )
    + lanelet(11, (-40, -4), (-6, -4), "<laneletType>bicycleLane</laneletType>")
    + lanelet(12, (-40, -8), (-6, -8), "<laneletType>sidewalk</laneletType>")
    + lanelet(13, (-40, 4), (-6, 4), "<laneletType>busLane</laneletType>")
    + lanelet(14, (-40, 9), (-6, 9), "<laneletType>urban</laneletType><userOneWay>bicycle</userOneWay>")
    + '<trafficSign id="50"><trafficSignElement><trafficSignID>R2-1</trafficSignID>'
    "<additionalValue>11.176</additionalValue></trafficSignElement></trafficSign>"
    '<trafficLight id="60"><cycle><cycleElement><duration>10</duration><color>red</color></cycleElement>'
    "<cycleElement><duration>2</duration><color>redYellow</color></cycleElement>"
    "<cycleElement><duration>20</duration><color>green</color></cycleElement>"
    "<cycleElement><duration>3</duration><color>yellow</color></cycleElement><timeOffset>5</timeOffset></cycle></trafficLight>"
    '<trafficLight id="61"><cycle><cycleElement><duration>5</duration><color>green</color></cycleElement></cycle>'
    "<direction>right</direction></trafficLight>"
    '<intersection id="70"><incoming id="71"><incomingLanelet ref="1"/><successorsStraight ref="2"/>'
    '<successorsRight ref="7"/></incoming></intersection>'
)
