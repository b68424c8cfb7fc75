"""A command message carries several things: what nobody wishes and nobody knows must not be asked for with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from zhixing.datatypes.signal import Value
from zhixing.signals.catalogue import load_catalogue
from zhixing.vehicle.can.layout import MessageLayout
from zhixing.vehicle.can.sender import Sender
from zhixing.vehicle.can.wiring import parse_wiring

Dbc = Callable[..., Mapping[str, MessageLayout]]
BUS = """
BO_ 1 Status: 1 A
 SG_ Low : 0|1@1+ (1,0) [0|1] "" B
 SG_ Dome : 1|1@1+ (1,0) [0|1] "" B
BO_ 2 Command: 1 B
 SG_ Low : 0|1@1+ (1,0) [0|1] "" A
 SG_ Dome : 1|1@1+ (1,0) [0|1] "" A
"""
CYCLES = "".join(f'BA_ "GenMsgCycleTime" BO_ {key} 100;\n' for key in (1, 2))
LOW, DOME = "Vehicle.Body.Lights.Beam.Low.IsOn", "Vehicle.Cabin.Light.IsDomeOn"


@pytest.mark.parametrize(
    ("known", "sent"),
    [({}, []), ({DOME: True}, []), ({LOW: True}, []), ({LOW: True, DOME: False}, [b"\x01"])],
)
def test_a_message_is_sent_when_all_of_it_is_known(dbc: Dbc, known: Mapping[str, Value], sent: list[bytes]) -> None:
    places = {LOW: "{}.Low", DOME: "{}.Dome"}
    content = {
        section: {path: place.format(message) for path, place in places.items()}
        for section, message in (("status", "Status"), ("commands", "Command"))
    }
    wiring = parse_wiring(content, dbc(BUS, CYCLES), load_catalogue())
    frames: list[bytes] = []
    sender = Sender(wiring.commands, known.get, lambda key, payload: frames.append(payload), only_whole=True)
    sender.step(0)
    assert frames == sent
