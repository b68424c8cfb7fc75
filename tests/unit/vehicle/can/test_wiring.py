"""A mapping joins VSS and DBC; every mistake in it is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from zhixing.errors import ConfigError
from zhixing.signals.catalogue import load_catalogue
from zhixing.vehicle.can.layout import MessageLayout
from zhixing.vehicle.can.opening import open_wiring
from zhixing.vehicle.can.wiring import Wiring, load_wiring, parse_wiring

Dbc = Callable[..., Mapping[str, MessageLayout]]
BUS = """
BO_ 1 S: 8 A
 SG_ Mph : 0|16@1+ (0.01,0) [0|200] "" B
 SG_ Open : 16|2@1+ (1,0) [0|3] "" B
 SG_ Mode : 18|3@1+ (1,0) [0|7] "" B
 SG_ Fahrenheit : 24|16@1- (0.1,0) [-100|300] "F" B
 SG_ Light : 40|3@1+ (1,0) [0|7] "" B
BO_ 2 C: 8 B
 SG_ Mode : 0|3@1+ (1,0) [0|7] "" A
BO_ 3 Event: 8 A
 SG_ Rain : 0|8@1+ (1,0) [0|100] "%" B
 SG_ Kelvin : 8|16@1+ (0.1,0) [0|400] "K" B
 SG_ Gear : 24|2@1+ (1,0) [0|3] "" B
