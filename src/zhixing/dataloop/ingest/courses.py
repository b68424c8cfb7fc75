"""Headings, speeds and sizes that a format does not tell, from the movement and the class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.observations import Observations
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser

_SIZES_M = {
    RoadUser.CAR: (4.6, 1.8),
    RoadUser.TRUCK: (9.0, 2.5),
    RoadUser.BUS: (11.5, 2.5),
    RoadUser.MOTORCYCLE: (2.1, 0.8),
    RoadUser.EBIKE: (1.7, 0.7),
    RoadUser.BICYCLE: (1.7, 0.6),
    RoadUser.TRICYCLE: (2.9, 1.2),
    RoadUser.PEDESTRIAN: (0.5, 0.5),
    RoadUser.OBJECT: (1.0, 1.0),
}
"""Usual ones: GB 7258 and GB 17761 bound the larger ones; a pedestrian is as SinD's points are drawn."""
_MOVED_M = 0.1
"""Less since the row before says nothing of the direction."""


def with_courses(rows: Observations) -> Observations:
    """Return rows in which nothing is NaN any more; what is told stays as it is.

    A heading is the direction in which somebody came from its row before; who has hardly moved keeps its heading,
    at first the next one. A speed is how far it came since then, at first that of the next row. A size is the usual one
    of the class.

    Args:
        rows: Ordered by time; for each road user each of the quantities is told everywhere or nowhere.
    """
    rows = _with_sizes(rows)
    if not (np.isnan(rows.yaw_rad).any() or np.isnan(rows.speed_mps).any()):
        return rows
    order = np.lexsort((rows.time_ns, rows.object_id))
    first = np.diff(rows.object_id[order], prepend=-1) != 0
    only = first & np.append(first[1:], True)
    x, y, t = rows.x_m[order], rows.y_m[order], rows.time_ns[order] * 1e-9
    dx, dy, dt = (np.diff(values, prepend=values[:1]) for values in (x, y, t))
    # The first row of everybody has the step of its second.
    following = np.minimum(np.arange(order.size) + 1, order.size - 1)
    at = np.where(first & ~only, following, np.arange(order.size))
    dx, dy, dt = dx[at], dy[at], dt[at]
    dx[only], dy[only], dt[only] = 0.0, 0.0, 1.0
    way_m = np.hypot(dx, dy)
    course = _kept(np.where(way_m >= _MOVED_M, np.arctan2(dy, dx), np.nan), first)
    yaw = rows.yaw_rad[order]
    yaw = np.where(np.isnan(yaw), course, yaw)
    along = (dx * np.cos(yaw) + dy * np.sin(yaw)) / dt
    speed = rows.speed_mps[order]
    speed = np.where(np.isnan(speed), along, speed)
    told_yaw, told_speed = np.empty_like(yaw), np.empty_like(speed)
    told_yaw[order], told_speed[order] = yaw, speed
    return replace(rows, yaw_rad=told_yaw, speed_mps=told_speed)


def _kept(course: FloatArray, first: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> FloatArray:
    """Return courses without gaps: each kept until the next, the first one from the beginning; 0 if there is none."""
    place = np.arange(course.size)
    known = ~np.isnan(course)
    begin = np.maximum.accumulate(np.where(first, place, 0))
    last = np.maximum.accumulate(np.where(known, place, -1))
    end = np.append(first[1:], True)
    finish = np.minimum.accumulate(np.where(end, place, course.size)[::-1])[::-1]
    coming = np.minimum.accumulate(np.where(known, place, course.size)[::-1])[::-1]
    source = np.where(last >= begin, last, np.where(coming <= finish, coming, -1))
    return np.where(source >= 0, course[np.maximum(source, 0)], 0.0)


def _with_sizes(rows: Observations) -> Observations:
    if not (np.isnan(rows.length_m).any() or np.isnan(rows.width_m).any()):
        return rows
    usual = np.ones((max(RoadUser) + 1, 2))
    for user, size_m in _SIZES_M.items():
        usual[int(user)] = size_m
    return replace(
        rows,
        length_m=np.where(np.isnan(rows.length_m), usual[rows.road_user, 0], rows.length_m),
        width_m=np.where(np.isnan(rows.width_m), usual[rows.road_user, 1], rows.width_m),
    )
