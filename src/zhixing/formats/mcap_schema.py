"""The messages inside our recordings, as protobuf: one message a moment, arrays packed.

The schema is written down here once, as descriptors; it travels inside every file, so any MCAP or Foxglove tool can
decode it without us. Field numbers never change.
"""

from __future__ import annotations

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

PACKAGE = "zhixing.v1"

_TYPES = {
    "double": descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE,
    "fixed64": descriptor_pb2.FieldDescriptorProto.TYPE_FIXED64,
    "int64": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    "sint32": descriptor_pb2.FieldDescriptorProto.TYPE_SINT32,
    "uint32": descriptor_pb2.FieldDescriptorProto.TYPE_UINT32,
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
}

_MESSAGES: dict[str, tuple[str, ...]] = {
    # Who is where, what is shown and what the ego intends; SI units, world frame.
    "Moment": (
        "fixed64 time_ns", "double ego_x_m", "double ego_y_m", "double ego_yaw_rad", "double ego_speed_mps",
        "double ego_accel_mps2", "double ego_steer_rad", "repeated int64 object_id", "repeated uint32 road_user",
        "repeated double x_m", "repeated double y_m", "repeated double yaw_rad", "repeated double speed_mps",
        "repeated double length_m", "repeated double width_m", "repeated uint32 light", "repeated double plan_x_m",
        "repeated double plan_y_m", "string action", "string rule", "int64 decision_object_id", "string say_zh",
        "string say_en", "string say_de",
    ),
    "Lane": (
        "string lane_id", "uint32 kind", "repeated double centre_xy_m", "repeated double left_xy_m",
        "repeated double right_xy_m", "double speed_limit_mps", "bool is_two_way", "sint32 junction",
        "sint32 left_lane", "sint32 right_lane", "sint32 light_group", "string turn", "repeated uint32 successors",
    ),
    "StopLine": ("repeated double xy_m", "repeated uint32 lanes"),
    "Road": (
        "string name", "repeated Lane lanes", "repeated StopLine stop_lines", "uint32 num_junctions",
        "uint32 num_light_groups", "double ego_length_m", "double ego_width_m",
    ),
    "Signal": ("string path", "bool is_true", "double number", "string text", "string kind"),
    "Signals": ("fixed64 time_ns", "repeated Signal changed"),
    "Turn": (
        "fixed64 time_ns", "uint32 turn", "string text", "string lang", "string zone", "string outcome", "string reply",
    ),
}  # fmt: skip


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="zhixing/v1/drive.proto", package=PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, text in enumerate(fields, start=1):
            *repeated, kind, field_name = text.split()
            field = message.field.add(name=field_name, number=number)
            field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
            if kind in _TYPES:
                field.type = _TYPES[kind]
            else:
                field.type = field.TYPE_MESSAGE
                field.type_name = f".{PACKAGE}.{kind}"
    return file


_FILE = _file()
_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(_FILE)
FILE_DESCRIPTOR_SET: bytes = descriptor_pb2.FileDescriptorSet(file=[_FILE]).SerializeToString(deterministic=True)


def message_class(name: str) -> type[Message]:
    """Return the class of one of our messages.

    Example:
        >>> message_class("Moment")(time_ns=7).time_ns
        7
    """
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))
