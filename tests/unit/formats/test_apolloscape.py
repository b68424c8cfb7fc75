from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import RecordingError
from zhixing.formats.apolloscape import is_apolloscape, read_apolloscape

LINES = (
    # somebody who goes north 1 m a frame, is not there in frame 12, and then goes on east
    "10 7 3 0.0 0.0 5.0 0.5 0.6 1.7 2.0",
    "11 7 3 0.0 1.0 5.0 0.5 0.6 1.7 2.0",
    "13 7 3 2.0 1.0 5.0 0.5 0.6 1.7 2.0",
    # a car that stands
    "10 2 1 9.0 9.0 5.0 4.0 1.8 1.5 0.3",
    "11 2 1 9.0 9.1 5.0 4.2 1.8 1.5 0.4",
    # somebody seen once
    "12 9 4 5.0 5.0 5.0 1.8 0.6 1.7 1.0",
)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "recording.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_everybody_is_where_the_file_says(tmp_path: Path) -> None:
    drive = read_apolloscape(written(tmp_path, *LINES))
    tracks = drive.tracks
    assert drive.road is None
    assert drive.source == "apolloscape"
    assert tracks.object_id.tolist() == [2, 7, 9]
    assert tracks.road_user.tolist() == [RoadUser.CAR, RoadUser.PEDESTRIAN, RoadUser.EBIKE]
    assert tracks.time_ns.tolist() == [0, 500_000_000, 1_000_000_000, 1_500_000_000]
    assert tracks.valid.astype(int).tolist() == [[1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 0]]
    assert tracks.size_m[0].tolist() == pytest.approx([4.1, 1.8])
    assert tracks.xy_m[1, 3].tolist() == [2.0, 1.0]


def test_speed_and_heading_are_those_since_the_frame_before(tmp_path: Path) -> None:
    tracks = read_apolloscape(written(tmp_path, *LINES)).tracks
    assert tracks.yaw_rad[1, [0, 1, 3]] == pytest.approx([0.5 * np.pi, 0.5 * np.pi, 0.0])
    assert tracks.speed_mps[1, [0, 1, 3]] == pytest.approx([2.0, 2.0, 2.0])
    # who hardly moves keeps the heading in the file
    assert tracks.yaw_rad[0, :2] == pytest.approx([0.3, 0.3])
    assert tracks.speed_mps[2, 2] == 0.0


def test_what_comes_later_changes_nothing_before(tmp_path: Path) -> None:
    early = read_apolloscape(written(tmp_path, *LINES[:2])).tracks
    late = read_apolloscape(written(tmp_path, *LINES[:3])).tracks
    assert np.array_equal(early.speed_mps, late.speed_mps[:, :2])
    assert np.array_equal(early.yaw_rad, late.yaw_rad[:, :2])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), "empty"),
        (("1 2 3",), "3 columns"),
        (("1 2 1 x 0 0 1 1 1 0",), "could not convert"),
        (("1 2 1 nan 0 0 1 1 1 0",), "no place"),
        (("1 2 1 1e99 0 0 1 1 1 0",), "no place"),
        (("1.5 2 1 0 0 0 1 1 1 0",), "no place"),
        (("1 2 8 0 0 0 1 1 1 0",), "8 is no type"),
        (("1 2 1 0 0 0 1 1 1 0", "1 2 1 0 0 0 1 1 1 0"), "twice"),
        (("1 2 1 0 0 0 1 1 1 0", "900000 2 1 0 0 0 1 1 1 0"), "spans"),
    ],
)
def test_what_is_no_recording_is_refused_with_a_hint(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(RecordingError, match=message) as caught:
        read_apolloscape(written(tmp_path, *lines))
    assert caught.value.hint


def test_a_file_that_is_absent_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("a.txt", "b.txt"):
        with pytest.raises(RecordingError, match="cannot be read"):
            read_apolloscape(tmp_path / name)


def test_such_recordings_are_told_from_other_texts(tmp_path: Path) -> None:
    assert is_apolloscape(written(tmp_path, *LINES))
    assert not is_apolloscape(written(tmp_path, "a list of ten words that are not numbers at all"))
    assert not is_apolloscape(written(tmp_path, "1 2 9 0 0 0 1 1 1 0"))
    assert not is_apolloscape(tmp_path / "absent.txt")
