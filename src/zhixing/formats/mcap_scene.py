"""Road users as boxes that Foxglove's 3D panel draws by itself (``foxglove.SceneUpdate``).

Thousands of small protobuf messages a minute would cost more than the drive, so one entity is serialised once with
marked numbers, and for each road user the eight-byte fields are replaced. The bytes are those protobuf would write.
"""

from __future__ import annotations

import struct

import numpy as np
from foxglove_schemas_protobuf.SceneUpdate_pb2 import SceneUpdate
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor

from zhixing.datatypes.shapes import FloatArray, IntArray

SCHEMA_NAME = "foxglove.SceneUpdate"
FRAME = "world"

_MARKS = tuple(1234.5 + k for k in range(12))
_HEIGHT_M = (0.0, 1.5, 3.0, 3.2, 1.6, 1.6, 1.6, 1.7, 1.7, 1.0)
"""By RoadUser number; 0 is the ego."""
_COLOUR = np.array(
    [
        (0.2, 0.8, 1.0), (0.75, 0.78, 0.82), (0.6, 0.62, 0.7), (0.9, 0.75, 0.3), (0.95, 0.55, 0.2), (1.0, 0.6, 0.15),
        (0.4, 0.85, 0.45), (0.8, 0.5, 0.3), (0.95, 0.4, 0.6), (0.5, 0.5, 0.5),
    ]
)  # fmt: skip
_ID_DIGITS = 12


def scene_update(
    object_id: IntArray, road_user: IntArray, xy_m: FloatArray, yaw_rad: FloatArray, size_m: FloatArray
) -> bytes:
    """Return a serialised ``foxglove.SceneUpdate`` that replaces what was shown before.

    Args:
        object_id: (users,)
        road_user: (users,) :class:`RoadUser`, 0 for the ego.
        xy_m: (users, 2) box centres in the world frame.
        yaw_rad: (users,)
        size_m: (users, 2) length and width.
    """
    users = object_id.shape[0]
    rows = np.broadcast_to(_TEMPLATE, (users, _TEMPLATE.shape[0])).copy()
    height = np.array(_HEIGHT_M)[road_user]
    height[road_user == 0] = 1.5
    columns = (
        xy_m[:, 0], xy_m[:, 1], 0.5 * height, np.sin(0.5 * yaw_rad), np.cos(0.5 * yaw_rad), size_m[:, 0], size_m[:, 1],
        height, *_COLOUR[road_user].T, np.full(users, 0.9),
    )  # fmt: skip
    for offset, column in zip(_OFFSETS, columns, strict=True):
        rows[:, offset : offset + 8] = column.astype("<f8")[:, None].view(np.uint8).reshape(users, 8)
    digits = np.char.zfill(object_id.astype(np.str_), _ID_DIGITS).astype(f"S{_ID_DIGITS}")
    rows[:, _ID_OFFSET : _ID_OFFSET + _ID_DIGITS] = digits.view(np.uint8).reshape(users, _ID_DIGITS)
    return _DELETE_ALL + rows.tobytes()


def file_descriptor_set() -> bytes:
    """Return the schema of ``foxglove.SceneUpdate`` with all it needs, in an order that does not vary."""
    files: dict[str, descriptor_pb2.FileDescriptorProto] = {}

    def visit(file: FileDescriptor) -> None:
        for needed in file.dependencies:
            visit(needed)
        if file.name not in files:
            proto = descriptor_pb2.FileDescriptorProto()
            file.CopyToProto(proto)
            files[file.name] = proto

    visit(SceneUpdate.DESCRIPTOR.file)
    return descriptor_pb2.FileDescriptorSet(file=files.values()).SerializeToString(deterministic=True)


def _template() -> tuple[np.ndarray[tuple[int], np.dtype[np.uint8]], tuple[int, ...], int, bytes]:
    update = SceneUpdate()
    update.deletions.add(type=1)  # ALL
    delete_all = update.SerializeToString(deterministic=True)
    update = SceneUpdate()
    entity = update.entities.add(frame_id=FRAME, id="#" * _ID_DIGITS)
    cube = entity.cubes.add()
    position, turn, size, colour = cube.pose.position, cube.pose.orientation, cube.size, cube.color
    position.x, position.y, position.z, turn.z, turn.w = _MARKS[:5]
    size.x, size.y, size.z, colour.r, colour.g, colour.b, colour.a = _MARKS[5:]
    data = update.SerializeToString(deterministic=True)
    offsets = tuple(data.index(struct.pack("<d", mark)) for mark in _MARKS)
    return np.frombuffer(data, dtype=np.uint8), offsets, data.index(b"#"), delete_all


_TEMPLATE, _OFFSETS, _ID_OFFSET, _DELETE_ALL = _template()
