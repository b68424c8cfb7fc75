"""Numbers, points and shapes as CommonRoad files write them.

Source: CommonRoad XML format 2020a and 2018b, "auxiliary elements": a value is ``exact`` or an interval; a place is a
point, or a shape where it is uncertain or a region.
"""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import InputError, ScenarioError
from zhixing.formats.xml_files import text_number

_CIRCLE_CORNERS = 64
_MAX_SHAPE_M = 10_000.0


def interval(value: Element, error_type: type[InputError] = ScenarioError) -> tuple[float, float]:
    """Return the least and the greatest of an ``exact`` value or an interval.

    Raises:
        InputError: As ``error_type``: it is neither, no finite number, or ends before it starts.
    """
    if value.find("exact") is not None:
        exact = text_number(value, "exact", error_type)
        return exact, exact
    low, high = text_number(value, "intervalStart", error_type), text_number(value, "intervalEnd", error_type)
    if low > high:
        raise error_type(f"<{value.tag}> ends at {high}, before it starts at {low}", hint="Swap the two.")
    return low, high


def middle(element: Element, name: str, default: float | None = None) -> float:
    """Return an exact value, or the middle of an interval, of a child element.

    Raises:
        ScenarioError: It is absent (and there is no default) or no finite number.
    """
    value = element.find(name)
    if value is None:
        if default is None:
            raise ScenarioError(f"<{element.tag}> lacks {name}", hint="The file does not follow CommonRoad.")
        return default
    low, high = interval(value)
    return 0.5 * (low + high)


def points(parent: Element, error_type: type[InputError] = ScenarioError) -> FloatArray:
    """Return (points, 2) the ``point`` children.

    Raises:
        InputError: As ``error_type``: a coordinate is absent or no finite number.
    """
    rows = [(text_number(p, "x", error_type), text_number(p, "y", error_type)) for p in parent.iterfind("point")]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def place(state: Element) -> tuple[float, float]:
    """Return where a state is: its point, or the middle of the shape in which it may be.

    Raises:
        ScenarioError: It says nowhere.
    """
    position = state.find("position")
    if position is not None:
        exact = points(position)
        if exact.shape[0]:
            return float(exact[0, 0]), float(exact[0, 1])
        region = outlines(position)
        if region:
            around = np.concatenate(region)
            x, y = 0.5 * (around.min(axis=0) + around.max(axis=0))
            return float(x), float(y)
    raise ScenarioError(f"<{state.tag}> has no position", hint="Give it a point.")


def outlines(parent: Element) -> list[FloatArray]:
    """Return the outlines (points, 2) of the shapes that an element holds, in the frame they are given in.

    Raises:
        ScenarioError: A size is not positive or absurd, or a polygon has fewer than three points.
    """
    found = []
    for shape in parent:
        match shape.tag:
            case "rectangle":
                found.append(_rectangle(shape))
            case "circle":
                found.append(_circle(shape))
            case "polygon":
                corners = points(shape)
                if corners.shape[0] < 3:
                    raise ScenarioError(f"a polygon has {corners.shape[0]} points", hint="Give it three or more.")
                found.append(corners)
            case "shape" | "shapeGroup":
                found += outlines(shape)
            case _:
                pass
    return found


def _rectangle(shape: Element) -> FloatArray:
    length_m, width_m = _size_m(shape, "length"), _size_m(shape, "width")
    yaw_rad = text_number(shape, "orientation", ScenarioError, default=0.0)
    corners = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]) * [0.5 * length_m, 0.5 * width_m]
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    turned: FloatArray = corners @ np.array([[c, s], [-s, c]]) + _centre(shape)
    return turned


def _circle(shape: Element) -> FloatArray:
    angle = np.linspace(0.0, 2.0 * math.pi, _CIRCLE_CORNERS, endpoint=False)
    around: FloatArray = _centre(shape) + _size_m(shape, "radius") * np.stack((np.cos(angle), np.sin(angle)), axis=-1)
    return around


def _centre(shape: Element) -> FloatArray:
    centre = shape.find("center")
    if centre is None:
        return np.zeros(2)
    return np.array([text_number(centre, axis, ScenarioError) for axis in ("x", "y")])


def _size_m(shape: Element, name: str) -> float:
    value = text_number(shape, name, ScenarioError)
    if not 0.0 < value <= _MAX_SHAPE_M:
        raise ScenarioError(f"a {shape.tag} has a {name} of {value} m", hint="Sizes are positive, in metres.")
    return value
