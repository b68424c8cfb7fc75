"""Recordings as MCAP: written while driving, read back as a :class:`Drive`, opened by Foxglove and ``mcap`` tools.

Topics: ``/drive/moment`` (everybody, lights, plan and decision, 10 Hz), ``/drive/road`` (once), ``/drive/signals``
(changes), ``/drive/turn`` (the conversation), ``/drive/scene`` (boxes for Foxglove's 3D panel, 10 Hz).
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import lz4.frame
import numpy as np
import zstandard
from google.protobuf.message import DecodeError
from mcap.exceptions import McapError
from mcap.records import Channel, Chunk, Message
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import CompressionType, Writer

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.signal import Value
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.errors import RecordingError, ShapeError
from zhixing.formats import mcap_scene
from zhixing.formats.mcap_road import road_from_message, road_to_message
from zhixing.formats.mcap_schema import FILE_DESCRIPTOR_SET, PACKAGE, message_class

EGO_ID = 0
_MAGIC = b"\x89MCAP0\r\n"
_CHUNK_BYTES = 64 * 1024
"""A crash loses at most what is not yet in a chunk: about a second of dense traffic."""
_MAX_BYTES = 4 * 1024**3
_MAX_CHUNK_BYTES = 64 * 1024**2
_MAX_STATES = 100_000_000
_LEAST_STATES, _MOST_SPREAD = 1_000_000, 1_000
"""So many states a file may spread to, and so many times what it tells: who is there for a moment needs all moments."""
_MAX_LIGHTS = 10_000
_MOST_GROWTH = 100
"""So many times its own size a file may hold; recordings pack to a tenth or a thirtieth."""

_Moment, _Signals, _Turn = message_class("Moment"), message_class("Signals"), message_class("Turn")


class DriveWriter:
    """Writes a recording; use it as a context manager or call :meth:`close`.

    The same calls give the same bytes: no wall clock, no machine name.

    Args:
        path: The file to write.
        road: The map.
        body: The ego's size.
        metadata: Anything that should stand in the file.

    Raises:
        RecordingError: The file cannot be written.
    """

    def __init__(self, path: Path, *, road: Road, body: EgoBody, metadata: Mapping[str, str]) -> None:
        try:
            self._file: io.BufferedWriter = path.open("wb")
        except OSError as error:
            raise RecordingError(f"{path} cannot be written: {error.strerror}", hint="Choose another file.") from error
        self._path = path
        self._size_m = (body.length_m, body.width_m)
        self._writer = Writer(self._file, chunk_size=_CHUNK_BYTES, compression=CompressionType.ZSTD)
        self._writer.start(profile="", library="zhixing")
        self._channels: dict[str, int] = {}
        for topic, name in (("moment", "Moment"), ("road", "Road"), ("signals", "Signals"), ("turn", "Turn")):
            schema = self._writer.register_schema(f"{PACKAGE}.{name}", "protobuf", FILE_DESCRIPTOR_SET)
            self._channels[topic] = self._writer.register_channel(f"/drive/{topic}", "protobuf", schema)
        schema = self._writer.register_schema(mcap_scene.SCHEMA_NAME, "protobuf", mcap_scene.file_descriptor_set())
        self._channels["scene"] = self._writer.register_channel("/drive/scene", "protobuf", schema)
        self._writer.add_metadata("drive", dict(sorted(metadata.items())))
        self._add("road", 0, road_to_message(road, body).SerializeToString(deterministic=True))

    def __enter__(self) -> DriveWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(
        self,
        time_ns: int,
        ego: EgoState,
        others: Tracks,
        lights: IntArray,
        plan: Plan | None,
        decision: Decision,
    ) -> None:
        """Write one moment; the last step of ``others`` is now.

        Raises:
            RecordingError: The disk is full or gone.
        """
        now = others.valid[:, -1]
        xy_m, yaw_rad, size_m = others.xy_m[now, -1], others.yaw_rad[now, -1], others.size_m[now]
        moment: Any = _Moment(
            time_ns=time_ns,
            ego_x_m=ego.x_m,
            ego_y_m=ego.y_m,
            ego_yaw_rad=ego.yaw_rad,
            ego_speed_mps=ego.speed_mps,
            ego_accel_mps2=ego.accel_mps2,
            ego_steer_rad=ego.steer_rad,
            object_id=others.object_id[now].tolist(),
            road_user=others.road_user[now].tolist(),
            x_m=xy_m[:, 0].tolist(),
            y_m=xy_m[:, 1].tolist(),
            yaw_rad=yaw_rad.tolist(),
            speed_mps=others.speed_mps[now, -1].tolist(),
            length_m=size_m[:, 0].tolist(),
            width_m=size_m[:, 1].tolist(),
            light=lights.tolist(),
            plan_x_m=plan.xy_m[:, 0].tolist() if plan else [],
            plan_y_m=plan.xy_m[:, 1].tolist() if plan else [],
            action=decision.action,
            rule=decision.rule,
            decision_object_id=decision.object_id,
            say_zh=decision.say.zh,
            say_en=decision.say.en,
            say_de=decision.say.de,
        )
        self._add("moment", time_ns, moment.SerializeToString(deterministic=True))
        scene = mcap_scene.scene_update(
            np.concatenate(([EGO_ID], others.object_id[now])),
            np.concatenate(([0], others.road_user[now])),
            np.concatenate(([[ego.x_m, ego.y_m]], xy_m)),
            np.concatenate(([ego.yaw_rad], yaw_rad)),
            np.concatenate(([self._size_m], size_m)),
        )
        self._add("scene", time_ns, scene)

    def write_signals(self, time_ns: int, values: Mapping[str, Value]) -> None:
        """Write signals that have changed."""
        message: Any = _Signals(time_ns=time_ns)
        for path, value in sorted(values.items()):
            match value:
                case bool():
                    message.changed.add(path=path, is_true=value, kind="bool")
                case int() | float():
                    message.changed.add(path=path, number=value, kind="number")
                case str():
                    message.changed.add(path=path, text=value, kind="text")
        self._add("signals", time_ns, message.SerializeToString(deterministic=True))

    def write_turn(self, time_ns: int, turn: Mapping[str, Any]) -> None:
        """Write a finished turn of the conversation, as the screen shows it."""
        fields = {name: turn[name] for name in ("turn", "text", "lang", "zone", "outcome", "reply")}
        message: Any = _Turn(time_ns=time_ns, **fields)
        self._add("turn", time_ns, message.SerializeToString(deterministic=True))

    def close(self) -> None:
        """Write the index and close the file; a second call does nothing."""
        if self._file.closed:
            return
        try:
            self._writer.finish()  # type: ignore[no-untyped-call]
            self._file.close()
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.close()
            raise RecordingError(
                f"{self._path} cannot be finished: {error.strerror}", hint="Free some space."
            ) from error

    def _add(self, topic: str, time_ns: int, data: bytes) -> None:
        try:
            self._writer.add_message(self._channels[topic], log_time=time_ns, publish_time=time_ns, data=data)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.close()  # what is written so far can be read as a recording that ends too early
            raise RecordingError(
                f"{self._path} cannot be written: {error.strerror}", hint="Free some space."
            ) from error


def is_mcap(path: Path) -> bool:
    """Return whether a file begins with MCAP's magic bytes; false where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def read_drive(path: Path | str, *, allow_truncated: bool = False) -> Drive:
    """Return a recording; the ego is the first object.

    Args:
        path: A file of :class:`DriveWriter`.
        allow_truncated: Take what is there of a file that ends too early, as after a crash.

    Raises:
        RecordingError: It is no recording of ours, damaged, or ends too early.
    """
    path = Path(path)
    moments: list[Any] = []
    road: Road | None = None
    body = EgoBody()
    try:
        for topic, data in _messages(path, allow_truncated=allow_truncated):
            if topic == "/drive/moment":
                moments.append(_Moment.FromString(data))
            elif topic == "/drive/road":
                road, body = road_from_message(message_class("Road").FromString(data))
        if not moments:
            raise RecordingError(f"{path.name} holds no moment of a drive", hint="Record one with zhixing drive.")
        tracks, lights = _tracks(moments, body), _lights(moments)
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}", hint="Check the path.") from error
    except _DAMAGE as error:
        raise RecordingError(f"{path.name} is no complete MCAP recording: {error}", hint=_TRUNCATED_HINT) from error
    except ShapeError as error:
        raise RecordingError(
            f"{path.name} holds what cannot have happened: {error}", hint="Check who wrote it."
        ) from error
    return Drive(drive_id=path.stem, source="zhixing", road=road, tracks=tracks, lights=lights, ego_id=EGO_ID)


