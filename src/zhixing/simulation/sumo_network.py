"""The network that SUMO drives on: made of a road by ``netconvert``, or somebody's own."""

from __future__ import annotations

import importlib
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhixing.datatypes.road import Road
from zhixing.errors import MapError, PluginError
from zhixing.formats.sumo_net import Signal, crossing_signals_of, read_sumo_net, signals_of
from zhixing.formats.sumo_plain import plain_net

HINT = "Install it: pip install 'zhixing[sumo]'."
_OPTIONS = (
    "--offset.disable-normalization", "true", "--no-turnarounds", "true", "--precision", "4",
    "--junctions.corner-detail", "0", "--walkingareas", "true", "--no-warnings", "true",
)  # fmt: skip
_MOST_S = 300.0


@dataclass(frozen=True, slots=True)
class SumoNetwork:
    """A network and what its parts are to us.

    Attributes:
        path: The ``.net.xml`` file.
        road: The map; lanes, light groups.
        lane_of: SUMO's name of each of the map's lanes that traffic begins or goes on.
        group_of: The light group of each signal; signals of no group are not in it.
        has_program: Whether SUMO's own programs show the lights.
        pavements: Edges with a pavement: its lane of the map, and the nodes at its ends.
    """

    path: Path
    road: Road
    lane_of: Mapping[int, str]
    group_of: Mapping[Signal, int]
    has_program: bool
    pavements: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


def network_of(road: Road, folder: Path) -> SumoNetwork:
    """Make a network whose lanes lie on a road's.

    Args:
        road: The map.
        folder: Where the network and what it is made of go.

    Raises:
        PluginError: netconvert is not installed.
        MapError: netconvert cannot make a network of it.
    """
    home = sumo_home()
    plain = plain_net(road)
    for name, content in (("nod", plain.nodes), ("edg", plain.edges), ("con", plain.connections)):
        (folder / f"road.{name}.xml").write_bytes(content)
    inputs = [
        word for flag, name in (("-n", "nod"), ("-e", "edg"), ("-x", "con")) for word in (flag, f"road.{name}.xml")
    ]
    command = [str(home / "bin" / "netconvert"), *inputs, "-o", "road.net.xml", *_OPTIONS]
    environment = os.environ | {"SUMO_HOME": str(home)}
    answer = subprocess.run(  # noqa: S603  # a program of the installed package, without a shell
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=_MOST_S
    )
    path = folder / "road.net.xml"
    if answer.returncode != 0 or not path.is_file():
        first = next((line for line in answer.stderr.splitlines() if "Error" in line), "no reason given")
        raise MapError(
            f"netconvert makes no network of {road.name}: {first}", hint="Look for lanes that are odd there."
        )
    signals = signals_of(path)
    group_of = {signals[ends]: group for ends, group in plain.group_of.items() if ends in signals and group >= 0}
    crossings = crossing_signals_of(path)
    group_of |= {crossings[over]: group for over, group in plain.crossing_groups.items() if over in crossings}
    return SumoNetwork(path, road, plain.lane_of, group_of, False, plain.pavements)


def network_in(path: Path) -> SumoNetwork:
    """Take somebody's own network; its lights show what its programs say.

    Raises:
        MapError: It cannot be read or driven on.
    """
    net = read_sumo_net(path)
    return SumoNetwork(path, net.road, net.lane_of, net.group_of, True)


def sumo_home() -> Path:
    """Return the folder of SUMO's programs.

    Raises:
        PluginError: They are not installed.
    """
    try:
        return Path(str(importlib.import_module("sumo").SUMO_HOME))
    except (ImportError, AttributeError) as error:
        raise PluginError("netconvert of SUMO is not installed", hint=HINT) from error
