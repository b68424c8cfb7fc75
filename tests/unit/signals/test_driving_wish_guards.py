"""Who may wish what of a car that drives itself."""

from __future__ import annotations

import pytest

from zhixing.datatypes.signal import Refused, SetRequest, Source, Value, Zone
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import Circumstances, Forbid, load_guards
from zhixing.signals.store import OUT_OF_RANGE, SignalStore

DRIVER = "Vehicle.ADAS.AutomatedDriving"
DRIVEN: dict[str, Value] = {
    "Vehicle.Speed": 40.0,
    f"{DRIVER}.Style": "NORMAL",
    f"{DRIVER}.Headway": 1.5,
    f"{DRIVER}.MaxSpeed": 60.0,
    f"{DRIVER}.Manoeuvre": "NONE",
    f"{DRIVER}.LeftTurnDistance": 80.0,
    f"{DRIVER}.RightTurnDistance": 0.0,
}


@pytest.mark.parametrize(
    ("name", "value", "everybody", "driver"),
    [
        ("Style", "CALM", True, True),
        ("Style", "BRISK", False, True),
        ("Headway", 2.5, True, True),
        ("Headway", 1.0, False, True),
        ("MaxSpeed", 30.0, True, True),
        ("MaxSpeed", 90.0, False, True),
        ("Manoeuvre", "PULL_OVER", True, True),
        ("Manoeuvre", "OVERTAKE", False, True),
        ("Manoeuvre", "TURN_LEFT", False, True),
        ("Manoeuvre", "TURN_RIGHT", False, False),
    ],
)
def test_the_driver_may_wish_anything_others_what_is_calmer_and_programs_nothing(
    name: str, value: Value, everybody: bool, driver: bool
) -> None:
    for zone in (None, *Zone):
        source: Source = "voice" if zone else "network"
        request = SetRequest(path=f"{DRIVER}.{name}", value=value, zone=zone, source=source)
        (verdict,) = load_guards().judge(Circumstances(DRIVEN, [request], {}, {}))
        allowed = zone is not None and (driver if zone is Zone.DRIVER else everybody)
        assert (verdict is None) == allowed, (zone, verdict)


@pytest.mark.parametrize(("name", "value"), [("Style", "CALM"), ("Headway", 3.0), ("MaxSpeed", 10.0)])
def test_what_cannot_be_compared_counts_as_livelier(name: str, value: Value) -> None:
    request = SetRequest(path=f"{DRIVER}.{name}", value=value, zone=Zone.REAR_LEFT, source="voice")
    (verdict,) = load_guards().judge(Circumstances({}, [request], {}, {}))
    assert isinstance(verdict, Forbid)
    assert verdict.rule == "livelier-driving-is-the-drivers"


@pytest.mark.parametrize(
    ("name", "value"),
    [("Headway", 0.5), ("Headway", 4.0), ("MaxSpeed", 5.0), ("MaxSpeed", 200.0), ("Style", "RECKLESS")],
)
def test_a_wish_out_of_bounds_is_refused_with_what_is_possible(name: str, value: Value) -> None:
    store = SignalStore(load_catalogue(), load_guards(), lambda: 0)
    store.provide([f"{DRIVER}.{name}"], lambda path, value: None)
    outcome = store.request(SetRequest(path=f"{DRIVER}.{name}", value=value, zone=Zone.DRIVER, source="voice"))
    assert isinstance(outcome, Refused)
    assert outcome.rule == OUT_OF_RANGE
    assert store.target(f"{DRIVER}.{name}") is None
    if name == "Headway":
        assert "0.8到3秒" in outcome.say.zh
        assert "0,8 bis 3 Sekunden" in outcome.say.de
