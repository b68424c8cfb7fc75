"""Getting a car on a bus: files are read, the bus is opened, and what is missing on this machine is said."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from zhixing.errors import ServiceError, ZhixingError
from zhixing.signals.catalogue import Catalogue
from zhixing.signals.store import SignalStore
from zhixing.vehicle.can.connection import Connection
from zhixing.vehicle.can.devices import SimulatedDevices
from zhixing.vehicle.can.rehearsal import RehearsedCar
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.vehicle import CanVehicle
from zhixing.vehicle.can.wiring import Wiring, load_wiring


def check_installed() -> None:
    """See that what this room needs is there.

    Raises:
        ServiceError: cantools or python-can is not installed.
    """
    for module, package in (("cantools", "cantools"), ("can", "python-can")):
        if importlib.util.find_spec(module) is None:
            raise ServiceError(f"the {package} package is not installed", hint="pip install 'zhixing[can]'")


def open_wiring(catalogue: Catalogue, *, dbc: Path | None = None, mapping: Path | None = None) -> Wiring:
    """Return which signals are where on a bus.

    Args:
        catalogue: The signals.
        dbc: The bus; None is the example that comes with Zhixing.
        mapping: What is what; None is the example's.

    Raises:
        ConfigError: A file cannot be read or an entry is wrong.
        ServiceError: cantools or python-can is not installed.
    """
    check_installed()
    from zhixing.vehicle.can.dbc import load_dbc  # noqa: PLC0415  # an extra

    room = resources.files("zhixing.vehicle.can")
    with resources.as_file(room / "example.dbc") as own_dbc, resources.as_file(room / "example.yaml") as own_mapping:
        return load_wiring(mapping or own_mapping, load_dbc(dbc or own_dbc), catalogue)


def open_can_vehicle(
    store: SignalStore,
    *,
    dbc: Path | None = None,
    mapping: Path | None = None,
    interface: str = "socketcan",
    channel: str = "can0",
    bitrate_bps: int = 500_000,
) -> CanVehicle:
    """Return a car on a bus, under a store.

    Args:
        store: Whose signals it reports.
        dbc: The bus; None is the example that comes with Zhixing.
        mapping: What is what; None is the example's.
        interface: As python-can names it: ``socketcan``, ``virtual``, ``pcan`` ...
        channel: Of the interface.
        bitrate_bps: Where the interface does not bring its own (socketcan does).

    Raises:
        ConfigError: A file cannot be read, an entry is wrong, or the interface is unknown.
        ServiceError: A package is not installed, or the bus cannot be opened.
        ProvidedError: Somebody else provides one of the signals.
    """
    wiring = open_wiring(store.catalogue, dbc=dbc, mapping=mapping)
    tally = Tally()
    line = open_line(interface, channel, bitrate_bps, tally)
    try:
        return CanVehicle(store, wiring, line, tally, f"can {channel}")
    except ZhixingError:
        line.close()
        raise


def open_rehearsal(
    store: SignalStore, *, dbc: Path | None = None, mapping: Path | None = None, channel: str = "zhixing"
) -> RehearsedCar:
    """Return a car on a virtual bus, with simulated devices at its other end.

    Raises:
        ConfigError: A file cannot be read or an entry is wrong.
        ServiceError: cantools or python-can is not installed.
    """
    devices = open_simulated_devices(store.catalogue, store.now_ns, dbc=dbc, mapping=mapping, channel=channel)
    try:
        car = open_can_vehicle(store, dbc=dbc, mapping=mapping, interface="virtual", channel=channel)
        return RehearsedCar(car, devices)
    except ZhixingError:
        devices.close()
        raise


def open_simulated_devices(
    catalogue: Catalogue,
    clock: Callable[[], int],
    *,
    dbc: Path | None = None,
    mapping: Path | None = None,
    interface: str = "virtual",
    channel: str = "zhixing",
    bitrate_bps: int = 500_000,
) -> SimulatedDevices:
    """Return the other end of a bus: a simulated car that tells its status and obeys commands.

    Args:
        catalogue: The signals.
        clock: Now, in nanoseconds.
        dbc: The bus; None is the example that comes with Zhixing.
        mapping: What is what; None is the example's.
        interface: As python-can names it.
        channel: Of the interface.
        bitrate_bps: Where the interface does not bring its own.

    Raises:
        ConfigError: A file cannot be read, an entry is wrong, or the interface is unknown.
        ServiceError: A package is not installed, or the bus cannot be opened.
    """
    wiring = open_wiring(catalogue, dbc=dbc, mapping=mapping)
    tally = Tally()
    return SimulatedDevices(catalogue, wiring, open_line(interface, channel, bitrate_bps, tally), tally, clock)


def open_line(interface: str, channel: str, bitrate_bps: int, tally: Tally) -> Connection:
    """Return one end of a bus, read by a thread of its own.

    Raises:
        ConfigError: The interface is unknown.
        ServiceError: A package is not installed, or the bus cannot be opened.
    """
    check_installed()
    from zhixing.vehicle.can.line import Line, open_bus  # noqa: PLC0415  # an extra

    return Line(lambda: open_bus(interface, channel, bitrate_bps), tally)
