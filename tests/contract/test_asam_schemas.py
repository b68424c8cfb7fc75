"""What we write against the schemas that ASAM publishes, as its own checkers carry them.

They come with ``pip install --no-deps asam-qc-opendrive asam-qc-openscenarioxml lxml`` (MPL-2.0; without their
dependencies, which want an older NumPy), OpenDRIVE 1.8's needs ``xmlschema`` besides. Nothing of it is imported by us.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.formats.openscenario_write import MAP_FILE, TASK_FILE, write_openscenario
from zhixing.runtime.driving_tasks import find_tasks, read_scenario
from zhixing.simulation.patterns.catalogue import catalogue
from zhixing.simulation.patterns.staged_world import perform

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
OPENSCENARIO = ("1.1.0", "1.1.1", "1.2.0", "1.3.0")

Check = Callable[[Path], list[str]]


def schema_folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"{package} is not installed: pip install --no-deps asam-qc-opendrive asam-qc-openscenarioxml")
    return Path(found.submodule_search_locations[0]) / "schema"


@pytest.fixture(scope="module")
def faults() -> Check:
    """Return a function that says what is wrong with a task folder."""
    etree: Any = pytest.importorskip("lxml.etree", reason="lxml is not installed: pip install lxml")
    files = [(MAP_FILE, schema_folder("qc_opendrive") / "1.7.0" / "opendrive_17_core.xsd")]
    files += [(TASK_FILE, schema_folder("qc_openscenario") / v / "OpenSCENARIO.xsd") for v in OPENSCENARIO]
    schemas = [(name, etree.XMLSchema(etree.parse(str(path)))) for name, path in files]

    def check(folder: Path) -> list[str]:
        said = []
        for name, schema in schemas:
            schema.validate(etree.parse(str(folder / name)))
            said += [f"{name}: {error.message}" for error in schema.error_log]
        return said

    return check


@pytest.fixture
def mixed(by_hand: SimpleNamespace) -> Scenario:
    road = by_hand.crossing()
    walk = by_hand.lane("walk", [(0, 9), (60, 9)], kind=LaneKind.SIDEWALK, is_two_way=True, speed_limit_mps=np.inf)
    zebra = by_hand.lane("zebra", [(105, -8), (105, 8)], kind=LaneKind.CROSSING, is_two_way=True)
    both = by_hand.lane("both", [(0, 30), (9, 30)], is_two_way=True)
    forks = by_hand.lane("fork", [(120, 0), (150, -9)])
    lanes = (*road.lanes, walk, zebra, both, forks)
    road = replace(road, lanes=lanes, successors=(*road.successors[:1], (2, 9), *road.successors[2:], (), (), (), ()))
    users = [by_hand.User(object_id=k, x_m=9.0 * k, road_user=user, last_step=k) for k, user in enumerate(RoadUser)]
    task: Scenario = by_hand.scenario(road, users=users)
    shown = np.array([[Light.RED, Light.GREEN], [Light.OFF, Light.FLASHING_YELLOW]])
    return replace(task, lights=Lights(np.array([-5, 7]), shown), ego_light=1)


def test_what_we_write_is_valid(faults: Check, mixed: Scenario, by_hand: SimpleNamespace, tmp_path: Path) -> None:
    write_openscenario(tmp_path / "mixed", mixed)
    assert faults(tmp_path / "mixed") == []
    write_openscenario(tmp_path / "nobody", by_hand.scenario())
    assert faults(tmp_path / "nobody") == []


@pytest.mark.slow
@pytest.mark.parametrize("pattern", sorted(catalogue()))
def test_the_scenes_of_patterns_are_valid(faults: Check, pattern: str, tmp_path: Path) -> None:
    task = perform(catalogue()[pattern].make()).scenario(f"{pattern}-0", pattern)
    write_openscenario(tmp_path / "scene", task)
    assert faults(tmp_path / "scene") == []


def test_the_map_is_valid_as_1_8_too(mixed: Scenario, tmp_path: Path) -> None:
    xmlschema: Any = pytest.importorskip("xmlschema", reason="xmlschema is not installed: pip install xmlschema")
    schema = xmlschema.XMLSchema11(str(schema_folder("qc_opendrive") / "1.8.0" / "OpenDRIVE_Core.xsd"))
    write_openscenario(tmp_path / "mixed", mixed)
    text = (tmp_path / "mixed" / MAP_FILE).read_text("utf-8").replace('revMinor="7"', 'revMinor="8"')
    assert [str(error.reason) for error in schema.iter_errors(text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["onsite_china", "commonroad"])
def test_shared_tasks_that_we_write_are_valid(faults: Check, tmp_path: Path, folder: str) -> None:
    place = SHARED / "data" / folder
    if not place.is_dir():
        pytest.skip(f"no recordings in {place}")
    for task in find_tasks([place])[::3]:
        write_openscenario(tmp_path / "task", read_scenario(task))
        assert faults(tmp_path / "task") == [], task.name
