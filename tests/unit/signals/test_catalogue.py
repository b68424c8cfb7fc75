from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from zhixing.errors import ConfigError, WrongTypeError
from zhixing.signals.catalogue import check_type, is_allowed, load_catalogue, parse_catalogue

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
ENTRY = {"kind": "actuator", "type": "uint8", "default": 0, "about": "A thing."}


def official() -> dict[str, dict[str, Any]]:
    files = sorted((SHARED / "vss").glob("vss_v6*.json"))
    if not files:
        pytest.skip(f"no official VSS export in {SHARED / 'vss'}")
    leaves: dict[str, dict[str, Any]] = {}

    def walk(branch: dict[str, Any], prefix: str) -> None:
        for name, node in branch.items():
            if "children" in node:
                walk(node["children"], f"{prefix}{name}.")
            else:
                leaves[f"{prefix}{name}"] = node

    walk(json.loads(files[0].read_text("utf-8")), "")
    return leaves


def test_every_signal_is_vss_but_for_what_the_overlay_states() -> None:
    leaves = official()
    for path, leaf in load_catalogue().items():
        theirs = leaves[path]
        assert leaf.datatype == theirs["datatype"], path
        assert leaf.unit == theirs.get("unit", ""), path
        assert list(leaf.allowed) == theirs.get("allowed", []), path
        if not leaf.source.startswith("overlay: "):
            assert (leaf.kind, leaf.min, leaf.max) == (theirs["type"], theirs.get("min"), theirs.get("max")), path


def test_the_running_car_has_about_as_many_signals_as_it_needs() -> None:
    assert 80 <= len(load_catalogue()) <= 200


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
    "entries",
    [
        {"A.{B,C}": ENTRY, "A.B": ENTRY},
        {"A": {**ENTRY, "maximum": 3}},
        {"A": {"kind": "actuator", "type": "uint8"}},
        {"A": {**ENTRY, "max": 5, "default": 6}},
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(entries: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(ConfigError):
        parse_catalogue(entries)
