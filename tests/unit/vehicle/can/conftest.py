"""A car on a bus of two lists, half a second after the start, and small buses of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from zhixing.testing.can_car import CanCar
from zhixing.vehicle.can.dbc import load_dbc
from zhixing.vehicle.can.layout import MessageLayout

HEAD = """VERSION ""
NS_ :
BS_:
BU_: A B
"""
ATTRIBUTES = """
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
BA_DEF_ BO_ "E2EProfile" ENUM "None","Profile1","Xor";
BA_DEF_ BO_ "E2EDataId" INT 0 65535;
BA_DEF_ BO_ "E2EMaxDeltaCounter" INT 1 14;
BA_DEF_ SG_ "SignalRole" ENUM "Value","Counter","Checksum";
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_DEF_DEF_ "E2EProfile" "None";
BA_DEF_DEF_ "E2EDataId" 0;
BA_DEF_DEF_ "E2EMaxDeltaCounter" 2;
BA_DEF_DEF_ "SignalRole" "Value";
"""

Dbc = Callable[..., Mapping[str, MessageLayout]]


@pytest.fixture
def can_car() -> CanCar:
    """A car whose every status has been heard."""
    car = CanCar()
    car.run(1.2)
    return car


@pytest.fixture
def dbc(tmp_path: Path) -> Dbc:
    """Give tests a DBC of their own messages and attributes."""

    def load(messages: str, more: str = "") -> Mapping[str, MessageLayout]:
        file = tmp_path / "own.dbc"
        file.write_text(HEAD + messages + ATTRIBUTES + more)
        return load_dbc(file)

    return load