VAL_ 3 Gear 0 "P" 1 "R" 2 "N" 3 "D" ;
VAL_ 1 Mode 0 "OFF" 1 "SLOW" 5 "ERROR" ;
"""
CYCLE = 'BA_ "GenMsgCycleTime" BO_ 1 100;\n'
SPEED, TRUNK = "Vehicle.Speed", "Vehicle.Body.Trunk.Rear.IsOpen"
WIPER, AIR = "Vehicle.Body.Windshield.Front.Wiping.Mode", "Vehicle.Exterior.AirTemperature"


def parse(dbc: Dbc, content: object) -> Wiring:
    return parse_wiring(content, dbc(BUS, CYCLE), load_catalogue())


def one(dbc: Dbc, path: str, entry: object) -> Any:
    (wire,) = parse(dbc, {"status": {path: entry}}).status
    return wire


def test_units_are_converted(dbc: Dbc) -> None:
    wire = one(dbc, SPEED, {"at": "S.Mph", "scale": 1.609344})
    assert wire.meaning.value_of(6000) == 96.56064
    assert wire.meaning.raw_of(96.56064) == 6000
    wire = one(dbc, AIR, {"at": "S.Fahrenheit", "scale": 0.5555555555556, "offset": -17.7777777778})
    assert wire.meaning.value_of(320) == pytest.approx(0.0, abs=1e-6)
    assert wire.meaning.raw_of(100.0) == 2120


def test_a_boolean_is_0_or_1_and_nothing_else(dbc: Dbc) -> None:
    meaning = one(dbc, TRUNK, "S.Open").meaning
    assert [meaning.value_of(raw) for raw in range(4)] == [False, True, None, None]


def test_choices_are_the_dbc_s_names_or_a_table(dbc: Dbc) -> None:
    meaning = one(dbc, WIPER, "S.Mode").meaning
    assert [meaning.value_of(raw) for raw in (0, 1, 5)] == ["OFF", "SLOW", None]
    meaning = one(dbc, WIPER, {"at": "S.Mode", "values": {"SLOW": "FAST", 2: "OFF", 3: "OFF"}}).meaning
    assert [meaning.value_of(raw) for raw in (1, 2, 3)] == ["FAST", "OFF", "OFF"]
    assert meaning.raw_of("OFF") == 2
    meaning = one(dbc, TRUNK, {"at": "S.Open", "values": {1: False, 2: True}}).meaning
    assert (meaning.raw_of(True), meaning.raw_of(False), meaning.raw_of(1)) == (2, 1, None)


GEAR = "Vehicle.Powertrain.Transmission.CurrentGear"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"status": {"Vehicle.Body.Raindetection.Intensity": "Event.Rain"}}, "no cycle to be missed by"),
        (
            {"status": {SPEED: "S.Mph"}, "constants": {"Vehicle.Body.Raindetection.Intensity": 0}},
            "the car must tell it",
        ),
        ({"status": {AIR: "Event.Kelvin"}}, "the DBC says K, VSS Celsius"),
        ({"status": {GEAR: "Event.Gear"}}, r"names its values \(P, R, N, D\)"),
    ],
)
def test_what_looks_like_a_mistake_that_nobody_would_see_is_one(dbc: Dbc, content: object, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse(dbc, content)


def test_it_can_be_meant_all_the_same(dbc: Dbc) -> None:
    assert one(dbc, AIR, {"at": "Event.Kelvin", "offset": -273.15}).meaning.value_of(2931) == pytest.approx(19.95)
    assert one(dbc, GEAR, {"at": "Event.Gear", "scale": 1}).meaning.value_of(3) == 3
    assert (
        one(dbc, GEAR, {"at": "Event.Gear", "values": {"P": 126, "R": -1, "N": 0, "D": 127}}).meaning.value_of(0) == 126
    )


def test_nothing_in_a_mapping_stands_for_something_else(tmp_path: Path, dbc: Dbc) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text("status: &all {Vehicle.Speed: S.Mph}\ncommands: *all\n", "utf-8")
    with pytest.raises(ConfigError, match="aliases are not read"):
        load_wiring(file, dbc(BUS, CYCLE), load_catalogue())


def test_a_number_outside_the_limits_of_the_dbc_means_nothing(dbc: Dbc) -> None:
    meaning = one(dbc, SPEED, "S.Mph").meaning
    assert meaning.value_of(20_000) == 200.0
    assert meaning.value_of(20_001) is None
    assert meaning.raw_of(200.01) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "a mapping"),
        ([], "a mapping"),
        ({}, "no status"),
        ({"state": {}}, "'state' is none of"),
        ({"status": []}, "status: names with values"),
        ({"status": {SPEED: 5}}, f"status {SPEED}"),
        ({"status": {SPEED: {"at": 5}}}, "'at' must be"),
        ({"status": {5: "S.Mph"}}, "status 5: no signal"),
        ({"status": {"Vehicle.Sped": "S.Mph"}}, "Vehicle.Sped: no signal of the catalogue"),
        ({"status": {SPEED: "T.Mph"}}, "no message 'T'"),
        ({"status": {SPEED: "S.Kmh"}}, "S has no signal 'Kmh'"),
        ({"status": {SPEED: "S"}}, "no signal ''"),
        ({"status": {SPEED: {"at": "S.Mph", "factor": 2}}}, "'factor' is none of"),
        ({"status": {SPEED: {"at": "S.Mph", "scale": 0}}}, "scale of 0"),
        ({"status": {SPEED: {"at": "S.Mph", "scale": float("nan")}}}, "scale nan"),
        ({"status": {SPEED: {"at": "S.Mph", "max_rate_per_s": -1}}}, "max_rate_per_s -1"),
        ({"status": {SPEED: {"at": "S.Mph", "absent": 70_000}}}, "absent 70000 is no raw"),
        ({"status": {SPEED: {"at": "S.Mph", "absent": 0}}}, "absent 0 means a value"),
        ({"status": {TRUNK: {"at": "S.Open", "max_rate_per_s": 1}}}, "only a quantity"),
        ({"status": {WIPER: "S.Light"}}, "names none of its values"),
        ({"status": {WIPER: {"at": "S.Mode", "values": {0: False}}}}, "string"),
        ({"status": {WIPER: {"at": "S.Mode", "values": {0: "WILD"}}}}, "outside the catalogue"),
        ({"status": {WIPER: {"at": "S.Mode", "values": {"NEVER": "OFF"}}}}, "neither a raw number nor a name"),
        ({"status": {WIPER: {"at": "S.Mode", "values": {8: "OFF"}}}}, "neither a raw number"),
        ({"status": {SPEED: {"at": "S.Mph", "format": "rgb"}}}, "format 'rgb'"),
        ({"status": {"Vehicle.{Speed,IsMoving}": "S.Mph"}}, "2 signals of VSS, but 1"),
        ({"status": {"{a,b,c,d,e,f,g,h,i,j}" * 4: "S.Mph"}}, "more than 1000"),
        ({"status": {"Vehicle.{Speed,Speed}": "S.{Mph,Mph}"}}, "mapped twice"),
        ({"status": {SPEED: "S.Mph"}, "commands": {SPEED: "C.Mode"}}, "not an actuator"),
        ({"status": {SPEED: "S.Mph"}, "commands": {TRUNK: "C.Mode"}}, "no status would tell"),
        ({"status": {TRUNK: "S.Open"}, "commands": {TRUNK: "S.Open"}}, "status and command"),
        ({"status": {SPEED: "S.Mph"}, "constants": {SPEED: 5.0}}, "status too"),
        ({"status": {SPEED: "S.Mph"}, "constants": {"Vehicle.Length": "long"}}, "uint16"),
        ({"status": {SPEED: "S.Mph"}, "timeout": {"cycles": 0}}, "cycles 0"),
        ({"status": {SPEED: "S.Mph"}, "timeout": {"factor": 5}}, "'factor' is none of"),
        ({"status": {"Vehicle.Cabin.SeatPosCount": "S.Open"}}, "array"),
    ],
)
def test_a_mistake_is_named(dbc: Dbc, content: object, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(dbc, content)
    assert says in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "status: {Vehicle.Speed: S.Mph, Vehicle.Speed: S.Open}",
        "status: [",
        "!!python/object/apply:os.system [ls]",
        "[" * 5000,
        "\x00",
        "status: {? [1] : 2}",
    ],
)
def test_a_file_that_is_no_mapping_is_an_error(dbc: Dbc, tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load_wiring(file, dbc(BUS), load_catalogue())


def test_a_missing_mapping_is_an_error(dbc: Dbc, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        load_wiring(tmp_path / "none.yaml", dbc(BUS), load_catalogue())


def test_the_example_covers_the_built_in_car() -> None:
    catalogue = load_catalogue()
    wiring = open_wiring(catalogue)
    told = {wire.path for wire in wiring.status} | set(wiring.constants)
    assert {path for path, leaf in catalogue.items() if leaf.default is not None} - told == {"Vehicle.StartTime"}
    moved = {wire.path for wire in wiring.commands}
    idle = {path for path in told - moved if catalogue[path].kind == "actuator"}
    assert all(path.endswith(".IsOpen") for path in idle)  # what is opened by its position


def test_every_command_of_the_example_can_be_left_unsaid_and_reaches_the_catalogue_s_limits() -> None:
    for wire in open_wiring(load_catalogue()).commands:
        assert wire.absent is not None, wire.path
        limits = [limit for limit in (wire.leaf.min, wire.leaf.max) if limit is not None]
        for value in (*limits, *wire.leaf.allowed):
            assert wire.meaning.raw_of(value) is not None, (wire.path, value)
