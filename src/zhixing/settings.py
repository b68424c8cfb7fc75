"""Settings: one ``zhixing.toml``, the environment, and flags. Strongest first: flag, environment, file, default.

``ZHIXING_SERVE__PORT=9000`` in the environment is ``port = 9000`` under ``[serve]`` in the file. Every setting has
a heading in ``docs/reference/settings.md``; a test checks it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from zhixing.errors import ConfigError
from zhixing.reasoning.config import ModelConfig

_PREFIX = "ZHIXING_"
_SEPARATOR = "__"

UserName = Literal["car", "truck", "bus", "ebike", "bicycle", "tricycle", "pedestrian"]
"""Classes of road users that traffic is made of, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeConfig:
    """Where the cockpit can be reached.

    Attributes:
        port: TCP port on 127.0.0.1; no other address is served.
        record: Folder for recordings of the running car; empty means none is made.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  # pydantic's own spelling for dataclasses

    port: Annotated[int, Field(ge=1, le=65535)] = 8360
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityConfig:
    """Where the car drives, and among whom.

    Attributes:
        seed: Everything in the city follows from it.
        num_users: Road users around the car, at most.
        map: File of a map to drive on (OpenDRIVE, Lanelet2, a network of SUMO's); empty is the built-in city.
        users_per_km: On a map of one's own, road users per kilometre of lanes at most.
        shares: Of the classes of road users, as weights; those that are not named keep the built-in city's.
        traffic: Who moves the others: ``zhixing``, or ``sumo``.
        hour: Of the day when the drive begins.
        rain: How much it rains.
        districts: Whether each part of the city has its own limits, traffic and manners, by the hour and the weather.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    num_users: Annotated[int, Field(ge=0, le=1000)] = 60
    map: str = ""
    users_per_km: Annotated[float, Field(ge=0.0, le=200.0)] = 15.0
    shares: dict[UserName, Annotated[float, Field(ge=0.0, le=1e6)]] = field(default_factory=dict)
    traffic: Literal["zhixing", "sumo"] = "zhixing"
    hour: Annotated[float, Field(ge=0.0, lt=24.0)] = 12.0
    rain: Literal["none", "light", "medium", "heavy"] = "none"
    districts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverConfig:
    """Who drives.

    Attributes:
        planner: Registered name of the planner.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    planner: str = "sampling"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantConfig:
    """Who answers when people speak.

    Attributes:
        language_model: Whether the language model of the section ``llm`` gets what the device is not sure of.
        preferences: File in which the car keeps what people say about themselves; empty keeps it for one drive only.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    language_model: bool = False
    preferences: str = "~/.local/share/zhixing/preferences.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsConfig:
    """Which signals there are.

    Attributes:
        catalogue: JSON export of vss-tools; empty is the catalogue of Zhixing.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    catalogue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleConfig:
    """What is underneath the signals.

    Attributes:
        kind: ``virtual``: a car of software; ``can``: a bus; ``kuksa``: another broker; ``none``: whoever provides
            the signals through ours.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    kind: Literal["virtual", "can", "kuksa", "none"] = "virtual"


@dataclass(frozen=True, slots=True, kw_only=True)
class KuksaConfig:
    """The broker that ``vehicle.kind = "kuksa"`` sits on.

    Attributes:
        address: Host and port.
        token_file: File with the access token, empty for none.
        certificate: PEM file of the authority that signed the broker's certificate, empty without TLS.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    address: str = "127.0.0.1:55555"
    token_file: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanConfig:
    """The bus that ``vehicle.kind = "can"`` sits on.

    Attributes:
        dbc: Database of the bus; empty is the example.
        mapping: Which signal is which of the database's; empty is the example's.
        interface: Kind of interface, as python-can names it.
        channel: Name of the interface.
        bitrate_bps: Bits a second.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    dbc: str = ""
    mapping: str = ""
    interface: str = "socketcan"
    channel: str = "can0"
    bitrate_bps: Annotated[int, Field(ge=10_000, le=8_000_000)] = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerConfig:
    """How other programs reach the car's signals (``kuksa.val``).

    Attributes:
        port: TCP port; 0 serves nobody.
        host: Address to listen at; other than this machine only with TLS and tokens.
        certificate: PEM file of the server's certificate, empty without TLS.
        key: PEM file of its key.
        token_key: PEM file of the public key that access tokens are signed with, empty without tokens.
        audience: Audience that a token must name, empty for any.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    port: Annotated[int, Field(ge=0, le=65535)] = 0
    host: str = "127.0.0.1"
    certificate: str = ""
    key: str = ""
    token_key: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """Where recordings are kept.

    Attributes:
        archive: Folder, or a URL that fsspec knows.
        region: Where what is read was recorded, as ``CN``; empty says nothing.
        keep_days: How long what is read is kept; 0 is for ever.
        may_leave_to: For each region of recordings those that they may be handed out to besides their own.
        absolute: Whether places may be handed out without an offset.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    archive: str = "~/.local/share/zhixing/archive"
    region: str = ""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    may_leave_to: dict[str, list[str]] = field(default_factory=dict)
    absolute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, by component."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    serve: ServeConfig = field(default_factory=ServeConfig)
    city: CityConfig = field(default_factory=CityConfig)
    driver: DriverConfig = field(default_factory=DriverConfig)
    assistant: AssistantConfig = field(default_factory=AssistantConfig)
    llm: ModelConfig = field(default_factory=ModelConfig)
    signals: SignalsConfig = field(default_factory=SignalsConfig)
    vehicle: VehicleConfig = field(default_factory=VehicleConfig)
    kuksa: KuksaConfig = field(default_factory=KuksaConfig)
    can: CanConfig = field(default_factory=CanConfig)
    broker: BrokerConfig = field(default_factory=BrokerConfig)
    data: DataConfig = field(default_factory=DataConfig)


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Mapping[str, object]] | None = None,
) -> Settings:
    """Return the settings of file, environment and flags, checked.

    Args:
        file: TOML file; without one ``zhixing.toml`` in the current folder is read where it is there.
        environment: Variables; ``os.environ`` where not given.
        flags: By section and key, the values given on the command line; None means not given.

    Raises:
        ConfigError: A file cannot be read, a name is unknown or a value is out of range.

    Example:
        >>> load_settings(environment={"ZHIXING_CITY__SEED": "7"}).city.seed
        7
        >>> load_settings(environment={"ZHIXING_CITY__SED": "7"})
        Traceback (most recent call last):
        zhixing.errors.ConfigError: city.sed: Unexpected keyword argument
    """
    merged = _from_file(file)
    _merge(merged, _from_environment(os.environ if environment is None else environment))
    _merge(merged, {s: {k: v for k, v in keys.items() if v is not None} for s, keys in (flags or {}).items()})
    try:
        return TypeAdapter(Settings).validate_python(merged)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{where}: {first['msg']}", hint="See docs/reference/settings.md for every setting."
        ) from error


def _from_file(file: Path | None) -> dict[str, Any]:
    path = file or Path("zhixing.toml")
    if file is None and not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}", hint="Write it as TOML, for example [city] seed = 7."
        ) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for name, value in environment.items():
        section, separator, key = name.removeprefix(_PREFIX).partition(_SEPARATOR)
        if name.startswith(_PREFIX) and separator:
            found.setdefault(section.lower(), {})[key.lower()] = value
    return found


def _merge(into: dict[str, Any], more: Mapping[str, Mapping[str, object]]) -> None:
    for section, keys in more.items():
        present = into.setdefault(section, {})
        if not isinstance(present, dict):
            raise ConfigError(
                f"{section}: expected a section, got {present!r}", hint=f"Write [{section}] above its keys."
            )
        present.update(keys)
