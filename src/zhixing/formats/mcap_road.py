"""The map inside a recording."""

from __future__ import annotations

from typing import Any

import numpy as np
from google.protobuf.message import DecodeError, Message

from zhixing.datatypes.road import Lane, LaneKind, Road, StopLine
from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError, ShapeError
from zhixing.formats.mcap_schema import message_class


def road_to_message(road: Road, body: EgoBody) -> Message:
    """Return the map and the ego's size as a message."""
    message: Any = message_class("Road")(
        name=road.name,
        num_junctions=road.num_junctions,
        num_light_groups=road.num_light_groups,
        ego_length_m=body.length_m,
        ego_width_m=body.width_m,
    )
    for lane, successors in zip(road.lanes, road.successors, strict=True):
        message.lanes.add(
            lane_id=lane.lane_id,
            kind=int(lane.kind),
            centre_xy_m=lane.centre_xy_m.ravel().tolist(),
            left_xy_m=lane.left_xy_m.ravel().tolist(),
            right_xy_m=lane.right_xy_m.ravel().tolist(),
            speed_limit_mps=lane.speed_limit_mps,
            is_two_way=lane.is_two_way,
            junction=lane.junction,
            left_lane=lane.left_lane,
            right_lane=lane.right_lane,
            light_group=lane.light_group,
            turn=lane.turn,
            successors=successors,
        )
    for line in road.stop_lines:
        message.stop_lines.add(xy_m=line.xy_m.ravel().tolist(), lanes=line.lanes)
    result: Message = message
    return result


def road_from_message(message: Any) -> tuple[Road, EgoBody]:  # noqa: ANN401  # protobuf fields have no static types
    """Return the map and the ego's size of a message."""
    road = Road(
        name=message.name,
        lanes=tuple(
            Lane(
                lane_id=lane.lane_id,
                kind=LaneKind(lane.kind),
                centre_xy_m=_points(lane.centre_xy_m),
                left_xy_m=_points(lane.left_xy_m),
                right_xy_m=_points(lane.right_xy_m),
                speed_limit_mps=lane.speed_limit_mps,
                is_two_way=lane.is_two_way,
                junction=lane.junction,
                left_lane=lane.left_lane,
                right_lane=lane.right_lane,
                light_group=lane.light_group,
                turn=lane.turn,
            )
            for lane in message.lanes
        ),
        successors=tuple(tuple(lane.successors) for lane in message.lanes),
        stop_lines=tuple(StopLine(xy_m=_points(line.xy_m), lanes=tuple(line.lanes)) for line in message.stop_lines),
        num_junctions=message.num_junctions,
        num_light_groups=message.num_light_groups,
    )
    return road, EgoBody(length_m=message.ego_length_m, width_m=message.ego_width_m)


def road_to_bytes(road: Road) -> bytes:
    """Return the map alone; the same map gives the same bytes."""
    return road_to_message(road, EgoBody()).SerializeToString(deterministic=True)


def road_from_bytes(data: bytes) -> Road:
    """Return what :func:`road_to_bytes` wrote.

    Raises:
        MapError: It is no map.
    """
    try:
        return road_from_message(message_class("Road").FromString(data))[0]
    except (DecodeError, ShapeError, ValueError) as error:
        raise MapError(f"these bytes are no map: {error}", hint="Write it again.") from error


def _points(values: Any) -> FloatArray:  # noqa: ANN401
    return np.array(values, dtype=np.float64).reshape(-1, 2)
