"""Maps that we write as SUMO's netconvert reads them: it opens them, and its lanes lie on ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from zhixing.datatypes.road import Road
from zhixing.formats.opendrive_write import write_opendrive
from zhixing.runtime.driving_tasks import find_tasks, read_scenario

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
NEAR_M = 1.5
"""Its lanes are of one width and cut short at junctions."""


@pytest.fixture(scope="module")
def home() -> Path:
    sumo: Any = pytest.importorskip("sumo", reason="eclipse-sumo is not installed: pip install eclipse-sumo")
    return Path(sumo.__path__[0])


def lanes_as_read(home: Path, path: Path) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    net = path.with_suffix(".net.xml")
    command = [str(home / "bin" / "netconvert"), "--opendrive-files", str(path), "-o", str(net)]
    command += ["--opendrive.import-all-lanes", "--offset.disable-normalization"]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"SUMO_HOME": str(home)}
    )
    assert answer.returncode == 0, answer.stderr
    shapes = [lane.get("shape", "") for lane in fromstring(net.read_bytes()).iterfind("edge/lane")]  # noqa: S314
    return [np.array([[float(w) for w in point.split(",")[:2]] for point in shape.split()]) for shape in shapes]


def farthest_m(shapes: list[np.ndarray[Any, np.dtype[np.float64]]], road: Road) -> float:
    """Return how far the farthest point of any lane is from the middle of any of ours."""
    middles = []
    for lane in road.lanes:
        at = np.linspace(0.0, lane.centre_xy_m.shape[0] - 1.0, 400)
        known = np.arange(lane.centre_xy_m.shape[0])
        middles.append(np.stack([np.interp(at, known, lane.centre_xy_m[:, k]) for k in (0, 1)], axis=-1))
    ours = np.concatenate(middles)
    return max(float(np.hypot(*(point - ours).T).min()) for shape in shapes for point in shape)


def test_a_street_and_a_crossing_are_opened_alike(home: Path, by_hand: SimpleNamespace, tmp_path: Path) -> None:
    for name, road in (("street", by_hand.street()), ("crossing", by_hand.crossing())):
        write_opendrive(tmp_path / f"{name}.xodr", road)
        shapes = lanes_as_read(home, tmp_path / f"{name}.xodr")
        assert len(shapes) >= len(road.lanes)
        assert farthest_m(shapes, road) < NEAR_M


@pytest.mark.slow
def test_shared_maps_are_opened_alike(home: Path, tmp_path: Path) -> None:
    place = SHARED / "data" / "onsite_china"
    if not place.is_dir():
        pytest.skip(f"no recordings in {place}")
    seen: set[str] = set()
    for task in find_tasks([place]):
        road = read_scenario(task).road
        if task.parent.name in seen:
            continue
        seen.add(task.parent.name)
        write_opendrive(tmp_path / "map.xodr", road)
        assert farthest_m(lanes_as_read(home, tmp_path / "map.xodr"), road) < NEAR_M, task.name