_DAMAGE = (
    McapError, DecodeError, zstandard.ZstdError, struct.error, ValueError, RuntimeError, EOFError, OverflowError,
    MemoryError, KeyError,
)  # fmt: skip
"""What the libraries raise on a file that is cut off, damaged or made to harm."""
_TRUNCATED_HINT = "It may be cut off; read_drive(path, allow_truncated=True) takes what is there."


def _messages(path: Path, *, allow_truncated: bool) -> Iterator[tuple[str, bytes]]:
    if path.exists() and not path.is_file():
        raise RecordingError(f"{path} is no ordinary file", hint="Give a recording.")
    if path.stat().st_size > _MAX_BYTES:
        raise RecordingError(f"{path.name} has more than {_MAX_BYTES / 1e9:.0f} GB", hint="Cut it into shorter drives.")
    topics: dict[int, str] = {}
    with path.open("rb") as file:
        try:
            for record in _records(file):
                if isinstance(record, Channel):
                    topics[record.id] = record.topic
                elif isinstance(record, Message):
                    yield topics.get(record.channel_id, ""), record.data
        except _DAMAGE:
            if not (allow_truncated and topics):
                raise


def _records(file: BinaryIO) -> Iterator[object]:
    """Yield all records; chunks that are far larger than any of ours, or than their file, are not unpacked."""
    left = _CHUNK_BYTES * 16 + _MOST_GROWTH * os.fstat(file.fileno()).st_size
    reader = StreamReader(file, emit_chunks=True, validate_crcs=True, record_size_limit=_MAX_CHUNK_BYTES)
    for record in reader.records:
        if not isinstance(record, Chunk):
            yield record
            continue
        if record.uncompressed_size > _MAX_CHUNK_BYTES:
            raise ValueError(f"a chunk of {record.uncompressed_size:,} bytes")
        data = _unpacked(record)
        left -= len(data)
        if left < 0:
            raise ValueError("chunks that unpack to far more than the file")
        yield from breakup_chunk(replace(record, compression="", data=data), validate_crc=True)


