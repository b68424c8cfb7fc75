"""A pattern from its name to a verdict, and where drivers fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.idm import IdmPlanner
from zhixing.errors import InputError, PluginError, ScenarioError
from zhixing.runtime import pattern_search, patterns
from zhixing.runtime.driving_tasks import read_scenario
from zhixing.runtime.kept_patterns import is_kept, keep_pattern_drive, read_kept_scene
from zhixing.runtime.pattern_pages import catalogue_page, drawing_of
from zhixing.runtime.pattern_search import coverage_of, search_pattern
from zhixing.runtime.pattern_view import parameters_of, pattern_rows, pattern_view
from zhixing.runtime.patterns import drive_pattern
from zhixing.simulation.patterns.catalogue import catalogue, pattern_named
from zhixing.testing.same_scenario import scenario_differences

DOCS = Path(__file__).parents[3] / "docs"


class Blind:
    """Drives on as if nobody were there: fails wherever braking is needed."""

    name = "blind"

    def __init__(self) -> None:
        self._idm = IdmPlanner()

    def start(self, briefing: Briefing) -> None:
        self._idm.start(briefing)

    def plan(self, scene: Scene) -> Plan:
        nobody = scene.others.until(scene.others.num_steps - 1)
        valid = np.zeros_like(nobody.valid)
        empty = type(nobody)(
            nobody.time_ns, nobody.object_id, nobody.road_user, nobody.size_m, nobody.xy_m, nobody.yaw_rad,
            nobody.speed_mps, valid,
        )  # fmt: skip
        return self._idm.plan(Scene(time_ns=scene.time_ns, ego=scene.ego, others=empty, lights=scene.lights))


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (patterns, pattern_search):
        monkeypatch.setattr(module, "make_planner", lambda _: Blind())


def test_a_scene_is_driven_judged_and_kept_as_a_task_that_reads_back_the_same(tmp_path: Path) -> None:
    drive = drive_pattern("queue-cut-in", {"gap_m": 3.0}, 5, "idm")
    assert drive.card.family == "queue-cut-in"
    assert drive.trace.outcome == "goal"
    assert drive.values["gap_m"] == 3.0
    place = keep_pattern_drive(drive, tmp_path)
    assert scenario_differences(read_scenario(place), drive.scenario) == []
    assert is_kept(place)
    kept = read_kept_scene(place)
    assert (kept.pattern, kept.values, kept.seed) == ("queue-cut-in", drive.values, 5)
    again = drive_pattern(kept.pattern, kept.values, kept.seed, "idm")
    assert again.trace.xy_m.tobytes() == drive.trace.xy_m.tobytes()
    assert keep_pattern_drive(again, tmp_path) == place


def test_drives_that_differ_do_not_overwrite_each_other(tmp_path: Path) -> None:
    drives = [
        drive_pattern("fallen-load", values, 5, planner)
        for values, planner in ((None, "idm"), ({"ego_mps": 9.0}, "idm"), (None, "pdm"))
    ]
    places = {keep_pattern_drive(drive, tmp_path) for drive in drives}
    assert len(places) == 3
    assert all(read_scenario(place).family == "fallen-load" for place in places)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "seed = 1", "pattern = 3\nseed = 0\n[values]", "pattern = 'dart-out'\nseed = -1\n[values]",
     "pattern = 'dart-out'\nseed = true\n[values]", "pattern = 'dart-out'\nseed = 0\n[values]\nego_mps = 'fast'",
     "a = " + "[" * 50_000, "#" * 200_000, "pattern = '\udcff'"],
)  # fmt: skip
def test_a_kept_scene_that_makes_no_sense_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "pattern.toml").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ScenarioError, match=r"pattern\.toml does not say"):
        read_kept_scene(tmp_path)


def test_the_same_seed_is_the_same_drive() -> None:
    one, two = (drive_pattern("dart-out", None, 3, "idm") for _ in range(2))
    assert one.trace.xy_m.tobytes() == two.trace.xy_m.tobytes()
    assert one.trace.background.xy_m.tobytes() == two.trace.background.xy_m.tobytes()


@pytest.mark.usefixtures("blind")
def test_a_search_finds_where_a_driver_fails_and_keeps_it(tmp_path: Path) -> None:
    report = search_pattern("dart-out", "blind", 24, keep=tmp_path, is_checked=False)
    assert len(report.tried) == 24
    assert len(report.failures) >= 4
    assert all(one.outcome == "collision" and Path(one.kept).is_dir() for one in report.failures)
    assert [one.hardness for one in report.tried] == sorted(one.hardness for one in report.tried)
    assert 0.3 < report.coverage <= 1.0
    again = read_scenario(Path(report.failures[0].kept))
    assert again.background.num_objects == 2


@pytest.mark.slow
def test_a_search_is_the_same_whatever_the_number_of_processes() -> None:
    one = search_pattern("walker-off-crossing", "idm", 10, jobs=1)
    two = search_pattern("walker-off-crossing", "idm", 10, jobs=2)
    assert one == two


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="budget"):
        search_pattern("dart-out", "idm", 0)
    with pytest.raises(PluginError, match="no planner"):
        search_pattern("dart-out", "nobody", 3)
    with pytest.raises(InputError, match="no pattern"):
        drive_pattern("nothing", None, 0, "idm")
    with pytest.raises(InputError, match="sets no parameter"):
        parameters_of(["gap_m"])
    with pytest.raises(InputError, match="sets no parameter"):
        parameters_of(["gap_m=wide"])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(1, 60), st.integers(0, 9))
def test_more_scenes_never_cover_less(parameters: int, scenes: int, seed: int) -> None:
    shares = np.random.default_rng(seed).random((scenes, parameters))
    covered = [coverage_of(shares[: k + 1]) for k in range(scenes)]
    assert covered == sorted(covered)
    assert 0.0 < covered[-1] <= 1.0


def test_everything_can_be_shown() -> None:
    assert {row["name"] for row in pattern_rows()} == set(catalogue())
    view = pattern_view("dart-out")
    assert view["title"]["zh"] == "鬼探头"
    assert view["query"]["name"] == "dart-out"


def test_the_page_and_the_drawings_are_up_to_date() -> None:
    assert (DOCS / "patterns.md").read_text(encoding="utf-8") == catalogue_page()
    assert {path.stem for path in (DOCS / "patterns").glob("*.svg")} == set(catalogue())
    for name in ("dart-out", "zipper-merge"):
        assert (DOCS / "patterns" / f"{name}.svg").read_text(encoding="utf-8") == drawing_of(pattern_named(name))
