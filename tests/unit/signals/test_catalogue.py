from __future__ import annotations

import importlib.util
import json
import math
import os
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.errors import ConfigError, OutOfRangeError, WrongTypeError
from zhixing.signals.catalogue import load_catalogue, parse_catalogue
from zhixing.signals.values import INTEGER_RANGES, check_type, checker, is_allowed

TOOL = runpy.run_path(str(Path(__file__).parents[3] / "tools" / "compile_catalogue.py"))
SIGNALS: Path = TOOL["SIGNALS"]
SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
LEAF: dict[str, Any] = {"type": "actuator", "datatype": "uint8", "default": 0, "description": "A thing."}


def official() -> dict[str, dict[str, Any]]:
    files = sorted((SHARED / "vss").glob("vss_v6*.json"))
    if not files:
        pytest.skip(f"no official VSS export in {SHARED / 'vss'}")
    return leaves_of(json.loads(files[0].read_text("utf-8")))


def leaves_of(tree: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, node in tree.items():
        path = f"{prefix}{name}"
        found |= leaves_of(node["children"], f"{path}.") if "children" in node else {path: node}
    return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Return what vss-tools makes of our vspec files with given overlays."""
    if importlib.util.find_spec("vss_tools") is None:
        pytest.skip("vss-tools is not installed")

    def compile_with(*overlays: str) -> dict[str, Any]:
        output = tmp_path_factory.mktemp("vss") / "catalogue.json"
        TOOL["compile_catalogue"](output, overlays)
        tree: dict[str, Any] = json.loads(output.read_text("utf-8"))
        return tree

    return compile_with


FACTS = ("type", "datatype", "unit", "min", "max", "allowed", "pattern", "default")


def test_every_leaf_states_the_facts_of_the_standard(compiled: Callable[..., dict[str, Any]]) -> None:
    theirs = official()
    ours = leaves_of(compiled())
    assert len(ours) >= 450
    for path, leaf in ours.items():
        assert {fact: leaf.get(fact) for fact in FACTS} == {fact: theirs[path].get(fact) for fact in FACTS}, path


def test_no_description_is_the_standards_own(compiled: Callable[..., dict[str, Any]]) -> None:
    theirs = official()
    copied = [p for p, leaf in leaves_of(compiled()).items() if leaf["description"] == theirs[p]["description"]]
    assert copied == []


def test_the_catalogue_is_compiled_from_its_files(compiled: Callable[..., dict[str, Any]]) -> None:
    shipped = json.loads((SIGNALS / "catalogue.json").read_text("utf-8"))
    assert compiled(*TOOL["OVERLAYS"]) == shipped, "run python tools/compile_catalogue.py"


def test_the_overlay_sets_limits_to_whatever_number_can_be_set_and_says_why(
    compiled: Callable[..., dict[str, Any]],
) -> None:
    standard = leaves_of(compiled())
    for path, leaf in load_catalogue().items():
        if leaf.kind == "actuator" and leaf.datatype in {*INTEGER_RANGES, "float", "double"}:
            assert leaf.min is not None, path
            assert leaf.max is not None, path
        theirs = [standard.get(path, {}).get(fact) for fact in ("type", "min", "max", "pattern")]
        if theirs != [leaf.kind, leaf.min, leaf.max, leaf.pattern or None]:
            assert leaf.source.startswith("overlay: "), path


def test_signals_of_ours_are_on_a_branch_of_their_own_and_no_car_starts_with_them() -> None:
    theirs = official()
    ours = {path: leaf for path, leaf in load_catalogue().items() if path not in theirs}
    assert len(ours) == 6
    for path, leaf in ours.items():
        assert path.startswith("Vehicle.ADAS.AutomatedDriving."), path
        assert leaf.source.startswith("overlay: not in VSS 6.0"), path
        assert leaf.default is None, path


def test_a_makers_own_export_is_loaded_whole() -> None:
    theirs = official()
    makers = load_catalogue(sorted((SHARED / "vss").glob("vss_v6*.json"))[0])
    assert set(makers) == set(theirs)
    assert makers["Vehicle.Cabin.SeatPosCount"].default == (2, 3)
    assert makers["Vehicle.Diagnostics.DTCList"].datatype == "string[]"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "cannot be read"),
        ("[]", "object of branches"),
        ("{}", "no signals"),
        ('{"Vehicle": 3}', "Vehicle: an object is expected"),
        ('{"Vehicle": {"type": "branch", "children": {}}}', "no signals"),
        ("[" * 100_000, "cannot be read"),
        ('{"Vehicle": {"children": ' * 40 + "{}" + "}}" * 40, "too deep"),
    ],
)
def test_a_file_that_is_no_catalogue_says_so(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "makers.json"
    file.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=complaint):
        load_catalogue(file)


@pytest.mark.parametrize("name", ["A B", "A\n", "\x1b[2J", "\ud800", "", "Ä", "x" * 200, "A.B"])
def test_a_name_that_could_do_harm_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="no name of VSS"):
        parse_catalogue({"V": {"children": {name: LEAF}}})


def test_a_catalogue_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_catalogue(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("Vehicle.Cabin.Infotainment.Media.Volume", [0, 100, 30.0], [True, "30", 300, -1, 1.5, math.nan]),
        ("Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", [16, 21.5], [True, "21", math.nan, math.inf]),
        ("Vehicle.Cabin.Light.IsDomeOn", [True, False], [1, 0, "true", 1.0]),
        ("Vehicle.Cabin.Infotainment.Media.Action", ["PLAY"], [1, True, "x" * 1001]),
        ("Vehicle.Cabin.Seat.Row1.DriverSide.HeatingCooling", [-100, 67], [128, -129]),
    ],
)
def test_only_values_of_the_signals_type_pass(path: str, good: list[Any], bad: list[Any]) -> None:
    leaf = load_catalogue()[path]
    for value in good:
        assert check_type(leaf, value) == value
    for value in bad:
        with pytest.raises(WrongTypeError, match=path):
            check_type(leaf, value)


def test_colours_are_hexadecimal() -> None:
    leaf = load_catalogue()["Vehicle.Cabin.Light.AmbientLight.Row1.DriverSide.Color"]
    assert is_allowed(leaf, "#FFA500")
    assert not is_allowed(leaf, "orange")
    assert not is_allowed(leaf, "#ffa50")


@pytest.mark.parametrize(
    "change",
    [
        {"type": "motor"},
        {"datatype": "int7"},
        {"datatype": "Types.Position"},
        {"min": "low"},
        {"max": True},
        {"max": 5, "default": 6},
        {"default": {"a": 1}},
        {"default": "much"},
        {"datatype": "string", "pattern": "(", "default": None},
        {"allowed": 7},
        {"allowed": [[1]]},
        {"allowed": ["a"]},
        {"max": math.inf},
        {"min": -1},
        {"default": 10**400},
        {"datatype": "string", "default": None, "pattern": "^(a|a)*b$"},
        {"datatype": "string", "default": None, "pattern": "^(a+)+$"},
        {"datatype": "string", "default": None, "pattern": "a*a*a*a*b"},
        {"datatype": "string", "default": None, "pattern": "(" * 5000},
        {"datatype": "string", "default": None, "pattern": 7},
    ],
)
def test_a_leaf_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"A\.B"):
        parse_catalogue({"A": {"type": "branch", "children": {"B": LEAF | change}}})


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("uint8[]", [(), (0, 255), (2, 3.0)], [(256,), (True,), ("1",), 3, (0.5,), ((1,),)]),
        ("string[]", [("P0001", "P0002"), ()], ["P0001", (1,), ("x" * 1001,), ("a",) * 10_001]),
        ("float[]", [(1, 2.5)], [(math.nan,), (math.inf,)]),
        ("boolean[]", [(True, False)], [(1,)]),
    ],
)
def test_an_array_is_checked_item_by_item(datatype: str, good: list[Any], bad: list[Any]) -> None:
    leaf = parse_catalogue({"A": {"type": "sensor", "datatype": datatype}})["A"]
    for value in good:
        assert check_type(leaf, value) == value
        assert checker(leaf)(value) == value
    for value in bad:
        with pytest.raises(WrongTypeError):
            check_type(leaf, value)


@pytest.mark.parametrize("datatype", sorted({*INTEGER_RANGES, "float", "double", "boolean", "string"}))
@given(value=st.one_of(st.booleans(), st.integers(-(2**66), 2**66), st.floats(), st.text(max_size=3)))
def test_the_fast_way_and_the_slow_way_say_the_same(datatype: str, value: Any) -> None:
    limits = {} if datatype in {"boolean", "string"} else {"min": 1, "max": 100}
    leaf = parse_catalogue({"A": {"type": "sensor", "datatype": datatype} | limits})["A"]
    try:
        slow: Any = check_type(leaf, value)
        slow = slow if is_allowed(leaf, slow) else OutOfRangeError
    except WrongTypeError:
        slow = WrongTypeError
    try:
        fast: Any = checker(leaf)(value)
    except (WrongTypeError, OutOfRangeError) as error:
        fast = type(error)
    assert (fast, type(fast)) == (slow, type(slow))