def _unpacked(chunk: Chunk) -> bytes:
    """Return what is in a chunk, never more than it says: a frame's own word for its size is not believed."""
    most = chunk.uncompressed_size
    match chunk.compression:
        case "":
            data = chunk.data
        case "zstd":
            with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(chunk.data)) as stream:
                data = stream.read(most + 1)
        case "lz4":
            data = lz4.frame.LZ4FrameDecompressor().decompress(chunk.data, max_length=most + 1)  # type: ignore[no-untyped-call]
        case other:
            raise ValueError(f"a chunk packed by {other!r}")
    if len(data) != most:
        raise ValueError(f"a chunk that does not hold {most:,} bytes as it says")
    return bytes(data)


def _tracks(moments: list[Any], body: EgoBody) -> Tracks:
    ids = sorted({identity for moment in moments for identity in moment.object_id})
    row = {identity: k + 1 for k, identity in enumerate(ids)}
    objects, steps = len(ids) + 1, len(moments)
    told = steps + sum(len(moment.object_id) for moment in moments)
    if objects * steps > min(_MAX_STATES, _LEAST_STATES + _MOST_SPREAD * told):
        raise ValueError(f"{objects:,} road users at {steps:,} moments are too many")
    if EGO_ID in row:
        raise ValueError("somebody has the number of the ego")
    xy, yaw, speed = np.zeros((objects, steps, 2)), np.zeros((objects, steps)), np.zeros((objects, steps))
    valid, size = np.zeros((objects, steps), dtype=np.bool_), np.ones((objects, 2))
    road_user = np.full(objects, int(RoadUser.CAR), dtype=np.int64)
    size[0], valid[0] = (body.length_m, body.width_m), True
    for step, moment in enumerate(moments):
        xy[0, step], yaw[0, step] = (moment.ego_x_m, moment.ego_y_m), moment.ego_yaw_rad
        speed[0, step] = moment.ego_speed_mps
        rows = [row[identity] for identity in moment.object_id]
        columns = (moment.x_m, moment.y_m, moment.yaw_rad, moment.speed_mps, moment.length_m, moment.width_m)
        if any(len(column) != len(rows) for column in (*columns, moment.road_user)):
            raise ValueError(f"moment {step} has columns of different lengths")
        xy[rows, step] = np.stack((moment.x_m, moment.y_m), axis=-1)
        yaw[rows, step], speed[rows, step], valid[rows, step] = moment.yaw_rad, moment.speed_mps, True
        size[rows] = np.stack((moment.length_m, moment.width_m), axis=-1)
        road_user[rows] = moment.road_user
    time_ns = np.array([moment.time_ns for moment in moments], dtype=np.int64)
    if not np.isin(road_user, [int(user) for user in RoadUser]).all():
        raise ValueError("somebody is of no known class")
    return Tracks(time_ns, np.array([EGO_ID, *ids], dtype=np.int64), road_user, size, xy, yaw, speed, valid)


def _lights(moments: list[Any]) -> Lights:
    if any(len(moment.light) > _MAX_LIGHTS for moment in moments):
        raise ValueError(f"more than {_MAX_LIGHTS:,} lights")
    time_ns = np.array([moment.time_ns for moment in moments], dtype=np.int64)
    return Lights(time_ns, np.array([list(moment.light) for moment in moments], dtype=np.int64).T.copy())
