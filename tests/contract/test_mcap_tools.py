"""Our recordings, opened by the mcap package's own reader and its protobuf decoder."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer
from mcap_protobuf.decoder import DecoderFactory

from zhixing.errors import RecordingError
from zhixing.formats.mcap_files import EGO_ID, DriveWriter, read_drive
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig

STEPS = 30
TURN = {"turn": 1, "text": "有点冷", "lang": "zh", "zone": "driver", "outcome": "done", "reply": "好的"}


@pytest.fixture(scope="module")
def ride() -> Ride:
    return Ride(CityConfig(seed=2, num_users=20), "idm")


@pytest.fixture(scope="module")
def recording(ride: Ride, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drive") / "drive.mcap"
    with DriveWriter(path, road=ride.world.road, body=ride.world.body, metadata={"b": "2", "a": "1"}) as writer:
        for _ in range(STEPS):
            ride.step()
            scene = ride.scene
            writer.write(scene.time_ns, scene.ego, scene.others, scene.lights, ride.plan, ride.decision)
        writer.write_signals(ride.scene.time_ns, {"Vehicle.Speed": 3.5, "Vehicle.IsMoving": True, "X": "PLAY"})
        writer.write_turn(ride.scene.time_ns, TURN)
    return path


def test_other_peoples_tools_decode_every_message(recording: Path) -> None:
    topics: Counter[str] = Counter()
    with recording.open("rb") as file:
        for _, channel, message, decoded in make_reader(
            file, decoder_factories=[DecoderFactory()]
        ).iter_decoded_messages():
            topics[channel.topic] += 1
            if channel.topic == "/drive/scene":
                assert decoded.entities[0].cubes[0].size.x == pytest.approx(4.8)
                assert len({entity.id for entity in decoded.entities}) == len(decoded.entities)
            if channel.topic == "/drive/turn":
                assert decoded.text == "有点冷"
            assert message.log_time >= 0
    assert topics == {
        "/drive/moment": STEPS,
        "/drive/scene": STEPS,
        "/drive/road": 1,
        "/drive/signals": 1,
        "/drive/turn": 1,
    }


def test_what_is_read_is_what_was_written(recording: Path, ride: Ride) -> None:
    drive = read_drive(recording)
    scene = ride.scene
    assert drive.ego_id == EGO_ID
    assert drive.tracks.num_steps == STEPS
    assert drive.tracks.xy_m[0, -1].tolist() == [scene.ego.x_m, scene.ego.y_m]
    row = {int(identity): k for k, identity in enumerate(drive.tracks.object_id)}
    for k in np.flatnonzero(scene.others.valid[:, -1]):
        mine = row[int(scene.others.object_id[k])]
        assert drive.tracks.xy_m[mine, -1].tolist() == scene.others.xy_m[k, -1].tolist()
    assert drive.lights.at(scene.time_ns).tolist() == scene.lights.tolist()
    assert drive.road is not None
    assert drive.road.successors == ride.world.road.successors


def test_a_recording_that_ends_too_early_is_named_and_can_still_be_used(recording: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mcap"
    whole = recording.read_bytes()
    cut.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(RecordingError, match="no complete MCAP") as caught:
        read_drive(cut)
    assert "allow_truncated" in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89MCAP0\r\n" + b"\xff" * 64])
def test_a_foreign_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.mcap"
    path.write_bytes(content)
    with pytest.raises(RecordingError):
        read_drive(path)


def test_a_folder_that_is_not_there_is_named(ride: Ride, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be written"):
        DriveWriter(tmp_path / "absent" / "x.mcap", road=ride.world.road, body=ride.world.body, metadata={})


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_a_damaged_recording_is_named(recording: Path, tmp_path: Path, place: float) -> None:
    damaged = bytearray(recording.read_bytes())
    start = int(len(damaged) * place)
    damaged[start : start + 64] = bytes(64)
    path = tmp_path / "damaged.mcap"
    path.write_bytes(damaged)
    with pytest.raises(RecordingError):
        read_drive(path)


@given(where=st.floats(0.0, 1.0, exclude_max=True), bit=st.integers(0, 7), allow=st.booleans())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(where=0.05, bit=7, allow=True)
def test_a_flipped_bit_is_an_error_of_ours_or_does_no_harm(
    recording: Path, tmp_path: Path, where: float, bit: int, allow: bool
) -> None:
    data = bytearray(recording.read_bytes())
    data[int(where * len(data))] ^= 1 << bit
    damaged = tmp_path / "damaged.mcap"
    damaged.write_bytes(data)
    with contextlib.suppress(RecordingError):
        read_drive(damaged, allow_truncated=allow)


def test_a_chunk_that_would_unpack_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.mcap"
    with bomb.open("wb") as file:
        writer = Writer(file, chunk_size=80 * 1024**2, compression=CompressionType.ZSTD)
        writer.start()
        schema = writer.register_schema("zhixing.v1.Moment", "protobuf", b"")
        channel = writer.register_channel("/drive/moment", "protobuf", schema)
        for k in range(80):
            writer.add_message(channel, log_time=k, publish_time=k, data=bytes(1024**2))
        writer.finish()  # type: ignore[no-untyped-call]
    with pytest.raises(RecordingError, match="a chunk of"):
        read_drive(bomb)
