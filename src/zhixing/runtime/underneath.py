"""Which vehicle is underneath the signals, and who else may reach them: both by the settings."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from zhixing.errors import ServiceError
from zhixing.settings import BrokerConfig, Settings
from zhixing.signals.catalogue import Catalogue, load_catalogue
from zhixing.signals.store import SignalStore
from zhixing.vehicle.absent import AbsentVehicle
from zhixing.vehicle.can.opening import open_can_vehicle, open_rehearsal
from zhixing.vehicle.interface import Vehicle
from zhixing.vehicle.virtual import VirtualVehicle


class Companion(Protocol):
    """Something that runs beside the car, in its event loop."""

    async def start(self) -> str:
        """Begin, and return where it is reached."""
        ...

    async def stop(self) -> None:
        """End."""
        ...


def catalogue_of(settings: Settings) -> Catalogue:
    """Return the signals that the settings choose.

    Raises:
        ConfigError: The file cannot be read, or is no catalogue.
    """
    return load_catalogue(_file(settings.signals.catalogue))


def open_vehicle(settings: Settings, store: SignalStore, store_ns: Callable[[], int]) -> Vehicle:
    """Put the vehicle of the settings under a store.

    Args:
        settings: Which vehicle, and where it is.
        store: Whose vehicle it is.
        store_ns: Now, by the store's clock.

    Raises:
        ConfigError: A file of it cannot be used.
        ServiceError: A library is not installed, or a bus cannot be opened.
    """
    match settings.vehicle.kind:
        case "none":
            return AbsentVehicle(store)
        case "virtual":
            return VirtualVehicle(store)
        case "kuksa":
            _need_grpc("a foreign broker")
            from zhixing.vehicle.kuksa.vehicle import open_kuksa_vehicle  # noqa: PLC0415  # needs an extra

            line = settings.kuksa
            return open_kuksa_vehicle(store, store_ns, line.address, _file(line.token_file), _file(line.certificate))
        case "can":
            bus = settings.can
            dbc, mapping = _file(bus.dbc), _file(bus.mapping)
            if bus.interface == "virtual":  # nobody but this process is on such a bus
                return open_rehearsal(store, dbc=dbc, mapping=mapping, channel=bus.channel)
            return open_can_vehicle(
                store,
                dbc=dbc,
                mapping=mapping,
                interface=bus.interface,
                channel=bus.channel,
                bitrate_bps=bus.bitrate_bps,
            )


def make_broker(config: BrokerConfig, store: SignalStore, store_ns: Callable[[], int]) -> Companion | None:
    """Return what serves the store to other programs, None where the settings serve nobody.

    Args:
        config: Where and how.
        store: The car's.
        store_ns: Now, by the store's clock.

    Raises:
        ConfigError: A file cannot be read, or others could reach the car without a token.
        ServiceError: kuksa-client is not installed.
    """
    if config.port == 0:
        return None
    _need_grpc("the broker")
    from zhixing.signals.kuksa.broker import Broker  # noqa: PLC0415  # needs an extra
    from zhixing.signals.kuksa.server import Address, BrokerServer  # noqa: PLC0415

    address = Address(
        host=config.host,
        port=config.port,
        certificate=_file(config.certificate),
        key=_file(config.key),
        public_key=_file(config.token_key),
        audience=config.audience,
    )
    return BrokerServer(Broker(store, time.time_ns, store_ns), address)


def _need_grpc(what: str) -> None:
    if importlib.util.find_spec("grpc") is None or importlib.util.find_spec("kuksa") is None:
        raise ServiceError(f"{what} needs gRPC", hint="pip install 'zhixing[kuksa]'")


def _file(name: str) -> Path | None:
    return Path(name).expanduser() if name else None
